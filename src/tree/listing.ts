import { InputError, type Issue } from "../errors.ts";
import { unread } from "./content.ts";
import { comparePaths, isPlain } from "./path.ts";
import type { TreeEntry } from "./tree.ts";

/** One path as git lists it. */
export type Listed = { readonly mode: string; readonly blob: string; readonly path: string };

/** Paths by what git says they are, each list sorted by path. */
export type Listing = {
  /** Files and submodules. */
  readonly files: readonly TreeEntry[];
  readonly links: readonly Listed[];
  readonly issues: readonly Issue[];
};

/** No tree with more files than this is listed, whatever the configuration says. */
const MOST_LISTED = 10_000_000;

/**
 * Sorts out what git listed. Submodules, paths that no honest tool writes (`..`, `.git`) and paths that occur twice are
 * issues; more than `maxFiles` paths are an `InputError`. `listed` is sorted in place.
 */
export function sortOut(listed: Listed[], options: { readonly label: string; readonly maxFiles?: number }): Listing {
  checkCount(listed.length, options);
  listed.sort((a, b) => comparePaths(a.path, b.path));
  const files: TreeEntry[] = [];
  const links: Listed[] = [];
  const issues: Issue[] = [];
  let last: string | undefined;
  for (const item of listed) {
    const { mode, blob, path } = item;
    if (path === last) issues.push(refused(path, "occurs twice in one git tree; the first is read"));
    else if (!isPlain(path)) issues.push(refused(path, "is not a path that git itself would write"));
    else if (mode.startsWith("100")) files.push({ path, blob, kind: "file", size: undefined });
    else if (mode === LINK) links.push(item);
    else if (mode === SUBMODULE) {
      files.push({ path, blob, kind: "submodule", size: undefined });
      issues.push(submodule(path, `is a submodule at \`${blob.slice(0, 12)}\`; its files are not part of this tree`));
    } else issues.push(refused(path, `has the unknown mode ${mode}`));
    last = path;
  }
  return { files, links, issues };
}

/** More than `maxFiles` files are an `InputError` that names the tree and the way out. */
export function checkCount(count: number, options: { readonly label: string; readonly maxFiles?: number }): void {
  const most = options.maxFiles ?? MOST_LISTED;
  if (count <= most) return;
  const remedy = "name the folders that count, or raise the limit in the configuration (`limits:`)";
  throw new InputError("LIMIT", undefined, `\`${options.label}\` holds more than ${most} files; ${remedy}`);
}

/** The issue of a folder that is a repository of its own. */
export function submodule(path: string, cause: string): Issue {
  return { ...refused(path, cause), code: "SUBMODULE" };
}

const LINK = "120000";
const SUBMODULE = "160000";

function refused(path: string, cause: string): Issue {
  return { ...unread(path, cause), severity: "error", hides: true };
}
