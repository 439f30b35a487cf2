import type { SourceRef } from "../errors.ts";
import type { Cluster, Workload } from "../model/cluster.ts";
import type { Pod } from "../model/endpoint.ts";
import { type Peer, podOf, type Side, type WorkloadPeer } from "../model/peer.ts";
import type { Direction } from "../model/policy.ts";
import { holds } from "../model/predicate.ts";
import { matches, speaksOf } from "./matching.ts";
import { identity, identityOf, type PeerView, type Views } from "./peer-view.ts";
import { type PeerSelector, type Rule, subjectEnds } from "./rule.ts";

/** A declared subject of a rule and what becomes of it. */
export type Subject = {
  readonly view: PeerView;
  readonly peer: WorkloadPeer;
  /**
   * `kept`: matches on both sides, or is new; `unmatched`: is still there and the rule no longer speaks of it;
   * `moved`: another name speaks for it; `gone`: head has no such workload.
   */
  readonly fate: "kept" | "unmatched" | "moved" | "gone";
  /** For a workload that moved: the name under which it stands in base. */
  readonly before: Workload | undefined;
};

/** The workloads among `peers` that one end of a rule speaks of. */
export function subjectsOf(selector: PeerSelector, peers: readonly Peer[], views: Views): readonly Subject[] {
  const out: Subject[] = [];
  const seen = new Set<string>();
  const moved = new Set<string>();
  for (const peer of peers) {
    const view = views(peer);
    if (view.origin === "moved" && view.base?.workload !== undefined) moved.add(identity(view.base.workload));
  }
  for (const peer of peers) {
    if (peer.kind !== "workload") continue;
    const view = views(peer);
    if (!speaksOf(selector, view)) continue;
    const key = identityOf(peer);
    if (seen.has(key) || (view.origin === "gone" && moved.has(key))) continue;
    seen.add(key);
    const inHead = matches(selector, view, "head");
    const fate = view.origin === "gone" ? "gone" : view.origin === "moved" ? "moved" : inHead ? "kept" : "unmatched";
    const before = view.origin === "moved" ? view.base?.workload : undefined;
    out.push({ view, peer, fate, before });
  }
  return out;
}

/** True where a workload of one side matches. */
export function isMatched(selector: PeerSelector, side: Side, peers: readonly Peer[], views: Views): boolean {
  return peers.some((peer) => peer.kind === "workload" && matches(selector, views(peer), side));
}

/** Where a workload stands in head, or in base where head has none. */
export function placeOf({ peer }: Pick<Subject, "peer">): SourceRef | undefined {
  return (peer.head ?? peer.base)?.source;
}

/** A subject that policies govern in base and cannot govern in head, and the sentence fragment that says why. */
export type Ungoverned = { readonly subject: Subject; readonly why: string };

/** The subjects of `rule`, among peers that changed, that leave the reach of the policies that govern them in base. */
export function ungovernedOf(rule: Rule, peers: readonly Peer[], views: Views, base: Cluster): readonly Ungoverned[] {
  const out = new Map<Peer, Ungoverned>();
  for (const end of subjectEnds(rule)) {
    const selector = rule[end];
    if (selector === undefined) continue;
    for (const subject of subjectsOf(selector, peers, views)) {
      const why = wayOut(subject.view);
      if (why === undefined || out.has(subject.peer)) continue;
      if (isGoverned(subject.view.base?.pod, end === "to" ? "ingress" : "egress", base))
        out.set(subject.peer, { subject, why });
    }
  }
  return [...out.values()];
}

function wayOut({ base, head }: PeerView): string | undefined {
  if (base === undefined || head === undefined) return undefined;
  if (head.pod.hostNetwork && !base.pod.hostNetwork) return "joins the network of its node (`hostNetwork: true`)";
  const before = base.workload?.otherNetworks ?? [];
  const added = (head.workload?.otherNetworks ?? []).find((network) => !before.includes(network));
  return added === undefined ? undefined : `is attached to another network (\`${added.replace(/`/g, "'")}\`)`;
}

function isGoverned(pod: Pod | undefined, direction: Direction, cluster: Cluster): boolean {
  if (pod === undefined || pod.hostNetwork) return false;
  return cluster.policies.some(
    (policy) => policy.direction === direction && holds(policy.subject, { kind: "pod", pod }),
  );
}

/** True where the peer is a pod, on either side, that `selects` accepts. */
export function isPodThat(peer: Peer, selects: (pod: Pod) => boolean): boolean {
  return (["base", "head"] as const).some((side) => {
    const pod = podOf(peer, side);
    return pod !== undefined && selects(pod);
  });
}
