import { existsSync, readFileSync, statSync } from "node:fs";
import { type Choice, chooseConfig } from "../config/choose-config.ts";
import { type ConfigChange, compareConfigs } from "../config/compare-configs.ts";
import { NO_CONFIG, type ParsedConfig } from "../config/types.ts";
import { parseConfig } from "../config.ts";
import { InputError } from "../errors.ts";
import { isManifestPath } from "../manifest/load-tree.ts";
import { PLUGIN_NAMES } from "../manifest/plugins/profiles.ts";
import { bytesOf, changedPaths } from "../review/contents.ts";
import { workflowChanges } from "../review/workflow-changes.ts";
import { directoryTree } from "../tree/directory.ts";
import { streamTree } from "../tree/stdin.ts";
import type { Tree } from "../tree/tree.ts";

export const CONFIG_PATH = ".github/netpol-review.yml";

/** The tree that an argument names: a directory, a file, or `-` for standard input. */
export function treeOf(path: string, comparable: boolean): Tree {
  if (path === "-") return streamTree(readFileSync(0));
  return directoryTree(path, { label: path, comparable });
}

/** By which configuration two trees are judged, and what differs between theirs. */
export type ConfigFacts = {
  readonly choice: Choice;
  readonly configChanges: readonly ConfigChange[];
  readonly workflowChanges: readonly { readonly message: string; readonly file: string }[];
};

/** Reads the configuration: the file that somebody named on disk, else the default path inside the trees. */
export function configFacts(base: Tree, head: Tree, typed: string | undefined): ConfigFacts {
  if (typed !== undefined) {
    const parsed = configOnDisk(typed);
    const choice = chooseConfig({ base: parsed, head: parsed, file: typed, typed: true, touched: true });
    return { choice, configChanges: [], workflowChanges: [] };
  }
  return factsInTrees(base, head, CONFIG_PATH, false);
}

/** The same for a path inside the trees. */
export function factsInTrees(base: Tree, head: Tree, file: string, typed: boolean): ConfigFacts {
  const before = configIn(base, file);
  const after = base === head ? before : configIn(head, file);
  const changed = changedPaths(base, head);
  const touched = base === head || [...changed].some((path) => path === file || isManifestPath(path));
  const choice = chooseConfig({ base: before, head: after, file, typed, touched });
  const isComparable =
    (before === undefined || before.config !== undefined) && (after === undefined || after.config !== undefined);
  const configChanges = isComparable && base !== head ? compareConfigs(before?.config, after?.config) : [];
  return { choice, configChanges, workflowChanges: base === head ? [] : workflowChanges({ base, head }, changed) };
}

/** The configuration at `file` of a tree; `undefined` where it has none. */
export function configIn(tree: Tree, file: string): ParsedConfig | undefined {
  const entry = tree.entries.find(({ path }) => path === file);
  if (entry === undefined) return undefined;
  const bytes = bytesOf(tree, entry);
  if (bytes !== undefined) return parseConfig(bytes, file, PLUGIN_NAMES);
  const at = { file, line: 0 };
  return {
    config: undefined,
    issues: [{ code: "CONFIG_INVALID", severity: "error", at, message: "the configuration cannot be read" }],
  };
}

function configOnDisk(path: string): ParsedConfig {
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new InputError("CONFIG_MISSING", undefined, `there is no configuration \`${path}\`; mend \`--config\``);
  }
  return parseConfig(readFileSync(path), path, PLUGIN_NAMES);
}

/** What holds without any configuration. */
export const NO_CHOICE: Choice = { config: NO_CONFIG, side: undefined, fatal: [], notes: [], atBest: "success" };
