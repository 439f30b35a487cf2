import type { ObjectRef } from "../../model/policy.ts";
import { inNamespace } from "../dialects/findings.ts";
import { member, root } from "../fields.ts";
import type { ManifestObject } from "../object.ts";
import type { YamlEntry, YamlMap } from "../yaml/node.ts";
import { isCalico } from "./kinds.ts";

/** Kinds of staged policies, and what they are once they are enforced. */
const ENFORCED: ReadonlyMap<string, { readonly kind: string; readonly group: "own" | "networking.k8s.io" }> = new Map([
  ["StagedNetworkPolicy", { kind: "NetworkPolicy", group: "own" as const }],
  ["StagedGlobalNetworkPolicy", { kind: "GlobalNetworkPolicy", group: "own" as const }],
  ["StagedKubernetesNetworkPolicy", { kind: "NetworkPolicy", group: "networking.k8s.io" as const }],
]);

/** True of a policy that Calico only tries out. */
export function isStaged(ref: ObjectRef): boolean {
  return isCalico(ref) && ENFORCED.has(ref.kind);
}

/**
 * `objects` as they would be if every staged policy were enforced: `Set` takes the place of the policy of that name,
 * `Delete` removes it; `Learn` and `Ignore` stay as they are. `fallback` is the namespace of objects that name none.
 * Source: projectcalico/calico api/pkg/apis/projectcalico/v3/stagednetworkpolicy.go, ConvertStagedPolicyToEnforced.
 */
export function enforceStaged(objects: readonly ManifestObject[], fallback: string): readonly ManifestObject[] {
  const replaced = new Set<string>();
  const out: ManifestObject[] = [];
  const rest: ManifestObject[] = [];
  for (const object of objects) {
    const action = isStaged(object.ref) ? stagedAction(object.node) : undefined;
    if (action === undefined || action === "Learn" || action === "Ignore") {
      rest.push(object);
      continue;
    }
    const enforced = asEnforced(object);
    replaced.add(identity(enforced, fallback));
    if (action !== "Delete") out.push(enforced);
  }
  return [...rest.filter((object) => !replaced.has(identity(object, fallback))), ...out];
}

function asEnforced(object: ManifestObject): ManifestObject {
  const target = ENFORCED.get(object.ref.kind);
  if (target === undefined) return object;
  const own = target.group === "own";
  const ref = { ...object.ref, kind: target.kind, group: own ? object.ref.group : target.group };
  return {
    ...object,
    ref,
    version: own ? object.version : "v1",
    node: withoutAction(object.node, own ? undefined : ref),
  };
}

/** `Set` where the object names no action. */
function stagedAction(node: YamlMap): string {
  const value = member(member(root(node), "spec"), "stagedAction").node;
  return value?.kind === "scalar" && typeof value.value === "string" ? value.value : "Set";
}

function withoutAction(node: YamlMap, typed: ObjectRef | undefined): YamlMap {
  const spec = node.entries.get("spec");
  const entries = new Map(node.entries);
  if (spec?.value.kind === "map") {
    const fields = new Map(spec.value.entries);
    fields.delete("stagedAction");
    entries.set("spec", { ...spec, value: { ...spec.value, entries: fields } });
  }
  if (typed !== undefined) {
    replaceText(entries, "apiVersion", `${typed.group}/v1`);
    replaceText(entries, "kind", typed.kind);
  }
  return { ...node, entries };
}

function replaceText(entries: Map<string, YamlEntry>, key: string, text: string): void {
  const known = entries.get(key);
  if (known === undefined) return;
  entries.set(key, { ...known, value: { kind: "scalar", line: known.value.line, value: text, text } });
}

/** Equal for the same object in either of Calico's API groups. */
function identity(object: ManifestObject, fallback: string): string {
  const { ref } = object.ref.kind === "GlobalNetworkPolicy" ? object : inNamespace(object, fallback);
  return `${isCalico(ref) ? "calico" : ref.group}/${ref.kind}/${ref.namespace}/${ref.name}`;
}
