import { kindRow } from "./kinds.ts";
import type { ManifestObject } from "./object.ts";

const copies = new WeakMap<ManifestObject, Map<string, ManifestObject>>();

/**
 * The object with the namespace that it ends up in: its own, unless the place that applies it forces another; none
 * where it is cluster-scoped. Equal arguments give the same object.
 */
export function inItsNamespace(object: ManifestObject, fallback: string): ManifestObject {
  const namespace = namespaceOf(object, fallback);
  if (namespace === object.ref.namespace) return object;
  const known = copies.get(object)?.get(namespace);
  if (known !== undefined) return known;
  const placed: ManifestObject = { ...object, ref: { ...object.ref, namespace } };
  copies.set(object, new Map(copies.get(object) ?? []).set(namespace, placed));
  return placed;
}

function namespaceOf({ ref, defaultNamespace }: ManifestObject, fallback: string): string {
  if (kindRow(ref.group, ref.kind)?.scope === "cluster") return "";
  if (defaultNamespace !== undefined && (defaultNamespace.forced || ref.namespace === "")) return defaultNamespace.name;
  return ref.namespace === "" ? fallback : ref.namespace;
}
