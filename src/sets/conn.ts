import { type Intervals, numbers, pairsOf } from "./intervals.ts";
import { FIRST_NAME, hasPorts, type Protocol, protocolAt, SLOT, SLOTS, slotOf } from "./protocol.ts";

/**
 * A canonical set of protocol × port, interned: equal sets are one object. All protocols lie on one line, one slot
 * each; ports take the points 1–65535 of a slot, ICMP `type * 256 + code`, a port that is known by its name only
 * (on pods that nobody declares) a point from `FIRST_NAME` on.
 */
export type Conn = { readonly id: number; readonly points: Intervals<number> };

const interned = new Map<string, Conn>();
/** Few sets meet each other very often: each pair is computed once. */
const unions = new Map<number, Conn>();
const intersections = new Map<number, Conn>();
const differences = new Map<number, Conn>();
const PAIR = 2 ** 26;
const names = new Map<string, number>();
const nameTexts: string[] = [];

function intern(points: Intervals<number>): Conn {
  const key = points.join();
  const known = interned.get(key);
  if (known !== undefined) return known;
  const conn: Conn = { id: interned.size, points };
  interned.set(key, conn);
  return conn;
}

/** No connection at all. */
export const NONE: Conn = intern([]);

/** Every connection of every protocol, named ports included. */
export const EVERYTHING: Conn = intern([0, SLOTS * SLOT - 1]);

/** TCP, UDP and SCTP in full: what `All Connections` means for NetworkPolicy v1. */
export const ALL: Conn = union(union(wholeProtocol("SCTP"), wholeProtocol("TCP")), wholeProtocol("UDP"));

/** Every connection of one protocol. */
export function wholeProtocol(protocol: Protocol): Conn {
  const base = slotOf(protocol) * SLOT;
  return intern([base, base + SLOT - 1]);
}

/** Ports (or, for ICMP, `type * 256 + code`) `first` to `last`, both included; every port is the whole protocol. */
export function ports(protocol: Protocol, first: number, last: number = first): Conn {
  if (hasPorts(protocol) && first <= 1 && last === FIRST_NAME - 1) return wholeProtocol(protocol);
  const base = slotOf(protocol) * SLOT;
  return intern([base + first, base + last]);
}

/** The port called `name` on a pod that nobody declares: a point of its own. */
export function namedPort(protocol: Protocol, name: string): Conn {
  let index = names.get(name);
  if (index === undefined) {
    index = nameTexts.length;
    names.set(name, index);
    nameTexts.push(name);
  }
  return ports(protocol, FIRST_NAME + index);
}

/** The name that a point from `FIRST_NAME` on stands for. */
export function portName(point: number): string | undefined {
  return nameTexts[point - FIRST_NAME];
}

/** What is in `a` or in `b`. */
export function union(a: Conn, b: Conn): Conn {
  if (a === b || b === NONE) return a;
  if (a === NONE) return b;
  const key = unordered(a, b);
  const known = unions.get(key);
  if (known !== undefined) return known;
  const made = intern(numbers.union(a.points, b.points));
  unions.set(key, made);
  return made;
}

/** What is in both. */
export function intersect(a: Conn, b: Conn): Conn {
  if (a === b || b === EVERYTHING) return a;
  if (a === EVERYTHING) return b;
  if (a === NONE || b === NONE) return NONE;
  const key = unordered(a, b);
  const known = intersections.get(key);
  if (known !== undefined) return known;
  const made = intern(numbers.intersect(a.points, b.points));
  intersections.set(key, made);
  return made;
}

/** What is in `a` and not in `b`. */
export function subtract(a: Conn, b: Conn): Conn {
  if (a === b || b === EVERYTHING) return NONE;
  if (b === NONE || a === NONE) return a;
  const key = pairKey(a, b);
  const known = differences.get(key);
  if (known !== undefined) return known;
  const made = intern(numbers.subtract(a.points, b.points));
  differences.set(key, made);
  return made;
}

/** A number for two connections in this order, as long as the program runs. */
export function pairKey(a: Conn, b: Conn): number {
  return a.id * PAIR + b.id;
}

function unordered(a: Conn, b: Conn): number {
  return a.id < b.id ? pairKey(a, b) : pairKey(b, a);
}

/** True where all of `b` is in `a`. */
export function covers(a: Conn, b: Conn): boolean {
  return subtract(b, a) === NONE;
}

/** True where the connection `protocol`/`point` is in `conn`; `point` as in `ports`, or a named point. */
export function includes(conn: Conn, protocol: Protocol, point: number): boolean {
  return numbers.contains(conn.points, slotOf(protocol) * SLOT + point);
}

const NUMERIC: Conn = intern(
  numbers.normalize(
    Array.from({ length: SLOTS }, (_, slot) => {
      const lowest = hasPorts(protocolAt(slot)) ? 1 : 0;
      return [slot * SLOT + lowest, slot * SLOT + FIRST_NAME - 1];
    }).flat(),
  ),
);

/** `conn` without the points that stand for names: what it means at a pod or address whose ports are numbers. */
export function numeric(conn: Conn): Conn {
  return intersect(conn, NUMERIC);
}

/**
 * `conn` without names where it has all names of a protocol or none: what a declared and an undeclared pod have in
 * common. Names stay where some are in and some are not.
 */
export function withoutIdleNames(conn: Conn): Conn {
  let kept = numeric(conn);
  for (const protocol of NAMING) {
    const names = ports(protocol, FIRST_NAME, SLOT - 1);
    if (!covers(conn, names)) kept = union(kept, intersect(conn, names));
  }
  return kept;
}

const NAMING: readonly Protocol[] = ["SCTP", "TCP", "UDP", "UDPLite"];

/** The points of one protocol in `conn`, relative to its slot, as `[first, last]` pairs; ports start at 1. */
export function pointsOf(conn: Conn, protocol: Protocol): readonly (readonly [number, number])[] {
  const base = slotOf(protocol) * SLOT;
  const lowest = hasPorts(protocol) ? 1 : 0;
  const out: (readonly [number, number])[] = [];
  for (const [first, last] of pairsOf(conn.points)) {
    if (last < base || first >= base + SLOT) continue;
    const from = Math.max(first - base, lowest);
    const to = Math.min(last - base, SLOT - 1);
    if (from <= to) out.push([from, to]);
  }
  return out;
}
