import type { Issue } from "../errors.ts";
import { type Config, NO_CONFIG, type ParsedConfig } from "./types.ts";

export type ChooseInput = {
  /** The file in each tree; `undefined` where the tree has none. */
  readonly base: ParsedConfig | undefined;
  readonly head: ParsedConfig | undefined;
  readonly file: string;
  /** Somebody typed the path: then it has to be there. */
  readonly typed: boolean;
  /** Something that is read, the configuration included, differs between base and head. */
  readonly touched: boolean;
};

/** By which rules a review judges, and how far that limits its verdict. */
export type Choice = {
  readonly config: Config;
  /** Whose rules these are; `undefined`: nobody's, there are none. */
  readonly side: "base" | "head" | undefined;
  /** Why there can be no answer. */
  readonly fatal: readonly Issue[];
  /** What the report says at the top. */
  readonly notes: readonly Issue[];
  readonly atBest: "success" | "changed";
};

/**
 * Base's configuration judges. Where it is invalid and head's is valid, head's judges, so that the repair can be
 * merged, and the verdict is at best `changed`. An invalid one in head, or in both, leaves no answer, unless the
 * change touches nothing that is read.
 */
export function chooseConfig(input: ChooseInput): Choice {
  const { base, head, touched } = input;
  const none: Choice = { config: NO_CONFIG, side: undefined, fatal: [], notes: [], atBest: "success" };
  const told = (issues: readonly Issue[]): Choice =>
    touched ? { ...none, fatal: issues } : { ...none, notes: issues.map(asWarning) };
  if (base === undefined && head === undefined) return input.typed ? { ...none, fatal: [missing(input.file)] } : none;
  if (base === undefined) {
    if (head?.config === undefined) return told(head?.issues ?? []);
    return { ...none, notes: [note(input.file, "only head has this configuration: it counts from the merge on")] };
  }
  if (base.config === undefined) {
    if (head?.config === undefined) return told((head ?? base).issues);
    const repaired = note(input.file, "base's configuration is invalid: head's, which repairs it, judges this change");
    return { config: head.config, side: "head", fatal: [], notes: [repaired], atBest: "changed" };
  }
  const ours: Choice = { ...none, config: base.config, side: "base" };
  if (head === undefined)
    return {
      ...ours,
      notes: [note(input.file, "head removes the configuration: base's rules judge this change, none the next")],
    };
  return head.config === undefined ? { ...ours, fatal: head.issues } : ours;
}

function missing(file: string): Issue {
  const message = `the configuration \`${file}\` is neither in base nor in head; mend the path, or add the file`;
  return { code: "CONFIG_MISSING", severity: "error", at: undefined, subject: file, message };
}

function note(file: string, message: string): Issue {
  return { code: "CONFIG_CHANGED", severity: "warning", at: { file, line: 0 }, subject: file, message };
}

function asWarning(issue: Issue): Issue {
  return { ...issue, severity: "warning" };
}
