import type { Issue, SourceRef } from "../errors.ts";
import type { YamlMap, YamlNode } from "../manifest/yaml/node.ts";
import { labelOf, objectsOf, placeOf } from "./delivery.ts";
import { at, digest, listAt, mapAt, textAt, textsAt } from "./fields.ts";
import type { Inventory } from "./inventory.ts";
import { resolvePath } from "./paths.ts";
import type { Sides } from "./plan-types.ts";
import type { TreePlan } from "./side-plan.ts";

const SOURCES: ReadonlySet<string> = new Set([
  "OCIRepository",
  "HelmRepository",
  "HelmChart",
  "GitRepository",
  "Bucket",
  "ConfigMap",
  "Secret",
]);

/** What decides how often a source is asked, and not what it is. */
const IDLE: ReadonlySet<string> = new Set(["interval", "timeout"]);

type Source = { readonly label: string; readonly place: SourceRef; readonly content: string };

/**
 * Sources of charts and manifests, values and variables that differ between the trees where something applies what they
 * lead to: objects, and what kustomize makes ConfigMaps and Secrets of. `differing`: paths with other content.
 */
export function changedBehind(trees: Sides<TreePlan>, differing: readonly string[]): Issue[] {
  const [usedBefore, usedAfter] = [usersOf(trees.base), usersOf(trees.head)];
  const users = new Map([...usedBefore, ...usedAfter]);
  if (users.size === 0 || differing.length === 0) return [];
  const before = sourcesIn(trees.base.inventory, differing, users);
  const after = sourcesIn(trees.head.inventory, differing, users);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): Issue[] => {
    const [was, is] = [before.get(key), after.get(key)];
    const shown = is ?? was;
    const [name = ""] = key.split("\n");
    if (shown === undefined || was?.content === is?.content) return [];
    // What comes or goes with all its users is told of them.
    if ((was === undefined && !usedBefore.has(name)) || (is === undefined && !usedAfter.has(name))) return [];
    const message = `\`${shown.label}\` decides what \`${users.get(name)}\` applies, in a way that is not followed here`;
    return [{ code: "NOT_ANALYSED", severity: "error", at: shown.place, message, subject: shown.label, hides: true }];
  });
}

/** Who takes something from objects beside it, by what these are called. */
function usersOf({ deliveries }: TreePlan): ReadonlyMap<string, string> {
  return new Map(deliveries.users.flatMap(({ label, sources }) => sources.map((source) => [source, label] as const)));
}

/** By `Kind/name`, and where they stand. */
function sourcesIn(
  inventory: Inventory,
  differing: readonly string[],
  users: ReadonlyMap<string, string>,
): Map<string, Source> {
  const found = new Map<string, Source>();
  for (const file of differing) {
    const text = inventory.entries.has(file) ? inventory.text(file) : undefined;
    if (text === undefined || ![...SOURCES].some((kind) => text.includes(kind))) continue;
    for (const object of objectsOf(text, (kind) => SOURCES.has(kind) || kind === "")) {
      const kind = textAt(object, "kind")?.text ?? "";
      const key = `${kind}/${textAt(object, "metadata", "name")?.text ?? ""}`;
      if (!SOURCES.has(kind) || !users.has(key)) continue;
      const namespace = textAt(object, "metadata", "namespace")?.text ?? "";
      found.set(`${key}\n${namespace}`, {
        label: labelOf(object),
        place: placeOf(object, file),
        content: contentOf(object),
      });
    }
  }
  for (const [key, source] of generated(inventory, differing, users)) found.set(key, source);
  return found;
}

function contentOf(object: YamlMap): string {
  const spec = mapAt(object, "spec");
  const fields = [...(spec?.entries ?? [])].filter(([key]) => !IDLE.has(key));
  const parts: [string, YamlNode | undefined][] = fields.map(([key, { value }]) => [key, value]);
  for (const key of ["data", "stringData", "binaryData"]) parts.push([`.${key}`, at(object, key)]);
  return JSON.stringify(parts.map(([key, value]) => [key, digest(value)]));
}

/** What generators of kustomizations make, where their entry or one of their files differs. */
function* generated(
  inventory: Inventory,
  differing: readonly string[],
  users: ReadonlyMap<string, string>,
): Generator<readonly [string, Source]> {
  const changed = new Set(differing);
  for (const { file, folder, node } of inventory.kustomizations.values()) {
    for (const [field, kind] of GENERATORS) {
      for (const item of listAt(node, field)) {
        const name = textAt(item, "name");
        const key = `${kind}/${name?.text ?? ""}`;
        if (name === undefined || !users.has(key)) continue;
        const paths = ["files", "envs", "env"].flatMap((part) => textsAt(item, part));
        const files = paths.map(({ text }) => resolvePath(folder, text.replace(/^[^=/]*=/, "")) ?? "");
        const first = files.find((path) => changed.has(path));
        if (first === undefined && !changed.has(file)) continue;
        const content = JSON.stringify([digest(item), files.map((path) => inventory.entries.get(path)?.blob)]);
        const place = first === undefined ? { file, line: name.line } : { file: first, line: 0 };
        yield [`${key}\n${file}`, { label: `${kind} ${name.text}`, place, content }];
      }
    }
  }
}

const GENERATORS = [
  ["configMapGenerator", "ConfigMap"],
  ["secretGenerator", "Secret"],
] as const;
