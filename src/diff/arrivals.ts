import type { Universe } from "../engine/universe.ts";
import type { Cluster, Workload } from "../model/cluster.ts";
import type { Pod } from "../model/endpoint.ts";
import type { Side } from "../model/peer.ts";
import type { Arrival } from "./flow-diff.ts";

/** The workloads that one side only has, with the one that a renamed or moved workload was. */
export function arrivalsOf(universe: Universe): readonly Arrival[] {
  const added: Workload[] = [];
  const removed: Workload[] = [];
  for (const peer of universe.peers) {
    if (peer.kind !== "workload") continue;
    if (peer.base === undefined && peer.head !== undefined) added.push(peer.head);
    if (peer.head === undefined && peer.base !== undefined) removed.push(peer.base);
  }
  const pairs = pairMoved(removed, added);
  const arrival = (workload: Workload, side: Side, successor: Workload | undefined): Arrival => {
    const governs = (direction: "ingress" | "egress") =>
      universe.near.reach.selecting(workload.pod, side, direction).length > 0;
    return { workload, side, governed: { ingress: governs("ingress"), egress: governs("egress") }, successor };
  };
  const successors = new Map([...pairs].map(([before, after]) => [after, before]));
  return [
    ...added.map((workload) => arrival(workload, "head", successors.get(workload))),
    ...removed.map((workload) => arrival(workload, "base", pairs.get(workload))),
  ];
}

/** Pairs each removed workload with an added one of the same pod template; the closest name first. */
function pairMoved(removed: readonly Workload[], added: readonly Workload[]): ReadonlyMap<Workload, Workload> {
  const free = new Set(added);
  const pairs = new Map<Workload, Workload>();
  for (const before of removed) {
    let best: Workload | undefined;
    for (const after of free) {
      if (after.templateDigest !== before.templateDigest) continue;
      if (best === undefined || closeness(before, after) > closeness(before, best)) best = after;
    }
    if (best === undefined) continue;
    free.delete(best);
    pairs.set(before, best);
  }
  return pairs;
}

function closeness(a: Workload, b: Workload): number {
  return Number(a.name === b.name) * 4 + Number(a.namespace === b.namespace) * 2 + Number(a.kind === b.kind);
}

/** The pod that base would have had: the predecessor's, or the same pod under the labels that base gives its namespace. */
export function ghostOf(workload: Workload, predecessor: Workload | undefined, base: Cluster): Pod {
  if (predecessor !== undefined) return predecessor.pod;
  const namespace = base.namespaces.get(workload.namespace);
  return namespace === undefined ? workload.pod : { ...workload.pod, namespaceLabels: namespace.labels };
}
