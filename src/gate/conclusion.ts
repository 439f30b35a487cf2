import type { Issue, Severity } from "../errors.ts";
import type { Conclusion, Finding } from "./finding.ts";
import type { IssuePairs } from "./issue-pairs.ts";

export type ConcludeInput = {
  readonly findings: readonly Finding[];
  /** A rule is configured, or a workload of base carries the annotation. */
  readonly rules: boolean;
  /** Flows, workloads or what selectors match differ. */
  readonly changed: boolean;
  readonly issues: IssuePairs;
  /** What leaves no answer whether or not there are rules: an unreadable side, an invalid configuration. */
  readonly fatal: readonly Issue[];
  /** Severity of changes to the configuration or to a workflow that uses us; `undefined`: there are none. */
  readonly configChanges: Severity | undefined;
  /** `changed`: judged by rules of head because base's are invalid. */
  readonly atBest: "success" | "changed";
};

/** The verdict and the issues that belong beside it: a failure stands above an error, an error above a change. */
export function conclude(input: ConcludeInput): { readonly conclusion: Conclusion; readonly issues: readonly Issue[] } {
  const { both, differing, repaired } = input.issues;
  const open = input.rules ? [...differing, ...both].filter(leavesOpen(both)) : [];
  const told = differing.map((issue) => (open.includes(issue) ? { ...issue, severity: "error" as const } : issue));
  const issues = [...input.fatal, ...told, ...repaired, ...both.map(limitsFirst(open))];
  return { conclusion: verdict(input, open.length > 0, repaired.length > 0), issues };
}

/** What differs and hides something, and every limit that was reached, also where both sides reach it. */
function leavesOpen(both: readonly Issue[]): (issue: Issue) => boolean {
  return (issue) => issue.hides === true && (issue.code === "LIMIT" || !both.includes(issue));
}

function limitsFirst(open: readonly Issue[]): (issue: Issue) => Issue {
  return (issue) => (open.includes(issue) ? { ...issue, severity: "error" } : issue);
}

function verdict(input: ConcludeInput, isOpen: boolean, isRepaired: boolean): Conclusion {
  const counting = input.findings.filter(({ excepted }) => excepted === undefined);
  if (counting.some(({ severity }) => severity === "error") || input.configChanges === "error") return "failure";
  if (input.fatal.length > 0 || isOpen) return "error";
  const differs = input.changed || counting.length > 0 || isRepaired || input.configChanges !== undefined;
  return differs || input.atBest === "changed" ? "changed" : "success";
}

const ORDER: readonly Conclusion[] = ["success", "changed", "error", "failure"];

/** The verdict over several clusters: the gravest. */
export function gravest(conclusions: readonly Conclusion[]): Conclusion {
  return conclusions.reduce<Conclusion>((a, b) => (ORDER.indexOf(b) > ORDER.indexOf(a) ? b : a), "success");
}
