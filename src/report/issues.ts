import type { IssueCode } from "../errors.ts";
import type { Conclusion } from "../gate/finding.ts";
import { count } from "./inline.ts";
import { byIssue } from "./order.ts";
import type { IssueRow, Report } from "./report.ts";
import type { Section } from "./sections.ts";

/** What could not be taken as it stood and is not the same on both sides. */
export function troubles(report: Pick<Report, "issues" | "clusters">): readonly IssueRow[] {
  const all = [...report.issues, ...report.clusters.flatMap(({ issues }) => issues)];
  const errors = all.filter(({ severity, standing }) => severity === "error" && !standing);
  return [...new Map(errors.map((issue) => [JSON.stringify(issue), issue])).values()].sort(byIssue);
}

/** What stands over the troubles of a report. */
export function troubleHeading(conclusion: Conclusion): string {
  switch (conclusion) {
    case "error":
      return "No answer, because of:";
    case "failure":
      return "Besides, not decided because of:";
    case "changed":
    case "success":
      return "Not analysed:";
  }
}

/** Issues that keep the review from an answer. */
export function undecided(report: Pick<Report, "conclusion" | "issues" | "clusters">): readonly IssueRow[] {
  return report.conclusion === "error" || report.conclusion === "failure" ? troubles(report) : [];
}

/** Issues that only this change has and that do not stand at the top. */
export function newIssues(report: Report, sections: readonly Section[]): readonly IssueRow[] {
  const blocking = new Set(troubles(report).map((issue) => JSON.stringify(issue)));
  const issues = [...report.issues, ...sections.flatMap((section) => section.issues)];
  return issues.filter((issue) => !blocking.has(JSON.stringify(issue)));
}

/** Codes that say of a file that nobody knows what it holds. */
const UNREAD: ReadonlySet<IssueCode> = new Set<IssueCode>([
  "UNREADABLE",
  "YAML_SYNTAX",
  "BINARY",
  "ENCODING",
  "LIMIT",
  "SYMLINK",
  "SUBMODULE",
  "LFS_POINTER",
  "TEMPLATE",
  "RENDER_FAILED",
  "RENDER_TOOL_MISSING",
  "RENDER_REMOTE",
  "NOT_ANALYSED",
]);

/** True of an issue about a file that was not read. */
export function isUnread({ code }: Pick<IssueRow, "code">): boolean {
  return UNREAD.has(code);
}

/** The troubles of a report in a few words, for its title. */
export function troubleWords(issues: readonly IssueRow[]): string {
  const files = new Set(issues.flatMap(({ at }) => (at === undefined ? [] : [at.file])));
  if (issues.every(({ code }) => code.startsWith("CONFIG_"))) return "the configuration cannot be used";
  if (issues.every(({ code }) => code === "REPORT_MISSING")) {
    return `${count(issues.length, "report")} missing or not usable`;
  }
  if (issues.every(({ code }) => code === "REJECTED")) return `${count(issues.length, "object")} rejected`;
  if (issues.every(({ code, at }) => code === "NOT_ANALYSED" && at !== undefined)) {
    return `${count(files.size, "file")} not analysed`;
  }
  if (issues.every((issue) => issue.at !== undefined && isUnread(issue))) {
    const renders = issues.some(({ code }) => code.startsWith("RENDER_"));
    return `${count(files.size, "file")} could not be ${renders ? "read or rendered" : "read"}`;
  }
  return count(issues.length, "problem");
}
