import { createHash } from "node:crypto";
import type { SourceRef } from "../errors.ts";
import { neededWhenChanged } from "../manifest/kinds.ts";
import type { YamlMap, YamlNode } from "../manifest/yaml/node.ts";
import type { RenderRequest } from "../tree/render-request.ts";
import type { Tree } from "../tree/tree.ts";
import { objectsOf } from "./delivery.ts";
import { textAt } from "./fields.ts";
import { helmOrigin } from "./helm-origin.ts";
import { kustomizeOrigin, ORIGIN_KEYS, originPaths } from "./kustomize-origin.ts";
import type { RootSide } from "./plan-types.ts";
import type { Origin, RenderedDocument } from "./rendered-types.ts";
import { type SourceObjects, sourceObjects } from "./source-objects.ts";
import { helmSource, type StreamPart, splitStream } from "./stream.ts";
import { isLeftAlone, substitute } from "./substitute.ts";

/**
 * The objects of what a tool wrote for a root that could matter to an answer, each with its place in the files of
 * `tree`, and how many there were in all.
 */
export function documentsOf(
  text: string,
  side: RootSide,
  tree: Tree,
): { documents: RenderedDocument[]; total: number } {
  const all = splitStream(text);
  const { request } = side;
  if (request === undefined) return { documents: [], total: 0 };
  return { documents: neededOf(all.filter(isNeeded), { request, side, tree }), total: all.length };
}

/** Both tools write `kind` and `apiVersion` at the beginning of a line; what does not is read, whatever it is, and so are lists. */
function isNeeded({ text }: StreamPart): boolean {
  const kind = /^kind: (\w+)$/m.exec(text)?.[1] ?? "";
  const apiVersion = /^apiVersion: ([\w./-]+)$/m.exec(text)?.[1] ?? "";
  return kind === "" || /^["']?items\b/m.test(text) || neededWhenChanged(kind, apiVersion);
}

function neededOf(
  parts: readonly StreamPart[],
  { request, side, tree }: { readonly request: RenderRequest; readonly side: RootSide; readonly tree: Tree },
): RenderedDocument[] {
  const sources = sourceObjects(tree, request.files, wantedFiles(parts, request));
  return parts.flatMap((part) => {
    const final = substituted(part, side);
    const before = objectsOf(part.text);
    const after = final === part.text ? before : objectsOf(final);
    return after.map((object, index) => {
      const origin = originOf(object, { part, request, sources, unsubstituted: before[index] ?? object });
      const node = withoutOrigin(origin.node);
      return {
        ...origin,
        node,
        text: final,
        namespace: side.namespace,
        origin: identity(final, origin.source, sources),
      };
    });
  });
}

function wantedFiles(parts: readonly StreamPart[], request: RenderRequest): ReadonlySet<string> {
  if (request.tool === "helm") {
    const templates = new Set(
      parts.flatMap((part) => helmSource(part) ?? []).map((path) => path.slice(path.indexOf("/") + 1)),
    );
    const isTemplate = (path: string): boolean => [...templates].some((template) => path.endsWith(template));
    return new Set(request.files.map((file) => file.path).filter(isTemplate));
  }
  return new Set(parts.flatMap((part) => originPaths(part.text)));
}

function substituted(part: StreamPart, side: RootSide): string {
  const variables = side.delivery?.substitute;
  return variables === undefined || isLeftAlone(part.text) ? part.text : substitute(part.text, variables);
}

function originOf(
  object: YamlMap,
  from: { part: StreamPart; request: RenderRequest; sources: SourceObjects; unsubstituted: YamlMap },
): Origin {
  return from.request.tool === "helm"
    ? helmOrigin(object, { part: from.part, request: from.request, sources: from.sources })
    : kustomizeOrigin(object, { unsubstituted: from.unsubstituted, request: from.request, sources: from.sources });
}

/** The object without the annotations that we asked kustomize for. */
function withoutOrigin(object: YamlMap): YamlMap {
  const metadata = object.entries.get("metadata");
  if (metadata?.value.kind !== "map") return object;
  const annotations = metadata.value.entries.get("annotations");
  if (annotations?.value.kind !== "map" || !ORIGIN_KEYS.some((key) => textAt(annotations.value, key) !== undefined))
    return object;
  const kept = new Map([...annotations.value.entries].filter(([key]) => !ORIGIN_KEYS.includes(key)));
  const inner = new Map(metadata.value.entries);
  if (kept.size === 0) inner.delete("annotations");
  else inner.set("annotations", { ...annotations, value: { ...annotations.value, entries: kept } });
  const value: YamlNode = { ...metadata.value, entries: inner };
  return { ...object, entries: new Map([...object.entries, ["metadata", { ...metadata, value }]]) };
}

function identity(text: string, source: SourceRef, sources: SourceObjects): string {
  const hash = createHash("sha256").update(`${source.file}:${source.line}\0${text}\0`);
  return hash.update(sources.text(source.file) ?? "").digest("hex");
}
