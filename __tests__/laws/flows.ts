import { pairsOfBlock } from "../../src/diff/blocks.ts";
import type { Block } from "../../src/diff/flow-diff.ts";
import type { UniverseOptions } from "../../src/engine/universe.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import type { End, Peer } from "../../src/model/peer.ts";
import { judge } from "../../src/pointwise/judge.ts";
import { formatAddresses, parseAddress } from "../../src/sets/address-text.ts";
import type { Address } from "../../src/sets/addresses.ts";
import { namedPort } from "../../src/sets/conn.ts";
import { type Protocol, SLOT, slotOf } from "../../src/sets/protocol.ts";
import type { Features } from "./clusters.ts";

export const OPTIONS: UniverseOptions = { representatives: true, spoken: [], limit: 5000 };

/** The kinds of random clusters that every law holds for. */
export const EVERY: readonly (readonly [string, Features])[] = [
  ["NetworkPolicy alone", { tiers: false, dialects: false }],
  ["all tiers", { tiers: true, dialects: false }],
  ["all tiers and mixed dialects", { tiers: true, dialects: true }],
];

/** Every port that a rule of a random cluster can name, and its neighbours. */
export const PROBES: readonly (readonly [Protocol, number])[] = [
  ...[1, ...[20, 40, 60, 80].flatMap((port) => [-1, 0, 1, 2, 3, 4].map((more) => port + more)), 65535].flatMap(
    (port) =>
      [
        ["TCP", port],
        ["UDP", port],
      ] as const,
  ),
  ["SCTP", 20],
  ["ICMP", 8 * 256],
  ["ICMP", 0],
  [47, 0],
  ["other", 0],
];

/** The names that a rule of a random cluster can give to a port. */
export const NAMED = (["http", "dns"] as const).flatMap((name) =>
  (["TCP", "UDP", "SCTP"] as const).map((protocol) => {
    const first = namedPort(protocol, name).points[0] ?? 0;
    return [protocol, first - slotOf(protocol) * SLOT] as const;
  }),
);

/** Addresses at the edges of every block that a rule of a random cluster can name. */
export const ADDRESSES: readonly Address[] = [
  "9.255.255.255",
  "10.0.0.0",
  "10.1.0.5",
  "10.2.0.0",
  "192.0.2.7",
  "192.0.2.8",
  "2001:db8::1",
  "2001:db9::",
].map((text) => {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(text);
  return address;
});

/** What pointwise says of one connection; nothing is allowed where an end is not there. */
export function allowed(
  cluster: Cluster,
  ends: { readonly src: Endpoint | undefined; readonly dst: Endpoint | undefined },
  protocol: Protocol,
  port: number,
): boolean {
  const { src, dst } = ends;
  return src !== undefined && dst !== undefined && judge(cluster.policies, { src, dst, protocol, port }).allowed;
}

/** The change of each ordered pair that the blocks cover; a pair that two blocks cover is a fault. */
export function pairsOf(blocks: Iterable<Block>): ReadonlyMap<string, Block> {
  const pairs = new Map<string, Block>();
  for (const block of blocks) {
    for (const { src, dst } of pairsOfBlock(block)) {
      const key = `${endText(src)} > ${endText(dst)}`;
      if (pairs.has(key)) throw new Error(`two changes for ${key}`);
      pairs.set(key, block);
    }
  }
  return pairs;
}

/** One end as text. */
export function endText(end: End | Peer): string {
  if (end.kind === "addresses") return formatAddresses(end.addresses);
  return end.kind === "peers" ? end.peers.map(({ text }) => text).join() : end.text;
}
