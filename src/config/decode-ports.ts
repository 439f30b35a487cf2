import type { YamlNode } from "../manifest/yaml/node.ts";
import type { ConnTerm, PortName } from "../model/policy.ts";
import { type Conn, NONE, ports, union, wholeProtocol } from "../sets/conn.ts";
import type { Protocol } from "../sets/protocol.ts";
import { type Report, textsOf } from "./fields.ts";
import { quote } from "./read.ts";

const PROTOCOLS = ["TCP", "UDP", "SCTP", "UDPLite", "ICMP", "ICMPv6"] as const satisfies readonly Protocol[];
const LAST_PORT = 65535;

/** The connections that a list such as `[TCP/80, TCP/8000-8100, TCP/http, UDP]` means; `undefined` without a list. */
export function decodePorts(node: YamlNode | undefined, report: Report): ConnTerm | undefined {
  if (node === undefined) return undefined;
  let conn: Conn = NONE;
  const names: PortName[] = [];
  for (const { text, line } of textsOf(node)) {
    const [word, rest] = text.split("/");
    const protocol = PROTOCOLS.find((each) => each === word);
    if (protocol === undefined) continue;
    if (rest === undefined) conn = union(conn, wholeProtocol(protocol));
    else if (/^[0-9-]+$/.test(rest)) conn = union(conn, decodeRange(text, protocol, rest, line, report));
    else names.push({ name: rest, protocol });
  }
  return { conn, names, notConn: NONE, notNames: [] };
}

function decodeRange(text: string, protocol: Protocol, range: string, line: number, report: Report): Conn {
  const [first = 0, last = first] = range.split("-").map(Number);
  if (first >= 1 && last <= LAST_PORT && first <= last) return ports(protocol, first, last);
  report(line, first > last ? `${quote(text)} ends before it starts` : `${quote(text)} is outside 1-65535`);
  return NONE;
}
