import type { Endpoint } from "../model/endpoint.ts";
import { type Peer, SIDES, type Side } from "../model/peer.ts";
import type { Direction, Policy } from "../model/policy.ts";
import { holds } from "../model/predicate.ts";
import type { PolicySides } from "./meaning.ts";
import { indexPolicies } from "./policy-index.ts";
import type { Compiled } from "./reach.ts";

/** Policies of one side above which it costs less to look at everybody than to ask each of them about each peer. */
const MANY = 64;

type EndpointOf = (peer: Peer, side: Side) => Endpoint | undefined;

/**
 * The peers between which flows can differ: whom a policy of one side governs, and of whom its rules speak; everybody,
 * where a peer itself differs or something begins or ceases to isolate.
 */
export function affectedPeers(
  peers: readonly Peer[],
  sides: PolicySides,
  { meanings, selections }: Compiled,
  endpointOf: EndpointOf,
): readonly Peer[] {
  const changed = [...sides.own.base, ...sides.own.head].filter(meanings.changed);
  if (changed.length > MANY || peers.some((peer) => hasMoved(peer, endpointOf))) return peers;
  const index = indexPolicies(changed);
  const affected = new Set<Peer>();
  const speaking = new Set<Policy>();
  for (const peer of peers) {
    const end = endpointOf(peer, "head");
    if (end?.kind !== "pod") continue;
    for (const direction of DIRECTIONS) {
      const governing = index.selecting(end.pod, direction);
      if (governing.length === 0) continue;
      const isolation = SIDES.map((side) => isolates(selections.selecting(end.pod, side, direction)));
      if (isolation[0] !== isolation[1]) return peers;
      affected.add(peer);
      for (const policy of governing) speaking.add(policy);
    }
  }
  if (speaking.size === 0) return [];
  const spoken = [...speaking].flatMap(({ rules }) => rules.map(({ peer }) => peer));
  return peers.filter((peer) => {
    if (affected.has(peer)) return true;
    const end = endpointOf(peer, "head");
    return end !== undefined && spoken.some((predicate) => holds(predicate, end));
  });
}

const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];

/** A pod that is another one on the other side, or a workload whose pods begin or cease to be several. */
function hasMoved(peer: Peer, endpointOf: EndpointOf): boolean {
  const [base, head] = [endpointOf(peer, "base"), endpointOf(peer, "head")];
  if (base?.kind === "pod" || head?.kind === "pod")
    return base?.kind !== "pod" || head?.kind !== "pod" || base.pod !== head.pod || hasOtherCount(peer);
  return false;
}

function hasOtherCount(peer: Peer): boolean {
  return peer.kind === "workload" && peer.base?.replicas !== peer.head?.replicas;
}

/** The tiers of policies, and which of them isolate. */
function isolates(policies: readonly Policy[]): string {
  const tiers = new Map<number, boolean>();
  for (const { rank, isolates: own } of policies) tiers.set(rank, own || tiers.get(rank) === true);
  return JSON.stringify([...tiers]);
}
