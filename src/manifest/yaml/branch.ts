import type { Wanted } from "./wanted.ts";

/** `Wanted` prepared for a reader of bytes. */
export type Branch = {
  /** Everything below is wanted. */
  readonly all: boolean;
  readonly leaves: readonly Leaf[];
};

type Leaf = { readonly key: string; readonly bytes: Uint8Array; readonly branch: Branch };

const ALL: Branch = { all: true, leaves: [] };
const PREPARED = new WeakMap<ReadonlyMap<string, Wanted>, Branch>();

/** The branch for `wanted`; made once for each tree. */
export function branchOf(wanted: Wanted): Branch {
  if (wanted === "all") return ALL;
  const known = PREPARED.get(wanted);
  if (known !== undefined) return known;
  const leaves = [...wanted].map(([key, below]) => ({ key, bytes: Buffer.from(key), branch: branchOf(below) }));
  const branch = { all: false, leaves };
  PREPARED.set(wanted, branch);
  return branch;
}

/** The leaf whose key stands at `bytes[from..to]`. */
export function leafAt(branch: Branch, bytes: Uint8Array, from: number, to: number): Leaf | undefined {
  const length = to - from;
  const { leaves } = branch;
  for (let index = 0; index < leaves.length; index++) {
    const leaf = leaves[index];
    if (leaf !== undefined && leaf.bytes.length === length && isAt(leaf.bytes, bytes, from)) return leaf;
  }
  return undefined;
}

function isAt(key: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let index = 0; index < key.length; index++) if (key[index] !== bytes[from + index]) return false;
  return true;
}
