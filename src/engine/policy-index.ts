import type { Pod } from "../model/endpoint.ts";
import { comparePolicies, type Direction, type Policy } from "../model/policy.ts";
import { holds, type Predicate } from "../model/predicate.ts";

/** The policies of one side, found by what their subject asks for instead of one by one. */
export type PolicyIndex = {
  /** Policies that select `pod` in `direction`, in the order in which they are asked. */
  readonly selecting: (pod: Pod, direction: Direction) => readonly Policy[];
};

/** A policy, and what its subject asks beyond the namespace and the label under which it is found. */
type Filed = { readonly policy: Policy; readonly position: number; readonly rest: readonly Predicate[] };
type Bucket = { readonly any: Filed[]; readonly byLabel: Map<string, Map<string, Filed[]>> };
type Shelf = { readonly everywhere: Bucket; readonly byNamespace: Map<string, Bucket> };

/** Indexes `policies` by the namespace and one label that their subjects require. */
export function indexPolicies(policies: readonly Policy[]): PolicyIndex {
  const shelves: Record<Direction, Shelf> = { ingress: newShelf(), egress: newShelf() };
  for (const [position, policy] of inOrder(policies).entries()) place(shelves[policy.direction], policy, position);
  return {
    selecting: (pod, direction) => {
      if (pod.hostNetwork) return NOBODY;
      const shelf = shelves[direction];
      const found: Filed[] = [];
      collect(shelf.everywhere, pod, found);
      const local = shelf.byNamespace.get(pod.namespace);
      if (local !== undefined) collect(local, pod, found);
      if (found.length === 0) return NOBODY;
      if (found.length > 1) found.sort((a, b) => a.position - b.position);
      return found.map(({ policy }) => policy);
    },
  };
}

const NOBODY: readonly Policy[] = [];

/** Policies mostly come in order; finding that out is cheaper than sorting them. */
function inOrder(policies: readonly Policy[]): readonly Policy[] {
  const isSorted = policies.every((policy, i) => {
    const before = policies[i - 1];
    return before === undefined || comparePolicies(before, policy) <= 0;
  });
  return isSorted ? policies : [...policies].sort(comparePolicies);
}

function newShelf(): Shelf {
  return { everywhere: newBucket(), byNamespace: new Map() };
}

function newBucket(): Bucket {
  return { any: [], byLabel: new Map() };
}

function place(shelf: Shelf, policy: Policy, position: number): void {
  const parts: readonly Predicate[] = policy.subject.op === "and" ? policy.subject.of : [policy.subject];
  let bucket = shelf.everywhere;
  const namespace = parts.find((part) => part.op === "namespace");
  if (namespace?.op === "namespace") {
    bucket = shelf.byNamespace.get(namespace.name) ?? newBucket();
    shelf.byNamespace.set(namespace.name, bucket);
  }
  const label = parts.find(hasOneValue);
  // Pods in their node's network are never looked up, so that `pods` holds of all others.
  const rest = parts.filter((part) => part !== namespace && part !== label && part.op !== "pods");
  const filed: Filed = { policy, position, rest };
  if (label?.op !== "podLabels") {
    bucket.any.push(filed);
    return;
  }
  const values = bucket.byLabel.get(label.requirement.key) ?? new Map<string, Filed[]>();
  bucket.byLabel.set(label.requirement.key, values);
  const value = label.requirement.values[0] ?? "";
  const list = values.get(value);
  if (list === undefined) values.set(value, [filed]);
  else list.push(filed);
}

function hasOneValue(part: Predicate): boolean {
  return part.op === "podLabels" && part.requirement.operator === "In" && part.requirement.values.length === 1;
}

function collect(bucket: Bucket, pod: Pod, found: Filed[]): void {
  add(bucket.any, pod, found);
  for (const [key, values] of bucket.byLabel) {
    const value = pod.labels.get(key);
    const list = value === undefined ? undefined : values.get(value);
    if (list !== undefined) add(list, pod, found);
  }
}

function add(list: readonly Filed[], pod: Pod, found: Filed[]): void {
  for (const filed of list) {
    if (filed.rest.length === 0 || isMet(filed.rest, pod)) found.push(filed);
  }
}

function isMet(rest: readonly Predicate[], pod: Pod): boolean {
  const endpoint = { kind: "pod", pod } as const;
  return rest.every((part) => holds(part, endpoint));
}
