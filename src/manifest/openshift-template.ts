import type { Issue, SourceRef } from "../errors.ts";
import type { YamlEntry, YamlMap, YamlNode, YamlScalar } from "./yaml/node.ts";

/** The objects of an OpenShift template with the values of its parameters filled in. */
export type Expanded = { readonly objects: readonly YamlNode[]; readonly issues: readonly Issue[] };

/**
 * The objects of `template`, in which each parameter that has a `value` is replaced by it. Parameters without one stay
 * as they are, and the objects that need them are told as templates later.
 * Source: OpenShift documentation, Using templates; openshift/library-go pkg/template/templateprocessing.
 */
export function expandTemplate(template: YamlMap, source: SourceRef): Expanded {
  const objects = template.entries.get("objects")?.value;
  if (objects?.kind !== "seq") return { objects: [], issues: [] };
  const parameters = parametersOf(template);
  const labels = labelsOf(template);
  const expanded = objects.items.map((item) => withLabels(substitute(item, parameters, new Map()), labels));
  if (parameters.size === 0) return { objects: expanded, issues: [] };
  const metadata = template.entries.get("metadata")?.value;
  const name = metadata?.kind === "map" ? metadata.entries.get("name")?.value : undefined;
  const shown = name?.kind === "scalar" ? `Template ${name.text}` : "Template";
  const message = `\`${shown}\` is read with the values that its parameters have in the file`;
  return {
    objects: expanded,
    issues: [{ code: "TEMPLATE", severity: "warning", at: source, message, subject: shown }],
  };
}

function parametersOf(template: YamlMap): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  const parameters = template.entries.get("parameters")?.value;
  if (parameters?.kind !== "seq") return out;
  for (const item of parameters.items) {
    if (item.kind !== "map") continue;
    const name = item.entries.get("name")?.value;
    const value = item.entries.get("value")?.value;
    if (name?.kind !== "scalar" || value?.kind !== "scalar" || value.value === null) continue;
    out.set(name.text, typeof value.value === "string" ? value.value : value.text);
  }
  return out;
}

function labelsOf(template: YamlMap): ReadonlyMap<string, YamlEntry> {
  const labels = template.entries.get("labels")?.value;
  return labels?.kind === "map" ? labels.entries : new Map();
}

/** `node` with `${NAME}` replaced inside text, and text that is nothing but `${{NAME}}` replaced by the bare value. */
function substitute(node: YamlNode, parameters: ReadonlyMap<string, string>, done: Map<YamlNode, YamlNode>): YamlNode {
  const known = done.get(node);
  if (known !== undefined) return known;
  const result = substituted(node, parameters, done);
  done.set(node, result);
  return result;
}

function substituted(node: YamlNode, parameters: ReadonlyMap<string, string>, done: Map<YamlNode, YamlNode>): YamlNode {
  if (node.kind === "seq") return { ...node, items: node.items.map((item) => substitute(item, parameters, done)) };
  if (node.kind === "map") {
    const entries = new Map<string, YamlEntry>();
    for (const [key, entry] of node.entries) {
      entries.set(fill(key, parameters), { ...entry, value: substitute(entry.value, parameters, done) });
    }
    return { ...node, entries };
  }
  if (typeof node.value !== "string" || !node.value.includes("${")) return node;
  const bare = /^\$\{\{([A-Za-z0-9_]+)\}\}$/.exec(node.value);
  const value = bare === null ? undefined : parameters.get(bare[1] ?? "");
  if (value !== undefined) return bareScalar(node, value);
  const text = fill(node.value, parameters);
  return { ...node, value: text, text };
}

function fill(text: string, parameters: ReadonlyMap<string, string>): string {
  if (!text.includes("${")) return text;
  return text.replace(/\$\{([A-Za-z0-9_]+)\}/g, (whole, name: string) => parameters.get(name) ?? whole);
}

function bareScalar(node: YamlScalar, text: string): YamlScalar {
  if (text === "true" || text === "false") return { ...node, value: text === "true", text };
  return { ...node, value: /^-?\d+$/.test(text) ? Number(text) : text, text };
}

/** `node` with the template's labels among its own; the template's win. */
function withLabels(node: YamlNode, labels: ReadonlyMap<string, YamlEntry>): YamlNode {
  if (labels.size === 0 || node.kind !== "map") return node;
  const metadata = childMap(node, "metadata");
  const merged = new Map([...childMap(metadata, "labels").entries, ...labels]);
  return withChild(node, "metadata", withChild(metadata, "labels", { kind: "map", line: node.line, entries: merged }));
}

function childMap(node: YamlMap, name: string): YamlMap {
  const child = node.entries.get(name)?.value;
  return child?.kind === "map" ? child : { kind: "map", line: node.line, entries: new Map() };
}

function withChild(node: YamlMap, name: string, value: YamlMap): YamlMap {
  const keyLine = node.entries.get(name)?.keyLine ?? node.line;
  return { ...node, entries: new Map(node.entries).set(name, { keyLine, value }) };
}
