import { formatWorkload } from "../model/cluster.ts";
import type { End, Peer } from "../model/peer.ts";
import { NONE } from "../sets/conn.ts";
import { block as makeBlock, peersEnd } from "./blocks.ts";
import type { Explanation } from "./explain.ts";
import type { Arrival, Block, Change, Group } from "./flow-diff.ts";
import type { Namer } from "./names.ts";

export type GroupInput = {
  readonly blocks: readonly Block[];
  readonly arrivals: readonly Arrival[];
  readonly name: Namer;
  readonly explain: (block: Block) => Explanation;
};

/** The blocks under readable names; what comes with a workload that came or went stands apart from what changed. */
export function groupsOf({ blocks, arrivals, name, explain }: GroupInput): readonly Group[] {
  return blocks.flatMap(splitByArrival).map((part): Group => {
    const { causes, witness } = explain(part);
    const first = firstPair(part);
    return {
      src: name(part.src),
      dst: name(part.dst),
      block: part,
      note: first === undefined ? "" : noteOf(first, arrivals),
      type: typeOf(part),
      causes,
      witness,
    };
  });
}

/** What happened to a pair of ends as a whole. */
export function typeOf(block: Pick<Block, "base" | "head">): Change["type"] {
  if (block.base === NONE) return "added";
  return block.head === NONE ? "removed" : "changed";
}

/** The workload that came or went with the pair, in the words of the contract; empty where none did. */
export function noteOf(
  pair: { readonly src: End | Peer; readonly dst: End | Peer },
  arrivals: readonly Arrival[],
): string {
  if (stays(pair.src) && stays(pair.dst)) return "";
  for (const side of ["head", "base"] as const) {
    const verb = side === "head" ? "added" : "removed";
    const gone = [...new Set([pair.src, pair.dst])].flatMap((end) => {
      if (end.kind !== "workload" || end[side === "head" ? "base" : "head"] !== undefined) return [];
      const workload = end[side];
      return workload === undefined ? [] : [workload];
    });
    if (gone.length === 0) continue;
    const moved = gone.some((workload) => arrivals.some((a) => a.workload === workload && isRenamed(a)));
    return `workload ${gone.map(formatWorkload).join(" and ")} ${verb}${moved ? ", perhaps renamed" : ""}`;
  }
  return "";
}

function stays(end: End | Peer): boolean {
  return end.kind !== "workload" || (end.base !== undefined && end.head !== undefined);
}

/** A workload of the same name that only changed its kind was not renamed. */
function isRenamed({ workload, successor }: Arrival): boolean {
  return successor !== undefined && (workload.name !== successor.name || workload.namespace !== successor.namespace);
}

function firstPair(block: Block): { src: End | Peer; dst: End | Peer } | undefined {
  const one = (end: End): End | Peer | undefined =>
    end.kind === "addresses" ? end : end.peers.length === 1 ? end.peers[0] : end;
  const src = one(block.src);
  const dst = one(block.dst);
  return src === undefined || dst === undefined ? undefined : { src, dst };
}

type Presence = "both" | "base" | "head";

function splitByArrival(block: Block): readonly Block[] {
  if (block.selfOnly) return [block];
  const sources = splitEnd(block.src);
  const targets = splitEnd(block.dst);
  if (sources.length === 1 && targets.length === 1) return [block];
  const parts = sources.flatMap((src) => targets.map((dst) => makeBlock(block, src, dst)));
  return parts.filter(({ pairs }) => pairs > 0);
}

/** Workloads that came or went stand one by one, so that each is told by its own name. */
function splitEnd(end: End): readonly End[] {
  if (end.kind === "addresses") return [end];
  const staying: Peer[] = [];
  const alone: Peer[] = [];
  for (const peer of end.peers) (presence(peer) === "both" ? staying : alone).push(peer);
  return [...(staying.length > 0 ? [peersEnd(staying)] : []), ...alone.map((peer) => peersEnd([peer]))];
}

function presence(peer: Peer): Presence {
  if (peer.kind !== "workload") return "both";
  if (peer.base === undefined) return "head";
  return peer.head === undefined ? "base" : "both";
}
