import type { Cluster } from "../model/cluster.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { type Peer, podOf, type Side } from "../model/peer.ts";
import type { Policy } from "../model/policy.ts";
import type { Predicate } from "../model/predicate.ts";
import { ALL, type Conn, EVERYTHING, intersect, NONE, subtract } from "../sets/conn.ts";
import { pairWorkloads } from "./pair-workloads.ts";
import { type Reach, reach, type View } from "./reach.ts";
import { splitReplicas } from "./replicas.ts";
import { representatives } from "./representatives.ts";
import { gatherSelectors } from "./selectors.ts";
import { type VersionChange, versionChanges, withoutVersions } from "./version-labels.ts";

/** Base and head in one shared space of peers: what every later stage asks. */
export type Universe = {
  readonly base: Cluster;
  readonly head: Cluster;
  readonly peers: readonly Peer[];
  readonly views: Readonly<Record<Side, readonly View[]>>;
  readonly reach: Reach;
  /** Everything that this run tells apart. */
  readonly conns: Conn;
  /** Conjunctions of selectors that a bound left out. */
  readonly leftOut: number;
  /** Version labels in selectors of which undeclared pods with the old and the new value are one. */
  readonly versions: readonly VersionChange[];
};

export type UniverseOptions = {
  readonly representatives: boolean;
  /** Selectors besides the policies': protected paths, filters. */
  readonly spoken: readonly Predicate[];
  /** Conjunctions of selectors at most; each is a peer. */
  readonly limit: number;
};

/** Builds the universe of a review; `base === head` makes that of one tree. */
export function universe(base: Cluster, head: Cluster, options: UniverseOptions): Universe {
  const compiled = reach(base, head, options.spoken);
  const split = splitReplicas(base, head, options.spoken);
  const peers: Peer[] = [...pairWorkloads(split.base, split.head)];
  const policies = base === head ? base.policies : [...new Set([...base.policies, ...head.policies])];
  let leftOut = 0;
  let versions: readonly VersionChange[] = [];
  if (options.representatives) {
    const touched = touchedPolicies(peers, compiled);
    const changed = (policy: Policy) => compiled.meanings.changed(policy) || touched.has(policy);
    const inBase = new Set(base.policies);
    const inHead = base === head ? inBase : new Set(head.policies);
    const side = { base: (policy: Policy) => inBase.has(policy), head: (policy: Policy) => inHead.has(policy) };
    const selectors = gatherSelectors(policies, { changed, side }, options.spoken);
    const made = representatives({ base, head, selectors, every: base === head, limit: options.limit });
    versions = versionChanges(base, head);
    peers.push(...withoutVersions(made.peers, versions, options.spoken));
    leftOut = made.leftOut;
  }
  for (const name of new Set([...base.entities, ...head.entities]))
    peers.push({ kind: "entity", text: `entity:${name}`, name });
  for (const pattern of new Set([...base.fqdns, ...head.fqdns]))
    peers.push({ kind: "fqdn", text: `fqdn:${pattern}`, pattern });
  const view = (side: Side) => peers.map((peer) => compiled.view(endpointOf(peer, side), side));
  const headViews = view("head");
  return {
    base,
    head,
    peers,
    views: { base: base === head ? headViews : view("base"), head: headViews },
    reach: compiled,
    conns: toldApart(policies),
    leftOut,
    versions,
  };
}

/** The endpoint that `peer` is on one side; `undefined` where it is not there. */
export function endpointOf(peer: Peer, side: Side): Endpoint | undefined {
  if (peer.kind === "entity") return { kind: "entity", name: peer.name };
  if (peer.kind === "fqdn") return { kind: "fqdn", pattern: peer.pattern };
  const pod = podOf(peer, side);
  return pod === undefined ? undefined : { kind: "pod", pod };
}

/** Policies that select a workload on one side only, because it came, went or changed. */
function touchedPolicies(peers: readonly Peer[], compiled: Reach): ReadonlySet<Policy> {
  const touched = new Set<Policy>();
  for (const peer of peers) {
    const before = podOf(peer, "base");
    const after = podOf(peer, "head");
    if (before === after) continue;
    for (const direction of ["ingress", "egress"] as const) {
      const was = before === undefined ? [] : compiled.selecting(before, "base", direction);
      const is = after === undefined ? [] : compiled.selecting(after, "head", direction);
      const [wasIds, isIds] = [new Set(was.map(compiled.meanings.of)), new Set(is.map(compiled.meanings.of))];
      for (const policy of was) if (!isIds.has(compiled.meanings.of(policy))) touched.add(policy);
      for (const policy of is) if (!wasIds.has(compiled.meanings.of(policy))) touched.add(policy);
    }
  }
  return touched;
}

/** TCP, UDP and SCTP; every protocol where a rule names another one. */
function toldApart(policies: readonly Policy[]): Conn {
  const beyond = subtract(EVERYTHING, ALL);
  for (const policy of policies) {
    for (const { conn } of policy.rules) {
      for (const part of [conn.conn, conn.notConn]) {
        const extra = intersect(part, beyond);
        if (extra !== NONE && extra !== beyond) return EVERYTHING;
      }
    }
  }
  return ALL;
}
