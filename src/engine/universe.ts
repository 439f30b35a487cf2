import type { Cluster } from "../model/cluster.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { type Peer, podOf, SIDES, type Side } from "../model/peer.ts";
import type { Policy } from "../model/policy.ts";
import type { Predicate } from "../model/predicate.ts";
import { ALL, type Conn, EVERYTHING, intersect, NONE, subtract } from "../sets/conn.ts";
import { affectedPeers } from "./affected.ts";
import { type PolicySides, policySides } from "./meaning.ts";
import { pairWorkloads } from "./pair-workloads.ts";
import { type Compiled, compile, type Reach, reach, type View } from "./reach.ts";
import { splitReplicas } from "./replicas.ts";
import { representatives } from "./representatives.ts";
import { gatherSelectors } from "./selectors.ts";
import { type VersionChange, versionChanges, withoutVersions } from "./version-labels.ts";

/** Base and head in one shared space of peers: what every later stage asks. */
export type Universe = {
  readonly base: Cluster;
  readonly head: Cluster;
  readonly peers: readonly Peer[];
  /** The peers between which flows can differ, in the order of `peers`; all of them where there is one side alone. */
  readonly affected: readonly Peer[];
  /** Answers about flows between affected peers. */
  readonly near: Space;
  /** Answers about flows between any peers; made when somebody first asks. */
  readonly whole: () => Space;
  /** Everything that this run tells apart. */
  readonly conns: Conn;
  /** A bound left conjunctions of selectors out. */
  readonly isCut: boolean;
  /** Version labels in selectors of which undeclared pods with the old and the new value are one. */
  readonly versions: readonly VersionChange[];
};

/** Answers of the engine, and how it sees each peer. */
export type Space = { readonly reach: Reach; readonly view: (peer: Peer, side: Side) => View };

export type UniverseOptions = {
  readonly representatives: boolean;
  /** Selectors besides the policies': protected paths, filters. */
  readonly spoken: readonly Predicate[];
  /** Conjunctions of selectors at most; each is a peer. */
  readonly limit: number;
};

/** Builds the universe of a review; `base === head` makes that of one tree. */
export function universe(base: Cluster, head: Cluster, options: UniverseOptions): Universe {
  const sides = policySides(base.policies, head.policies);
  const policies = [...sides.shared, ...sides.own.base, ...sides.own.head];
  const compiled = compile(sides, base, head);
  const split = splitReplicas(base, head, policies, options.spoken);
  const peers: Peer[] = [...pairWorkloads(split.base, split.head)];
  const undeclared = options.representatives
    ? undeclaredPeers({ base, head, sides, compiled, peers, options })
    : NOBODY;
  peers.push(...undeclared.peers, ...namedPeers(base, head));
  const affected = base === head ? peers : affectedPeers(peers, sides, compiled, endpointOf);
  const isSmall = affected.length < peers.length;
  const near = space(reach(compiled, isSmall ? governing(affected, compiled) : policies, options.spoken));
  let whole = isSmall ? undefined : near;
  return {
    base,
    head,
    peers,
    affected,
    near,
    whole: () => {
      whole ??= space(reach(compiled, policies, options.spoken));
      return whole;
    },
    conns: toldApart(policies),
    isCut: undeclared.isCut,
    versions: undeclared.versions,
  };
}

type Undeclared = Pick<Universe, "peers" | "isCut" | "versions">;

const NOBODY: Undeclared = { peers: [], isCut: false, versions: [] };

function undeclaredPeers(input: {
  readonly base: Cluster;
  readonly head: Cluster;
  readonly sides: PolicySides;
  readonly compiled: Compiled;
  readonly peers: readonly Peer[];
  readonly options: UniverseOptions;
}): Undeclared {
  const { base, head, sides, compiled, options } = input;
  const touched = touchedPolicies(input.peers, compiled);
  const changed = (policy: Policy) => compiled.meanings.changed(policy) || touched.has(policy);
  const every = base === head;
  const selectors = gatherSelectors({ base, head, sides, changed, spoken: options.spoken });
  const made = representatives({ base, head, selectors, every, limit: options.limit });
  const versions = versionChanges(base, head);
  return { peers: withoutVersions(made.peers, versions, options.spoken), isCut: made.isCut, versions };
}

/** Peers that are no pods: entities and names. */
function namedPeers(base: Cluster, head: Cluster): readonly Peer[] {
  const entities = [...new Set([...base.entities, ...head.entities])];
  const names = [...new Set([...base.fqdns, ...head.fqdns])];
  return [
    ...entities.map((name): Peer => ({ kind: "entity", text: `entity:${name}`, name })),
    ...names.map((pattern): Peer => ({ kind: "fqdn", text: `fqdn:${pattern}`, pattern })),
  ];
}

function space(answers: Reach): Space {
  const known = { base: new Map<Peer, View>(), head: new Map<Peer, View>() };
  return {
    reach: answers,
    view: (peer, side) => {
      let view = known[side].get(peer);
      if (view === undefined) {
        view = answers.view(endpointOf(peer, side), side);
        known[side].set(peer, view);
      }
      return view;
    },
  };
}

/** The policies that govern any of `peers` on either side. */
function governing(peers: readonly Peer[], { selections }: Compiled): ReadonlySet<Policy> {
  const found = new Set<Policy>();
  for (const peer of peers) {
    for (const side of SIDES) {
      const pod = podOf(peer, side);
      if (pod === undefined) continue;
      for (const direction of ["ingress", "egress"] as const)
        for (const policy of selections.selecting(pod, side, direction)) found.add(policy);
    }
  }
  return found;
}

/** The endpoint that `peer` is on one side; `undefined` where it is not there. */
export function endpointOf(peer: Peer, side: Side): Endpoint | undefined {
  if (peer.kind === "entity") return { kind: "entity", name: peer.name };
  if (peer.kind === "fqdn") return { kind: "fqdn", pattern: peer.pattern };
  const pod = podOf(peer, side);
  return pod === undefined ? undefined : { kind: "pod", pod };
}

/** Policies that select a workload on one side only, because it came, went or changed. */
function touchedPolicies(peers: readonly Peer[], { meanings, selections }: Compiled): ReadonlySet<Policy> {
  const touched = new Set<Policy>();
  for (const peer of peers) {
    const before = podOf(peer, "base");
    const after = podOf(peer, "head");
    if (before === after) continue;
    for (const direction of ["ingress", "egress"] as const) {
      const was = before === undefined ? [] : selections.selecting(before, "base", direction);
      const is = after === undefined ? [] : selections.selecting(after, "head", direction);
      const [wasIds, isIds] = [new Set(was.map(meanings.of)), new Set(is.map(meanings.of))];
      for (const policy of was) if (!isIds.has(meanings.of(policy))) touched.add(policy);
      for (const policy of is) if (!wasIds.has(meanings.of(policy))) touched.add(policy);
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
