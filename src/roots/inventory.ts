import type { Issue } from "../errors.ts";
import { DELIVERY_GROUPS } from "../manifest/kinds.ts";
import type { Preloader } from "../manifest/load-tree.ts";
import { isManifestName } from "../tree/path.ts";
import type { Tree, TreeEntry } from "../tree/tree.ts";
import { type Chart, readChart } from "./chart.ts";
import { KUSTOMIZATION_NAMES, type Kustomization, readKustomization } from "./kustomization.ts";
import type { PathMatch } from "./match.ts";
import { ancestors, folderOf, nameOf } from "./paths.ts";

/** What one tree holds that says what is deployed from it. */
export type Inventory = {
  readonly tree: Tree;
  readonly entries: ReadonlyMap<string, TreeEntry>;
  /** Direct children of each folder; the top is the empty path. */
  readonly folders: ReadonlyMap<string, FolderListing>;
  /** By folder. */
  readonly kustomizations: ReadonlyMap<string, Kustomization>;
  readonly charts: ReadonlyMap<string, Chart>;
  /** Texts of files that hold objects of Flux, Argo CD and the like. */
  readonly deliveryTexts: ReadonlyMap<string, string>;
  /** Files that look as if they held Kubernetes objects. */
  readonly looksLikeManifest: (entry: TreeEntry) => boolean;
  /** What the listing could not take: links that leave the tree, submodules. */
  readonly faults: ReadonlyMap<string, Issue>;
  readonly text: (path: string) => string | undefined;
};

type FolderListing = { readonly files: TreeEntry[]; readonly folders: Set<string> };

/** What both sides of a review share, so that each blob is looked at, and each file parsed, once. */
export type Memo = {
  readonly looks: Map<string, { readonly manifest: boolean; readonly delivery: string | undefined }>;
  /** By path and blob. */
  readonly kustomizations: Map<string, Kustomization | undefined>;
  /** Hears of each file that is looked at and that no kustomization or chart of its tree can take. */
  readonly plain: Preloader;
};

const NOBODY: Preloader = { isQuiet: () => false, take: () => {} };

/** A memo that knows nothing yet. */
export function newMemo(plain = NOBODY): Memo {
  return { looks: new Map(), kustomizations: new Map(), plain };
}

/** Reads what a tree says about its own deployment. Nothing that `excluded` names counts, but others may refer to it. */
export function survey(tree: Tree, excluded: PathMatch, memo: Memo): Inventory {
  const entries = new Map(tree.entries.map((entry) => [entry.path, entry]));
  const files = tree.entries.filter((entry) => entry.kind !== "submodule" && !isIgnored(entry.path));
  const { looks } = memo;
  const sources = files.filter((entry) => SOURCES.has(nameOf(entry.path)));
  const isPlain = plainFiles(sources, excluded);
  look(tree, files, looks, {
    isQuiet: (entry, bytes) => isPlain(entry.path) && memo.plain.isQuiet(entry, bytes),
    take: (entry, bytes) => {
      if (isPlain(entry.path)) memo.plain.take(entry, bytes);
    },
  });
  const text = reader(tree, entries, sources);
  const deliveryTexts = new Map<string, string>();
  let folders: Inventory["folders"] | undefined;
  for (const entry of files) {
    const found = looks.get(entry.blob)?.delivery;
    if (found !== undefined && !excluded(entry.path) && entry.kind === "file" && isManifestName(entry.path))
      deliveryTexts.set(entry.path, found);
  }
  return {
    tree,
    entries,
    get folders() {
      folders ??= foldersOf(tree.entries);
      return folders;
    },
    kustomizations: kustomizations(sources, text, memo),
    charts: charts(sources, text),
    deliveryTexts,
    looksLikeManifest: (entry) => looks.get(entry.blob)?.manifest ?? false,
    faults: new Map(tree.issues.flatMap((issue) => (issue.at === undefined ? [] : [[issue.at.file, issue]]))),
    text,
  };
}

/** Files below `folder`, with the folders in it. */
export function filesBelow(inventory: Inventory, folder: string): TreeEntry[] {
  const listing = inventory.folders.get(folder);
  if (listing === undefined) return [];
  const found = [...listing.files];
  for (const inner of listing.folders) found.push(...filesBelow(inventory, inner));
  return found;
}

/** Workflows and git's own files are no manifests. */
export function isIgnored(path: string): boolean {
  return path.startsWith(".github/") || path.startsWith(".git/");
}

/** Templates of manifests under names that are no manifests'. */
const TEMPLATE_NAME = /\.(?:ya?ml|json)\.[a-z0-9]+$|\.(?:tmpl|gotmpl|j2|jinja2?)$/i;

/** True of paths that are not excluded, with no kustomization or chart in a folder above them. */
function plainFiles(sources: readonly TreeEntry[], excluded: PathMatch): (path: string) => boolean {
  const taken = new Set(sources.map(({ path }) => folderOf(path)));
  return (path) =>
    !excluded(path) && (taken.size === 0 || ![...ancestors(folderOf(path))].some((each) => taken.has(each)));
}

function look(tree: Tree, entries: readonly TreeEntry[], looks: Memo["looks"], plain: Preloader): void {
  const fresh = new Map<string, TreeEntry>();
  for (const entry of entries) {
    if (looks.has(entry.blob) || fresh.has(entry.blob)) continue;
    if (isManifestName(entry.path) || TEMPLATE_NAME.test(entry.path)) fresh.set(entry.blob, entry);
  }
  tree.read([...fresh.values()], (entry, bytes) => {
    if (!(bytes instanceof Uint8Array)) return;
    if (plain.isQuiet(entry, bytes)) {
      looks.set(entry.blob, QUIET);
      return;
    }
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const manifest = hasKey(buffer, "apiVersion") && hasKey(buffer, "kind");
    const delivery = manifest && isMarked(buffer) ? buffer.toString("utf8") : undefined;
    looks.set(entry.blob, { manifest, delivery });
    if (manifest) plain.take(entry, bytes);
  });
}

/** A file that is known to hold nothing but usual objects. */
const QUIET = { manifest: true, delivery: undefined };

/**
 * One search for a key that few lines have, instead of one for each mark in all the bytes. Where the text behind a key is
 * no plain value, or anything is escaped, every mark is looked for.
 */
function isMarked(buffer: Buffer): boolean {
  const anywhere = (): boolean => DELIVERY_GROUPS.some((mark) => buffer.includes(mark));
  if (buffer.includes(BACKSLASH)) return anywhere();
  for (let at = buffer.indexOf(KEY); at >= 0; at = buffer.indexOf(KEY, at + KEY.length)) {
    const behind = buffer.toString("latin1", at + KEY.length, at + KEY.length + VALUE_BYTES);
    if (!PLAIN_VALUE.test(behind)) return anywhere();
    if (behind.includes(".") && DELIVERY_GROUPS.some((mark) => behind.includes(mark))) return true;
  }
  return false;
}

const KEY = "apiVersion";
const BACKSLASH = 0x5c;
const VALUE_BYTES = 100;
/** A group of the length that marks have, and a version, on the line of the key. */
const PLAIN_VALUE =
  /^["']?[ \t]*:[ \t]*["']?[A-Za-z0-9][A-Za-z0-9.-]{0,60}(?:\/[A-Za-z0-9]{1,30})?["']?[ \t]*[\r\n,}#]/;

function hasKey(buffer: Buffer, key: string): boolean {
  return (
    buffer.includes(`\n${key}:`) ||
    buffer.includes(`"${key}"`) ||
    buffer
      .subarray(0, key.length + 4)
      .toString("latin1")
      .includes(`${key}:`)
  );
}

/** Files that every survey reads, all at once. */
const SOURCES: ReadonlySet<string> = new Set([...KUSTOMIZATION_NAMES, "Chart.yaml", "requirements.yaml"]);

function reader(
  tree: Tree,
  entries: ReadonlyMap<string, TreeEntry>,
  first: readonly TreeEntry[],
): (path: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  const load = (wanted: readonly TreeEntry[]): void =>
    tree.read(wanted, (entry, bytes) => {
      const text = bytes instanceof Uint8Array ? Buffer.from(bytes).toString("utf8") : undefined;
      known.set(entry.path, text?.replace(/^\ufeff/, ""));
    });
  load(first);
  return (path) => {
    const entry = entries.get(path);
    if (!known.has(path) && entry !== undefined && entry.kind !== "submodule") load([entry]);
    return known.get(path);
  };
}

function foldersOf(entries: readonly TreeEntry[]): Map<string, FolderListing> {
  const folders = new Map<string, FolderListing>([["", { files: [], folders: new Set() }]]);
  const open = (folder: string): FolderListing => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const made = { files: [], folders: new Set<string>() };
    folders.set(folder, made);
    open(folderOf(folder)).folders.add(folder);
    return made;
  };
  for (const entry of entries) open(folderOf(entry.path)).files.push(entry);
  return folders;
}

function kustomizations(
  entries: readonly TreeEntry[],
  text: Inventory["text"],
  memo: Memo,
): Map<string, Kustomization> {
  const found = new Map<string, Kustomization>();
  for (const entry of entries) {
    if (!KUSTOMIZATION_NAMES.includes(nameOf(entry.path)) || found.has(folderOf(entry.path))) continue;
    const key = `${entry.path}\n${entry.blob}`;
    const content = memo.kustomizations.has(key) ? undefined : text(entry.path);
    if (content !== undefined) memo.kustomizations.set(key, readKustomization(entry.path, content));
    const kustomization = memo.kustomizations.has(key) ? memo.kustomizations.get(key) : unreadable(entry.path);
    if (kustomization !== undefined) found.set(kustomization.folder, kustomization);
  }
  return found;
}

function unreadable(file: string): Kustomization {
  const faults = [{ text: "cannot be read", line: 0 }];
  const nothing = { references: [], charts: [], namespace: undefined, node: undefined };
  return { file, folder: folderOf(file), isComponent: false, ...nothing, faults };
}

function charts(entries: readonly TreeEntry[], text: Inventory["text"]): Map<string, Chart> {
  const found = new Map<string, Chart>();
  for (const entry of entries) {
    if (nameOf(entry.path) !== "Chart.yaml") continue;
    const folder = folderOf(entry.path);
    const requirements = text(folder === "" ? "requirements.yaml" : `${folder}/requirements.yaml`);
    found.set(folder, readChart(entry.path, text(entry.path) ?? "", requirements));
  }
  return found;
}
