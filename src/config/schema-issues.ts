import { closest } from "fastest-levenshtein";
import { type SchemaFault, validate } from "../../schema/validate-config.mjs";
import type { YamlMap, YamlNode } from "../manifest/yaml/node.ts";
import { quote } from "./read.ts";

/** Something that does not fit the schema. `path` is where: `/protected/0/to`. */
export type Misfit = { readonly path: string; readonly line: number; readonly message: string };

/** Every place where `root` does not fit schema/config.schema.json, in words and with its line; in order of lines. */
export function misfits(root: YamlMap): readonly Misfit[] {
  if (validate(toPlain(root))) return [];
  const found = new Map<string, Misfit>();
  for (const fault of validate.errors ?? []) {
    if (isBranch(fault)) continue;
    const misfit = misfitOf(fault, root);
    const known = found.get(`${misfit.path} ${misfit.message}`);
    if (known === undefined) found.set(`${misfit.path} ${misfit.message}`, misfit);
  }
  return [...found.values()].sort((a, b) => a.line - b.line);
}

/** Faults inside the branches of a choice say nothing that the choice itself does not. */
function isBranch({ schemaPath, keyword }: SchemaFault): boolean {
  return /\/(oneOf|anyOf|not)\//.test(schemaPath) || keyword === "propertyNames";
}

function toPlain(node: YamlNode): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "seq":
      return node.items.map(toPlain);
    case "map": {
      // Without a prototype no key of the file can mean anything but itself.
      const out: Record<string, unknown> = Object.create(null);
      for (const [key, { value }] of node.entries) out[key] = toPlain(value);
      return out;
    }
  }
}

function misfitOf(fault: SchemaFault, root: YamlMap): Misfit {
  const segments = segmentsOf(fault.instancePath);
  const { node, line } = nodeAt(root, segments);
  const expected = fault.parentSchema?.description ?? "something else";
  const at = { path: fault.instancePath, line };
  if (fault.propertyName !== undefined)
    return {
      ...at,
      line: keyLine(node, fault.propertyName),
      message: `key ${quote(fault.propertyName)} is not ${expected}`,
    };
  if (fault.keyword === "additionalProperties") {
    const key = String(fault.params.additionalProperty);
    return {
      ...at,
      line: keyLine(node, key),
      message: unknownKey(key, Object.keys(fault.parentSchema?.properties ?? {})),
    };
  }
  if (fault.keyword === "required") {
    const key = String(fault.params.missingProperty);
    return { ...at, message: `key ${quote(key)} is missing: this is ${expected}` };
  }
  return { ...at, message: `${nameOf(segments)} ${describe(node)}: expected ${expected}` };
}

/** The message about a key that no setting has. */
function unknownKey(key: string, known: readonly string[]): string {
  const nearest = known.length === 0 ? "" : `, the nearest known key is ${quote(closest(key, [...known]))}`;
  return `unknown key ${quote(key)}${nearest}`;
}

function segmentsOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function nameOf(segments: readonly string[]): string {
  const key = segments.findLast((segment) => !/^\d+$/.test(segment));
  if (key === undefined) return "the configuration";
  return segments.at(-1) === key ? quote(key) : `an entry of ${quote(key)}`;
}

function describe(node: YamlNode | undefined): string {
  switch (node?.kind) {
    case "scalar":
      return node.text === "" ? "is empty" : `is ${quote(node.text)}`;
    case "seq":
      return node.items.length === 0 ? "is an empty list" : "is a list";
    case "map": {
      const keys = [...node.entries.keys()];
      return keys.length === 0 ? "is an empty map" : `is a map with ${keys.slice(0, 6).map(quote).join(", ")}`;
    }
    case undefined:
      return "is not there";
  }
}

type Found = { readonly node: YamlNode | undefined; readonly line: number };

function nodeAt(root: YamlMap, segments: readonly string[]): Found {
  let node: YamlNode | undefined = root;
  let line = root.line;
  for (const segment of segments) {
    if (node?.kind === "map") {
      const entry: { readonly keyLine: number; readonly value: YamlNode } | undefined = node.entries.get(segment);
      line = entry?.keyLine ?? line;
      node = entry?.value;
    } else if (node?.kind === "seq") {
      node = node.items[Number(segment)];
      line = node?.line ?? line;
    }
  }
  return { node, line };
}

function keyLine(node: YamlNode | undefined, key: string): number {
  return node?.kind === "map" ? (node.entries.get(key)?.keyLine ?? node.line) : (node?.line ?? 0);
}
