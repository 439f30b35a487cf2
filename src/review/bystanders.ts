import { cubesOf } from "../engine/cubes.ts";
import { changedWithin, homesOf } from "../engine/within.ts";
import { canonical } from "../manifest/canonical.ts";
import { memberAt, root } from "../manifest/fields.ts";
import { kindRow } from "../manifest/kinds.ts";
import type { ManifestObject } from "../manifest/object.ts";
import { isFaithful, profileNamed } from "../manifest/plugins/profiles.ts";
import type { QuietFile } from "../manifest/quiet/file.ts";
import { oddNamespaces } from "../manifest/quiet/odd.ts";
import { meaningOf } from "../manifest/settle.ts";
import { draftOf } from "../manifest/workload-assembly.ts";
import type { Cluster, Counts } from "../model/cluster.ts";
import type { Policy } from "../model/policy.ts";

/** Quiet files that no answer about a change needs, by path. */
export type Bystanders = ReadonlyMap<string, QuietFile>;

/**
 * The files among `quiet` of which no object stands in one of the namespaces `near`, in one that shares a file with these,
 * or in one where something is to be said about objects beside each other. `declared`: some file declares a namespace.
 */
export function bystanders(quiet: Bystanders, near: ReadonlySet<string>, declared: boolean): Bystanders {
  const reached = new Set(near);
  let away = [...quiet];
  for (;;) {
    const kept = away.filter(([, file]) => !file.namespaces.some((name) => reached.has(name)));
    if (kept.length < away.length) {
      const left = new Set(kept);
      for (const each of away) if (!left.has(each)) for (const name of each[1].namespaces) reached.add(name);
      away = kept;
      continue;
    }
    const odd = oddNamespaces(
      kept.map(([, file]) => file),
      declared,
    );
    if (odd.size === 0) return new Map(kept);
    for (const name of odd) reached.add(name);
  }
}

/** The namespaces that objects stand in, or are. */
export function namespacesOf(objects: readonly ManifestObject[], usual: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { ref, defaultNamespace } of objects) {
    if (ref.kind === "Namespace" && ref.group === "") names.add(ref.name);
    else names.add(ref.namespace);
    if (ref.namespace === "") names.add(defaultNamespace?.name ?? usual);
    if (defaultNamespace !== undefined) names.add(defaultNamespace.name);
  }
  return names;
}

/**
 * True where what differs between the sides has its effect where it stands: policies of a namespace, and workloads,
 * namespaces and accounts as far as the clusters show it. What leads to pods of anywhere must say the same.
 */
export function differLocally(base: readonly ManifestObject[], head: readonly ManifestObject[]): boolean {
  const [inBase, inHead] = [new Set(base), new Set(head)];
  const before = farReaching(base.filter((object) => !inHead.has(object)));
  const after = farReaching(head.filter((object) => !inBase.has(object)));
  if (before === undefined || after === undefined || before.size !== after.size) return false;
  return [...before].every(([key, meaning]) => after.get(key) === meaning);
}

/** What objects say that may matter elsewhere, by what they are; `undefined` where one cannot be told, or is there twice. */
function farReaching(objects: readonly ManifestObject[]): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  for (const object of objects) {
    const { group, kind, namespace, name } = object.ref;
    if (isLocal(object)) continue;
    const meaning = meaningOf(object);
    const key = JSON.stringify([group, kind, namespace, name, object.defaultNamespace ?? null]);
    if (meaning === undefined || found.has(key)) return undefined;
    found.set(key, meaning);
  }
  return found;
}

function isLocal({ ref, node }: ManifestObject): boolean {
  switch (kindRow(ref.group, ref.kind)?.role) {
    case "networkpolicy":
    case "workload":
    case "namespace":
    case "serviceaccount":
      return true;
    case "service":
      return memberAt(root(node), ["spec", "externalName"]).node === undefined;
    case "operator":
    case "admin":
    case "calico":
    case "cilium":
    case "template":
    case "exposure":
    case "foreign":
    case undefined:
      return false;
  }
}

/**
 * Namespaces that must be read before the answer about a change is that about the whole tree: none, where `clusters`, made
 * of everything but bystanders outside of `near`, are enough; `undefined`: only the whole tree is.
 */
export function missingNear(
  clusters: { readonly base: Cluster; readonly head: Cluster },
  near: ReadonlySet<string>,
): ReadonlySet<string> | undefined {
  const { base, head } = clusters;
  if (base.plugin.name !== head.plugin.name || !takesPoliciesAsTheyAre(base.plugin.name)) return undefined;
  if (![...base.policies, ...head.policies].every((policy) => namesPortsOf(near, policy))) return undefined;
  const within = changedWithin(base, head);
  return within === undefined ? undefined : new Set([...within].filter((name) => !near.has(name)));
}

/** True without a plugin, and of one that says nothing about any NetworkPolicy. */
function takesPoliciesAsTheyAre(plugin: string | undefined): boolean {
  const profile = plugin === undefined ? undefined : profileNamed(plugin);
  return plugin === undefined || (profile !== undefined && isFaithful(profile));
}

/** True where the named ports of a policy are those of pods of `near` alone. */
function namesPortsOf(near: ReadonlySet<string>, { direction, subject, rules }: Policy): boolean {
  return rules.every(({ conn, peer }) => {
    if (conn.names.length + conn.notNames.length === 0) return true;
    const cubes = cubesOf(direction === "ingress" ? subject : peer);
    return cubes?.every((cube) => homesOf(cube)?.every((name) => near.has(name)) ?? false) ?? false;
  });
}

/** True where a policy of a plugin may speak of Services, which may be anywhere. */
export function speakOfServices(objects: readonly ManifestObject[]): boolean {
  return objects.some(({ ref, node }) => {
    const role = kindRow(ref.group, ref.kind)?.role;
    return (role === "calico" || role === "cilium") && canonical(node)?.includes("services") !== false;
  });
}

/** True where pods of one owner are objects of their own: selectors of any namespace may tell them apart. */
export function hasOwnedPods(objects: readonly ManifestObject[]): boolean {
  return objects.some((object) => object.ref.kind === "Pod" && draftOf(object).value?.owner !== undefined);
}

/** `counts` with the bystanders. */
export function withBystanders(counts: Counts, files: Bystanders): Counts {
  const out = { ...counts, files: counts.files + files.size };
  for (const { documents, skipped, workloads, policies } of files.values()) {
    out.documents += documents;
    out.skipped += skipped;
    out.workloads += workloads;
    out.policies += policies;
  }
  return out;
}
