import type { YamlMap, YamlNode } from "../manifest/yaml/node.ts";
import { readMaps } from "./documents.ts";
import { listAt, mapAt, type Text, textAt, textsAt } from "./fields.ts";
import { folderOf } from "./paths.ts";

/** The names that kustomize looks for in a folder. */
export const KUSTOMIZATION_NAMES: readonly string[] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** Something that a kustomization names. */
export type Reference = Text & {
  /** `resource`: a file of objects, or another kustomization. `plugin`: the same, but run. `file`: read as it is. */
  readonly role: "resource" | "component" | "plugin" | "file";
  /** The key it stands under, for messages. */
  readonly field: string;
};

/** One entry of `helmCharts`, or a generator that says the same. */
export type ChartReference = {
  readonly name: string;
  readonly version: string;
  readonly line: number;
  readonly home: string;
};

/** What one kustomization file says about other files. */
export type Kustomization = {
  /** Path of the file, and of its folder. */
  readonly file: string;
  readonly folder: string;
  readonly isComponent: boolean;
  readonly namespace: Text | undefined;
  readonly references: readonly Reference[];
  readonly charts: readonly ChartReference[];
  /** Why it cannot be read, or asks for programs that are never run. */
  readonly faults: readonly Text[];
  readonly node: YamlMap | undefined;
};

/** Reads one kustomization; `undefined` where the file is something else under that name, such as a Flux object. */
export function readKustomization(file: string, text: string): Kustomization | undefined {
  const { maps, broken } = readMaps(text);
  const node = maps[0];
  const apiVersion = textAt(node, "apiVersion")?.text ?? "";
  if (apiVersion !== "" && !apiVersion.startsWith("kustomize.config.k8s.io/")) return undefined;
  const folder = folderOf(file);
  const faults: Text[] = [];
  if (broken !== undefined) faults.push({ text: `is no YAML: ${broken.cause}`, line: broken.line });
  else if (node === undefined) faults.push({ text: "is empty", line: 1 });
  const plugins = inlinePlugins(node);
  return {
    file,
    folder,
    isComponent: textAt(node, "kind")?.text === "Component",
    namespace: textAt(node, "namespace"),
    references: [...references(node), ...plugins.references],
    charts: [...charts(node), ...plugins.charts],
    faults: [...faults, ...plugins.faults],
    node,
  };
}

function references(node: YamlNode | undefined): Reference[] {
  const found: Reference[] = [];
  const add = (role: Reference["role"], field: string, texts: readonly Text[]): void => {
    for (const text of texts) found.push({ ...text, role, field });
  };
  add("resource", "resources", textsAt(node, "resources"));
  add("resource", "bases", textsAt(node, "bases"));
  add("component", "components", textsAt(node, "components"));
  for (const field of PLUGIN_FIELDS)
    add(
      "plugin",
      field,
      textsAt(node, field).filter((text) => !isInline(text)),
    );
  add("file", "crds", textsAt(node, "crds"));
  add("file", "configurations", textsAt(node, "configurations"));
  add("file", "openapi", textsAt(node, "openapi", "path"));
  add(
    "file",
    "patchesStrategicMerge",
    textsAt(node, "patchesStrategicMerge").filter((text) => !isInline(text)),
  );
  for (const field of ["patches", "patchesJson6902", "replacements"]) {
    add(
      "file",
      field,
      listAt(node, field).flatMap((item) => textAt(item, "path") ?? []),
    );
  }
  for (const field of ["configMapGenerator", "secretGenerator"]) {
    for (const item of listAt(node, field)) add("file", field, generatorFiles(item));
  }
  for (const item of listAt(node, "helmCharts")) add("file", "helmCharts", valueFiles(item));
  return found;
}

const PLUGIN_FIELDS = ["generators", "transformers", "validators"];

function isInline(text: Text): boolean {
  return text.text.includes("\n") || text.text.trimStart().startsWith("{");
}

/** Files of a ConfigMap or Secret generator: `path` or `key=path`. */
function generatorFiles(item: YamlNode): Text[] {
  const files = textsAt(item, "files").map((file) => ({ ...file, text: file.text.replace(/^[^=/]*=/, "") }));
  return [...files, ...textsAt(item, "envs"), ...textsAt(item, "env")];
}

function valueFiles(item: YamlNode): Text[] {
  return [...textsAt(item, "valuesFile"), ...textsAt(item, "additionalValuesFiles")];
}

function charts(node: YamlNode | undefined): ChartReference[] {
  const home = textAt(node, "helmGlobals", "chartHome")?.text ?? "charts";
  const listed = listAt(node, "helmCharts").flatMap((item) => chart(item, home) ?? []);
  const older = listAt(node, "helmChartInflationGenerator").flatMap((item) => {
    const name = textAt(item, "chartName");
    const version = textAt(item, "chartVersion")?.text ?? "";
    return name === undefined ? [] : [{ name: name.text, version, line: name.line, home }];
  });
  return [...listed, ...older];
}

function chart(item: YamlNode, home: string): ChartReference | undefined {
  const name = textAt(item, "name");
  if (name === undefined) return undefined;
  return { name: name.text, version: textAt(item, "version")?.text ?? "", line: name.line, home };
}

/** What the configuration of plugins reaches: kustomize's own are read, others are programs and never run. */
export type Plugins = {
  readonly references: readonly Reference[];
  readonly charts: readonly ChartReference[];
  readonly faults: readonly Text[];
};

/** Reads plugin configuration that stands in a file of its own. */
export function readPlugins(text: string): Plugins {
  return merge(readMaps(text).maps.map((map) => plugin(map, 0)));
}

function inlinePlugins(node: YamlNode | undefined): Plugins {
  const inline = PLUGIN_FIELDS.flatMap((field) => textsAt(node, field)).filter(isInline);
  return merge(inline.flatMap(({ text, line }) => readMaps(text).maps.map((map) => plugin(map, line))));
}

/** `line` stands for all lines of configuration that is written inside a kustomization; 0: the map's own count. */
function plugin(map: YamlMap, line: number): Plugins {
  const kind = textAt(map, "kind")?.text ?? "";
  const place = line === 0 ? map.line : line;
  const annotations = mapAt(map, "metadata", "annotations");
  const asksForProgram = [...(annotations?.entries.keys() ?? [])].some(
    (key) => key === "config.kubernetes.io/function",
  );
  if (textAt(map, "apiVersion")?.text !== "builtin" || asksForProgram) {
    return {
      references: [],
      charts: [],
      faults: [{ text: `asks for the plugin \`${kind}\`, and plugins are not run`, line: place }],
    };
  }
  const files = [...textsAt(map, "path"), ...textsAt(map, "paths"), ...generatorFiles(map), ...valueFiles(map)];
  const references = files.map((file) => ({ text: file.text, line: place, role: "file" as const, field: kind }));
  if (kind !== "HelmChartInflationGenerator") return { references, charts: [], faults: [] };
  const found = chart(map, textAt(map, "chartHome")?.text ?? "charts");
  return { references, charts: found === undefined ? [] : [{ ...found, line: place }], faults: [] };
}

function merge(all: readonly Plugins[]): Plugins {
  return {
    references: all.flatMap((one) => one.references),
    charts: all.flatMap((one) => one.charts),
    faults: all.flatMap((one) => one.faults),
  };
}
