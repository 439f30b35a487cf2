import type { YamlMap, YamlNode } from "../manifest/yaml/node.ts";

/** A text with its line. */
export type Text = { readonly text: string; readonly line: number };

/** What stands at `path` below `node`, where every step is there. */
export function at(node: YamlNode | undefined, ...path: readonly string[]): YamlNode | undefined {
  let here = node;
  for (const key of path) here = here?.kind === "map" ? here.entries.get(key)?.value : undefined;
  return here;
}

/** The map at `path`. */
export function mapAt(node: YamlNode | undefined, ...path: readonly string[]): YamlMap | undefined {
  const found = at(node, ...path);
  return found?.kind === "map" ? found : undefined;
}

/** The items of the list at `path`; of anything else, none. */
export function listAt(node: YamlNode | undefined, ...path: readonly string[]): readonly YamlNode[] {
  const found = at(node, ...path);
  return found?.kind === "seq" ? found.items : [];
}

/** The scalar at `path` as text with its line; empty and null count as absent. */
export function textAt(node: YamlNode | undefined, ...path: readonly string[]): Text | undefined {
  const found = at(node, ...path);
  if (found?.kind !== "scalar" || found.value === null || found.value === "") return undefined;
  const text = typeof found.value === "string" ? found.value : found.text;
  return { text, line: found.line };
}

/** The texts of the list at `path`, or the one text that stands there instead of a list. */
export function textsAt(node: YamlNode | undefined, ...path: readonly string[]): readonly Text[] {
  const found = at(node, ...path);
  const items = found?.kind === "seq" ? found.items : found === undefined ? [] : [found];
  return items.flatMap((item) => textAt(item) ?? []);
}

/** The value without its places, as JSON would hold it. */
export function plain(node: YamlNode): unknown {
  switch (node.kind) {
    case "map":
      return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plain(entry.value)]));
    case "seq":
      return node.items.map(plain);
    case "scalar":
      return node.value;
  }
}

/** Equal for values that are equal whatever the order of their keys. */
export function digest(node: YamlNode | undefined): string {
  if (node === undefined) return "";
  switch (node.kind) {
    case "map": {
      const keys = [...node.entries.keys()].sort();
      return `{${keys.map((key) => `${JSON.stringify(key)}:${digest(node.entries.get(key)?.value)}`).join(",")}}`;
    }
    case "seq":
      return `[${node.items.map(digest).join(",")}]`;
    case "scalar":
      return JSON.stringify(node.value);
  }
}
