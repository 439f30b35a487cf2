import { formatWorkload, type Workload } from "../model/cluster.ts";
import type { PeerSelector, Rule } from "./rule.ts";

/** Name of the rule that the annotation of a workload makes. */
function annotationName(workload: Pick<Workload, "namespace" | "name" | "kind">): string {
  return `annotation ${formatWorkload({ namespace: workload.namespace, name: workload.name, kind: workload.kind })}`;
}

/** True of rules that an annotation makes. */
export function isAnnotation(rule: Pick<Rule, "name">): boolean {
  return rule.name.startsWith("annotation ");
}

/** The rules that annotations of base's workloads make, one a direction: whatever widens that side is a finding. */
export function annotationRules(workloads: readonly Workload[]): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const workload of workloads) {
    for (const direction of workload.protected) {
      const name = annotationName(workload);
      const subject: PeerSelector = {
        kind: "pods",
        namespace: { kind: "name", name: workload.namespace },
        pods: { kind: "workload", name: workload.name, workloadKind: workload.kind },
      };
      rules.set(`${direction} ${name}`, {
        name,
        description: `${direction} is protected by an annotation`,
        from: direction === "egress" ? subject : undefined,
        to: direction === "ingress" ? subject : undefined,
        ports: undefined,
        allowed: [],
        on: "widen",
        severity: "error",
        owner: "",
        join: undefined,
        declared: "here",
        at: workload.source,
      });
    }
  }
  return [...rules.values()];
}
