import type { SourceRef } from "../errors.ts";
import type { YamlMap } from "../manifest/yaml/node.ts";
import type { KustomizeRequest } from "../tree/render-request.ts";
import { readMaps } from "./documents.ts";
import { listAt, type Text, textAt } from "./fields.ts";
import { KUSTOMIZATION_NAMES } from "./kustomization.ts";
import { nameOf, resolvePath } from "./paths.ts";
import { atLine, reline } from "./reline.ts";
import type { Origin } from "./rendered-types.ts";
import type { SourceObjects } from "./source-objects.ts";

const ORIGIN = "config.kubernetes.io/origin";
const TRANSFORMATIONS = "alpha.config.kubernetes.io/transformations";

/** Annotations that kustomize adds because we ask where things come from. */
export const ORIGIN_KEYS: readonly string[] = [ORIGIN, TRANSFORMATIONS];

/** Every path of the tree that the annotations of one document name. */
export function originPaths(text: string): string[] {
  const found = new Set<string>();
  for (const match of text.matchAll(/(?:path|configuredIn): (.+)$/gm)) {
    const path = inTree(match[1] ?? "");
    if (path !== undefined) found.add(path);
  }
  return [...found];
}

/** The annotations name paths as seen from the wrapper beside the tree. */
function inTree(path: string): string | undefined {
  const seen = resolvePath("wrap", path.trim().replace(/^["']|["']$/g, ""));
  return seen?.startsWith("tree/") ? seen.slice("tree/".length) : undefined;
}

/** The source of an object that kustomize wrote, by its annotations. */
export function kustomizeOrigin(
  object: YamlMap,
  from: { readonly unsubstituted: YamlMap; readonly request: KustomizeRequest; readonly sources: SourceObjects },
): Origin {
  const { unsubstituted, request, sources } = from;
  const origin = readMaps(textAt(unsubstituted, "metadata", "annotations", ORIGIN)?.text ?? "").maps[0];
  const path = pathAt(origin, "path");
  const transformedBy = transformations(unsubstituted, sources);
  const twin = path === undefined ? undefined : sources.find(path, unsubstituted);
  if (path !== undefined && twin !== undefined) {
    const line = twin.entries.get("kind")?.keyLine ?? twin.line;
    const declared = textAt(twin, "metadata", "namespace")?.text;
    const isOverruled = declared !== undefined && declared !== textAt(unsubstituted, "metadata", "namespace")?.text;
    return {
      node: reline(object, twin),
      source: { file: path, line },
      transformedBy,
      overruled: isOverruled ? declared : undefined,
    };
  }
  const source = path === undefined ? generator(origin, { request, sources, object }) : { file: path, line: 0 };
  return { node: atLine(object, () => source.line), source, transformedBy, overruled: undefined };
}

function pathAt(node: YamlMap | undefined, key: string): string | undefined {
  const text = textAt(node, key)?.text;
  return text === undefined ? undefined : inTree(text);
}

/** What a generator or an inflated chart made: the entry of the kustomization that asks for it. */
function generator(
  origin: YamlMap | undefined,
  { request, sources, object }: { request: KustomizeRequest; sources: SourceObjects; object: YamlMap },
): SourceRef {
  const file = pathAt(origin, "configuredIn");
  if (file === undefined) return request.at;
  const kustomization = readMaps(sources.text(file) ?? "").maps[0];
  const kind = textAt(origin, "configuredBy", "kind")?.text ?? "";
  const name = textAt(object, "metadata", "name")?.text ?? "";
  const fields = GENERATORS.find(([generated]) => generated === kind)?.[1] ?? [];
  for (const field of fields) {
    const items = listAt(kustomization, field);
    const named = items.filter((item) => name.startsWith(textAt(item, "name")?.text ?? "\0"));
    const one = named.length === 1 ? named[0] : items.length === 1 ? items[0] : undefined;
    const line = one?.line ?? kustomization?.entries.get(field)?.keyLine;
    if (line !== undefined) return { file, line };
  }
  return { file, line: 0 };
}

const GENERATORS: readonly (readonly [kind: string, fields: readonly string[]])[] = [
  ["HelmChartInflationGenerator", ["helmCharts", "helmChartInflationGenerator"]],
  ["ConfigMapGenerator", ["configMapGenerator"]],
  ["SecretGenerator", ["secretGenerator"]],
];

/** Kustomizations that gave a namespace or patched, each with the line that says so. */
function transformations(object: YamlMap, sources: SourceObjects): SourceRef[] {
  const text = textAt(object, "metadata", "annotations", TRANSFORMATIONS)?.text ?? "";
  if (text === "") return [];
  const list = readMaps(`all:\n${text}`).maps[0];
  const found: SourceRef[] = [];
  for (const item of listAt(list, "all")) {
    if (item.kind !== "map") continue;
    const file = pathAt(item, "configuredIn");
    const fields = FIELDS.find(([kind]) => kind === textAt(item, "configuredBy", "kind")?.text)?.[1];
    if (file === undefined || fields === undefined || !KUSTOMIZATION_NAMES.includes(nameOf(file))) continue;
    const kustomization = readMaps(sources.text(file) ?? "").maps[0];
    const place = fields.flatMap((field): Text[] => {
      const entry = kustomization?.entries.get(field);
      return entry === undefined ? [] : [{ text: field, line: entry.keyLine }];
    })[0];
    if (place !== undefined && !found.some((ref) => ref.file === file && ref.line === place.line))
      found.push({ file, line: place.line });
  }
  return found;
}

const FIELDS: readonly (readonly [kind: string, fields: readonly string[]])[] = [
  ["NamespaceTransformer", ["namespace"]],
  ["PatchTransformer", ["patches", "patchesStrategicMerge", "patchesJson6902"]],
  ["PatchStrategicMergeTransformer", ["patchesStrategicMerge", "patches"]],
  ["PatchJson6902Transformer", ["patchesJson6902", "patches"]],
  ["LabelTransformer", ["labels", "commonLabels"]],
];
