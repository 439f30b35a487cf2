import type { Issue } from "../errors.ts";

/** One path of a tree. `path` is relative to the tree's root, with `/` between components. */
export type TreeEntry = {
  readonly path: string;
  /** Names the content: equal ids mean equal bytes, also across the trees of one run. */
  readonly blob: string;
  readonly kind: "file" | "symlink" | "submodule";
  /** Bytes, where the source knows them without reading. */
  readonly size: number | undefined;
  /** The file of the tree that holds the bytes, where the path leads to it through a link. */
  readonly leadsTo?: string;
};

/** Files at one point in time: a git commit, the working tree, a directory, standard input, a rendered root. */
export type Tree = {
  /** How a report names this tree: `main@abc1234`, `working tree`, a directory as it was typed. */
  readonly label: string;
  /** Full commit id, where the tree is a commit. */
  readonly commit: string | undefined;
  /** Sorted by path, component by component. */
  readonly entries: readonly TreeEntry[];
  /** What the listing itself could not take as it stood: links that leave the tree, submodules, odd names. */
  readonly issues: readonly Issue[];
  /**
   * Calls `visit` once for each entry, in the order given. `bytes` is valid only during the call.
   * A file that cannot be read is visited with the `Issue` instead. Links inside the tree are followed.
   */
  readonly read: (entries: readonly TreeEntry[], visit: (entry: TreeEntry, bytes: Uint8Array | Issue) => void) => void;
};
