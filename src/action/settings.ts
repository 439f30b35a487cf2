import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chooseConfig } from "../config/choose-config.ts";
import { parseConfig } from "../config.ts";
import { InputError } from "../errors.ts";
import { parseCentralFile } from "../github/files.ts";
import type { ReviewRequest } from "../github/ports.ts";
import { PLUGIN_NAMES } from "../manifest/plugins/profiles.ts";
import { CONFIG_PATH, type ConfigFacts, factsInTrees } from "../review/config-facts.ts";
import { withCentral } from "./central-config.ts";
import type { Sides } from "./sides.ts";

/** What a run is judged by. */
export type Settings = ConfigFacts & {
  /** The rules, or some of them, are the repository's own. */
  readonly ownRules: boolean;
  /** `owner/repo/path@ref`; empty without a central configuration. */
  readonly central: string;
  readonly mode: "enforce" | "warn";
  readonly render: "auto" | "never";
  readonly paths: readonly string[];
};

/** Reads the configuration of the base, or the central one, and lets it pin the inputs of the same name. */
export async function settingsOf(request: ReviewRequest, rules: Sides["rules"]): Promise<Settings> {
  const { inputs, github } = request;
  const file = parseCentralFile(inputs.config);
  const own = ownFacts(request, rules, file === undefined ? inputs.config : CONFIG_PATH);
  const facts = file === undefined ? own : await withCentral(github, { file, name: inputs.config }, own);
  const { config } = facts.choice;
  return {
    ...facts,
    ownRules: own.choice.config.rules.length > 0,
    central: file === undefined ? "" : inputs.config,
    mode: config.mode ?? inputs.mode,
    render: request.mayRender ? (config.render ?? inputs.render) : "never",
    paths: pathsOf(config.paths, inputs.paths, config.clusters.length > 0),
  };
}

/** The configuration's paths, to which the input can only add. */
function pathsOf(
  pinned: readonly string[] | undefined,
  typed: readonly string[],
  clusters: boolean,
): readonly string[] {
  if (typed.length > 0 && clusters) {
    const message = "the input `paths` and `clusters` of the configuration exclude each other; leave one out";
    throw new InputError("USAGE", undefined, message);
  }
  return pinned === undefined ? typed : [...new Set([...pinned, ...typed])];
}

function ownFacts(request: ReviewRequest, rules: Sides["rules"], typed: string): ConfigFacts {
  const file = typed.replace(/^(?:\.\/)+/, "");
  if (file.startsWith("/") || file.split("/").includes("..")) {
    throw new InputError("BAD_PATH", undefined, `input \`config\` is \`${typed}\`, which leads outside the repository`);
  }
  const isTyped = file !== CONFIG_PATH;
  if (rules === undefined) return factsOnDisk(request.environment.workspace, file, isTyped);
  const facts = factsInTrees(rules.base, rules.head, file, isTyped);
  return isTyped && judgesNothing(facts) ? standingFacts(rules, facts) : facts;
}

function judgesNothing({ choice }: ConfigFacts): boolean {
  return choice.side === undefined && choice.fatal.length === 0;
}

/** A workflow that names a file which base does not have cannot get rid of the rules that base has in the usual place. */
function standingFacts(rules: NonNullable<Sides["rules"]>, facts: ConfigFacts): ConfigFacts {
  const standing = factsInTrees(rules.base, rules.head, CONFIG_PATH, false);
  if (judgesNothing(standing)) return facts;
  const message = `base does not have the configuration that the workflow names: \`${CONFIG_PATH}\` judges this change`;
  const notes = [
    ...facts.choice.notes,
    ...standing.choice.notes,
    { code: "CONFIG_CHANGED", severity: "warning", at: undefined, message } as const,
  ];
  return { ...standing, choice: { ...standing.choice, notes } };
}

/** Without a commit to compare with, the configuration that is checked out judges. */
function factsOnDisk(workspace: string, file: string, typed: boolean): ConfigFacts {
  const path = join(workspace, file);
  const isFile = lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
  const parsed = isFile ? parseConfig(readFileSync(path), file, PLUGIN_NAMES) : undefined;
  const choice = chooseConfig({ base: parsed, head: parsed, file, typed, touched: true });
  const message = isFile
    ? `the event has no base commit: \`${file}\` of the work tree judges`
    : "the event has no base commit, and the work tree no configuration: there are no rules";
  const note = { code: "CONFIG_CHANGED", severity: "warning", at: undefined, message } as const;
  return { choice: { ...choice, notes: [...choice.notes, note] }, configChanges: [], workflowChanges: [] };
}
