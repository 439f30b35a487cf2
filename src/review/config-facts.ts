import { type Choice, chooseConfig } from "../config/choose-config.ts";
import { type ConfigChange, compareConfigs } from "../config/compare-configs.ts";
import type { ParsedConfig } from "../config/types.ts";
import { parseConfig } from "../config.ts";
import { isManifestPath } from "../manifest/load-tree.ts";
import { PLUGIN_NAMES } from "../manifest/plugins/profiles.ts";
import { changedPaths } from "../tree/changed-paths.ts";
import type { Tree, TreeEntry } from "../tree/tree.ts";
import { bytesOf } from "./contents.ts";
import { workflowChanges } from "./workflow-changes.ts";

/** Where a repository's own configuration is, unless somebody says otherwise. */
export const CONFIG_PATH = ".github/netpol-review.yml";

/** By which configuration two trees are judged, and what differs between theirs. */
export type ConfigFacts = {
  readonly choice: Choice;
  readonly configChanges: readonly ConfigChange[];
  readonly workflowChanges: readonly { readonly message: string; readonly file: string }[];
};

/** Reads the configuration at a path inside the trees. */
export function factsInTrees(base: Tree, head: Tree, file: string, typed: boolean): ConfigFacts {
  const [was, is] = [base, head].map((tree) => tree.entries.find(({ path }) => path === file));
  const before = configIn(base, was);
  const after = was?.blob === is?.blob ? before : configIn(head, is);
  const changed = changedPaths(base, head);
  const touched = base === head || [...changed].some((path) => path === file || isManifestPath(path));
  const choice = chooseConfig({ base: before, head: after, file, typed, touched });
  const isComparable =
    (before === undefined || before.config !== undefined) && (after === undefined || after.config !== undefined);
  const configChanges = isComparable && base !== head ? compareConfigs(before?.config, after?.config) : [];
  return { choice, configChanges, workflowChanges: base === head ? [] : workflowChanges({ base, head }, changed) };
}

/** The configuration that `entry` of a tree holds; `undefined` where there is none. */
function configIn(tree: Tree, entry: TreeEntry | undefined): ParsedConfig | undefined {
  if (entry === undefined) return undefined;
  const { path: file } = entry;
  const bytes = bytesOf(tree, entry);
  if (bytes !== undefined) return parseConfig(bytes, file, PLUGIN_NAMES);
  const at = { file, line: 0 };
  return {
    config: undefined,
    issues: [{ code: "CONFIG_INVALID", severity: "error", at, message: "the configuration cannot be read" }],
  };
}
