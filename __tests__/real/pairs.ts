import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { formatDiffJson } from "../../src/report/json.ts";
import { type ReviewOptions, reviewFolders } from "../conformance/review-folders.ts";

const SHARED = process.env.NETPOL_SHARED_DIR ?? resolve(import.meta.dirname, "../../../shared");
export const REAL = join(SHARED, "real");

export const isThere = existsSync(REAL);

/** Why the pairs are skipped, for titles. */
export const skipped = isThere ? "" : " (skipped: no real/ beside the repository)";

export type Row = {
  readonly src: string;
  readonly dst: string;
  readonly base: string;
  readonly head: string;
  readonly opened: string;
  readonly closed: string;
  readonly type: string;
  readonly note: string;
  readonly causes: readonly {
    readonly object: string;
    readonly file: string;
    readonly line: number;
    readonly rule: string;
    readonly text: string;
  }[];
};

export type Reviewed = {
  readonly conclusion: string;
  readonly summary: {
    readonly opened: number;
    readonly closed: number;
    readonly workloadsAdded: number;
    readonly workloadsRemoved: number;
  };
  readonly changes: readonly Row[];
  readonly groups: readonly (Row & { readonly pairs: number })[];
  readonly issues: readonly {
    readonly code: string;
    readonly severity: string;
    readonly file?: string;
    readonly line?: number;
    readonly message: string;
  }[];
  readonly clusters: readonly {
    readonly assumptions: readonly { readonly text: string; readonly file?: string; readonly line?: number }[];
  }[];
};

/** Every file as it is, whatever kustomizations lie beside it. */
export const RAW = "version: 1\nclusters:\n  - name: all\n    render: none\n    manifests: ['**']\n";

/** What `diff -o json` says of a pair. */
export async function reviewed(name: string, options: ReviewOptions = {}): Promise<Reviewed> {
  const report = await reviewFolders(join(REAL, name, "base"), join(REAL, name, "head"), options);
  return JSON.parse(formatDiffJson(report));
}

/** The rows between declared workloads, and to and from the outside. */
export function declared({ changes }: Pick<Reviewed, "changes">): readonly Row[] {
  return changes.filter(({ src, dst }) => ![src, dst].some(isUndeclared));
}

/** True of undeclared pods. */
export function isUndeclared(end: string): boolean {
  return end === "entire-cluster" || end.includes("/[");
}

/** A row in one line: `src => dst: base -> head`. */
export function line({ src, dst, base, head }: Row): string {
  return `${src} => ${dst}: ${base} -> ${head}`;
}

export function lines(rows: readonly Row[]): readonly string[] {
  return rows.map(line).sort();
}
