import { type Conn, covers, intersect, NONE, numeric, pointsOf, portName, wholeProtocol } from "./conn.ts";
import { FIRST_NAME, type Protocol, SLOT } from "./protocol.ts";

const BASIC: readonly Protocol[] = ["SCTP", "TCP", "UDP"];
const EXTRA: readonly Protocol[] = ["ICMP", "ICMPv6", "UDPLite"];

/**
 * A connection set in words: `All Connections`, `No Connections`, or per protocol `SCTP 1-65535,TCP 80,443`.
 * `universe` is everything that this run tells apart; protocols beyond it are not mentioned.
 */
export function formatConn(conn: Conn, universe: Conn): string {
  const shown = intersect(conn, universe);
  if (shown === NONE) return "No Connections";
  if (coversPorts(shown)) {
    const missing = extras(universe).filter((protocol) => !holdsWhole(shown, protocol));
    return missing.length === 0 ? "All Connections" : `All Connections except ${exceptions(shown, universe, missing)}`;
  }
  const parts: string[] = [];
  for (const protocol of BASIC) parts.push(...formatPorts(shown, protocol));
  parts.push(...formatExtras(shown, universe));
  return parts.length === 0 ? "No Connections" : parts.join(",");
}

/** True where TCP, UDP and SCTP are allowed on every port. */
function coversPorts(conn: Conn): boolean {
  return BASIC.every((protocol) => isWhole(pointsOf(conn, protocol)));
}

function isWhole(points: readonly (readonly [number, number])[]): boolean {
  return points.some(([first, last]) => first === 1 && last >= FIRST_NAME - 1);
}

function formatPorts(conn: Conn, protocol: Protocol): string[] {
  const points = pointsOf(conn, protocol);
  if (points.length === 0) return [];
  const numbers: string[] = [];
  const named: string[] = [];
  for (const [first, last] of points) {
    if (first < FIRST_NAME) {
      const end = Math.min(last, FIRST_NAME - 1);
      numbers.push(first === end ? String(first) : `${first}-${end}`);
    }
    for (let point = Math.max(first, FIRST_NAME); point <= last; point++) {
      const name = portName(point);
      if (name === undefined) break;
      named.push(name);
    }
  }
  const hasAllNames = points.some(([, last]) => last === SLOT - 1);
  const shown = hasAllNames ? numbers : [...numbers, ...named.sort()];
  return shown.length === 0 ? [] : [`${protocol} ${shown.join(",")}`];
}

/** Protocols beyond TCP, UDP and SCTP that the run tells apart. */
function extras(universe: Conn): Protocol[] {
  const numbers = Array.from({ length: 256 }, (_, n): Protocol => n);
  return [...EXTRA, ...numbers, "other" as const].filter((p) => intersect(universe, wholeProtocol(p)) !== NONE);
}

function holdsWhole(conn: Conn, protocol: Protocol): boolean {
  return protocol === "UDPLite" ? isWhole(pointsOf(conn, protocol)) : covers(conn, numeric(wholeProtocol(protocol)));
}

function formatExtras(conn: Conn, universe: Conn): string[] {
  const parts: string[] = [];
  const others: Protocol[] = [];
  const missing: Protocol[] = [];
  for (const protocol of extras(universe)) {
    if (typeof protocol === "number" || protocol === "other") {
      (holdsWhole(conn, protocol) ? others : missing).push(protocol);
    } else parts.push(...formatExtra(conn, protocol));
  }
  if (others.includes("other")) {
    const numbers = missing.map(String);
    parts.push(numbers.length === 0 ? "other protocols" : `other protocols but ${numbers.join(" ")}`);
  } else parts.push(...others.map((n) => `protocol ${n}`));
  return parts;
}

function formatExtra(conn: Conn, protocol: Protocol): string[] {
  if (holdsWhole(conn, protocol)) return [String(protocol)];
  if (protocol === "UDPLite") return formatPorts(conn, protocol);
  const types: string[] = [];
  for (const [first, last] of pointsOf(conn, protocol)) {
    for (let point = first; point <= Math.min(last, FIRST_NAME - 1); ) {
      const type = Math.floor(point / 256);
      const end = Math.min(last, type * 256 + 255);
      if (point % 256 === 0 && end % 256 === 255) types.push(`type ${type}`);
      else for (let code = point; code <= end; code++) types.push(`type ${type} code ${code % 256}`);
      point = end + 1;
    }
  }
  return types.length === 0 ? [] : [`${protocol} [${types.join("; ")}]`];
}

function exceptions(conn: Conn, universe: Conn, missing: readonly Protocol[]): string {
  const whole = missing.filter((protocol) => intersect(conn, wholeProtocol(protocol)) === NONE);
  const partly = missing.filter((protocol) => !whole.includes(protocol));
  if (whole.length === extras(universe).length) return "other protocols";
  const numbers = whole.filter((p) => typeof p === "number");
  const words = whole.filter((p) => typeof p !== "number").map((p) => (p === "other" ? "other protocols" : String(p)));
  if (!whole.includes("other")) words.push(...numbers.map((n) => `protocol ${n}`));
  for (const protocol of partly) words.push(`${String(protocol)} beyond ${formatExtra(conn, protocol).join()}`);
  return words.join(",");
}
