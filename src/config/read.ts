import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseAllDocuments } from "yaml";
import type { Issue } from "../errors.ts";
import type { YamlEntry, YamlMap, YamlNode } from "../manifest/yaml/node.ts";

const MAX_BYTES = 1_000_000;
const MAX_DEPTH = 40;
const MAX_NODES = 200_000;

/** What a configuration file holds, or why it cannot be read. */
export type ConfigText = { readonly root: YamlMap | undefined; readonly issues: readonly Issue[] };

/** Reads one YAML (or JSON) document of at most 1 MB, aliases resolved; every problem of the text is an issue. */
export function readConfig(bytes: Uint8Array, file: string): ConfigText {
  const issues: Issue[] = [];
  const fault = (line: number, message: string) => {
    issues.push({ code: "CONFIG_INVALID", severity: "error", at: { file, line }, message });
  };
  const text = decode(bytes, fault);
  if (text === undefined) return { root: undefined, issues };
  const lines = new LineCounter();
  const documents = parse(text, lines, fault);
  const lineAt = (offset: number) => lines.linePos(offset).line;
  for (const { errors } of documents)
    for (const error of errors)
      fault(
        lineAt(error.pos[0]),
        error.code === "DUPLICATE_KEY" ? duplicate(text, error.pos[0]) : oneLine(error.message),
      );
  const second = documents[1];
  if (second !== undefined) fault(lineAt(second.range[0]), "a second document: the configuration is one document");
  if (issues.length > 0) return { root: undefined, issues };
  const contents = documents[0]?.contents ?? undefined;
  const root = contents === undefined ? undefined : new Reader(lineAt, text, fault).read(contents);
  if (issues.length > 0) return { root: undefined, issues };
  if (root === undefined) fault(0, "the file is empty: it starts with `version: 1`");
  else if (root.kind !== "map")
    fault(root.line, "the configuration is no map of settings: it starts with `version: 1`");
  return { root: root?.kind === "map" ? root : undefined, issues };
}

type Fault = (line: number, message: string) => void;

function decode(bytes: Uint8Array, fault: Fault): string | undefined {
  if (bytes.length > MAX_BYTES) {
    fault(0, `the file has ${bytes.length} bytes, a configuration has at most ${MAX_BYTES}`);
    return undefined;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    fault(0, "the file is not UTF-8 text: save it as UTF-8");
    return undefined;
  }
}

function parse(text: string, lineCounter: LineCounter, fault: Fault): ReturnType<typeof documentsOf> {
  try {
    return documentsOf(text, lineCounter);
  } catch {
    fault(0, "the file nests too deeply to be read");
    return [];
  }
}

function documentsOf(text: string, lineCounter: LineCounter) {
  const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false, version: "1.2", logLevel: "silent" });
  return "empty" in documents ? [] : documents;
}

function duplicate(text: string, from: number): string {
  const key =
    text
      .slice(from, from + 200)
      .split(/[:\n]/)[0]
      ?.trim() ?? "";
  return `key ${quote(key)} stands twice in one map; keep one`;
}

/** Text of the file as a code span of one line, cut to what a message can hold. */
export function quote(text: string): string {
  const clean = text.replace(/[`\p{Cc}\p{Cf}\u2028\u2029]/gu, "'");
  return `\`${clean.length > 80 ? `${clean.slice(0, 77)}...` : clean}\``;
}

function oneLine(message: string): string {
  const text =
    message
      .split("\n")[0]
      ?.replace(/[\p{Cc}\p{Cf}]/gu, " ")
      .trim() ?? "";
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/[.:]$/, "");
}

/** Turns nodes of the parser into ours; bounded in depth and, against aliases in aliases, in number. */
class Reader {
  readonly #lineAt: (offset: number) => number;
  readonly #text: string;
  readonly #fault: Fault;
  readonly #anchors = new Map<string, Node>();
  #nodes = 0;

  constructor(lineAt: (offset: number) => number, text: string, fault: Fault) {
    this.#lineAt = lineAt;
    this.#text = text;
    this.#fault = fault;
  }

  read(node: Node | null, depth = 0, near = 1): YamlNode | undefined {
    const line = node?.range ? this.#lineAt(node.range[0]) : near;
    if (++this.#nodes > MAX_NODES || depth > MAX_DEPTH) {
      if (this.#nodes <= MAX_NODES + 1) this.#fault(line, "too much is nested or repeated by aliases here");
      this.#nodes = MAX_NODES + 1;
      return undefined;
    }
    if (node !== null && "anchor" in node && node.anchor) this.#anchors.set(node.anchor, node);
    if (isAlias(node)) return this.#readAlias(node.source, line, depth);
    if (isMap(node)) return { kind: "map", line, entries: this.#entries(node.items, depth, line) };
    if (isSeq(node)) {
      const items = node.items.map((item) => this.read(isNode(item) ? item : null, depth + 1, line));
      return { kind: "seq", line, items: items.filter((item) => item !== undefined) };
    }
    if (isScalar(node)) return { kind: "scalar", line, value: plain(node.value), text: this.#source(node.range) };
    return { kind: "scalar", line, value: null, text: "" };
  }

  #readAlias(name: string, line: number, depth: number): YamlNode | undefined {
    const target = this.#anchors.get(name);
    if (target !== undefined) return this.read(target, depth + 1, line);
    this.#fault(line, `alias ${quote(`*${name}`)} names no anchor above it`);
    return undefined;
  }

  #entries(pairs: readonly Pair<unknown, unknown>[], depth: number, near: number): ReadonlyMap<string, YamlEntry> {
    const entries = new Map<string, YamlEntry>();
    for (const { key, value } of pairs) {
      const keyNode = this.read(isNode(key) ? key : null, depth + 1, near);
      if (keyNode === undefined) continue;
      const valueNode = this.read(isNode(value) ? value : null, depth + 1, keyNode.line);
      if (keyNode.kind !== "scalar") this.#fault(keyNode.line, "a key that is a list or a map: keys are plain words");
      else if (valueNode !== undefined)
        entries.set(keyText(keyNode.value), { keyLine: keyNode.line, value: valueNode });
    }
    return entries;
  }

  #source(range: Node["range"] | undefined): string {
    return range ? this.#text.slice(range[0], range[1]) : "";
  }
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value);
}

function keyText(value: string | number | boolean | null): string {
  return value === null ? "null" : String(value);
}

function plain(value: unknown): string | number | boolean | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
