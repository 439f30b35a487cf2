import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { chooseConfig } from "../config/choose-config.ts";
import type { ParsedConfig } from "../config/types.ts";
import { parseConfig } from "../config.ts";
import { InputError } from "../errors.ts";
import { PLUGIN_NAMES } from "../manifest/plugins/profiles.ts";
import { CONFIG_PATH, type ConfigFacts, factsInTrees } from "../review/config-facts.ts";
import { commitTree } from "../tree/commit-tree.ts";
import { directoryTree } from "../tree/directory.ts";
import { defaultBranch, mergeBase, resolveRefs } from "../tree/refs.ts";
import { isShallow, openRepository, type Repository } from "../tree/repository.ts";
import { streamTree } from "../tree/stdin.ts";
import type { Tree } from "../tree/tree.ts";
import { workingTree } from "../tree/working-tree.ts";
import type { Flags } from "./options.ts";

/** The tree that an argument names: a directory, a file, or `-` for standard input. */
export function treeOf(path: string, comparable: boolean): Tree {
  if (path === "-") return streamTree(readFileSync(0));
  return directoryTree(path, { label: path, comparable });
}

/** A folder as it would be committed: what a repository's working tree holds, or all files where it is none. */
export function folderTree(dir: string): Tree {
  if (existsSync(join(dir, ".git"))) return workingTree(openRepository(dir), { label: dir });
  return treeOf(dir, false);
}

/** The two git trees that `--repo`, `--base` and `--head` name: by default the merge base, and the working tree. */
export function gitTrees(flags: Pick<Flags, "repo" | "base" | "head">): { readonly base: Tree; readonly head: Tree } {
  const repository = openRepository(flags.repo ?? ".");
  const refs = [flags.base, flags.head].filter((ref) => ref !== undefined);
  const commits = resolveRefs(repository, refs);
  const headCommit = flags.head === undefined ? undefined : commits.at(-1);
  const head = headCommit === undefined ? undefined : commitTree(repository, headCommit, { label: flags.head ?? "" });
  const base =
    flags.base === undefined ? usualBase(repository, headCommit) : { commit: commits[0] ?? "", label: flags.base };
  return {
    base: commitTree(repository, base.commit, { label: base.label, like: head }),
    head: head ?? workingTree(repository, { label: "working tree" }),
  };
}

/** The merge base of the default branch with `head`, or else with what is checked out. */
function usualBase(repository: Repository, head = "HEAD"): { readonly commit: string; readonly label: string } {
  const label = defaultBranch(repository);
  if (label === undefined) {
    throw new InputError(
      "BAD_REF",
      undefined,
      "the repository has no default branch to compare with; name the base with `--base REF`",
    );
  }
  const [tip = "", end = ""] = resolveRefs(repository, [label, head]);
  const commit = mergeBase(repository, tip, end);
  if (commit === undefined) {
    const remedy = isShallow(repository)
      ? "; this clone is shallow: run `git fetch --deepen=1000` first"
      : "; name the base with `--base REF`";
    throw new InputError("BAD_REF", undefined, `no common commit with \`${label}\` was found${remedy}`);
  }
  return { commit, label };
}

/** Reads the configuration: the file that somebody named on disk, else the default path inside the trees. */
export function configFacts(base: Tree, head: Tree, typed: string | undefined): ConfigFacts {
  if (typed !== undefined) {
    const parsed = configOnDisk(typed);
    const choice = chooseConfig({ base: parsed, head: parsed, file: typed, typed: true, touched: true });
    return { choice, configChanges: [], workflowChanges: [] };
  }
  return factsInTrees(base, head, CONFIG_PATH, false);
}

function configOnDisk(path: string): ParsedConfig {
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new InputError("CONFIG_MISSING", undefined, `there is no configuration \`${path}\`; mend \`--config\``);
  }
  return parseConfig(readFileSync(path), path, PLUGIN_NAMES);
}
