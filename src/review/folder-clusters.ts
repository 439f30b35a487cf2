import { kindRow } from "../manifest/kinds.ts";
import type { Survey } from "./survey.ts";

/** Folders that look like a cluster each. */
export type FolderClusters = {
  /** Sorted; none where nothing is defined twice. */
  readonly folders: readonly string[];
  /** Everything that was read lies below one of them. */
  readonly complete: boolean;
};

/** Sibling folders whose plain files define the same workloads and policies: a cluster each, most likely. */
export function folderClusters(survey: Survey): FolderClusters {
  const files = new Map<string, Set<string>>();
  const all = new Set<string>();
  for (const { objects, deployed } of survey.clusters) {
    const raw = new Set(deployed.head.raw.map(({ entry }) => entry.path));
    for (const { ref, source } of objects) {
      all.add(source.file);
      if (!raw.has(source.file) || !decidesFlows(ref.group, ref.kind)) continue;
      const key = JSON.stringify([ref.group, ref.kind, ref.namespace, ref.name]);
      files.set(key, (files.get(key) ?? new Set()).add(source.file));
    }
  }
  const folders = new Set([...files.values()].flatMap((some) => [...parting([...some])]));
  const sorted = [...folders].sort();
  const isNested = sorted.some((folder) => sorted.some((other) => other.startsWith(`${folder}/`)));
  if (sorted.length < 2 || isNested) return { folders: [], complete: false };
  const complete = [...all].every((file) => sorted.some((folder) => file.startsWith(`${folder}/`)));
  return { folders: sorted, complete };
}

function decidesFlows(group: string, kind: string): boolean {
  const role = kindRow(group, kind)?.role;
  return role !== undefined && role !== "namespace" && role !== "foreign";
}

/** The folders in which the paths of one object first differ. */
function parting(files: readonly string[]): ReadonlySet<string> {
  const [first = [], ...rest] = files.map((file) => file.split("/").slice(0, -1));
  if (rest.length === 0) return new Set();
  let depth = 0;
  while (depth < first.length && rest.every((parts) => parts[depth] === first[depth])) depth++;
  const found = [first, ...rest].map((parts) => parts.slice(0, depth + 1));
  return found.every((parts) => parts.length === depth + 1)
    ? new Set(found.map((parts) => parts.join("/")))
    : new Set();
}
