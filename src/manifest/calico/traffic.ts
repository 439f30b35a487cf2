import type { ConnTerm, PortName } from "../../model/policy.ts";
import { type Conn, EVERYTHING, NONE, ports, union, wholeProtocol } from "../../sets/conn.ts";
import { numbered, type Protocol } from "../../sets/protocol.ts";
import { checkMap, describe, type Field, fault, integer, items, member, shape } from "../fields.ts";
import { portNameFault } from "../syntax.ts";

const NAMES: readonly Protocol[] = ["TCP", "UDP", "ICMP", "ICMPv6", "SCTP", "UDPLite"];
const ICMP = shape("an ICMP match", ["type", "code"]);
const TYPES = { min: 0, max: 254 };
const CODES = { min: 0, max: 255 };

/** Ports of one end: numbers, and names that each pod resolves. `given` where the list has an entry. */
export type PortList = { readonly conn: Conn; readonly names: readonly PortName[]; readonly given: boolean };

/**
 * The protocol at `field`, by name or number.
 * Source: projectcalico/calico libcalico-go/lib/validator/v3, validateProtocol.
 */
export function readProtocol(field: Field): Protocol | undefined {
  const { node } = field;
  if (node === undefined) return undefined;
  const value = node.kind === "scalar" ? node.value : undefined;
  const number = typeof value === "string" && /^[0-9]{1,3}$/.test(value) ? Number(value) : value;
  if (typeof number === "number") {
    if (Number.isInteger(number) && number >= 1 && number <= 255) return numbered(number);
    fault(field, `must be a protocol number between 1 and 255, not \`${number}\``);
    return undefined;
  }
  const name = NAMES.find((each) => each === value);
  if (name !== undefined) return name;
  fault(field, `must be a number or one of ${NAMES.map((each) => `\`${each}\``).join(", ")}, not ${describe(node)}`);
  return undefined;
}

/**
 * The ports at `field` under `protocol`. Numbers and ranges need a protocol with ports, names do not.
 * Source: projectcalico/calico libcalico-go/lib/validator/v3, validateRule; api/pkg/lib/numorstring/port.go.
 */
export function readPorts(field: Field, protocol: Protocol | undefined): PortList {
  const entries = items(field);
  let conn = NONE;
  const names: PortName[] = [];
  for (const item of entries) {
    const range = readPort(item);
    if (range === undefined) continue;
    if (typeof range === "string") names.push({ name: range, protocol });
    else if (protocol !== undefined && carriesPorts(protocol)) conn = union(conn, ports(protocol, range[0], range[1]));
    else if (protocol === undefined) fault(item, "needs the `protocol` of the rule to be `TCP`, `UDP` or `SCTP`");
  }
  if (protocol !== undefined && !carriesPorts(protocol) && entries.length > 0) {
    fault(field, "needs the `protocol` of the rule to be `TCP`, `UDP` or `SCTP`");
  }
  return { conn, names, given: entries.length > 0 };
}

function carriesPorts(protocol: Protocol): boolean {
  return protocol === "TCP" || protocol === "UDP" || protocol === "SCTP";
}

function readPort(field: Field): readonly [number, number] | string | undefined {
  const value = field.node?.kind === "scalar" ? field.node.value : undefined;
  if (typeof value === "number") return single(field, value);
  if (typeof value !== "string") {
    fault(field, `must be a port, not ${field.node === undefined ? "nothing" : describe(field.node)}`);
    return undefined;
  }
  if (/^[0-9]+$/.test(value)) return single(field, Number(value));
  const range = /^([0-9]+):([0-9]+)$/.exec(value);
  if (range !== null) {
    const first = single(field, Number(range[1]));
    const last = single(field, Number(range[2]));
    if (first === undefined || last === undefined) return undefined;
    if (first[0] <= last[0]) return [first[0], last[0]];
    fault(field, `is a range that ends before it starts: \`${value}\``);
    return undefined;
  }
  const dashed = /^([0-9]+)\s*[-–]\s*([0-9]+)$/.exec(value);
  const wrong = dashed === null ? portNameFault(value) : `is no port; a range is written \`${dashed[1]}:${dashed[2]}\``;
  if (wrong === undefined) return value;
  fault(field, wrong);
  return undefined;
}

function single(field: Field, port: number): readonly [number, number] | undefined {
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return [port, port];
  fault(field, `must be a port between 1 and 65535, not \`${port}\``);
  return undefined;
}

/** What a rule says of protocol, ports and ICMP; `version` is its `ipVersion`. */
export type TrafficFields = {
  readonly rule: Field;
  readonly protocol: Protocol | undefined;
  readonly version: number | undefined;
  readonly ports: PortList;
  readonly notPorts: PortList;
};

/** The connections that the rule speaks of. */
export function readTraffic({ rule, protocol, version, ports: to, notPorts }: TrafficFields): ConnTerm {
  const notProtocol = readProtocol(member(rule, "notProtocol"));
  checkVersion(member(rule, "protocol"), protocol, version);
  checkVersion(member(rule, "notProtocol"), notProtocol, version);
  const icmpField = member(rule, "icmp");
  if (icmpField.node !== undefined && protocol !== "ICMP" && protocol !== "ICMPv6") {
    fault(icmpField, "needs the `protocol` of the rule to be `ICMP` or `ICMPv6`");
  }
  const icmp = readIcmp(icmpField, protocol);
  const notIcmp = readIcmp(member(rule, "notICMP"), protocol) ?? NONE;
  const whole = protocol === undefined ? EVERYTHING : wholeProtocol(protocol);
  const excluded = notProtocol === undefined ? NONE : wholeProtocol(notProtocol);
  return {
    conn: to.given ? to.conn : (icmp ?? whole),
    names: to.names,
    notConn: union(union(excluded, notIcmp), notPorts.conn),
    notNames: notPorts.names,
  };
}

function checkVersion(field: Field, protocol: Protocol | undefined, version: number | undefined): void {
  if (version === undefined) return;
  if (protocol === "ICMP" && version !== 4) fault(field, "`ICMP` needs `ipVersion: 4`");
  if (protocol === "ICMPv6" && version !== 6) fault(field, "`ICMPv6` needs `ipVersion: 6`");
}

/** The ICMP messages at `field`; `undefined` where no type is named. Without a protocol those of both families. */
function readIcmp(field: Field, protocol: Protocol | undefined): Conn | undefined {
  if (!checkMap(field, ICMP)) return undefined;
  const type = integer(member(field, "type"), TYPES);
  const code = integer(member(field, "code"), CODES);
  if (type === undefined) {
    if (code !== undefined) fault(member(field, "code"), "needs a `type` beside it");
    return undefined;
  }
  const first = type * 256 + (code ?? 0);
  const last = type * 256 + (code ?? 255);
  if (protocol === "ICMP" || protocol === "ICMPv6") return ports(protocol, first, last);
  return union(ports("ICMP", first, last), ports("ICMPv6", first, last));
}
