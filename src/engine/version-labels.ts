import type { Cluster } from "../model/cluster.ts";
import type { RepresentativePeer } from "../model/peer.ts";
import type { Policy } from "../model/policy.ts";
import { holds, type Predicate } from "../model/predicate.ts";

/** Labels whose values say which release something is, and no more than that; each with who writes it. */
const VERSION_LABELS: ReadonlyMap<string, string> = new Map([
  ["app.kubernetes.io/version", "Kubernetes documentation, Recommended Labels"],
  ["helm.sh/chart", "Helm documentation, Labels and Annotations"],
  ["chart", "Helm 2 charts, in the place of helm.sh/chart"],
  ["version", "istio.io documentation, Application Requirements"],
  ["tags.datadoghq.com/version", "Datadog documentation, Unified Service Tagging"],
]);

/** A version label of which the selectors of base ask for one value, and those of head for another. */
export type VersionChange = { readonly key: string; readonly base: string; readonly head: string };

/** The version labels whose value, and nothing else about them, changes in the selectors of base and head. */
export function versionChanges(base: Cluster, head: Cluster): readonly VersionChange[] {
  if (base === head) return [];
  const inBase = new Set(base.policies);
  const inHead = new Set(head.policies);
  const old = valuesOf(base.policies.filter((policy) => !inHead.has(policy)));
  if (old.size === 0) return [];
  const fresh = valuesOf(head.policies.filter((policy) => !inBase.has(policy)));
  if (fresh.size === 0) return [];
  const shared = valuesOf(head.policies.filter((policy) => inBase.has(policy)));
  return [...old].flatMap(([key, before]) => {
    const after = fresh.get(key);
    if (before === undefined || after === undefined || shared.has(key) || before === after) return [];
    return [{ key, base: before, head: after }];
  });
}

/** The one value that selectors ask of each version label; `undefined` where they ask for several, or otherwise. */
function valuesOf(policies: readonly Policy[]): ReadonlyMap<string, string | undefined> {
  const out = new Map<string, string | undefined>();
  const visit = (predicate: Predicate): void => {
    if (predicate.op === "and" || predicate.op === "or") for (const part of predicate.of) visit(part);
    else if (predicate.op === "not") visit(predicate.of);
    else if (predicate.op === "podLabels" && VERSION_LABELS.has(predicate.requirement.key)) {
      const { key, operator, values } = predicate.requirement;
      const value = operator === "In" && values.length === 1 ? values[0] : undefined;
      out.set(key, !out.has(key) || out.get(key) === value ? value : undefined);
    }
  };
  for (const { subject, rules } of policies) {
    visit(subject);
    for (const { peer } of rules) visit(peer);
  }
  return out;
}

/**
 * `peers` with those that differ in nothing but a changed version as one, which has the old value in base and the new
 * one in head; those that a selector of `spoken` means stay apart. Source: judging, "version labels in selectors".
 */
export function withoutVersions(
  peers: readonly RepresentativePeer[],
  changes: readonly VersionChange[],
  spoken: readonly Predicate[],
): readonly RepresentativePeer[] {
  if (changes.length === 0) return peers;
  const groups = new Map<string, RepresentativePeer[]>();
  const out: RepresentativePeer[] = [];
  for (const peer of peers) {
    const key = versionless(peer, changes);
    if (key === undefined || isSpokenOf(peer, spoken)) out.push(peer);
    else groups.set(key, [...(groups.get(key) ?? []), peer]);
  }
  for (const group of groups.values()) {
    const old = group.find((peer) => hasAll(peer, changes, "base"));
    const fresh = group.find((peer) => hasAll(peer, changes, "head"));
    if (old === undefined || fresh === undefined) out.push(...group);
    else out.push({ ...fresh, base: old.base });
  }
  return out;
}

/** Equal for peers that differ in the value of a changed version; `undefined` where the peer has none of these. */
function versionless(peer: RepresentativePeer, changes: readonly VersionChange[]): string | undefined {
  const { labels, serviceAccount } = peer.head;
  const rest = [...labels].map(([key, value]) => {
    const change = changes.find((each) => each.key === key);
    const isVersion = change !== undefined && (value === change.base || value === change.head);
    return [key, isVersion ? true : (value ?? null)] as const;
  });
  if (!rest.some(([, value]) => value === true)) return undefined;
  const around = [...peer.head.namespaceLabels].map(([key, value]) => [key, value ?? null]);
  return JSON.stringify([peer.namespace ?? null, serviceAccount, around.sort(), rest.sort()]);
}

function hasAll({ head }: RepresentativePeer, changes: readonly VersionChange[], side: "base" | "head"): boolean {
  return changes.every((change) => !head.labels.has(change.key) || head.labels.get(change.key) === change[side]);
}

function isSpokenOf({ base, head }: RepresentativePeer, spoken: readonly Predicate[]): boolean {
  return spoken.some((predicate) => [base, head].some((pod) => holds(predicate, { kind: "pod", pod })));
}
