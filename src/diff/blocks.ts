import type { Kind } from "../engine/kinds.ts";
import { hasTwins } from "../model/cluster.ts";
import type { End, Peer } from "../model/peer.ts";
import type { AddressSet } from "../sets/addresses.ts";
import { NONE, subtract } from "../sets/conn.ts";
import type { Delta, Row } from "./cells.ts";
import type { Block } from "./flow-diff.ts";

/** Folds rows into blocks: sources with the same change to the same destinations stand together. */
export function blocksOf(rows: readonly Row[], redundant: ReadonlySet<Peer>): readonly Block[] {
  const between = new Map<string, { delta: Delta; src: Kind[]; dst: readonly Kind[] }>();
  const outward = new Map<string, { delta: Delta; kinds: Kind[]; set: AddressSet }>();
  const inward = new Map<string, { delta: Delta; kinds: Kind[]; set: AddressSet }>();
  const isTold = (kind: Kind) => kind.members.some((peer) => !redundant.has(peer));
  for (const row of rows) {
    if (redundant.size > 0 && !isTold(row.kind)) continue;
    for (const [delta, all] of row.to) {
      const list = redundant.size > 0 ? all.filter(isTold) : all;
      if (list.length === 0) continue;
      const key = `${delta.id}>${list.map((kind) => kind.id).join()}`;
      const found = between.get(key);
      if (found === undefined) between.set(key, { delta, src: [row.kind], dst: list });
      else found.src.push(row.kind);
    }
    for (const [table, sets] of [
      [outward, row.toAddresses],
      [inward, row.fromAddresses],
    ] as const) {
      for (const [delta, set] of sets) {
        const key = `${delta.id}@${set.id}`;
        const found = table.get(key);
        if (found === undefined) table.set(key, { delta, kinds: [row.kind], set });
        else found.kinds.push(row.kind);
      }
    }
  }
  const members = (kinds: readonly Kind[]) =>
    kinds.flatMap((kind) => kind.members.filter((peer) => !redundant.has(peer)));
  const blocks: Block[] = [];
  for (const { delta, src, dst } of between.values())
    blocks.push(block(delta, peersEnd(members(src)), peersEnd(members(dst))));
  for (const { delta, kinds, set } of outward.values())
    blocks.push(block(delta, peersEnd(members(kinds)), addressEnd(set)));
  for (const { delta, kinds, set } of inward.values())
    blocks.push(block(delta, addressEnd(set), peersEnd(members(kinds))));
  return blocks.filter(({ pairs }) => pairs > 0);
}

/** A block of these ends; `pairs` is counted. */
export function block(delta: Omit<Delta, "id">, src: End, dst: End): Block {
  const { base, head, opened, closed, narrowed } = delta;
  return { src, dst, base, head, opened, closed, narrowed, selfOnly: false, pairs: countPairs(src, dst) };
}

export function peersEnd(peers: readonly Peer[]): End {
  return { kind: "peers", peers };
}

function addressEnd(addresses: AddressSet): End {
  return { kind: "addresses", addresses };
}

/** True where a pair of `peer` with itself is a flow between two pods, on both sides where both have it. */
export function meetsItself(peer: Peer): boolean {
  if (peer.kind !== "workload") return true;
  const sides = [peer.base, peer.head].filter((workload) => workload !== undefined);
  return sides.every(hasTwins);
}

function countPairs(src: End, dst: End): number {
  if (src.kind === "addresses") return dst.kind === "addresses" ? 0 : dst.peers.length;
  if (dst.kind === "addresses") return src.peers.length;
  const sources = new Set(src.peers);
  let alone = 0;
  for (const peer of dst.peers) if (sources.has(peer) && !meetsItself(peer)) alone++;
  return src.peers.length * dst.peers.length - alone;
}

/** The ordered pairs of a block, one by one. */
export function* pairsOfBlock({
  src,
  dst,
  selfOnly,
}: Block): Generator<{ readonly src: End | Peer; readonly dst: End | Peer }> {
  const sources: readonly (End | Peer)[] = src.kind === "addresses" ? [src] : src.peers;
  const targets: readonly (End | Peer)[] = dst.kind === "addresses" ? [dst] : dst.peers;
  for (const from of sources) {
    for (const to of targets) {
      if (from === to && !selfOnly && from.kind !== "peers" && from.kind !== "addresses" && !meetsItself(from))
        continue;
      yield { src: from, dst: to };
    }
  }
}

/** Flows of a workload to itself that exist on one side only because the number of its pods changed. */
export function selfBlocks(
  kinds: readonly Kind[],
  self: (kind: Kind) => Pick<Delta, "base" | "head">,
): readonly Block[] {
  const blocks: Block[] = [];
  for (const kind of kinds) {
    for (const peer of kind.members) {
      if (peer.kind !== "workload" || peer.base === undefined || peer.head === undefined) continue;
      const twins = { base: hasTwins(peer.base), head: hasTwins(peer.head) };
      if (twins.base === twins.head) continue;
      const conns = self(kind);
      const base = twins.base ? conns.base : NONE;
      const head = twins.head ? conns.head : NONE;
      if (base === head) continue;
      const end = peersEnd([peer]);
      const opened = subtract(head, base);
      const closed = subtract(base, head);
      blocks.push({ src: end, dst: end, base, head, opened, closed, narrowed: undefined, selfOnly: true, pairs: 1 });
    }
  }
  return blocks;
}
