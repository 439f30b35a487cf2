import type { Issue } from "../errors.ts";
import type { ContentChange } from "../gate/issue-pairs.ts";
import type { Tree, TreeEntry } from "../tree/tree.ts";

type Trees = { readonly base: Tree; readonly head: Tree };

/** What became of the file that an issue is about; `same` where it is about no file of the trees. */
export function contentChanges({ base, head }: Trees): (issue: Issue) => ContentChange {
  let blobs: { readonly base: ReadonlyMap<string, string>; readonly head: ReadonlyMap<string, string> } | undefined;
  const index = (tree: Tree) => new Map(tree.entries.map((entry) => [entry.path, entry.blob]));
  return ({ at }) => {
    if (at === undefined || base === head) return "same";
    blobs ??= { base: index(base), head: index(head) };
    const before = blobs.base.get(at.file);
    const after = blobs.head.get(at.file);
    if (before === after) return "same";
    if (before === undefined) return "added";
    return after === undefined ? "removed" : "changed";
  };
}

/** Content by its id, kept while it is read for something else. */
export type Kept = ReadonlyMap<string, Uint8Array>;

/** Text of one file of a tree, as UTF-8; empty where it is not there or cannot be read. */
export function fileTexts(trees: Trees, kept: Kept = new Map()): (file: string, side: "base" | "head") => string {
  const known = new Map<string, string>();
  return (file, side) => {
    const key = `${side}:${file}`;
    const text = known.get(key) ?? readText(trees[side], file, kept);
    known.set(key, text);
    return text;
  };
}

function readText(tree: Tree, file: string, kept: Kept): string {
  const entry = tree.entries.find(({ path }) => path === file);
  if (entry === undefined) return "";
  return Buffer.from(kept.get(entry.blob) ?? bytesOf(tree, entry) ?? []).toString("utf8");
}

/** Keeps what is read of the files at `changed`, which an excerpt is likely to ask for, up to some megabytes of it. */
export function keeper(changed: ReadonlySet<string>): {
  readonly kept: Kept;
  readonly keep: (entry: Pick<TreeEntry, "path" | "blob">, bytes: Uint8Array) => void;
} {
  const kept = new Map<string, Uint8Array>();
  let left = MOST_KEPT;
  const keep = ({ path, blob }: Pick<TreeEntry, "path" | "blob">, bytes: Uint8Array) => {
    if (!changed.has(path) || bytes.length > left) return;
    kept.set(blob, Uint8Array.from(bytes));
    left -= bytes.length;
  };
  return { kept, keep };
}

/** The tree, which is not asked again for files that are all kept. */
export function withKept(tree: Tree, kept: Kept): Tree {
  const read: Tree["read"] = (entries, visit) => {
    if (entries.some(({ blob }) => !kept.has(blob))) tree.read(entries, visit);
    else for (const entry of entries) visit(entry, kept.get(entry.blob) ?? new Uint8Array());
  };
  return { ...tree, read };
}

const MOST_KEPT = 4 * 1024 * 1024;

/** Bytes of one file, or `undefined` where it cannot be read. */
export function bytesOf(tree: Tree, entry: TreeEntry): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  tree.read([entry], (_, bytes) => {
    if (bytes instanceof Uint8Array) found = Uint8Array.from(bytes);
  });
  return found;
}
