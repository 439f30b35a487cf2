import { comparePaths } from "./path.ts";
import type { Tree } from "./tree.ts";

/** Paths whose content differs between the trees, or that one of them only has. */
export function changedPaths(base: Tree, head: Tree): ReadonlySet<string> {
  const changed = new Set<string>();
  if (base === head) return changed;
  let next = 0;
  for (const { path, blob } of head.entries) {
    let before = base.entries[next];
    for (; before !== undefined && isBefore(before.path, path); before = base.entries[++next]) changed.add(before.path);
    if (before?.path === path) next++;
    if (before?.path !== path || before.blob !== blob) changed.add(path);
  }
  for (const { path } of base.entries.slice(next)) changed.add(path);
  return changed;
}

/** Most paths are on both sides, which is soon seen. */
function isBefore(path: string, other: string): boolean {
  return path !== other && comparePaths(path, other) < 0;
}
