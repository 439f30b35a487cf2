import { formatWorkload, type Workload } from "../model/cluster.ts";
import { type LabelSet, type Requirement, satisfies } from "../model/labels.ts";
import type { Policy } from "../model/policy.ts";
import { type Predicate, podRequirements } from "../model/predicate.ts";
import type { OwnedDraft } from "./owners.ts";

export type Evened = {
  /** As they were, less the gaps that no policy notices. */
  readonly owned: readonly OwnedDraft[];
  /** The workload with one pod's value for each label in which its pods differ unnoticed. */
  readonly relabelled: (workload: Workload) => Workload;
};

/**
 * Pods of one owner that differ in a label are alike all the same where every selector that asks for the label gives
 * all of them one answer: `app in (a, b)` for a pod with `app=a` and one with `app=b`. They then count as the first.
 * Source: kubernetes/apimachinery pkg/labels/selector.go, Requirement.Matches: a selector judges each pod by itself.
 */
export function evenOut(owned: readonly OwnedDraft[], policies: readonly Policy[]): Evened {
  const uneven = owned.filter(({ gaps }) => gaps.size > 0);
  if (uneven.length === 0) return { owned, relabelled: (workload) => workload };
  const asked = requirementsOf(policies);
  const labels = new Map<string, LabelSet>();
  const evened = uneven.map((each): OwnedDraft => {
    const unnoticed = new Set([...each.gaps.keys()].filter((label) => areAlike(each.pods, asked.get(label) ?? [])));
    labels.set(formatWorkload(each), asFirst(each, unnoticed));
    return { ...each, gaps: new Map([...each.gaps].filter(([label]) => !unnoticed.has(label))) };
  });
  return {
    owned: evened,
    relabelled: (workload) => {
      const found = labels.get(formatWorkload(workload));
      return found === undefined ? workload : { ...workload, pod: { ...workload.pod, labels: found } };
    },
  };
}

function areAlike(pods: readonly LabelSet[], requirements: readonly Requirement[]): boolean {
  return requirements.every((requirement) => new Set(pods.map((labels) => satisfies(labels, requirement))).size < 2);
}

function asFirst({ draft, pods }: OwnedDraft, unnoticed: ReadonlySet<string>): LabelSet {
  const labels = new Map(draft.template.labels);
  for (const label of unnoticed) {
    if (pods[0]?.has(label) === true) labels.set(label, pods[0].get(label));
    else labels.delete(label);
  }
  return labels;
}

function requirementsOf(policies: readonly Policy[]): ReadonlyMap<string, readonly Requirement[]> {
  const found = new Map<string, Requirement[]>();
  for (const { subject, rules } of policies) {
    collect(subject, found);
    for (const { peer, local } of rules) {
      collect(peer, found);
      if (local !== undefined) collect(local, found);
    }
  }
  return found;
}

function collect(predicate: Predicate, found: Map<string, Requirement[]>): void {
  for (const requirement of podRequirements(predicate)) {
    const list = found.get(requirement.key) ?? [];
    list.push(requirement);
    found.set(requirement.key, list);
  }
}
