import { existsSync, readFileSync, statSync } from "node:fs";
import { chooseConfig } from "../config/choose-config.ts";
import type { ParsedConfig } from "../config/types.ts";
import { parseConfig } from "../config.ts";
import { InputError } from "../errors.ts";
import { PLUGIN_NAMES } from "../manifest/plugins/profiles.ts";
import { CONFIG_PATH, type ConfigFacts, factsInTrees } from "../review/config-facts.ts";
import { directoryTree } from "../tree/directory.ts";
import { streamTree } from "../tree/stdin.ts";
import type { Tree } from "../tree/tree.ts";

/** The tree that an argument names: a directory, a file, or `-` for standard input. */
export function treeOf(path: string, comparable: boolean): Tree {
  if (path === "-") return streamTree(readFileSync(0));
  return directoryTree(path, { label: path, comparable });
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
