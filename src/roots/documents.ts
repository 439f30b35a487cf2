import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
} from "yaml";
import type { YamlEntry, YamlMap, YamlNode } from "../manifest/yaml/node.ts";

/** The mappings at the top of a stream, and where the first thing that is no YAML stands. */
export type Documents = {
  readonly maps: readonly YamlMap[];
  readonly broken: { line: number; cause: string } | undefined;
};

const MAX_ALIASES = 100;

/** Reads a stream of YAML (or JSON) documents; `firstLine` is the line of the file that the text begins at. */
export function readMaps(text: string, firstLine = 1): Documents {
  const lines = new LineCounter();
  const maps: YamlMap[] = [];
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      merge: true,
      uniqueKeys: false,
      logLevel: "silent",
    });
    for (const document of Array.isArray(documents) ? documents : []) {
      const error = document.errors[0];
      if (error !== undefined) {
        const line = (error.linePos?.[0].line ?? 1) + firstLine - 1;
        return { maps, broken: { line, cause: error.message.split("\n")[0] ?? "" } };
      }
      const reader = { lines, firstLine, aliases: 0, resolve: (alias: Alias) => alias.resolve(document) };
      const node = document.contents === null ? undefined : convert(document.contents, reader);
      if (node?.kind === "map") maps.push(node);
    }
  } catch (error) {
    return { maps, broken: { line: firstLine, cause: error instanceof Error ? error.message : "no YAML" } };
  }
  return { maps, broken: undefined };
}

type Reader = {
  readonly lines: LineCounter;
  readonly firstLine: number;
  aliases: number;
  readonly resolve: (alias: Alias) => Node | undefined;
};

function convert(node: Node, reader: Reader): YamlNode {
  if (isAlias(node)) {
    reader.aliases += 1;
    const target = reader.resolve(node);
    if (target === undefined || reader.aliases > MAX_ALIASES)
      throw new Error("more than 100 aliases, or one to nothing");
    return convert(target, reader);
  }
  const line = reader.lines.linePos(node.range?.[0] ?? 0).line + reader.firstLine - 1;
  if (isMap<Node, Node | null>(node)) return { kind: "map", line, entries: entriesOf(node.items, reader) };
  if (isSeq<Node>(node)) return { kind: "seq", line, items: node.items.map((item) => convert(item, reader)) };
  if (isScalar(node)) {
    const { value } = node;
    const text = typeof node.source === "string" ? node.source : String(value ?? "");
    const plain = typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
    return { kind: "scalar", line, value: plain, text };
  }
  return { kind: "scalar", line, value: null, text: "" };
}

function entriesOf(pairs: readonly Pair<Node, Node | null>[], reader: Reader): Map<string, YamlEntry> {
  const entries = new Map<string, YamlEntry>();
  const merged: YamlMap[] = [];
  for (const pair of pairs) {
    if (!isScalar(pair.key)) continue;
    const keyLine = reader.lines.linePos(pair.key.range?.[0] ?? 0).line + reader.firstLine - 1;
    const value: YamlNode =
      pair.value === null ? { kind: "scalar", line: keyLine, value: null, text: "" } : convert(pair.value, reader);
    const key = typeof pair.key.value === "string" ? pair.key.value : String(pair.key.source ?? pair.key.value);
    if (key === "<<" && value.kind !== "scalar") {
      for (const item of value.kind === "map" ? [value] : value.items) if (item.kind === "map") merged.push(item);
    } else entries.set(key, { keyLine, value });
  }
  for (const map of merged) {
    for (const [key, entry] of map.entries) if (!entries.has(key)) entries.set(key, entry);
  }
  return entries;
}
