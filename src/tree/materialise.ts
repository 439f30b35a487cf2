import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Issue } from "../errors.ts";
import type { Tree, TreeEntry } from "./tree.ts";

/** What may still be written, in bytes; shared by everything of one side. */
export type Budget = { bytes: number };

/**
 * Writes `entries` of `tree` below `folder`, and nothing else: links become copies of what they lead to inside the
 * tree, so nothing that is written leads anywhere. What cannot be written is an issue and is left out.
 */
export function materialise(tree: Tree, entries: readonly TreeEntry[], folder: string, budget: Budget): Issue[] {
  const issues: Issue[] = [];
  const made = new Set<string>();
  const readable = entries.filter((entry) => {
    const reason = refusal(entry);
    if (reason !== undefined) issues.push(reason);
    return reason === undefined;
  });
  tree.read(readable, (entry, bytes) => {
    if (!(bytes instanceof Uint8Array)) {
      issues.push(bytes);
      return;
    }
    budget.bytes -= bytes.length;
    if (budget.bytes < 0) {
      if (budget.bytes + bytes.length >= 0) issues.push(limit(entry));
      return;
    }
    write(join(folder, entry.path), bytes, made);
  });
  return issues;
}

function refusal(entry: TreeEntry): Issue | undefined {
  const at = { file: entry.path, line: 0 };
  if (entry.kind === "submodule") {
    return { code: "SUBMODULE", severity: "error", at, message: "a submodule is not read", hides: true };
  }
  const parts = entry.path.split("/");
  if (entry.path.includes("\0") || parts.some((part) => part === "" || part === "." || part === "..")) {
    return { code: "BAD_PATH", severity: "error", at, message: `\`${entry.path}\` is no path inside the repository` };
  }
  return undefined;
}

function limit(entry: TreeEntry): Issue {
  const at = { file: entry.path, line: 0 };
  return { code: "LIMIT", severity: "error", at, message: "more than 200 MB to render on one side", hides: true };
}

function write(path: string, bytes: Uint8Array, made: Set<string>): void {
  const folder = dirname(path);
  if (!made.has(folder)) {
    mkdirSync(folder, { recursive: true });
    made.add(folder);
  }
  writeFileSync(path, bytes);
}
