import { pairsOfBlock } from "../diff/blocks.ts";
import { reviewStage } from "../diff/diff.ts";
import { standingFlows } from "../diff/standing.ts";
import { universe } from "../engine/universe.ts";
import type { Cluster } from "../model/cluster.ts";
import type { End, Peer } from "../model/peer.ts";
import { meansPeer, type PeerQuery } from "../model/peer-query.ts";
import { buildList, type ListReport } from "../report/list.ts";
import { formatAddresses } from "../sets/address-text.ts";
import { ALL_ADDRESSES, NO_ADDRESS } from "../sets/addresses.ts";
import { type Conn, covers, withoutIdleNames } from "../sets/conn.ts";

export type ListOptions = {
  readonly representatives: boolean;
  readonly from: PeerQuery | undefined;
  readonly to: PeerQuery | undefined;
};

const REPRESENTATIVES = 20_000;

/** Every allowed flow of one cluster; between two undeclared peers only where it is narrower than everything. */
export function listCluster(cluster: Cluster, options: ListOptions): ListReport {
  const space = universe(cluster, cluster, {
    representatives: options.representatives,
    spoken: [],
    limit: REPRESENTATIVES,
  });
  const standing = standingFlows(space, reviewStage(space), []);
  const blocks = standing.blocks({ src: sought(options.from), dst: sought(options.to) });
  return buildList({
    flows: rowsOf(blocks, space.conns),
    universe: space.conns,
    issues: cluster.issues,
    assumptions: cluster.assumptions,
    plugin: cluster.plugin,
  });
}

function sought(query: PeerQuery | undefined): {
  readonly peers: (peer: Peer) => boolean;
  readonly addresses: typeof ALL_ADDRESSES;
} {
  if (query === undefined) return { peers: () => true, addresses: ALL_ADDRESSES };
  return {
    peers: (peer) => meansPeer(query, peer),
    addresses: query.kind === "addresses" ? query.set : NO_ADDRESS,
  };
}

type Row = { readonly src: string; readonly dst: string; readonly conn: Conn };

function* rowsOf(blocks: ReturnType<ReturnType<typeof standingFlows>["blocks"]>, universe: Conn): Generator<Row> {
  const whole = withoutIdleNames(universe);
  for (const block of blocks) {
    const isWhole = covers(block.head, whole);
    for (const { src, dst } of pairsOfBlock(block)) {
      if (isWhole && isUndeclared(src) && isUndeclared(dst)) continue;
      yield { src: textOf(src), dst: textOf(dst), conn: block.head };
    }
  }
}

function isUndeclared(end: End | Peer): boolean {
  return end.kind === "representative" || end.kind === "addresses" || end.kind === "entity" || end.kind === "fqdn";
}

function textOf(end: End | Peer): string {
  if (end.kind === "addresses") return formatAddresses(end.addresses);
  return end.kind === "peers" ? "" : end.text;
}
