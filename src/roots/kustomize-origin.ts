import type { SourceRef } from "../errors.ts";
import type { YamlMap, YamlNode } from "../manifest/yaml/node.ts";
import type { KustomizeRequest } from "../tree/render-request.ts";
import { at, listAt, textAt } from "./fields.ts";
import { KUSTOMIZATION_NAMES } from "./kustomization.ts";
import { folderOf, nameOf, resolvePath } from "./paths.ts";
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
  const origin = sources.parse(textAt(unsubstituted, "metadata", "annotations", ORIGIN)?.text ?? "")[0];
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
  const kustomization = sources.parse(sources.text(file) ?? "")[0];
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
  const list = sources.parse(`all:\n${text}`)[0];
  const found: SourceRef[] = [];
  for (const item of listAt(list, "all")) {
    if (item.kind !== "map") continue;
    const file = pathAt(item, "configuredIn");
    if (file === undefined || !KUSTOMIZATION_NAMES.includes(nameOf(file))) continue;
    const kind = textAt(item, "configuredBy", "kind")?.text ?? "";
    const kustomization = sources.parse(sources.text(file) ?? "")[0];
    for (const ref of placesOf(kind, { file, kustomization, object, sources })) {
      if (!found.some((other) => other.file === ref.file && other.line === ref.line)) found.push(ref);
    }
  }
  return found;
}

type Transformer = {
  readonly file: string;
  readonly kustomization: YamlMap | undefined;
  readonly object: YamlMap;
  readonly sources: SourceObjects;
};

/** kustomize names a transformer for every object that passed it, so patches are asked whether they mean this one. */
function placesOf(kind: string, { file, kustomization, object, sources }: Transformer): SourceRef[] {
  if (kind === "NamespaceTransformer") {
    const line = kustomization?.entries.get("namespace")?.keyLine;
    return line === undefined ? [] : [{ file, line }];
  }
  if (!kind.startsWith("Patch")) return [];
  return patchesOf(kustomization).flatMap(({ item, line }) => {
    const path = resolvePath(folderOf(file), textAt(item, "path")?.text ?? textAt(item)?.text ?? "");
    const inline = textAt(item, "patch")?.text ?? textAt(item)?.text ?? "";
    const inFile = path === undefined ? undefined : sources.text(path);
    if (!means(item, sources.parse(inFile ?? inline), object)) return [];
    return inFile !== undefined && path !== undefined ? [{ file: path, line: 1 }] : [{ file, line }];
  });
}

function patchesOf(kustomization: YamlMap | undefined): { readonly item: YamlNode; readonly line: number }[] {
  return ["patches", "patchesStrategicMerge", "patchesJson6902"].flatMap((field) =>
    listAt(kustomization, field).map((item) => ({ item, line: item.line })),
  );
}

/** A patch means an object by its target, whose texts are patterns, or by the kind and name that it has itself. */
function means(item: YamlNode, patches: readonly YamlMap[], object: YamlMap): boolean {
  const kind = textAt(object, "kind")?.text ?? "";
  const name = textAt(object, "metadata", "name")?.text ?? "";
  if (at(item, "target") !== undefined) {
    const fits = (key: string, value: string): boolean => {
      const pattern = textAt(item, "target", key)?.text;
      return pattern === undefined || pattern === value || isLike(pattern, value);
    };
    return fits("kind", kind) && fits("name", name);
  }
  return patches.some((patch) => {
    const own = textAt(patch, "metadata", "name")?.text ?? "\0";
    return textAt(patch, "kind")?.text === kind && name.includes(own);
  });
}

/** Only the patterns that people write: a pattern of the tree is no program to run here. */
function isLike(pattern: string, value: string): boolean {
  const parts = pattern.replace(/^\^|\$$/g, "").split(/\.\*/);
  if (parts.some((part) => /[\\^$*+?()[\]{}|]/.test(part))) return true;
  let from = 0;
  for (const part of parts) {
    const found = value.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return parts.length > 1 || value === pattern;
}
