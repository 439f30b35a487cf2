import fc from "fast-check";
import type { Cluster, Workload } from "../../src/model/cluster.ts";
import type { LabelSet } from "../../src/model/labels.ts";
import type { Policy, Rule } from "../../src/model/policy.ts";
import { and, type Predicate } from "../../src/model/predicate.ts";
import { type Features, labels, NAMESPACES, placed, policyOf, ruleOf, withParts } from "./clusters.ts";

/** One change of the sort that people make. Numbers choose among what there is. */
type Edit =
  | { readonly kind: "drop policy"; readonly at: number }
  | { readonly kind: "add policy"; readonly policy: Policy }
  | { readonly kind: "subject"; readonly at: number; readonly like: Policy }
  | { readonly kind: "drop rule"; readonly at: number; readonly rule: number }
  | { readonly kind: "add rule"; readonly at: number; readonly rule: Rule }
  | { readonly kind: "relabel"; readonly at: number; readonly labels: LabelSet }
  | { readonly kind: "relabel namespace"; readonly name: string; readonly labels: LabelSet }
  | { readonly kind: "host network"; readonly at: number };

/** A random tree, and the same tree after one to three edits. */
export function edited(features: Features, trees: fc.Arbitrary<Cluster>): fc.Arbitrary<[base: Cluster, head: Cluster]> {
  return fc
    .tuple(trees, fc.array(editOf(features), { minLength: 1, maxLength: 3 }))
    .map(([base, edits]) => [base, edits.reduce(apply, base)]);
}

function editOf(features: Features): fc.Arbitrary<Edit> {
  const at = fc.nat({ max: 20 });
  const action = features.tiers
    ? fc.constantFrom("allow" as const, "deny" as const, "pass" as const)
    : fc.constant("allow" as const);
  const edit = <K extends Edit["kind"]>(kind: K) => fc.constant(kind);
  return fc.oneof(
    fc.record({ kind: edit("drop policy"), at }),
    fc.record({ kind: edit("add policy"), policy: policyOf(features) }),
    fc.record({ kind: edit("subject"), at, like: policyOf(features) }),
    fc.record({ kind: edit("drop rule"), at, rule: at }),
    fc.record({ kind: edit("add rule"), at, rule: ruleOf(features, action) }),
    fc.record({ kind: edit("relabel"), at, labels }),
    fc.record({ kind: edit("relabel namespace"), name: fc.constantFrom(...NAMESPACES), labels }),
    fc.record({ kind: edit("host network"), at }),
  );
}

function apply(cluster: Cluster, edit: Edit, serial: number): Cluster {
  const { policies, workloads, namespaces } = cluster;
  switch (edit.kind) {
    case "drop policy":
      return withParts({ ...cluster, policies: policies.filter((_, i) => i !== edit.at % policies.length) });
    case "add policy":
      return withParts({
        ...cluster,
        policies: [...policies, placed(edit.policy, `new${serial}`, 5000 + serial * 100)],
      });
    case "subject":
      return onPolicy(cluster, edit.at, (policy) => ({ ...policy, subject: subjectLike(policy, edit.like) }));
    case "drop rule":
      return onPolicy(cluster, edit.at, (policy) => ({
        ...policy,
        rules: policy.rules.filter((_, i) => i !== edit.rule % policy.rules.length),
      }));
    case "add rule":
      return onPolicy(cluster, edit.at, (policy) => {
        const action = policy.object.kind === "NetworkPolicy" ? "allow" : edit.rule.action;
        const source = { file: "policy.yaml", line: 9000 + serial };
        const rule: Rule = { ...edit.rule, action, source, path: `${policy.direction}[new${serial}]` };
        return { ...policy, rules: [rule, ...policy.rules] };
      });
    case "relabel":
      return onWorkload(cluster, edit.at, (pod) => ({ ...pod, labels: edit.labels }));
    case "host network":
      return onWorkload(cluster, edit.at, (pod) => ({ ...pod, hostNetwork: !pod.hostNetwork }));
    case "relabel namespace": {
      const own = new Map([...edit.labels, ["kubernetes.io/metadata.name", edit.name] as const]);
      const before = namespaces.get(edit.name);
      if (before === undefined) return cluster;
      return withParts({
        ...cluster,
        namespaces: new Map([...namespaces, [edit.name, { ...before, labels: own }]]),
        workloads: workloads.map((each) =>
          each.namespace === edit.name ? { ...each, pod: { ...each.pod, namespaceLabels: own } } : each,
        ),
      });
    }
  }
}

/** The subject of `like`; a NetworkPolicy stays in its namespace. */
function subjectLike(policy: Policy, like: Policy): Predicate {
  if (policy.object.kind !== "NetworkPolicy") return like.subject;
  const parts = (predicate: Predicate) => (predicate.op === "and" ? predicate.of : [predicate]);
  const home = parts(policy.subject).filter(({ op }) => op === "pods" || op === "namespace");
  return and(...home, ...parts(like.subject).filter(({ op }) => op === "podLabels"));
}

function onPolicy(cluster: Cluster, at: number, change: (policy: Policy) => Policy): Cluster {
  const { policies } = cluster;
  return withParts({
    ...cluster,
    policies: policies.map((each, i) => (i === at % policies.length ? change(each) : each)),
  });
}

function onWorkload(cluster: Cluster, at: number, change: (pod: Workload["pod"]) => Workload["pod"]): Cluster {
  const { workloads } = cluster;
  return withParts({
    ...cluster,
    workloads: workloads.map((each, i) => (i === at % workloads.length ? { ...each, pod: change(each.pod) } : each)),
  });
}
