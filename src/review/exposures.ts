import type { ExposureChange, PodsOf } from "../gate/exposure.ts";
import type { ManifestObject } from "../manifest/object.ts";
import type { YamlNode } from "../manifest/yaml/node.ts";
import type { Requirement } from "../model/labels.ts";

/** Services that differ between the sides, with the pods that they lead to on either side. */
export function exposureChanges(
  base: readonly ManifestObject[],
  head: readonly ManifestObject[],
): readonly ExposureChange[] {
  const before = services(base);
  const after = services(head);
  const changes: ExposureChange[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const was = before.get(key);
    const is = after.get(key);
    if (was?.origin === is?.origin || (was !== undefined && is !== undefined && spec(was) === spec(is))) continue;
    const shown = is ?? was;
    if (shown === undefined) continue;
    const targets = [was, is].flatMap((each) => (each === undefined ? [] : targetsOf(each)));
    if (targets.length > 0) changes.push({ object: shown.ref, at: shown.source, targets });
  }
  return changes;
}

function services(objects: readonly ManifestObject[]): ReadonlyMap<string, ManifestObject> {
  const found = objects.filter(({ ref }) => ref.group === "" && ref.kind === "Service");
  return new Map(found.map((object) => [`${namespaceOf(object)}/${object.ref.name}`, object]));
}

function namespaceOf({ ref, defaultNamespace }: ManifestObject): string {
  if (defaultNamespace?.forced === true) return defaultNamespace.name;
  return ref.namespace === "" ? (defaultNamespace?.name ?? "default") : ref.namespace;
}

function targetsOf(object: ManifestObject): readonly PodsOf[] {
  const selector = at(at(object.node, "spec"), "selector");
  if (selector?.kind !== "map" || selector.entries.size === 0) return [];
  const requirements: Requirement[] = [];
  for (const [key, { value }] of selector.entries) {
    if (value.kind !== "scalar") return [];
    requirements.push({ key, operator: "In", values: [String(value.value)] });
  }
  return [{ namespace: namespaceOf(object), requirements }];
}

function at(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node?.kind === "map" ? node.entries.get(key)?.value : undefined;
}

/** What the Service says, without lines: equal where only comments or order of files differ. */
function spec(object: ManifestObject): string {
  const node = at(object.node, "spec");
  return node === undefined ? "" : written(node);
}

function written(node: YamlNode): string {
  switch (node.kind) {
    case "scalar":
      return JSON.stringify(node.value);
    case "seq":
      return `[${node.items.map(written).join()}]`;
    case "map":
      return `{${[...node.entries]
        .map(([key, { value }]) => `${JSON.stringify(key)}:${written(value)}`)
        .sort()
        .join()}}`;
  }
}
