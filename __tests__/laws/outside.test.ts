import fc from "fast-check";
import { describe, it } from "vitest";
import { diffFlows } from "../../src/diff/diff.ts";
import type { Block, FlowDiff } from "../../src/diff/flow-diff.ts";
import { endpointOf, universe } from "../../src/engine/universe.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import type { End, Peer, Side } from "../../src/model/peer.ts";
import { includesAddress } from "../../src/sets/addresses.ts";
import { includes } from "../../src/sets/conn.ts";
import { clusters } from "./clusters.ts";
import { edited } from "./edits.ts";
import { ADDRESSES, allowed, EVERY, OPTIONS, PROBES } from "./flows.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";

/** Somebody who is no pod: as the end of a block, and as an endpoint. */
type Outsider = { readonly text: string; readonly endpoint: Endpoint; readonly isAt: (end: End) => boolean };

describe.each(EVERY)("%s", { timeout: TIMEOUT_MS }, (_, features) => {
  const twoTrees = fc.oneof(fc.tuple(clusters(features), clusters(features)), edited(features, clusters(features)));

  it("the diff is what pointwise says of every workload and everybody outside, no more and no less", () => {
    fc.assert(
      fc.property(twoTrees, ([base, head]) => {
        const diff = diffFlows(universe(base, head, OPTIONS), []);
        for (const peer of diff.peers) {
          if (peer.kind !== "workload") continue;
          for (const outsider of outsidersOf(diff)) {
            agree(diff, base, head, { peer, outsider, direction: "egress" });
            agree(diff, base, head, { peer, outsider, direction: "ingress" });
          }
        }
      }),
      runs(1 / 2),
    );
  });
});

function outsidersOf(diff: FlowDiff): readonly Outsider[] {
  const addresses = ADDRESSES.map((address): Outsider => {
    const isAt = (end: End) => end.kind === "addresses" && includesAddress(end.addresses, address);
    return { text: String(address.value), endpoint: { kind: "address", address }, isAt };
  });
  const peers = diff.peers.flatMap((peer): readonly Outsider[] => {
    const endpoint = peer.kind === "entity" || peer.kind === "fqdn" ? endpointOf(peer, "head") : undefined;
    return endpoint === undefined ? [] : [{ text: peer.text, endpoint, isAt: (end) => isPeerAt(peer, end) }];
  });
  return [...addresses, ...peers];
}

function isPeerAt(peer: Peer, end: End): boolean {
  return end.kind === "peers" && end.peers.includes(peer);
}

type Pair = {
  readonly peer: Peer;
  readonly outsider: Outsider;
  readonly direction: "ingress" | "egress";
};

function agree(diff: FlowDiff, base: Cluster, head: Cluster, { peer, outsider, direction }: Pair): void {
  const isOfPair = ({ src, dst }: Block) =>
    direction === "egress" ? isPeerAt(peer, src) && outsider.isAt(dst) : isPeerAt(peer, dst) && outsider.isAt(src);
  const blocks = diff.groups.map(({ block }) => block).filter(isOfPair);
  const what = `${peer.text} ${direction} ${outsider.text}`;
  if (blocks.length > 1) throw new Error(`${what}: ${blocks.length} changes`);
  const ends = (side: Side) => {
    const own = endpointOf(peer, side);
    return direction === "egress" ? { src: own, dst: outsider.endpoint } : { src: outsider.endpoint, dst: own };
  };
  for (const [protocol, port] of PROBES) {
    if (!includes(diff.universe, protocol, port)) continue;
    const before = allowed(base, ends("base"), protocol, port);
    const after = allowed(head, ends("head"), protocol, port);
    const [block] = blocks;
    const opens = block !== undefined && includes(block.opened, protocol, port);
    const closes = block !== undefined && includes(block.closed, protocol, port);
    if (opens !== (!before && after) || closes !== (before && !after)) {
      throw new Error(`${what} ${String(protocol)} ${port}: ${before} before, ${after} after`);
    }
  }
}
