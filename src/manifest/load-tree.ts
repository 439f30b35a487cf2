import type { Issue } from "../errors.ts";
import type { Counts } from "../model/cluster.ts";
import type { ManifestObject } from "./object.ts";
import { readObjects } from "./objects.ts";
import { type QuietFile, QuietReader } from "./quiet/file.ts";
import { NEED, NEED_WHEN_CHANGED } from "./read-need.ts";
import { settle } from "./settle.ts";
import type { Limits } from "./yaml/limits.ts";
import { loadFile } from "./yaml/load.ts";

/** One path of a tree, as far as reading it needs. */
export type LoadEntry = {
  readonly path: string;
  readonly blob: string;
  readonly kind: "file" | "symlink" | "submodule";
};

/** Something that holds files: `Tree` of `tree/`, or anything that reads alike. */
export type Readable<Entry extends LoadEntry> = {
  readonly read: (entries: readonly Entry[], visit: (entry: Entry, bytes: Uint8Array | Issue) => void) => void;
};

/** What was read of the manifests of one tree, in path order. */
export type Loaded = {
  readonly objects: readonly ManifestObject[];
  readonly issues: readonly Issue[];
  readonly counts: Pick<Counts, "files" | "documents" | "skipped">;
};

export type LoadTreeOptions = {
  /** Paths that differ between the sides: read whole, with every place. The same set for base and head. */
  readonly changed: ReadonlySet<string>;
  /** Paths that the configuration names: read whatever their name, and their faults always matter. */
  readonly listed?: ReadonlySet<string>;
  readonly limits?: Limits;
  /** Namespace for the objects of a path that name none. */
  readonly namespaceOf?: (path: string) => ManifestObject["defaultNamespace"];
};

/** What files held, by path and content: shared by the sides of a review, so that equal files are read once. */
export type ObjectCache = Map<string, FileObjects>;

type FileObjects = {
  readonly objects: readonly ManifestObject[];
  readonly issues: readonly Issue[];
  readonly documents: number;
  readonly skipped: number;
};

const MANIFEST = /\.(ya?ml|json)$/i;

/** True of a path that is read as a manifest without being named: YAML and JSON, but not below `.git` or `.github`. */
export function isManifestPath(path: string): boolean {
  if (!MANIFEST.test(path)) return false;
  return !path.includes(".git") || !path.split("/").some((part) => part === ".git" || part === ".github");
}

/**
 * The objects of the manifests among `entries` of a tree. Only files that `cache` does not know are read; files with
 * the same path and content give the same objects on both sides.
 */
export function loadTree<Entry extends LoadEntry>(
  tree: Readable<Entry>,
  entries: readonly Entry[],
  cache: ObjectCache,
  options: LoadTreeOptions,
): Loaded {
  const wanted = entries.filter(
    ({ path, kind }) => kind !== "submodule" && (isManifestPath(path) || options.listed?.has(path) === true),
  );
  const unread: Issue[] = [];
  const missing = wanted.filter((entry) => !cache.has(cacheKey(entry, options)));
  tree.read(missing, (entry, bytes) => {
    if (bytes instanceof Uint8Array) cache.set(cacheKey(entry, options), readFile(entry, bytes, options));
    else unread.push(bytes);
  });
  return collect(wanted, { cache, options, unread });
}

/** Takes files that somebody else has read anyway; `bytes` are valid only during the call. */
export type Preloader = {
  /** True of a file that is known to be in order, of which nothing more is read unless somebody needs it. */
  readonly isQuiet: (entry: LoadEntry, bytes: Uint8Array) => boolean;
  readonly take: (entry: LoadEntry, bytes: Uint8Array) => void;
};

/**
 * Spares `loadTree` with the same options the reading of files that it takes; for a tree whose files are given no
 * namespace and are not listed. `quiet` receives the files that are quiet, by path.
 */
export function preloader(
  cache: ObjectCache,
  options: Pick<LoadTreeOptions, "changed" | "limits"> & { readonly quiet: Map<string, QuietFile> },
): Preloader {
  const { quiet, changed } = options;
  const reader = new QuietReader();
  return {
    isQuiet: ({ path, kind }, bytes) => {
      if (kind !== "file" || changed.has(path) || !isManifestPath(path)) return false;
      const file = reader.read(bytes);
      if (file !== undefined) quiet.set(path, file);
      return file !== undefined;
    },
    take: (entry, bytes) => {
      if (entry.kind !== "file" || !isManifestPath(entry.path)) return;
      const key = cacheKey(entry, options);
      if (!cache.has(key)) cache.set(key, readFile(entry, bytes, options));
    },
  };
}

function collect(
  wanted: readonly LoadEntry[],
  from: { readonly cache: ObjectCache; readonly options: LoadTreeOptions; readonly unread: readonly Issue[] },
): Loaded {
  const objects: ManifestObject[] = [];
  const issues: Issue[] = [...from.unread];
  const counts = { files: 0, documents: 0, skipped: 0 };
  for (const entry of wanted) {
    const file = from.cache.get(cacheKey(entry, from.options));
    if (file === undefined) continue;
    for (const object of file.objects) objects.push(object);
    for (const issue of file.issues) issues.push(issue);
    counts.files++;
    counts.documents += file.documents;
    counts.skipped += file.skipped;
  }
  return { objects, issues, counts };
}

function readFile(entry: LoadEntry, bytes: Uint8Array, options: LoadTreeOptions): FileObjects {
  const { path, blob } = entry;
  const exact = options.changed.has(path);
  const need = exact ? NEED_WHEN_CHANGED : NEED;
  const limits = options.limits === undefined ? {} : { limits: options.limits };
  const reached = options.listed?.has(path) === true;
  const file = loadFile(bytes, path, { ...need, exact, reached, ...limits });
  const given = options.namespaceOf?.(path);
  const source = { file: path, blob, ...(given === undefined ? {} : { defaultNamespace: given }) };
  const read = readObjects(
    file.documents.map(({ node }) => node),
    source,
  );
  return {
    objects: read.objects.map(settle),
    issues: [...file.issues, ...read.issues],
    documents: file.documents.length + file.skipped,
    skipped: file.skipped,
  };
}

function cacheKey({ path, blob }: LoadEntry, options: LoadTreeOptions): string {
  const how = `${options.changed.has(path) ? "whole" : "part"}${options.listed?.has(path) === true ? " listed" : ""}`;
  const given = options.namespaceOf?.(path);
  const namespace = given === undefined ? "" : `${given.name}${given.forced ? "!" : ""}`;
  return `${path}\n${blob}\n${how}\n${namespace}`;
}
