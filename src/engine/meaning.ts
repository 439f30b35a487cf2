import type { ConnTerm, Policy, Rule } from "../model/policy.ts";
import type { Predicate } from "../model/predicate.ts";

/** Numbers policies so that equal numbers mean: does the same to whomever it selects. */
export type Meanings = {
  readonly of: (policy: Policy) => number;
  /** True where only one of the two sides has a policy of this meaning and subject. */
  readonly changed: (policy: Policy) => boolean;
};

/** Compares the policies of base and head; those that both sides share as one object cost nothing. */
export function meanings(base: readonly Policy[], head: readonly Policy[]): Meanings {
  const inBase = new Set(base);
  const inHead = new Set(head);
  const ids = new Map<Policy, number>();
  const byKey = new Map<string, number>();
  let next = 0;
  const whole = { base: new Set<string>(), head: new Set<string>() };
  const keys = new Map<Policy, string>();
  const note = (policy: Policy, shared: boolean, side: "base" | "head") => {
    if (ids.has(policy)) return;
    if (shared) {
      ids.set(policy, next++);
      return;
    }
    const key = policyKey(policy);
    let id = byKey.get(key);
    if (id === undefined) {
      id = next++;
      byKey.set(key, id);
    }
    ids.set(policy, id);
    const wholeKey = `${predicateKey(policy.subject)} ${key}`;
    keys.set(policy, wholeKey);
    whole[side].add(wholeKey);
  };
  for (const policy of base) note(policy, inHead.has(policy), "base");
  for (const policy of head) note(policy, inBase.has(policy), "head");
  return {
    of: (policy) => ids.get(policy) ?? -1,
    changed: (policy) => {
      const key = keys.get(policy);
      return key !== undefined && !(whole.base.has(key) && whole.head.has(key));
    },
  };
}

function policyKey(policy: Policy): string {
  const order = policy.rules.every((rule) => rule.action === "allow") && policy.isolates ? "" : policy.order.join("/");
  return `${policy.direction} ${policy.rank} ${order} ${policy.isolates} ${policy.rules.map(ruleKey).join(";")}`;
}

/** Equal for rules that do the same, wherever they stand. */
export function ruleKey(rule: Rule): string {
  const local = rule.local === undefined ? "" : predicateKey(rule.local);
  return `${rule.action} ${local} ${predicateKey(rule.peer)} ${termKey(rule.conn)} ${rule.narrowed ?? ""}`;
}

function termKey(term: ConnTerm): string {
  return JSON.stringify([term.conn.id, term.names, term.notConn.id, term.notNames]);
}

/** Equal for predicates that are written alike. */
function predicateKey(predicate: Predicate): string {
  switch (predicate.op) {
    case "anything":
    case "nothing":
    case "pods":
      return predicate.op;
    case "and":
    case "or":
      return `${predicate.op}(${predicate.of.map(predicateKey).sort().join()})`;
    case "not":
      return `not(${predicateKey(predicate.of)})`;
    case "addresses":
      return `addresses(${predicate.set.id},${predicate.pods})`;
    case "namespace":
    case "entity":
      return `${predicate.op}(${JSON.stringify(predicate.name)})`;
    case "fqdn":
      return `fqdn(${JSON.stringify(predicate.pattern)})`;
    case "serviceAccount":
      return `serviceAccount(${JSON.stringify(predicate.names)})`;
    case "podLabels":
    case "namespaceLabels":
    case "serviceAccountLabels": {
      const { key, operator, values } = predicate.requirement;
      return `${predicate.op}(${JSON.stringify([key, operator, [...values].sort()])})`;
    }
  }
}
