import type { Cluster } from "../model/cluster.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { type Direction, type Policy, possible, type Rule, resolve } from "../model/policy.ts";
import { holds } from "../model/predicate.ts";
import { type Conn, EVERYTHING, intersect, NONE, subtract, union } from "../sets/conn.ts";
import { selectingOneByOne } from "./explain.ts";

/** What decides one part of the connections at one end. */
type Decider =
  | { readonly kind: "rule"; readonly policy: Policy; readonly rule: Rule }
  /** No rule matches and these policies isolate. */
  | { readonly kind: "isolated"; readonly policies: readonly Policy[] }
  /** No policy that selects the end has a say: everything is allowed. */
  | { readonly kind: "default" }
  /** Not governed by policies: no pod, or a pod in its node's network. */
  | { readonly kind: "ungoverned" };

/** Connections that one and the same thing decides at one end. */
export type HalfPart = { readonly conn: Conn; readonly allowed: boolean; readonly by: Decider };

/** Connections with the same answer at both ends. */
export type FlowPart = {
  readonly conn: Conn;
  readonly allowed: boolean;
  readonly egress: HalfPart;
  readonly ingress: HalfPart;
};

/** Every part of the connections from `src` to `dst`; together they are `universe`, and no two overlap. */
export function flowParts(cluster: Cluster, src: Endpoint, dst: Endpoint, universe: Conn): readonly FlowPart[] {
  const whole = intersect(possible(EVERYTHING, dst), universe);
  const egress = halfParts(cluster, "egress", { src, dst }, whole);
  const ingress = halfParts(cluster, "ingress", { src, dst }, whole);
  const parts: FlowPart[] = [];
  for (const out of egress) {
    for (const into of ingress) {
      const conn = intersect(out.conn, into.conn);
      if (conn !== NONE) parts.push({ conn, allowed: out.allowed && into.allowed, egress: out, ingress: into });
    }
  }
  return parts;
}

type Ends = { readonly src: Endpoint; readonly dst: Endpoint };

/** The walk of `pointwise/judge.ts`, keeping for each part of `whole` what decided it. */
function halfParts(cluster: Cluster, direction: Direction, { src, dst }: Ends, whole: Conn): readonly HalfPart[] {
  const subject = direction === "ingress" ? dst : src;
  const peer = direction === "ingress" ? src : dst;
  if (subject.kind !== "pod" || subject.pod.hostNetwork) {
    return [{ conn: whole, allowed: true, by: { kind: "ungoverned" } }];
  }
  const selecting = selectingOneByOne(cluster)(subject).filter((policy) => policy.direction === direction);
  const parts: HalfPart[] = [];
  let undecided = whole;
  for (const rank of new Set(selecting.map((policy) => policy.rank))) {
    const tier = selecting.filter((policy) => policy.rank === rank);
    let passed: Conn = NONE;
    for (const { policy, rule } of rulesOf(tier)) {
      if ((rule.local !== undefined && !holds(rule.local, subject)) || !holds(rule.peer, peer)) continue;
      const conn = intersect(resolve(rule.conn, dst), undecided);
      if (conn === NONE) continue;
      undecided = subtract(undecided, conn);
      if (rule.action === "pass") passed = union(passed, conn);
      else parts.push({ conn, allowed: rule.action === "allow", by: { kind: "rule", policy, rule } });
    }
    const policies = tier.filter((policy) => policy.isolates);
    if (policies.length > 0) {
      if (undecided !== NONE) parts.push({ conn: undecided, allowed: false, by: { kind: "isolated", policies } });
      undecided = passed;
    } else undecided = union(undecided, passed);
  }
  if (undecided !== NONE) parts.push({ conn: undecided, allowed: true, by: { kind: "default" } });
  return parts;
}

function* rulesOf(tier: readonly Policy[]): Generator<{ readonly policy: Policy; readonly rule: Rule }> {
  for (const policy of tier) for (const rule of policy.rules) yield { policy, rule };
}
