import { readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { InputError } from "../errors.ts";
import { type Merged, type MergePart, mergeReports } from "../report/merge.ts";
import { readDiffJson } from "../report/read-json.ts";
import { clusterNames } from "../review/deployment.ts";
import { inWorkshop } from "../tree/workshop.ts";
import { VERSION } from "../version.ts";
import type { Flags } from "./options.ts";
import { configFacts, gitTrees, treeOf } from "./trees.ts";

/** Flags of `clusters`. */
export type ClustersFlags = Pick<Flags, "repo" | "base" | "head" | "config" | "namespace" | "render" | "file">;

/** `clusters`: the matrix of a repository's clusters, for `strategy.matrix`; it never has no entry. */
export async function runClusters(dir: string | undefined, flags: ClustersFlags): Promise<string> {
  const { base, head } = treesOf(dir, flags);
  const { choice } = configFacts(base, head, flags.config);
  const [broken] = choice.fatal;
  if (broken !== undefined) throw new InputError(broken.code, broken.at, broken.message);
  const { config } = choice;
  const render = config.render ?? (flags.render === "never" ? "never" : "auto");
  const names = await inWorkshop(tmpdir(), process.env, (workshop) =>
    clusterNames({
      base,
      head,
      config,
      roots: { paths: config.paths ?? [], render, fork: false },
      namespace: flags.namespace ?? "default",
      workshop,
    }),
  );
  return `${JSON.stringify({ include: names.map((cluster) => ({ cluster })) })}\n`;
}

function treesOf(dir: string | undefined, flags: ClustersFlags): ReturnType<typeof gitTrees> {
  if (dir === undefined) return gitTrees(flags);
  if (flags.base !== undefined || flags.head !== undefined || flags.repo !== undefined) {
    const message = `\`${dir}\` is read as it stands: name a folder, or \`--repo\` with \`--base\` and \`--head\``;
    throw new InputError("USAGE", undefined, message);
  }
  const tree = treeOf(dir, false);
  return { base: tree, head: tree };
}

/** Flags of `merge`. */
export type MergeFlags = Pick<Flags, "output" | "file" | "color" | "quiet"> & {
  readonly expect?: readonly string[];
  readonly matrix?: string;
};

/** `merge`: the reports of the jobs of a matrix as one. */
export function runMerge(files: readonly string[], flags: MergeFlags): Merged {
  const promised = flags.matrix === undefined ? [] : matrixNames(flags.matrix);
  return mergeReports([...new Set(files)].map(partOf), [...(flags.expect ?? []), ...promised], VERSION);
}

const REPORT_BYTES = 200_000_000;

function partOf(file: string): MergePart {
  const text = textOf(file);
  if (text.fault !== undefined) return { file, report: undefined, fault: text.fault };
  const { report, fault } = readDiffJson(text.content);
  return { file, report, fault: fault ?? "" };
}

function textOf(
  file: string,
): { readonly content: string; readonly fault: undefined } | { readonly content: ""; readonly fault: string } {
  try {
    const { size } = statSync(file);
    if (size > REPORT_BYTES) return { content: "", fault: `it is larger than ${REPORT_BYTES} bytes` };
    return { content: readFileSync(file, "utf8"), fault: undefined };
  } catch (error) {
    return {
      content: "",
      fault: `it cannot be read (${error instanceof Error && "code" in error ? error.code : "?"})`,
    };
  }
}

/** Names of a matrix as `clusters` prints it. */
function matrixNames(file: string): readonly string[] {
  const text = textOf(file);
  if (text.fault !== undefined) throw notMatrix(file, text.fault);
  const names = namesIn(parsed(text.content));
  if (names === undefined || names.length === 0) throw notMatrix(file, "it is not what `clusters` prints");
  return names;
}

function notMatrix(file: string, fault: string): InputError {
  const message = `--matrix: \`${file}\` holds no matrix: ${fault}; write the output of \`netpol-review clusters\` there`;
  return new InputError("USAGE", undefined, message);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function namesIn(matrix: unknown): readonly string[] | undefined {
  if (typeof matrix !== "object" || matrix === null || !("include" in matrix)) return undefined;
  if (!Array.isArray(matrix.include)) return undefined;
  const entries: readonly unknown[] = matrix.include;
  const names = entries.map((entry) =>
    typeof entry === "object" && entry !== null && "cluster" in entry ? entry.cluster : undefined,
  );
  return names.every((name) => typeof name === "string") ? names : undefined;
}
