import { type Kind, kindsOf } from "../engine/kinds.ts";
import { endpointOf, type Space, type Universe } from "../engine/universe.ts";
import type { SourceRef } from "../errors.ts";
import type { Assumption, Cluster, Workload } from "../model/cluster.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { Peer } from "../model/peer.ts";
import type { Direction, ObjectRef } from "../model/policy.ts";
import type { Predicate } from "../model/predicate.ts";
import { intersect, NONE } from "../sets/conn.ts";
import { arrivalsOf, ghostOf } from "./arrivals.ts";
import { blocksOf, selfBlocks } from "./blocks.ts";
import type { Place } from "./cause-words.ts";
import { compare } from "./cells.ts";
import { explainBlock, selectingOneByOne } from "./explain.ts";
import type { Arrival, Block, FlowDiff, Group } from "./flow-diff.ts";
import { groupsOf } from "./groups.ts";
import { namer } from "./names.ts";
import type { Stage } from "./pair-causes.ts";
import { closingTwins, redundantPeers } from "./redundant.ts";
import { quickExplainer, rowsOf } from "./rows.ts";

/** What changes between the two sides of `universe`; `spoken` are the selectors of protected paths. */
export function diffFlows(universe: Universe, spoken: readonly Predicate[]): FlowDiff {
  const arrivals = arrivalsOf(universe);
  const listed = comparePass(universe, universe.near.view, spoken);
  const stage = reviewStage(universe);
  const rowStage = quickStage(universe);
  const quick = quickExplainer(universe, rowStage);
  const ghosts = ghostsOf(universe, arrivals);
  const judgedStage = stageOf(
    universe,
    (peer, side) => (side === "base" ? ghosts.get(peer) : undefined) ?? endpointOf(peer, side),
  );
  const judged = ghosts.size === 0 ? listed.blocks : comparePass(universe, ghostView(universe, ghosts), spoken).blocks;
  const peers = universe.peers.filter((peer) => !listed.redundant.has(peer));
  const groups = groupsOf({
    blocks: listed.blocks,
    arrivals,
    name: namer(peers),
    explain: (block) => explainBlock(stage, block, quick),
  });
  const count = (side: "opened" | "closed") =>
    listed.blocks.reduce((sum, block) => sum + (block[side] === NONE ? 0 : block.pairs), 0);
  return {
    groups,
    judged,
    peers,
    arrivals,
    universe: universe.conns,
    opened: count("opened"),
    closed: count("closed"),
    rows: (limit) => rowsOf({ blocks: listed.blocks, arrivals, stage: rowStage, quick, limit }),
    explain: (block) => explainBlock(judgedStage, block),
    assumptions: assumptionsBehind(groups, universe),
  };
}

/** Assumptions about places that a change comes from, and those that are about the whole tree. */
function assumptionsBehind(groups: readonly Group[], { base, head }: Universe): readonly Assumption[] {
  const files = new Set(groups.flatMap(({ causes }) => causes.map(({ at }) => at.file)));
  const all = base === head ? head.assumptions : [...base.assumptions, ...head.assumptions];
  return groups.length === 0 ? [] : all.filter(({ at }) => at === undefined || files.has(at.file));
}

type Pass = { readonly blocks: readonly Block[]; readonly redundant: ReadonlySet<Peer> };

function comparePass(
  { peers, affected, near, conns }: Universe,
  view: Space["view"],
  spoken: readonly Predicate[],
): Pass {
  const kinds = kindsOf(affected, view);
  const rows = compare(kinds, near.reach, conns);
  const redundant = new Set([...redundantPeers(peers, kinds, rows, spoken), ...closingTwins(kinds, rows, spoken)]);
  const self = (kind: Kind) => ({
    base: intersect(near.reach.conn(kind.base, kind.base), conns),
    head: intersect(near.reach.conn(kind.head, kind.head), conns),
  });
  return { blocks: [...blocksOf(rows, redundant), ...selfBlocks(kinds, self)], redundant };
}

/** What replays of this review need, each peer as it is on each side. */
export function reviewStage(universe: Universe): Stage {
  return stageOf(universe, endpointOf);
}

function stageOf(universe: Universe, endpoint: Stage["endpoint"]): Stage {
  const selecting = { base: selectingOneByOne(universe.base), head: selectingOneByOne(universe.head) };
  return {
    base: universe.base,
    head: universe.head,
    endpoint,
    policies: (end, side) => selecting[side](end),
    changed: universe.near.reach.meanings.changed,
    find: { base: placesOf(universe.base), head: placesOf(universe.head) },
  };
}

/** Where the policies of a cluster stand, by their objects. */
function placesOf(cluster: Cluster): (object: ObjectRef) => Place | undefined {
  let places: Map<string, { source: SourceRef; directions: Set<Direction> }> | undefined;
  const key = ({ group, kind, namespace, name }: ObjectRef) => `${group}/${kind}/${namespace}/${name}`;
  const gather = () => {
    const found: NonNullable<typeof places> = new Map();
    for (const { object, source, direction } of cluster.policies) {
      const place = found.get(key(object)) ?? { source, directions: new Set() };
      found.set(key(object), place);
      place.directions.add(direction);
    }
    return found;
  };
  return (object) => {
    places ??= gather();
    return places.get(key(object));
  };
}

/** Like `stageOf`, but with the engine's index: for rows by the thousand. */
function quickStage(universe: Universe): Stage {
  const policies: Stage["policies"] = (end, side) =>
    end.kind !== "pod"
      ? []
      : [
          ...universe.near.reach.selecting(end.pod, side, "egress"),
          ...universe.near.reach.selecting(end.pod, side, "ingress"),
        ];
  return { ...stageOf(universe, endpointOf), policies };
}

function ghostsOf(universe: Universe, arrivals: readonly Arrival[]): ReadonlyMap<Peer, Endpoint> {
  const added = new Map<Workload, Arrival>();
  for (const arrival of arrivals) if (arrival.side === "head") added.set(arrival.workload, arrival);
  const ghosts = new Map<Peer, Endpoint>();
  if (added.size === 0) return ghosts;
  for (const peer of universe.peers) {
    if (peer.kind !== "workload" || peer.head === undefined || peer.base !== undefined) continue;
    const arrival = added.get(peer.head);
    ghosts.set(peer, { kind: "pod", pod: ghostOf(peer.head, arrival?.successor, universe.base) });
  }
  return ghosts;
}

function ghostView({ near }: Universe, ghosts: ReadonlyMap<Peer, Endpoint>): Space["view"] {
  return (peer, side) => {
    const ghost = side === "base" ? ghosts.get(peer) : undefined;
    return ghost === undefined ? near.view(peer, side) : near.reach.view(ghost, "base");
  };
}
