import type { ConnTerm, PortName } from "../model/policy.ts";
import { type Conn, EVERYTHING, NONE, ports, union } from "../sets/conn.ts";
import type { Protocol } from "../sets/protocol.ts";
import type { AdminForm } from "./admin-form.ts";
import {
  checkMap,
  exactlyOne,
  type Field,
  fault,
  integer,
  isTemplateText,
  items,
  member,
  requireField,
  shape,
  text,
} from "./fields.ts";

const V1ALPHA1_PORT = shape("a port", ["portNumber", "portRange", "namedPort"], {
  port: "a port is written `portNumber: {port: …}`",
  protocol: "a port is written `portNumber: {protocol: …, port: …}`",
  endPort: "a range is written `portRange: {start: …, end: …}`",
});
const PORT_NUMBER = shape("`portNumber`", ["protocol", "port"]);
const PORT_RANGE = shape("`portRange`", ["protocol", "start", "end"]);
const V1ALPHA2_PROTOCOL = shape("a protocol", ["tcp", "udp", "sctp", "destinationNamedPort"], {
  portNumber: "a port is written `tcp: {destinationPort: {number: …}}`",
  namedPort: "perhaps `destinationNamedPort`",
});
const TRANSPORT = shape("a transport protocol", ["destinationPort"]);
const DESTINATION_PORT = shape("`destinationPort`", ["number", "range"]);
const RANGE = shape("`range`", ["start", "end"]);

const ANY_PORT = { min: 1, max: 65535 };
const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map<string, Protocol>([
  ["TCP", "TCP"],
  ["UDP", "UDP"],
  ["SCTP", "SCTP"],
]);
const TRANSPORTS: readonly (readonly [string, Protocol])[] = [
  ["tcp", "TCP"],
  ["udp", "UDP"],
  ["sctp", "SCTP"],
];

/** What one entry of a list of ports stands for. */
type PortTerm = { readonly conn: Conn; readonly name?: PortName };

/**
 * The connections of a rule's `ports` or `protocols`: without them every protocol, ICMP included. A name has the
 * protocol that the pod declares.
 */
export function adminConn(field: Field, form: AdminForm): ConnTerm {
  if (field.node === undefined) return { conn: EVERYTHING, names: [], notConn: NONE, notNames: [] };
  const given = items(field);
  if (given.length === 0 && field.node.kind === "seq") fault(field, "must not be empty");
  if (given.length > form.most) fault(field, `must not have more than ${form.most} entries`);
  let conn: Conn = NONE;
  const names: PortName[] = [];
  for (const item of given) {
    const each = form.portsField === "ports" ? port(item) : protocol(item);
    conn = union(conn, each.conn);
    if (each.name !== undefined) names.push(each.name);
  }
  return { conn, names, notConn: NONE, notNames: [] };
}

function port(field: Field): PortTerm {
  checkMap(field, V1ALPHA1_PORT);
  exactlyOne(field, ["portNumber", "portRange", "namedPort"]);
  const number = member(field, "portNumber");
  if (number.node !== undefined) {
    checkMap(number, PORT_NUMBER);
    const value = requiredPort(member(number, "port"));
    return { conn: value === undefined ? NONE : ports(protocolOf(member(number, "protocol")), value) };
  }
  const range = member(field, "portRange");
  if (range.node !== undefined) {
    checkMap(range, PORT_RANGE);
    return { conn: rangeOf(range, protocolOf(member(range, "protocol")), "may be equal") };
  }
  return named(member(field, "namedPort"));
}

function protocol(field: Field): PortTerm {
  checkMap(field, V1ALPHA2_PROTOCOL);
  exactlyOne(field, ["tcp", "udp", "sctp", "destinationNamedPort"]);
  for (const [name, transport] of TRANSPORTS) {
    const at = member(field, name);
    if (at.node !== undefined) return { conn: destinationPort(at, transport) };
  }
  return named(member(field, "destinationNamedPort"));
}

function destinationPort(field: Field, transport: Protocol): Conn {
  checkMap(field, TRANSPORT);
  const at = member(field, "destinationPort");
  if (at.node === undefined) {
    fault(at, "is required");
    return NONE;
  }
  checkMap(at, DESTINATION_PORT);
  exactlyOne(at, ["number", "range"]);
  const range = member(at, "range");
  if (range.node !== undefined) {
    checkMap(range, RANGE);
    return rangeOf(range, transport, "must differ");
  }
  const number = integer(member(at, "number"), ANY_PORT);
  return number === undefined ? NONE : ports(transport, number);
}

function rangeOf(field: Field, transport: Protocol, ends: "may be equal" | "must differ"): Conn {
  const start = requiredPort(member(field, "start"));
  const end = requiredPort(member(field, "end"));
  if (start === undefined || end === undefined) return NONE;
  if (start > end || (start === end && ends === "must differ")) {
    fault(member(field, "end"), `must be greater than \`start\` (${start})`);
    return NONE;
  }
  return ports(transport, start, end);
}

function requiredPort(field: Field): number | undefined {
  const value = integer(field, ANY_PORT);
  if (value === undefined) requireField(field);
  return value;
}

function protocolOf(field: Field): Protocol {
  const given = text(field);
  if (given === undefined) return "TCP";
  const known = PROTOCOLS.get(given);
  if (known === undefined && !isTemplateText(given)) {
    fault(field, `must be \`TCP\`, \`UDP\` or \`SCTP\`, not \`${given}\`: nothing else has ports`);
  }
  return known ?? "TCP";
}

function named(field: Field): PortTerm {
  const name = text(field);
  return name === undefined ? { conn: NONE } : { conn: NONE, name: { name, protocol: undefined } };
}
