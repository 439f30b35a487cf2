import { type Policy, type Rule, term } from "../../model/policy.ts";
import { and, not, or, type Predicate } from "../../model/predicate.ts";
import { EVERYTHING } from "../../sets/conn.ts";
import { outside } from "./cidr.ts";
import { ALLOW_TIER } from "./policy.ts";

const HOST: Predicate = { op: "entity", name: "host" };

/**
 * `policies` of every dialect with what Cilium adds to them: a block that is most of a family holds the API server,
 * which is taken to be outside, and an isolated pod still hears its own node, unless a rule denies that.
 * Source: cilium/cilium pkg/policy/repository.go, AlwaysAllowLocalhost; pkg/policy/api/cidr.go, MatchesAll.
 */
export function underCilium(policies: readonly Policy[]): readonly Policy[] {
  return policies.map((policy) => {
    const own = policy.object.group === "cilium.io";
    const rules = own ? policy.rules : policy.rules.map((rule): Rule => ({ ...rule, peer: widen(rule.peer) }));
    const hears = policy.direction === "ingress" && policy.rank === ALLOW_TIER.rank && policy.isolates;
    return { ...policy, rules: hears ? [...rules, ownNode(policy)] : rules };
  });
}

function ownNode({ source }: Policy): Rule {
  return { action: "allow", peer: HOST, conn: term(EVERYTHING), source, path: "own node" };
}

function widen(predicate: Predicate): Predicate {
  switch (predicate.op) {
    case "addresses":
      return outside(predicate.set);
    case "and":
      return and(...predicate.of.map(widen));
    case "or":
      return or(...predicate.of.map(widen));
    case "not":
      return not(widen(predicate.of));
    case "anything":
    case "nothing":
    case "pods":
    case "namespace":
    case "podLabels":
    case "namespaceLabels":
    case "serviceAccount":
    case "serviceAccountLabels":
    case "entity":
    case "fqdn":
      return predicate;
  }
}
