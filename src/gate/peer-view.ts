import type { Arrival } from "../diff/flow-diff.ts";
import type { Cluster, Workload } from "../model/cluster.ts";
import type { Pod } from "../model/endpoint.ts";
import type { LabelSet } from "../model/labels.ts";
import type { Peer, WorkloadPeer } from "../model/peer.ts";

/** What a selector can ask about a peer on one side. */
export type Facts = {
  readonly pod: Pod;
  readonly workload: Workload | undefined;
  /** Where the pods are; `undefined` for some namespace that the tree does not know. */
  readonly namespace: string | undefined;
};

/**
 * A peer as the gate sees it: a workload that moved has its predecessor's facts in base, so that a new name or new
 * labels do not make it another one.
 */
export type PeerView = {
  readonly peer: Peer;
  readonly base: Facts | undefined;
  readonly head: Facts | undefined;
  /** `moved`: head's workload has a predecessor of another name; `arrived`: base has no such workload or namespace. */
  readonly origin: "both" | "moved" | "arrived" | "gone";
};

export type Views = (peer: Peer) => PeerView;

/** Views of peers, each made once. */
export function viewsOf(arrivals: readonly Arrival[], base: Cluster, head: Cluster): Views {
  const predecessors = new Map<string, Workload>();
  for (const { workload, side, successor } of arrivals) {
    if (successor === undefined) continue;
    const [from, to] = side === "head" ? [successor, workload] : [workload, successor];
    predecessors.set(identity(to), from);
  }
  const declared = { base: byIdentity(base), head: byIdentity(head) };
  const made = new Map<Peer, PeerView>();
  return (peer) => {
    let view = made.get(peer);
    if (view === undefined) {
      view = peer.kind === "workload" ? viewOfWorkload(peer, predecessors, declared) : viewOf(peer, base, head);
      made.set(peer, view);
    }
    return view;
  };
}

/** The peers of which a selector can say one thing in base and another in head. */
export function shiftingOf(peers: readonly Peer[], views: Views): readonly Peer[] {
  return peers.filter((peer) => {
    const { base, head, origin } = views(peer);
    return origin !== "both" || (base !== head && !isAlike(base, head));
  });
}

function isAlike(base: Facts | undefined, head: Facts | undefined): boolean {
  if (base === undefined || head === undefined) return base === head;
  const [before, after] = [base.pod, head.pod];
  return (
    before.hostNetwork === after.hostNetwork &&
    isEqual(before.labels, after.labels) &&
    isEqual(before.namespaceLabels, after.namespaceLabels) &&
    (base.workload?.otherNetworks ?? []).join("\n") === (head.workload?.otherNetworks ?? []).join("\n")
  );
}

function isEqual(a: LabelSet, b: LabelSet): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || b.get(key) !== value) return false;
  return true;
}

/** Namespace, kind and name: what makes a workload the same one in base and head. */
export function identity(workload: Pick<Workload, "namespace" | "kind" | "name">): string {
  return `${workload.namespace}\n${workload.kind}\n${workload.name}`;
}

type ByIdentity = ReadonlyMap<string, Workload>;

function byIdentity(cluster: Cluster): ByIdentity {
  return new Map(cluster.workloads.map((workload) => [identity(workload), workload]));
}

/** One replica more or less does not make another workload. */
function viewOfWorkload(
  peer: WorkloadPeer,
  predecessors: ReadonlyMap<string, Workload>,
  declared: { readonly base: ByIdentity; readonly head: ByIdentity },
): PeerView {
  const key = identityOf(peer);
  const head = peer.head ?? declared.head.get(key);
  const before = peer.base ?? declared.base.get(key);
  const predecessor = before === undefined ? predecessors.get(key) : undefined;
  const facts = { base: factsOf(before ?? predecessor), head: factsOf(head) };
  if (head === undefined) return { peer, ...facts, origin: "gone" };
  if (before !== undefined) return { peer, ...facts, origin: "both" };
  return { peer, ...facts, origin: predecessor === undefined ? "arrived" : "moved" };
}

/** The identity of the workload that a peer is, or is a part of. */
export function identityOf(peer: WorkloadPeer): string {
  const workload = peer.head ?? peer.base;
  return workload === undefined ? peer.text : identity(workload);
}

function viewOf(peer: Exclude<Peer, WorkloadPeer>, base: Cluster, head: Cluster): PeerView {
  if (peer.kind !== "representative") return { peer, base: undefined, head: undefined, origin: "both" };
  const { namespace } = peer;
  const isNew = namespace !== undefined && head.namespaces.has(namespace) && !base.namespaces.has(namespace);
  return {
    peer,
    base: { pod: peer.base, workload: undefined, namespace },
    head: { pod: peer.head, workload: undefined, namespace },
    origin: isNew ? "arrived" : "both",
  };
}

function factsOf(workload: Workload | undefined): Facts | undefined {
  return workload === undefined ? undefined : { pod: workload.pod, workload, namespace: workload.namespace };
}
