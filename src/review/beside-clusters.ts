import type { Issue } from "../errors.ts";
import { type ConcludeInput, conclude } from "../gate/conclusion.ts";
import type { Conclusion } from "../gate/finding.ts";
import { type ContentChange, pairIssues } from "../gate/issue-pairs.ts";

export type BesideInput = {
  readonly issues: { readonly base: readonly Issue[]; readonly head: readonly Issue[] };
  readonly contentOf: (issue: Issue) => ContentChange;
  readonly rules: boolean;
  readonly outcome: Pick<ConcludeInput, "fatal" | "configChanges" | "atBest">;
};

/** What a review comes to where no cluster is left to judge: nothing in any of them differs, or there is none. */
export function besideClusters(input: BesideInput): {
  readonly conclusion: Conclusion;
  readonly issues: readonly Issue[];
} {
  const issues = pairIssues(input.issues.base, input.issues.head, input.contentOf);
  return conclude({ ...input.outcome, findings: [], rules: input.rules, changed: false, issues });
}

const MOST_NAMED = 5;

/** Changed files that hold manifests and that the configuration leaves out: said, and never an error. */
export function leftOutIssues(paths: readonly string[]): readonly Issue[] {
  if (paths.length === 0) return [];
  const named = paths.slice(0, MOST_NAMED).map((path) => `\`${path}\``);
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : "";
  const files =
    paths.length === 1
      ? "a changed file that holds manifests lies"
      : `${paths.length} changed files that hold manifests lie`;
  const message = `${files} outside what the configuration names, so nothing of it is judged: ${named.join(", ")}${more}`;
  const [first] = paths;
  const at = paths.length === 1 && first !== undefined ? { file: first, line: 0 } : undefined;
  return [{ code: "NOT_ANALYSED", severity: "warning", at, subject: "left out", message, hides: false }];
}
