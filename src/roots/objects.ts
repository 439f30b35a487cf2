import { type Issue, place } from "../errors.ts";
import { isPolicyKind } from "../manifest/kinds.ts";
import {
  isManifestPath,
  type Loaded,
  type LoadTreeOptions,
  loadTree,
  type ObjectCache,
} from "../manifest/load-tree.ts";
import type { ManifestObject } from "../manifest/object.ts";
import { readObjects } from "../manifest/objects.ts";
import type { Tree } from "../tree/tree.ts";
import type { DeployedSide } from "./deployed.ts";
import type { RawEntry } from "./plan-types.ts";
import type { RenderedDocument } from "./rendered-types.ts";

/** What one cluster runs in one tree, as objects. */
export type DeployedObjects = Loaded & {
  /** Where objects were rendered: by what they are called `origin`. */
  readonly rendered: ReadonlyMap<string, RenderedDocument>;
};

/** Reads the raw files of a cluster in `tree` and takes its rendered objects, each with the namespace that it is given. */
export function objectsOfSide(
  tree: Tree,
  side: DeployedSide,
  { cache, ...options }: Pick<LoadTreeOptions, "changed" | "limits"> & { readonly cache: ObjectCache },
): DeployedObjects {
  const objects: ManifestObject[] = [];
  const issues: Issue[] = [];
  const counts = { files: 0, documents: 0, skipped: 0 };
  for (const group of alike(side.raw)) {
    const listed = group
      .filter(({ entry, listed }) => listed || !isManifestPath(entry.path))
      .map(({ entry }) => entry.path);
    const given = group[0]?.namespace;
    const entries = group.map(({ entry }) => entry);
    const loaded = loadTree(tree, entries, cache, { ...options, listed: new Set(listed), namespaceOf: () => given });
    const isWanted = (object: ManifestObject): boolean => group[0]?.policiesOnly !== true || isPolicyKind(object.ref);
    objects.push(...loaded.objects.filter(isWanted));
    issues.push(...loaded.issues);
    for (const key of ["files", "documents", "skipped"] as const) counts[key] += loaded.counts[key];
  }
  const rendered = new Map<string, RenderedDocument>();
  for (const document of side.documents) {
    const read = readOnce(document, cache);
    for (const object of read.objects) rendered.set(object.origin, document);
    objects.push(...read.objects);
    const policies = read.objects.filter(({ ref }) => isPolicyKind(ref));
    issues.push(...read.issues, ...policies.flatMap((object) => overruled(object, document)));
  }
  return { objects, issues, counts: { ...counts, documents: counts.documents + side.rendered }, rendered };
}

/** The objects of a rendered document: the same ones on both sides where the document is the same. */
function readOnce(document: RenderedDocument, cache: ObjectCache): ReturnType<typeof readObjects> {
  const { namespace } = document;
  const key = `rendered\n${document.origin}\n${namespace?.name ?? ""}${namespace?.forced === true ? "!" : ""}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const read = readObjects([document.node], source(document));
  cache.set(key, { ...read, documents: 1, skipped: 0 });
  return read;
}

/** Files that are read in the same way, together. */
function alike(raw: readonly RawEntry[]): readonly (readonly RawEntry[])[] {
  const groups = new Map<string, RawEntry[]>();
  for (const one of raw) {
    const key = JSON.stringify([one.namespace, one.policiesOnly]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function source(document: RenderedDocument): Parameters<typeof readObjects>[1] {
  const { source: at, origin, namespace } = document;
  return { file: at.file, blob: origin, ...(namespace === undefined ? {} : { defaultNamespace: namespace }) };
}

/** A policy that was written for one namespace and is applied in another. */
function overruled({ ref }: ManifestObject, document: RenderedDocument): Issue[] {
  const [by] = document.transformedBy;
  if (document.overruled === undefined || by === undefined || ref.namespace === "") return [];
  const name = `${ref.kind} ${ref.namespace}/${ref.name}`;
  const message = `\`${name}\` is written for the namespace \`${document.overruled}\`, and \`${place(by)}\` overrules it`;
  return [
    { code: "SUSPECT", severity: "warning", at: document.source, message, subject: name, content: document.origin },
  ];
}
