import { and, PODS, type Predicate } from "../model/predicate.ts";
import type { Clause, Exception, PeerSelector, Rule } from "./rule.ts";

/** The selectors of pods that rules and exceptions speak of, for the engine to represent undeclared pods by. */
export function spokenOf(rules: readonly Rule[], exceptions: readonly Exception[]): readonly Predicate[] {
  const clauses: readonly Clause[] = [...rules.flatMap((rule) => [rule, ...rule.allowed]), ...exceptions];
  return clauses.flatMap(({ from, to }) => [from, to].flatMap((selector) => predicateOf(selector) ?? []));
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
