import {
  type Conn,
  EVERYTHING,
  intersect,
  NONE,
  numeric,
  ports,
  subtract,
  union,
  wholeProtocol,
} from "../../src/sets/conn.ts";
import { numbered, type Protocol } from "../../src/sets/protocol.ts";

/** A row of a case: everything that `src` may send to `dst`. */
export type Row = {
  readonly src: string;
  readonly dst: string;
  readonly conn: string;
  readonly otherProtocols?: string;
};

const BASIC: readonly Protocol[] = ["SCTP", "TCP", "UDP"];
const ALL = BASIC.map(wholeProtocol).reduce(union, NONE);
const OTHERS = subtract(EVERYTHING, ALL);

/** The connections of a row. ICMP codes that some row of the case names are no part of `rest` and of their type. */
export function connOf(row: Row | undefined, rows: readonly Row[]): Conn {
  if (row === undefined) return NONE;
  const others = row.otherProtocols ?? (row.conn === "All Connections" ? "all" : "none");
  return numeric(union(basicConn(row.conn), otherConn(others, rows)));
}

/** TCP, UDP and SCTP as text. */
function basicConn(text: string): Conn {
  if (text === "All Connections") return ALL;
  if (text === "No Connections") return NONE;
  let protocol: Protocol = "TCP";
  let conn = NONE;
  for (const part of text.split(",")) {
    const match = /^(?:(SCTP|TCP|UDP) )?(\d+)(?:-(\d+))?$/.exec(part);
    if (match === null) throw new Error(`no connections: ${text}`);
    protocol = BASIC.find((each) => each === match[1]) ?? protocol;
    conn = union(conn, ports(protocol, Number(match[2]), Number(match[3] ?? match[2])));
  }
  return conn;
}

function otherConn(text: string, rows: readonly Row[]): Conn {
  if (text === "none") return NONE;
  if (text === "all") return OTHERS;
  let conn = NONE;
  for (const part of text.split(", ")) {
    const messages = /^(ICMP|ICMPv6) \[(.*)\]$/.exec(part);
    if (messages !== null) {
      const protocol = messages[1] === "ICMP" ? "ICMP" : "ICMPv6";
      for (const message of (messages[2] ?? "").split("; ")) conn = union(conn, icmp(protocol, message, rows));
    } else if (/^\d+$/.test(part)) conn = union(conn, wholeProtocol(numbered(Number(part))));
    else if (part === "ICMP" || part === "ICMPv6" || part === "UDPLite" || part === "other") {
      conn = union(conn, wholeProtocol(part));
    } else throw new Error(`no protocols: ${text}`);
  }
  return conn;
}

function icmp(protocol: "ICMP" | "ICMPv6", message: string, rows: readonly Row[]): Conn {
  const named = [
    ...rows
      .map((row) => row.otherProtocols ?? "")
      .join()
      .matchAll(/type (\d+)(?: code (\d+))?/g),
  ];
  const code = (type: string | undefined, value: string | undefined) =>
    ports(protocol, Number(type) * 256 + Number(value));
  const whole = (type: string | undefined) => ports(protocol, Number(type) * 256, Number(type) * 256 + 255);
  const one = /^type (\d+)(?: code (\d+))?$/.exec(message);
  if (one !== null && one[2] !== undefined) return code(one[1], one[2]);
  const codes = named
    .filter((each) => each[2] !== undefined)
    .map((each) => code(each[1], each[2]))
    .reduce(union, NONE);
  if (one !== null) return subtract(whole(one[1]), codes);
  const types = named.map((each) => whole(each[1])).reduce(union, NONE);
  return intersect(wholeProtocol(protocol), subtract(wholeProtocol(protocol), types));
}
