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
type Placed = { readonly policy: Policy; readonly position: number };

/** Indexes `policies` by the namespace and one label that their subjects require; by the label when somebody first asks. */
export function indexPolicies(policies: readonly Policy[]): PolicyIndex {
  const homes = new Map<string | undefined, Placed[]>();
  for (const [position, policy] of inOrder(policies).entries()) {
    const home = homeOf(policy.subject);
    const list = homes.get(home);
    if (list === undefined) homes.set(home, [{ policy, position }]);
    else list.push({ policy, position });
  }
  const buckets = new Map<string | undefined, Record<Direction, Bucket>>();
  const bucketsOf = (home: string | undefined): Record<Direction, Bucket> | undefined => {
    const list = homes.get(home);
    if (list === undefined) return undefined;
    let found = buckets.get(home);
    if (found === undefined) {
      found = { ingress: newBucket(), egress: newBucket() };
      for (const each of list) file(found[each.policy.direction], each);
      buckets.set(home, found);
    }
    return found;
  };
  return {
    selecting: (pod, direction) => {
      if (pod.hostNetwork) return NOBODY;
      const found: Filed[] = [];
      for (const home of [undefined, pod.namespace]) {
        const bucket = bucketsOf(home)?.[direction];
        if (bucket !== undefined) collect(bucket, pod, found);
      }
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

function newBucket(): Bucket {
  return { any: [], byLabel: new Map() };
}

/** The one namespace that a subject asks for; `undefined`: it asks for none. */
function homeOf(subject: Predicate): string | undefined {
  const parts: readonly Predicate[] = subject.op === "and" ? subject.of : [subject];
  for (const part of parts) if (part.op === "namespace") return part.name;
  return undefined;
}

function file(bucket: Bucket, { policy, position }: Placed): void {
  const parts: readonly Predicate[] = policy.subject.op === "and" ? policy.subject.of : [policy.subject];
  const namespace = parts.find((part) => part.op === "namespace");
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
