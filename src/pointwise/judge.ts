import type { Endpoint } from "../model/endpoint.ts";
import { comparePolicies, type Direction, type Policy, type Rule, resolve } from "../model/policy.ts";
import { holds } from "../model/predicate.ts";
import { includes } from "../sets/conn.ts";
import type { Protocol } from "../sets/protocol.ts";

/** One connection attempt. `port` is the destination port 1–65535, for ICMP `type * 256 + code`, or a named point. */
export type Flow = {
  readonly src: Endpoint;
  readonly dst: Endpoint;
  readonly protocol: Protocol;
  readonly port: number;
};

/** What decided one end of a flow. */
export type Decision = {
  readonly allowed: boolean;
  /** Policies that select this end in this direction, in the order in which they were asked. */
  readonly selecting: readonly Policy[];
  /** The rule that decided, or, where none did, the policies whose isolation denied. */
  readonly rule: { readonly policy: Policy; readonly rule: Rule } | undefined;
  readonly isolating: readonly Policy[];
};

export type Verdict = { readonly allowed: boolean; readonly egress: Decision; readonly ingress: Decision };

/**
 * The verdict on one flow: the source's egress and the destination's ingress must both allow it.
 * Source: Kubernetes documentation, Network Policies, "The two sorts of pod isolation".
 */
export function judge(policies: readonly Policy[], flow: Flow): Verdict {
  const egress = decide(policies, "egress", flow);
  const ingress = decide(policies, "ingress", flow);
  return { allowed: egress.allowed && ingress.allowed, egress, ingress };
}

/**
 * The walk at one end: tier by tier the policies that select the end in this direction; the first rule that matches
 * decides, `pass` goes to the next tier, no match is a denial if one of these policies isolates, else the next tier.
 * After the last tier: allowed. Only a pod with an address of its own is governed.
 * Source: network-policy-api, ClusterNetworkPolicy, "tier"; Kubernetes documentation, "NetworkPolicy and hostNetwork pods".
 */
export function decide(policies: readonly Policy[], direction: Direction, flow: Flow): Decision {
  const subject = direction === "ingress" ? flow.dst : flow.src;
  const peer = direction === "ingress" ? flow.src : flow.dst;
  const open: Decision = { allowed: true, selecting: [], rule: undefined, isolating: [] };
  if (subject.kind !== "pod" || subject.pod.hostNetwork) return open;

  const selecting = policies
    .filter((policy) => policy.direction === direction && holds(policy.subject, subject))
    .sort(comparePolicies);
  for (const rank of [...new Set(selecting.map((policy) => policy.rank))]) {
    const tier = selecting.filter((policy) => policy.rank === rank);
    const first = firstMatch(tier, subject, peer, flow);
    if (first === undefined) {
      const isolating = tier.filter((policy) => policy.isolates);
      if (isolating.length > 0) return { allowed: false, selecting, rule: undefined, isolating };
    } else if (first.rule.action !== "pass") {
      return { allowed: first.rule.action === "allow", selecting, rule: first, isolating: [] };
    }
  }
  return { ...open, selecting };
}

function firstMatch(
  tier: readonly Policy[],
  subject: Endpoint,
  peer: Endpoint,
  flow: Flow,
): { readonly policy: Policy; readonly rule: Rule } | undefined {
  for (const policy of tier) {
    for (const rule of policy.rules) {
      if (rule.local !== undefined && !holds(rule.local, subject)) continue;
      if (!holds(rule.peer, peer)) continue;
      if (includes(resolve(rule.conn, flow.dst), flow.protocol, flow.port)) return { policy, rule };
    }
  }
  return undefined;
}
