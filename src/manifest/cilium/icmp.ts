import { type ConnTerm, term } from "../../model/policy.ts";
import { type Conn, NONE, ports, union } from "../../sets/conn.ts";
import { checkMap, type Field, fault, items, member, shape, text } from "../fields.ts";

const MOST = 40;
const ICMP_RULE = shape("an entry of icmps", ["fields"]);
const ICMP_FIELD = shape("an ICMP field", ["family", "type"]);

/** Source: cilium/cilium pkg/policy/api/icmp.go. */
const TYPES_V4: ReadonlyMap<string, number> = new Map([
  ["EchoReply", 0],
  ["DestinationUnreachable", 3],
  ["Redirect", 5],
  ["Echo", 8],
  ["EchoRequest", 8],
  ["RouterAdvertisement", 9],
  ["RouterSelection", 10],
  ["TimeExceeded", 11],
  ["ParameterProblem", 12],
  ["Timestamp", 13],
  ["TimestampReply", 14],
  ["Photuris", 40],
  ["ExtendedEchoRequest", 42],
  ["ExtendedEcho Request", 42],
  ["ExtendedEchoReply", 43],
  ["ExtendedEcho Reply", 43],
]);
const TYPES_V6: ReadonlyMap<string, number> = new Map([
  ["DestinationUnreachable", 1],
  ["PacketTooBig", 2],
  ["TimeExceeded", 3],
  ["ParameterProblem", 4],
  ["EchoRequest", 128],
  ["EchoReply", 129],
  ["MulticastListenerQuery", 130],
  ["MulticastListenerReport", 131],
  ["MulticastListenerDone", 132],
  ["RouterSolicitation", 133],
  ["RouterAdvertisement", 134],
  ["NeighborSolicitation", 135],
  ["NeighborAdvertisement", 136],
  ["RedirectMessage", 137],
  ["RouterRenumbering", 138],
  ["ICMPNodeInformationQuery", 139],
  ["ICMPNodeInformationResponse", 140],
  ["InverseNeighborDiscoverySolicitation", 141],
  ["InverseNeighborDiscoveryAdvertisement", 142],
  ["HomeAgentAddressDiscoveryRequest", 144],
  ["HomeAgentAddressDiscoveryReply", 145],
  ["MobilePrefixSolicitation", 146],
  ["MobilePrefixAdvertisement", 147],
  ["DuplicateAddressRequestCodeSuffix", 157],
  ["DuplicateAddressConfirmationCodeSuffix", 158],
  ["ExtendedEchoRequest", 160],
  ["ExtendedEchoReply", 161],
]);

/** The ICMP messages of `icmps`; `undefined` where there is no entry. */
export function readIcmps(field: Field): ConnTerm | undefined {
  const entries = items(field);
  if (entries.length === 0) return undefined;
  let conn = NONE;
  for (const entry of entries) {
    checkMap(entry, ICMP_RULE);
    const fields = items(member(entry, "fields"));
    if (fields.length > MOST) fault(member(entry, "fields"), `has more than ${MOST} entries`);
    for (const each of fields) conn = union(conn, readIcmp(each));
  }
  return term(conn);
}

function readIcmp(field: Field): Conn {
  checkMap(field, ICMP_FIELD);
  const familyField = member(field, "family");
  const family = text(familyField) ?? "IPv4";
  if (family !== "IPv4" && family !== "IPv6") fault(familyField, `must be \`IPv4\` or \`IPv6\`, not \`${family}\``);
  const protocol = family === "IPv6" ? "ICMPv6" : "ICMP";
  const type = icmpType(member(field, "type"), family === "IPv6" ? TYPES_V6 : TYPES_V4);
  return type === undefined ? NONE : ports(protocol, type * 256, type * 256 + 255);
}

function icmpType(field: Field, names: ReadonlyMap<string, number>): number | undefined {
  const value = field.node?.kind === "scalar" ? field.node.value : undefined;
  if (typeof value === "string" && !/^[0-9]{1,3}$/.test(value)) {
    const type = names.get(text(field) ?? "");
    if (type === undefined) fault(field, `is no ICMP type of this family: \`${value}\``);
    return type;
  }
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number) && number >= 0 && number <= 255) return number;
  fault(field, field.node === undefined ? "is required" : "must be a number between 0 and 255 or the name of a type");
  return undefined;
}
