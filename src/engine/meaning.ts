import { SIDES, type Side } from "../model/peer.ts";
import type { ConnTerm, Policy, Rule } from "../model/policy.ts";
import type { Predicate } from "../model/predicate.ts";

/** Numbers policies so that equal numbers mean: does the same to whomever it selects. */
export type Meanings = {
  readonly of: (policy: Policy) => number;
  /** True where only one of the two sides has a policy of this meaning and subject. */
  readonly changed: (policy: Policy) => boolean;
};

/** The policies of two sides: those that are one object on both, and those of one side. */
export type PolicySides = {
  readonly shared: readonly Policy[];
  readonly own: Readonly<Record<Side, readonly Policy[]>>;
};

/** Parts the policies of base and head; each list stays in its order. */
export function policySides(base: readonly Policy[], head: readonly Policy[]): PolicySides {
  if (base === head) return { shared: base, own: { base: [], head: [] } };
  const inBase = new Set(base);
  const inHead = new Set(head);
  const shared: Policy[] = [];
  const onlyBase: Policy[] = [];
  for (const policy of base) (inHead.has(policy) ? shared : onlyBase).push(policy);
  return { shared, own: { base: onlyBase, head: head.filter((policy) => !inBase.has(policy)) } };
}

/** Compares the policies of base and head; those that both sides share as one object cost nothing. */
export function meanings({ own }: PolicySides): Meanings {
  const ids = new Map<Policy, number>();
  const byKey = new Map<string, number>();
  let next = 0;
  const whole = { base: new Set<string>(), head: new Set<string>() };
  const keys = new Map<Policy, string>();
  for (const side of SIDES) {
    for (const policy of own[side]) {
      const key = policyKey(policy);
      const id = byKey.get(key) ?? next++;
      byKey.set(key, id);
      ids.set(policy, id);
      const wholeKey = `${predicateKey(policy.subject)} ${key}`;
      keys.set(policy, wholeKey);
      whole[side].add(wholeKey);
    }
  }
  return {
    of: (policy) => {
      const id = ids.get(policy) ?? next++;
      ids.set(policy, id);
      return id;
    },
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
export function predicateKey(predicate: Predicate): string {
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
