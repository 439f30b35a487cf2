import { compose } from "../../../src/manifest/yaml/compose.ts";
import { DEFAULT_LIMITS } from "../../../src/manifest/yaml/limits.ts";
import type { YamlEntry, YamlNode } from "../../../src/manifest/yaml/node.ts";
import { readQuick } from "../../../src/manifest/yaml/quick.ts";
import { type Span, scanDocuments } from "../../../src/manifest/yaml/scan.ts";
import { type Source, sourceOf } from "../../../src/manifest/yaml/source.ts";
import { utf8 } from "../../../src/manifest/yaml/text.ts";
import { isWanted, type Wanted, wantedPaths } from "../../../src/manifest/yaml/wanted.ts";

/** What a comparison of both readers saw. */
export type Comparison = {
  readonly documents: number;
  /** Documents that the quick reader took. */
  readonly quick: number;
  readonly disagreements: readonly string[];
};

/** Everything, next to nothing, and what decoders want of workloads. */
const WANTED: ReadonlyMap<string, Wanted> = new Map([
  ["all", "all"],
  ["head", wantedPaths("kind", "apiVersion")],
  [
    "workload",
    wantedPaths(
      ...["kind", "apiVersion", "metadata.name", "metadata.labels.*", "metadata.annotations.*", "spec.replicas"],
      ...["spec.template.metadata.labels.*", "spec.template.spec.hostNetwork", "spec.template.spec.containers.ports.*"],
      ...["spec.selector.*", "spec.ports.*", "spec.ingress.*", "items.metadata.*"],
    ),
  ],
]);

/** Reads each document of `bytes` with both readers; JSON and binary files have nothing to compare. */
export function compare(bytes: Buffer): Comparison {
  const buffer = utf8(bytes);
  const source = typeof buffer === "string" || buffer.length === 0 ? undefined : sourceOf(buffer);
  const spans = source === undefined ? [] : scanDocuments(source).filter(({ json }) => !json);
  const disagreements: string[] = [];
  let quick = 0;
  for (const span of source === undefined ? [] : spans) {
    const exact = source === undefined ? undefined : lazily(() => exactly(source, span));
    if (source === undefined || exact === undefined) continue;
    for (const [name, wanted] of WANTED) {
      const node = readQuick(source, span, wanted);
      if (node === undefined) continue;
      if (name === "all") quick++;
      const fault = faultOf(node, exact(), wanted);
      if (fault !== undefined) disagreements.push(`${name}: ${fault}: ${textOf(source, span)}`);
    }
    if (!isTrue(span, exact)) disagreements.push(`kind ${span.kind} ${span.apiVersion}: ${textOf(source, span)}`);
  }
  return { documents: spans.length, quick, disagreements };
}

type Exact = ReturnType<typeof compose>;

function textOf({ bytes }: Source, { start, end }: Span): string {
  return JSON.stringify(bytes.toString("utf8", start, end));
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function exactly({ bytes }: Source, { start, end, line, badSeparator }: Span): Exact {
  if (badSeparator > 0) return { code: "YAML_SYNTAX", line: badSeparator, message: "text behind a separator" };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start, end));
    return compose(text, { firstLine: line, limits: DEFAULT_LIMITS });
  } catch {
    return { code: "ENCODING", line, message: "not UTF-8" };
  }
}

function faultOf(quick: YamlNode, exact: Exact, wanted: Wanted): string | undefined {
  if ("code" in exact) return `read, although ${exact.message}`;
  if (exact.node === undefined) return "read, although there is nothing";
  if (exact.unreadFrom > 0) return "read, although the document ends earlier";
  if (exact.duplicates.some(({ path }) => isWanted(path, wanted))) return "a key that is given twice passed unseen";
  const want = JSON.stringify(listed(pruned(exact.node, wanted)));
  const got = JSON.stringify(listed(quick));
  return want === got ? undefined : `${got} instead of ${want}`;
}

/** The claims of the byte scan hold for what the exact reader finds, if it finds anything. */
function isTrue({ kind, apiVersion }: Span, exact: () => Exact): boolean {
  if (kind === undefined) return true;
  const found = exact();
  if ("code" in found) return true;
  return (
    textAt(found.node, "kind") === kind &&
    (apiVersion ?? textAt(found.node, "apiVersion")) === textAt(found.node, "apiVersion")
  );
}

function textAt(node: YamlNode | undefined, key: string): string {
  const value = node?.kind === "map" ? node.entries.get(key)?.value : undefined;
  return value === undefined ? "" : value.kind === "scalar" ? value.text : "no text";
}

function pruned(node: YamlNode, wanted: Wanted): YamlNode {
  if (wanted === "all" || node.kind === "scalar") return node;
  if (node.kind === "seq") return { ...node, items: node.items.map((item) => pruned(item, wanted)) };
  const entries = new Map<string, YamlEntry>();
  for (const [key, { keyLine, value }] of node.entries) {
    const below = wanted.get(key);
    if (below !== undefined) entries.set(key, { keyLine, value: pruned(value, below) });
  }
  return { ...node, entries };
}

/** Everything that a node says, in an order. */
function listed(node: YamlNode): unknown {
  switch (node.kind) {
    case "scalar":
      return [node.line, Object.is(node.value, -0) ? "-0" : node.value, typeof node.value, node.text];
    case "seq":
      return [node.line, "seq", node.items.map(listed)];
    case "map":
      return [node.line, "map", [...node.entries].map(([key, { keyLine, value }]) => [key, keyLine, listed(value)])];
  }
}
