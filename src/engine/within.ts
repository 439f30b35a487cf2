import type { Cluster } from "../model/cluster.ts";
import { NAME_LABEL, sameLabels } from "../model/labels.ts";
import type { Policy } from "../model/policy.ts";
import { type Cube, cubesOf } from "./cubes.ts";
import { meanings, type PolicySides, policySides, predicateKey } from "./meaning.ts";
import { pairWorkloads } from "./pair-workloads.ts";

/**
 * The only namespaces with pods whose flows, to each other or to addresses, can differ between the sides; `undefined` where
 * they cannot be told from the policies that differ alone.
 */
export function changedWithin(base: Cluster, head: Cluster): ReadonlySet<string> | undefined {
  const sides = policySides(base.policies, head.policies);
  const { changed } = meanings(sides);
  const isSettled = relabelled(base, head).length === 0 && keepsIsolation(sides, changed);
  return isSettled ? namesWithin(base, head, changedOf(sides, changed)) : undefined;
}

/**
 * True where flows of pods of any namespace may differ, by what `base` and `head` hold of what differs between the sides;
 * `false` says nothing, since what they lack decides, too.
 */
export function reachesFar(base: Cluster, head: Cluster): boolean {
  const isDeclared = (name: string) => [base, head].some(({ namespaces }) => namespaces.get(name)?.declared === true);
  if (relabelled(base, head).some(isDeclared)) return true;
  const sides = policySides(base.policies, head.policies);
  return namesWithin(base, head, changedOf(sides, meanings(sides).changed)) === undefined;
}

function changedOf({ own }: PolicySides, changed: (policy: Policy) => boolean): readonly Policy[] {
  return [...own.base, ...own.head].filter(changed);
}

/** The namespaces that `policies` name; `undefined` where one means any, or a pod differs. */
function namesWithin(base: Cluster, head: Cluster, policies: readonly Policy[]): ReadonlySet<string> | undefined {
  const pairs = pairWorkloads(base.workloads, head.workloads);
  if (!pairs.every(({ base: before, head: after }) => before?.pod === after?.pod)) return undefined;
  const names = new Set<string>();
  for (const { subject, rules } of policies) {
    for (const predicate of [subject, ...rules.map(({ peer }) => peer)]) {
      for (const cube of cubesOf(predicate) ?? [undefined]) {
        const homes = cube === undefined ? undefined : homesOf(cube);
        if (homes === undefined) return undefined;
        for (const name of homes) names.add(name);
      }
    }
  }
  return names;
}

/** The namespaces that a cube asks for by name; `undefined`: it may mean pods of any. */
export function homesOf({ namespace, namespaceRequirements }: Cube): readonly string[] | undefined {
  if (namespace !== undefined) return [namespace];
  return namespaceRequirements.find(({ key, operator }) => key === NAME_LABEL && operator === "In")?.values;
}

/** True where the policies that differ select the same pods, by the letter, or pods that are isolated anyway. */
export function keepsIsolation({ shared, own }: PolicySides, changed: (policy: Policy) => boolean): boolean {
  if (shared.some(changed)) return false;
  const [base, head] = [new Map(own.base.map(governed)), new Map(own.head.map(governed))];
  const alone = [...[...base].filter(([key]) => !head.has(key)), ...[...head].filter(([key]) => !base.has(key))];
  if (alone.length === 0) return true;
  const both = [...base].filter(([key]) => head.has(key)).map(([, policy]) => policy);
  const standing = [...shared, ...both].filter(({ isolates }) => isolates);
  const isolated = new Set(standing.map((policy) => governed(policy)[0]));
  return alone.every(([, policy]) => policy.isolates && isolated.has(governed(wholeNamespace(policy))[0]));
}

/** Whom a policy governs, in words that are equal where it is plain that it is the same. */
function governed(policy: Policy): [string, Policy] {
  const { direction, rank, isolates, subject } = policy;
  return [`${direction} ${rank} ${isolates} ${predicateKey(subject)}`, policy];
}

/** The same policy for all pods of its namespace. */
function wholeNamespace(policy: Policy): Policy {
  const { subject } = policy;
  if (subject.op !== "and") return policy;
  return { ...policy, subject: { op: "and", of: subject.of.filter(({ op }) => op !== "podLabels") } };
}

/** Namespaces that one side alone has, or whose labels differ. */
export function relabelled(base: Cluster, head: Cluster): readonly string[] {
  return [...new Set([...base.namespaces.keys(), ...head.namespaces.keys()])].filter((name) => {
    const [before, after] = [base.namespaces.get(name), head.namespaces.get(name)];
    return before === undefined || after === undefined || !sameLabels(before.labels, after.labels);
  });
}
