import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { configFacts } from "../../src/cli/trees.ts";
import type { IssueRow, Report } from "../../src/report/report.ts";
import type { Overrides } from "../../src/review/read-cluster.ts";
import { review } from "../../src/review.ts";
import { directoryTree } from "../../src/tree/directory.ts";
import { reviewInput } from "../review/input.ts";

/** Files of one tree by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** The report on two trees of files, or on one alone, as the commands make it; nothing is rendered. */
export async function reviewFiles(base: Files | undefined, head: Files, overrides: Overrides = {}): Promise<Report> {
  const folder = mkdtempSync(path.join(tmpdir(), "netpol-review-test-"));
  try {
    const before = path.join(folder, "base");
    const after = path.join(folder, "head");
    writeFiles(before, base ?? {});
    writeFiles(after, head);
    return await reviewFolders(base === undefined ? undefined : before, after, overrides);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As `reviewFiles`, for folders that are there. */
export function reviewFolders(before: string | undefined, after: string, overrides: Overrides = {}): Promise<Report> {
  const head = directoryTree(after, { label: "head", comparable: before !== undefined });
  const base = before === undefined ? undefined : directoryTree(before, { label: "base", comparable: true });
  return review({ ...reviewInput(base, head, configFacts(base ?? head, head, undefined)), overrides });
}

/** Writes files below a folder, folders included. */
export function writeFiles(folder: string, files: Files): void {
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    const at = path.join(folder, file);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, content);
  }
}

/** All issues of a report. */
export function issuesOf({ issues, clusters }: Report): readonly IssueRow[] {
  return [...issues, ...clusters.flatMap((cluster) => cluster.issues)];
}
