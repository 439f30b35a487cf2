import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import type { Limits } from "./limits.ts";
import type { Lines } from "./lines.ts";
import type { YamlEntry, YamlMap, YamlNode, YamlScalar } from "./node.ts";
import { type Duplicate, Stop } from "./problem.ts";
import { type KeyText, keyText, resolvePlain, resolveTagged, type ScalarValue } from "./scalar.ts";

/** What an anchor stands for: nothing yet while its own node is being read. */
type Anchor = { node: YamlNode | undefined; steps: number };

type Converted = { readonly node: YamlNode; readonly duplicates: readonly Duplicate[] };

/** A map that is being filled; `merged` holds the keys that only a merge has set so far. */
type Filling = { readonly entries: Map<string, YamlEntry>; merged: Set<string> | undefined };

const MERGE_TAG = "tag:yaml.org,2002:merge";
const MAX_DUPLICATES = 50;

/** Turns a parsed document into nodes as go-yaml v2 and Kubernetes' YAML to JSON converter do; throws a `Stop` where those fail. */
export function convert(root: ParsedNode, source: string, lines: Lines, limits: Limits): Converted {
  const converter = new Converter(source, lines, limits);
  return { node: converter.node(root), duplicates: converter.duplicates };
}

class Converter {
  readonly duplicates: Duplicate[] = [];
  readonly #source: string;
  readonly #lines: Lines;
  readonly #limits: Limits;
  readonly #anchors = new Map<string, Anchor>();
  readonly #path: string[] = [];
  #aliases = 0;
  /** Nodes that `kubectl` would visit, and how many of those only because of aliases; nodes here are shared instead. */
  #steps = 1;
  #aliasSteps = 0;

  constructor(source: string, lines: Lines, limits: Limits) {
    this.#source = source;
    this.#lines = lines;
    this.#limits = limits;
  }

  node(from: ParsedNode): YamlNode {
    this.#steps++;
    if (isAlias(from)) return this.#alias(from.source, from.range[0]);
    const anchor = this.#define(from.anchor);
    const line = this.#lines.at(from.range[0]);
    const node = isScalar(from)
      ? this.#scalar(from, line)
      : isMap(from)
        ? this.#map(from, line)
        : this.#seq(from, line);
    if (anchor !== undefined) {
      anchor.node = node;
      anchor.steps = this.#steps - anchor.steps;
    }
    return node;
  }

  #define(name: string | undefined): Anchor | undefined {
    if (name === undefined) return undefined;
    const anchor: Anchor = { node: undefined, steps: this.#steps - 1 };
    this.#anchors.set(name, anchor);
    return anchor;
  }

  #alias(name: string, offset: number): YamlNode {
    const line = this.#lines.at(offset);
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) throw new Stop("YAML_SYNTAX", line, `no anchor \`&${name}\` stands above its alias`);
    if (anchor.node === undefined) throw new Stop("YAML_SYNTAX", line, `anchor \`&${name}\` contains itself`);
    const { aliases } = this.#limits;
    this.#aliases++;
    if (this.#aliases > aliases) throw new Stop("LIMIT", line, `more than ${aliases} aliases (\`limits: aliases\`)`);
    this.#steps += anchor.steps;
    this.#aliasSteps += anchor.steps;
    if (excessive(this.#aliasSteps, this.#steps)) {
      throw new Stop("YAML_SYNTAX", line, "aliases multiply the document beyond what `kubectl` reads");
    }
    return anchor.node;
  }

  #scalar(from: Scalar.Parsed, line: number): YamlScalar {
    const value = this.#value(from, line);
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new Stop("YAML_SYNTAX", line, `\`${from.source}\` has no place in JSON`);
    }
    return { kind: "scalar", line, value, text: this.#text(from) };
  }

  #value(from: Scalar.Parsed, line: number): ScalarValue {
    const { source, tag } = from;
    if (tag === undefined) return from.type === "PLAIN" ? resolvePlain(source) : source;
    const resolution = resolveTagged(tag, source);
    if ("problem" in resolution) throw new Stop("YAML_SYNTAX", line, resolution.problem);
    return resolution.value;
  }

  #text(from: Scalar.Parsed): string {
    return from.type === "PLAIN" ? from.source : this.#source.slice(from.range[0], from.range[1]);
  }

  #seq(from: YAMLSeq.Parsed, line: number): YamlNode {
    const items: YamlNode[] = [];
    for (const item of from.items) items.push(this.node(item));
    return { kind: "seq", line, items };
  }

  #map(from: YAMLMap.Parsed, line: number): YamlMap {
    const filling: Filling = { entries: new Map(), merged: undefined };
    for (const { key, value } of from.items) {
      if (isMerge(key)) this.#merge(key, value, filling);
      else this.#entry(key, value, filling);
    }
    return { kind: "map", line, entries: filling.entries };
  }

  #entry(from: ParsedNode, value: ParsedNode | null, filling: Filling): void {
    const { entries, merged } = filling;
    const keyLine = this.#lines.at(from.range[0]);
    const key = this.#key(from, keyLine);
    this.#path.push(key);
    const node = value === null ? this.#nothing(keyLine) : this.node(value);
    if (entries.has(key) && merged?.delete(key) !== true && this.duplicates.length < MAX_DUPLICATES) {
      this.duplicates.push({ path: [...this.#path], line: keyLine });
    }
    this.#path.pop();
    entries.set(key, { keyLine, value: node });
  }

  #nothing(line: number): YamlScalar {
    this.#steps++;
    return { kind: "scalar", line, value: null, text: "" };
  }

  #key(from: ParsedNode, line: number): string {
    const key = isScalar(from) ? this.#scalarKey(from, line) : this.#nodeKey(this.node(from), line);
    if ("problem" in key) throw new Stop("YAML_SYNTAX", line, key.problem);
    return key.key;
  }

  #scalarKey(from: Scalar.Parsed, line: number): KeyText {
    if (from.anchor !== undefined) this.node(from);
    else this.#steps++;
    return keyText(this.#value(from, line), from.source);
  }

  #nodeKey(node: YamlNode, line: number): KeyText {
    switch (node.kind) {
      case "map":
        throw new Stop("TEMPLATE", line, "a mapping stands where a key belongs, as in a template");
      case "seq":
        return { problem: "a list stands where a key belongs" };
      case "scalar":
        return keyText(node.value, node.text);
    }
  }

  /** `<<` overwrites what stands above it; of a list the first mapping counts most. */
  #merge(key: ParsedNode, value: ParsedNode | null, filling: Filling): void {
    const line = this.#lines.at(key.range[0]);
    const listed = value !== null && isSeq(value);
    const nodes = value === null ? [] : listed ? value.items.map((item) => this.node(item)) : [this.node(value)];
    if (value === null || nodes.some((node) => node.kind !== "map")) {
      throw new Stop("YAML_SYNTAX", line, "`<<` needs a mapping or a list of mappings");
    }
    filling.merged ??= new Set();
    for (const node of nodes.reverse()) {
      if (node.kind !== "map") continue;
      for (const [name, entry] of node.entries) {
        filling.entries.set(name, entry);
        filling.merged.add(name);
      }
    }
  }
}

function isMerge(key: ParsedNode): boolean {
  if (!isScalar(key) || key.source !== "<<") return false;
  return key.tag === undefined ? key.type === "PLAIN" : key.tag === MERGE_TAG || key.tag === "!";
}

/** go-yaml's guard: up to 400,000 visited nodes 99 in 100 may come from aliases, beyond that fewer. */
function excessive(aliasSteps: number, steps: number): boolean {
  if (aliasSteps <= 100 || steps <= 1000) return false;
  const over = Math.min(Math.max((steps - 400_000) / 3_600_000, 0), 1);
  return aliasSteps / steps > 0.99 - 0.89 * over;
}
