import type { YamlEntry, YamlMap, YamlNode } from "../manifest/yaml/node.ts";
import { digest, textAt } from "./fields.ts";

/**
 * `rendered` with the lines of `source`: each value at the line where the same key or item stands there, everything
 * that the source does not have at the line of what is around it.
 */
export function reline(rendered: YamlMap, source: YamlMap): YamlMap {
  return relineMap(rendered, source, source.line);
}

/** `node` with every line that `lineOf` does not know set to `line`. */
export function atLine<T extends YamlNode>(node: T, lineOf: (line: number) => number): T;
export function atLine(node: YamlNode, lineOf: (line: number) => number): YamlNode {
  const line = lineOf(node.line);
  switch (node.kind) {
    case "map": {
      const moved = [...node.entries].map(([key, entry]): [string, YamlEntry] => [
        key,
        { keyLine: lineOf(entry.keyLine), value: atLine(entry.value, lineOf) },
      ]);
      return { ...node, line, entries: new Map(moved) };
    }
    case "seq":
      return { ...node, line, items: node.items.map((item) => atLine(item, lineOf)) };
    case "scalar":
      return { ...node, line };
  }
}

function relineNode(rendered: YamlNode, source: YamlNode | undefined, around: number): YamlNode {
  if (source === undefined) return atLine(rendered, () => around);
  if (rendered.kind === "map" && source.kind === "map") return relineMap(rendered, source, source.line);
  if (rendered.kind === "seq" && source.kind === "seq") {
    const twins = pairs(rendered.items, source.items);
    const items = rendered.items.map((item, index) => relineNode(item, twins[index], source.line));
    return { ...rendered, line: source.line, items };
  }
  return atLine(rendered, () => source.line);
}

function relineMap(rendered: YamlMap, source: YamlMap, around: number): YamlMap {
  const entries = new Map<string, YamlEntry>();
  for (const [key, entry] of rendered.entries) {
    const twin = source.entries.get(key);
    const keyLine = twin?.keyLine ?? around;
    entries.set(key, { keyLine, value: relineNode(entry.value, twin?.value, keyLine) });
  }
  return { ...rendered, line: source.line, entries };
}

/** The source's item for each rendered one: by position, else by equal content, else by equal name. */
function pairs(rendered: readonly YamlNode[], source: readonly YamlNode[]): readonly (YamlNode | undefined)[] {
  if (rendered.length === source.length) return source;
  const left = new Set(source);
  const take = (matches: (item: YamlNode) => boolean): YamlNode | undefined => {
    for (const item of left) {
      if (!matches(item)) continue;
      left.delete(item);
      return item;
    }
    return undefined;
  };
  const equal = rendered.map((item) => {
    const wanted = digest(item);
    return take((other) => digest(other) === wanted);
  });
  return equal.map((twin, index) => {
    const name = textAt(rendered[index], "name")?.text;
    return twin ?? (name === undefined ? undefined : take((other) => textAt(other, "name")?.text === name));
  });
}
