import { type ConnTerm, NO_TERM, type PortName } from "../../model/policy.ts";
import { NONE, ports, union, wholeProtocol } from "../../sets/conn.ts";
import type { Protocol } from "../../sets/protocol.ts";
import { checkMap, type Field, fault, integer, items, member, shape, text } from "../fields.ts";
import { type ReadPort, readLayer7 } from "./layer7.ts";

const PORT_RULE = shape("an entry of toPorts", [
  "ports",
  "rules",
  "terminatingTLS",
  "originatingTLS",
  "serverNames",
  "listener",
]);
const DENY_RULE = shape("an entry of toPorts under a deny rule", ["ports"]);
const PORT = shape("a port", ["port", "endPort", "protocol"]);
const MOST = 40;
const BASIC: readonly Protocol[] = ["TCP", "UDP", "SCTP"];
const NAME = /^([a-zA-Z0-9]-?)*[a-zA-Z](-?[a-zA-Z0-9])*$/;

/** Connections that one entry of a rule opens, and a digest of what it asks above layer 4. */
export type Opening = { readonly conn: ConnTerm; readonly narrowed: string | undefined };

/** What kind of rule the ports stand in. */
export type PortPlace = { readonly direction: "ingress" | "egress"; readonly deny: boolean };

/**
 * The entries of `toPorts`; `undefined` where there is none, so that every port of every protocol is meant.
 * Source: cilium/cilium pkg/policy/api/rule_validation.go, PortRule.Validate.
 */
export function readPorts(field: Field, place: PortPlace): readonly Opening[] | undefined {
  const entries = items(field);
  if (entries.length === 0) return undefined;
  return entries.map((entry) => readEntry(entry, place));
}

function readEntry(field: Field, place: PortPlace): Opening {
  checkMap(field, place.deny ? DENY_RULE : PORT_RULE);
  const listed = items(member(field, "ports"));
  if (listed.length > MOST) fault(member(field, "ports"), `has more than ${MOST} entries`);
  const read = listed.map(readPort);
  const conn = read.map((each) => each.conn).reduce(union, NONE);
  const names = read.flatMap((each) => each.names);
  const layer7 = place.deny ? undefined : readLayer7(field, { direction: place.direction, ports: read });
  return { conn: { ...NO_TERM, conn, names }, narrowed: layer7 };
}

function readPort(field: Field): ReadPort {
  checkMap(field, PORT);
  const protocolField = member(field, "protocol");
  const protocol = text(protocolField) ?? "";
  const protocols = protocol === "" || protocol === "ANY" ? BASIC : BASIC.filter((each) => each === protocol);
  if (protocols.length === 0) {
    fault(protocolField, `must be \`TCP\`, \`UDP\`, \`SCTP\` or \`ANY\`, not \`${protocol}\``);
  }
  const portField = member(field, "port");
  const value = text(portField) ?? "";
  const last = integer(member(field, "endPort"), { min: 0, max: 65535 }) ?? 0;
  const about = { protocol: protocol === "" ? "ANY" : protocol, zero: false, range: false };
  if (NAME.test(value)) return { ...about, conn: NONE, names: named(value, protocols) };
  const first = /^(0|[1-9][0-9]{0,4})$/.test(value) ? Number(value) : undefined;
  if (first === undefined || first > 65535) {
    if (field.faults.every(({ path }) => path !== portField.path)) {
      fault(portField, value === "" ? "is required" : `must be a port between 0 and 65535 or a name, not \`${value}\``);
    }
    return { ...about, conn: NONE, names: [] };
  }
  if (first === 0) return { ...about, zero: true, conn: protocols.map(wholeProtocol).reduce(union, NONE), names: [] };
  const end = Math.max(first, last);
  const conn = protocols.map((each) => ports(each, first, end)).reduce(union, NONE);
  return { ...about, conn, names: [], range: last > first };
}

/** Names are compared without their case. */
function named(value: string, protocols: readonly Protocol[]): readonly PortName[] {
  return protocols.map((protocol) => ({ name: value.toLowerCase(), protocol }));
}
