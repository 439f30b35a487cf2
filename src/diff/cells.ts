import type { Effect } from "../engine/effects.ts";
import type { Kind } from "../engine/kinds.ts";
import type { Reach } from "../engine/reach.ts";
import { SIDES, type Side } from "../model/peer.ts";
import { type AddressSet, ALL_ADDRESSES, intersectAddresses, NO_ADDRESS, unionAddresses } from "../sets/addresses.ts";
import { type Conn, intersect, NONE, pairKey, subtract, union, withoutIdleNames } from "../sets/conn.ts";
import { candidatesOf } from "./candidates.ts";
import { reachableOf } from "./reachable.ts";

/** What one pair of ends may exchange before and after, in canonical form: equal changes are one object. */
export type Delta = {
  readonly id: number;
  readonly base: Conn;
  readonly head: Conn;
  readonly opened: Conn;
  readonly closed: Conn;
  readonly narrowed: "opened" | "closed" | "changed" | undefined;
};

/** All that changes from one kind: to other kinds, and to and from outside addresses. */
export type Row = {
  readonly kind: Kind;
  readonly to: ReadonlyMap<Delta, readonly Kind[]>;
  readonly toAddresses: ReadonlyMap<Delta, AddressSet>;
  readonly fromAddresses: ReadonlyMap<Delta, AddressSet>;
};

type Half = { readonly conn: Conn; readonly restricted: Conn; readonly digest: string };
const PLAIN = { restricted: NONE, digest: "" };
const ABSENT: Half = { conn: NONE, ...PLAIN };

/** Compares both sides kind by kind; only where an effect, a class or existence differs. */
export function compare(kinds: readonly Kind[], reach: Reach, universe: Conn): readonly Row[] {
  const deltas = deltaTable(universe, false);
  const candidates = candidatesOf(kinds, reach);
  const rows: Row[] = [];
  for (const src of kinds) {
    const to = rowTo(src, candidates(src), reach, deltas);
    const toAddresses = src.base.egress === src.head.egress ? NO_SETS : outside(src, "egress", reach, deltas);
    const fromAddresses = src.base.ingress === src.head.ingress ? NO_SETS : outside(src, "ingress", reach, deltas);
    if (to.size + toAddresses.size + fromAddresses.size > 0) rows.push({ kind: src, to, toAddresses, fromAddresses });
  }
  return rows;
}

/** Everything that either side allows from `sources` to `targets`, changed or not, and to and from the outside. */
export function survey(
  sources: readonly Kind[],
  targets: readonly Kind[],
  reach: Reach,
  universe: Conn,
): readonly Row[] {
  const deltas = deltaTable(universe, true);
  const from = new Set(sources);
  const into = new Set(targets);
  const reachable = reachableOf(sources, targets);
  return [...new Set([...sources, ...targets])].map((kind) => ({
    kind,
    to: from.has(kind) ? rowTo(kind, reachable(kind), reach, deltas) : new Map(),
    toAddresses: from.has(kind) ? outside(kind, "egress", reach, deltas) : NO_SETS,
    fromAddresses: into.has(kind) ? outside(kind, "ingress", reach, deltas) : NO_SETS,
  }));
}

const NO_SETS: ReadonlyMap<Delta, AddressSet> = new Map();

function rowTo(
  src: Kind,
  targets: readonly Kind[],
  reach: Reach,
  deltas: DeltaTable,
): ReadonlyMap<Delta, readonly Kind[]> {
  const to = new Map<Delta, Kind[]>();
  const isPod = src.base.endpoint?.kind === "pod" || src.head.endpoint?.kind === "pod";
  for (const dst of targets) {
    if (!isPod && dst.base.endpoint?.kind !== "pod" && dst.head.endpoint?.kind !== "pod") continue;
    const delta = deltaOf(src, dst, reach, deltas);
    if (delta === undefined) continue;
    const list = to.get(delta);
    if (list === undefined) to.set(delta, [dst]);
    else list.push(dst);
  }
  return to;
}

function deltaOf(src: Kind, dst: Kind, reach: Reach, deltas: DeltaTable): Delta | undefined {
  const narrows = SIDES.some((side) => src[side].egress?.narrows === true || dst[side].ingress?.narrows === true);
  if (!narrows) return deltas.plain(reach.conn(src.base, dst.base), reach.conn(src.head, dst.head));
  return deltas.of(half(src, dst, "base", reach), half(src, dst, "head", reach));
}

function half(src: Kind, dst: Kind, side: Side, reach: Reach): Half {
  const from = src[side];
  const into = dst[side];
  const conn = reach.conn(from, into);
  if (from.egress?.narrows !== true && into.ingress?.narrows !== true) return { conn, ...PLAIN };
  return { conn, ...reach.restriction(from, into) };
}

type DeltaTable = {
  readonly of: (base: Half, head: Half) => Delta | undefined;
  /** As `of`, where nothing is narrowed. */
  readonly plain: (base: Conn, head: Conn) => Delta | undefined;
};

/** `same`: pairs that base and head treat alike have a delta too, unless nothing is allowed. */
function deltaTable(universe: Conn, same: boolean): DeltaTable {
  const known = new Map<string, Delta | undefined>();
  const canonical = canonicalDeltas();
  const of: DeltaTable["of"] = (before, after) => {
    if (!same && before.conn === after.conn && before.digest === after.digest) return undefined;
    const key = `${before.conn.id},${before.restricted.id},${after.conn.id},${after.restricted.id},${before.digest === after.digest}`;
    if (known.has(key)) return known.get(key);
    const base = intersect(before.conn, universe);
    const head = intersect(after.conn, universe);
    const kept = intersect(base, head);
    const freed = intersect(kept, subtract(before.restricted, after.restricted));
    const bound = intersect(kept, subtract(after.restricted, before.restricted));
    const opened = union(subtract(head, base), freed);
    const closed = union(subtract(base, head), bound);
    const both = intersect(kept, intersect(before.restricted, after.restricted));
    const rewritten = before.digest !== after.digest && both !== NONE;
    const narrowed: Delta["narrowed"] =
      freed !== NONE ? "opened" : bound !== NONE ? "closed" : rewritten ? "changed" : undefined;
    const isSame = opened === NONE && closed === NONE && narrowed === undefined;
    const isTold = same ? base !== NONE || head !== NONE : !isSame;
    const delta: Delta | undefined = isTold ? canonical({ base, head, opened, closed, narrowed }) : undefined;
    known.set(key, delta);
    return delta;
  };
  const byPair = new Map<number, Delta | undefined>();
  const plain: DeltaTable["plain"] = (before, after) => {
    if (!same && before === after) return undefined;
    const key = pairKey(before, after);
    const found = byPair.get(key);
    if (found !== undefined || byPair.has(key)) return found;
    const delta = of({ conn: before, ...PLAIN }, { conn: after, ...PLAIN });
    byPair.set(key, delta);
    return delta;
  };
  return { of, plain };
}

/** What differs only in names that nobody tells apart is one change. */
function canonicalDeltas(): (change: Omit<Delta, "id">) => Delta {
  const byConns = new Map<string, Delta>();
  return (change) => {
    const [base, head, opened, closed] = [change.base, change.head, change.opened, change.closed].map(withoutIdleNames);
    const key = `${base?.id},${head?.id},${opened?.id},${closed?.id},${change.narrowed}`;
    const found = byConns.get(key);
    if (found !== undefined) return found;
    const delta: Delta = {
      id: byConns.size,
      base: base ?? NONE,
      head: head ?? NONE,
      opened: opened ?? NONE,
      closed: closed ?? NONE,
      narrowed: change.narrowed,
    };
    byConns.set(key, delta);
    return delta;
  };
}

function outside(
  kind: Kind,
  direction: "egress" | "ingress",
  reach: Reach,
  deltas: DeltaTable,
): ReadonlyMap<Delta, AddressSet> {
  const out = new Map<Delta, AddressSet>();
  const before = kind.base[direction];
  const after = kind.head[direction];
  if (kind.base.endpoint?.kind !== "pod" && kind.head.endpoint?.kind !== "pod") return out;
  for (const was of cellsOf(before, reach)) {
    for (const is of cellsOf(after, reach)) {
      const set = intersectAddresses(was.set, is.set);
      if (set === NO_ADDRESS) continue;
      const delta = deltas.of(was.half, is.half);
      if (delta !== undefined) out.set(delta, unionAddresses(out.get(delta) ?? NO_ADDRESS, set));
    }
  }
  return out;
}

function cellsOf(effect: Effect | undefined, reach: Reach): readonly { set: AddressSet; half: Half }[] {
  if (effect === undefined) return [{ set: ALL_ADDRESSES, half: ABSENT }];
  return reach.addresses(effect).map(({ set, answer }) => ({ set, half: answer }));
}
