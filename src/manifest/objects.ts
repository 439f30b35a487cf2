import type { Issue } from "../errors.ts";
import { type Document, kindLine, readDocument } from "./document.ts";
import { needed, splitApiVersion } from "./kinds.ts";
import type { ManifestObject } from "./object.ts";
import { expandTemplate } from "./openshift-template.ts";
import type { YamlMap, YamlNode } from "./yaml/node.ts";

/** The objects of some documents, in order, and what could not be taken as one. */
export type ReadObjects = { readonly objects: readonly ManifestObject[]; readonly issues: readonly Issue[] };

/** Where documents come from. */
export type DocumentSource = {
  readonly file: string;
  /** Names the content of the file: equal where the file is. */
  readonly blob: string;
  readonly defaultNamespace?: ManifestObject["defaultNamespace"];
};

type Type = { readonly kind: string; readonly apiVersion: string };

/** Lists in lists, and templates in lists, as deep as anybody could mean. */
const DEEPEST = 20;

/**
 * The objects that `documents` describe: lists and OpenShift templates unwrapped, kinds that do not matter left out.
 * Manifests inside other objects are data, not objects.
 */
export function readObjects(documents: readonly YamlNode[], source: DocumentSource): ReadObjects {
  const out: { objects: ManifestObject[]; issues: Issue[] } = { objects: [], issues: [] };
  for (const [i, node] of documents.entries()) {
    if (node.kind !== "map") continue;
    const document: Document = {
      node,
      file: source.file,
      origin: `${source.file}@${source.blob}#${i}`,
      defaultNamespace: source.defaultNamespace,
    };
    unwrap(document, 0, out);
  }
  return out;
}

function unwrap(document: Document, depth: number, out: { objects: ManifestObject[]; issues: Issue[] }): void {
  const kind = textOf(document.node, "kind");
  const apiVersion = textOf(document.node, "apiVersion");
  if (depth > DEEPEST) {
    out.issues.push(tooDeep(document));
    return;
  }
  if (document.node.entries.has("items")) {
    unwrapItems(document, { kind, apiVersion }, { depth, out });
    return;
  }
  if (kind === "Template" && ["", "template.openshift.io"].includes(splitApiVersion(apiVersion).group)) {
    const expanded = expandTemplate(document.node, { file: document.file, line: kindLine(document.node) });
    out.issues.push(...expanded.issues);
    eachMap(expanded.objects, document, (item) => unwrap(item, depth + 1, out));
    return;
  }
  const { object, issues } = readDocument(document);
  out.issues.push(...issues);
  if (object !== undefined) out.objects.push(object);
}

/**
 * Whatever has `items` is a list to `kubectl`, of whatever kind it says that it is; items of a typed list need no type of
 * their own. Source: kubernetes/apimachinery pkg/apis/meta/v1/unstructured/helpers.go, decode and decodeToList.
 */
function unwrapItems(
  document: Document,
  { kind, apiVersion }: Type,
  into: { readonly depth: number; readonly out: { objects: ManifestObject[]; issues: Issue[] } },
): void {
  const items = document.node.entries.get("items")?.value;
  const isNull = items?.kind === "scalar" && items.value === null;
  if (!kind.endsWith("List") || (items?.kind !== "seq" && !isNull))
    into.out.issues.push(...oddList(document, { kind, apiVersion }));
  if (items?.kind !== "seq") return;
  const list = { kind: kind.endsWith("List") ? kind.slice(0, -"List".length) : kind, apiVersion };
  eachMap(items.items, document, (item) => {
    const untyped = textOf(item.node, "kind") === "" && textOf(item.node, "apiVersion") === "";
    const typed = untyped && list.kind !== "" ? { ...item, node: withType(item.node, list) } : item;
    unwrap(typed, into.depth + 1, into.out);
  });
}

function eachMap(nodes: readonly YamlNode[], parent: Document, visit: (item: Document) => void): void {
  for (const [i, node] of nodes.entries()) {
    if (node.kind === "map") visit({ ...parent, node, origin: `${parent.origin}.${i}` });
  }
}

function withType(node: YamlMap, type: Type): YamlMap {
  const entry = (text: string) => ({
    keyLine: node.line,
    value: { kind: "scalar" as const, line: node.line, value: text, text },
  });
  const entries = new Map(node.entries).set("kind", entry(type.kind)).set("apiVersion", entry(type.apiVersion));
  return { ...node, entries };
}

function textOf(node: YamlMap, name: string): string {
  const value = node.entries.get(name)?.value;
  return value?.kind === "scalar" && typeof value.value === "string" ? value.value : "";
}

/** What is to be said of a list that does not look like one, or that `kubectl` refuses. */
function oddList({ node, file, origin }: Document, { kind, apiVersion }: Type): readonly Issue[] {
  const entry = node.entries.get("items");
  if (entry === undefined || !(holdsObjects(entry.value) || (kind !== "" && needed(kind, apiVersion)))) return [];
  const at = { file, line: entry.keyLine };
  const name = kind === "" ? "a document without a kind" : `\`${kind}\``;
  const { value } = entry;
  if (value.kind !== "seq" && !(value.kind === "scalar" && value.value === null)) {
    const message = `\`items\` of ${name} is no list: \`kubectl\` refuses the document`;
    return [{ code: "REJECTED", severity: "error", at, message, subject: file, hides: true, content: origin }];
  }
  const message = `${name} has \`items\`: \`kubectl\` applies what they hold, and not the object itself`;
  return [{ code: "SUSPECT", severity: "warning", at, message, subject: file }];
}

function holdsObjects(value: YamlNode): boolean {
  return value.kind === "seq" && value.items.some((item) => item.kind === "map" && textOf(item, "kind") !== "");
}

function tooDeep(document: Document): Issue {
  return {
    code: "LIMIT",
    severity: "error",
    at: { file: document.file, line: kindLine(document.node) },
    message: `lists are nested more than ${DEEPEST} deep: what is inside is not read`,
    hides: true,
    content: document.origin,
  };
}
