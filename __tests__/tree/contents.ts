import type { Issue } from "../../src/errors.ts";
import type { Tree } from "../../src/tree/tree.ts";

/** Everything that can be read of a tree, as text by path. */
export function contents(tree: Tree): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  tree.read(tree.entries, (entry, bytes) => {
    if (bytes instanceof Uint8Array) found[entry.path] = Buffer.from(bytes).toString("utf8");
  });
  return found;
}

/** The issue that stands for the file at `path`; undefined where it can be read. */
export function failureOf(tree: Tree, path: string): Issue | undefined {
  let issue: Issue | undefined;
  const entry = tree.entries.find((one) => one.path === path);
  if (entry === undefined) throw new Error(`no entry ${path}`);
  tree.read([entry], (_, bytes) => {
    if (!(bytes instanceof Uint8Array)) issue = bytes;
  });
  return issue;
}
