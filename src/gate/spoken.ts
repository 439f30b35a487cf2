import { and, PODS, type Predicate } from "../model/predicate.ts";
import type { Clause, Exception, PeerSelector, Rule } from "./rule.ts";

/** The selectors of pods that rules and exceptions speak of, for the engine to represent undeclared pods by. */
export function spokenOf(rules: readonly Rule[], exceptions: readonly Exception[]): readonly Predicate[] {
  const clauses: readonly Clause[] = [...rules.flatMap((rule) => [rule, ...rule.allowed]), ...exceptions];
  return clauses.flatMap(({ from, to }) => [from, to].flatMap((selector) => predicateOf(selector) ?? []));
}

/**
 * The namespaces of the pods that rules and exceptions speak of; `undefined` where one may speak of pods of any, or is about
 * what stands in head and not about what changes.
 */
export function spokenNamespaces({
  rules,
  exceptions,
}: {
  readonly rules: readonly Rule[];
  readonly exceptions: readonly Exception[];
}): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const clause of [...rules.flatMap((rule) => [rule, ...rule.allowed]), ...exceptions]) {
    for (const selector of [clause.from, clause.to]) {
      if (selector === undefined) continue;
      if (selector.kind === "anywhere") return undefined;
      if (selector.kind !== "pods") continue;
      if (selector.namespace.kind !== "name") return undefined;
      names.add(selector.namespace.name);
    }
  }
  return rules.some(({ on }) => on === "violate") ? undefined : names;
}

function predicateOf(selector: PeerSelector | undefined): Predicate | undefined {
  if (selector === undefined || selector.kind !== "pods" || selector.pods.kind === "workload") return undefined;
  const { namespace, pods } = selector;
  const parts: Predicate[] = [PODS];
  if (namespace.kind === "name") parts.push({ op: "namespace", name: namespace.name });
  if (namespace.kind === "labels")
    for (const requirement of namespace.requirements) parts.push({ op: "namespaceLabels", requirement });
  if (pods.kind === "labels") for (const requirement of pods.requirements) parts.push({ op: "podLabels", requirement });
  return and(...parts);
}
