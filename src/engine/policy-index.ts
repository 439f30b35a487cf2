import type { Pod } from "../model/endpoint.ts";
import { comparePolicies, type Direction, type Policy } from "../model/policy.ts";
import { holds, type Predicate } from "../model/predicate.ts";

/** The policies of one side, found by what their subject asks for instead of one by one. */
export type PolicyIndex = {
  /** Policies that select `pod` in `direction`, in the order in which they are asked. */
  readonly selecting: (pod: Pod, direction: Direction) => readonly Policy[];
};

type Bucket = { readonly any: Policy[]; readonly byLabel: Map<string, Map<string, Policy[]>> };
type Shelf = { readonly everywhere: Bucket; readonly byNamespace: Map<string, Bucket> };

/** Indexes `policies` by the namespace and one label that their subjects require. */
export function indexPolicies(policies: readonly Policy[]): PolicyIndex {
  const sorted = [...policies].sort(comparePolicies);
  const position = new Map(sorted.map((policy, i) => [policy, i]));
  const shelves: Record<Direction, Shelf> = { ingress: newShelf(), egress: newShelf() };
  for (const policy of sorted) place(shelves[policy.direction], policy);
  return {
    selecting: (pod, direction) => {
      if (pod.hostNetwork) return [];
      const shelf = shelves[direction];
      const found: Policy[] = [];
      collect(shelf.everywhere, pod, found);
      const local = shelf.byNamespace.get(pod.namespace);
      if (local !== undefined) collect(local, pod, found);
      const rank = (policy: Policy) => position.get(policy) ?? 0;
      return found.length < 2 ? found : found.sort((a, b) => rank(a) - rank(b));
    },
  };
}

function newShelf(): Shelf {
  return { everywhere: newBucket(), byNamespace: new Map() };
}

function newBucket(): Bucket {
  return { any: [], byLabel: new Map() };
}

function place(shelf: Shelf, policy: Policy): void {
  const parts: readonly Predicate[] = policy.subject.op === "and" ? policy.subject.of : [policy.subject];
  let bucket = shelf.everywhere;
  for (const part of parts) {
    if (part.op !== "namespace") continue;
    bucket = shelf.byNamespace.get(part.name) ?? newBucket();
    shelf.byNamespace.set(part.name, bucket);
    break;
  }
  for (const part of parts) {
    if (part.op !== "podLabels" || part.requirement.operator !== "In" || part.requirement.values.length !== 1) continue;
    const values = bucket.byLabel.get(part.requirement.key) ?? new Map<string, Policy[]>();
    bucket.byLabel.set(part.requirement.key, values);
    const value = part.requirement.values[0] ?? "";
    const list = values.get(value);
    if (list === undefined) values.set(value, [policy]);
    else list.push(policy);
    return;
  }
  bucket.any.push(policy);
}

function collect(bucket: Bucket, pod: Pod, found: Policy[]): void {
  const endpoint = { kind: "pod", pod } as const;
  for (const policy of bucket.any) if (holds(policy.subject, endpoint)) found.push(policy);
  for (const [key, values] of bucket.byLabel) {
    const value = pod.labels.get(key);
    if (value === undefined) continue;
    for (const policy of values.get(value) ?? []) if (holds(policy.subject, endpoint)) found.push(policy);
  }
}
