import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";
import type { YamlEntry, YamlNode } from "../../src/manifest/yaml/node.ts";

/** The documents of a text, read by the package `yaml` as YAML 1.1: enough for tests of what comes after the reader. */
export function readYaml(source: string): YamlNode[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(source, { version: "1.1", merge: true, uniqueKeys: false, lineCounter: lines });
  const out: YamlNode[] = [];
  for (const document of "empty" in documents ? [] : documents) {
    if (document.errors.length > 0) throw new Error(document.errors.join("; "));
    if (document.contents !== null) out.push(convert(document.contents));
  }
  return out;

  function lineOf(node: { readonly range?: readonly number[] | null | undefined }): number {
    return lines.linePos(node.range?.[0] ?? 0).line;
  }

  function convert(node: Node): YamlNode {
    if (isAlias(node)) throw new Error("no aliases here");
    if (isSeq<Node>(node)) return { kind: "seq", line: lineOf(node), items: node.items.map(convert) };
    if (isMap<Node, Node | null>(node)) {
      const entries = new Map<string, YamlEntry>();
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? String(key.value) : "?";
        const keyLine = lineOf(key);
        const empty: YamlNode = { kind: "scalar", line: keyLine, value: null, text: "" };
        entries.set(name, { keyLine, value: value === null ? empty : convert(value) });
      }
      return { kind: "map", line: lineOf(node), entries };
    }
    if (!isScalar(node)) throw new Error("no such node");
    const value = node.value;
    const known = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return { kind: "scalar", line: lineOf(node), value: known ? value : null, text: node.source ?? String(value) };
  }
}
