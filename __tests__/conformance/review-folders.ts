import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configFacts } from "../../src/cli/trees.ts";
import type { Report } from "../../src/report/report.ts";
import { type ReviewInput, review } from "../../src/review.ts";
import { directoryTree } from "../../src/tree/directory.ts";
import type { Tree } from "../../src/tree/tree.ts";

export type ReviewOptions = {
  readonly render?: "auto" | "never";
  readonly labels?: readonly [base: string, head: string];
  readonly overrides?: ReviewInput["overrides"];
  readonly reproduce?: string;
  /** The configuration, as text; default: the one inside `before`. */
  readonly config?: string;
};

/** What `diff` says of two folders on a fixed day; nothing is rendered unless somebody asks. */
export function reviewFolders(before: string, after: string, options: ReviewOptions = {}): Promise<Report> {
  const [baseLabel, headLabel] = options.labels ?? ["base", "head"];
  const base = directoryTree(before, { label: baseLabel, comparable: true });
  const head = directoryTree(after, { label: headLabel, comparable: true });
  const facts = factsOf(base, head, options.config);
  return review({
    ...facts,
    base,
    head,
    ownRules: true,
    roots: { paths: [], render: options.render ?? "never", fork: false },
    overrides: options.overrides ?? {},
    cluster: "",
    representatives: true,
    maxPairs: 100_000,
    context: {
      version: "0.0.0",
      mode: "enforce",
      setting: "local",
      base: { label: baseLabel, commit: undefined },
      head: { label: headLabel, commit: undefined },
      reproduce: options.reproduce ?? `netpol-review diff ${baseLabel} ${headLabel}`,
      links: undefined,
    },
    today: "2026-11-25",
    workshop: { path: "", scratch: "", proxies: {} },
  });
}

function factsOf(base: Tree, head: Tree, config: string | undefined): ReturnType<typeof configFacts> {
  if (config === undefined) return configFacts(base, head, undefined);
  const folder = mkdtempSync(join(tmpdir(), "netpol-config-"));
  try {
    const path = join(folder, "netpol-review.yml");
    writeFileSync(path, config);
    return configFacts(base, head, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
