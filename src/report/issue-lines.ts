import type { IssueCode } from "../errors.ts";
import { code, count, type Line, say } from "./inline.ts";
import type { IssueRow } from "./report.ts";
import { issueSentence } from "./wording-read.ts";

/** Issues of one code that are told one by one; the others are counted. */
const OF_ONE_CODE = 10;

/** A sentence for each issue, in the order given, but for each code no more than ten; the rest is counted at the end. */
export function issueLines(issues: readonly IssueRow[]): readonly Line[] {
  const told = new Map<IssueCode, number>();
  const left = new Map<IssueCode, IssueRow[]>();
  const lines: Line[] = [];
  for (const issue of issues) {
    const number = (told.get(issue.code) ?? 0) + 1;
    told.set(issue.code, number);
    if (number <= OF_ONE_CODE) lines.push(issueSentence(issue));
    else if (number === OF_ONE_CODE + 1) left.set(issue.code, [issue]);
    else left.get(issue.code)?.push(issue);
  }
  return [...lines, ...[...left].map(([name, rest]) => restSentence(name, rest))];
}

/** "And 9,990 more in 812 files (`REJECTED`)" */
function restSentence(name: IssueCode, rest: readonly IssueRow[]): Line {
  const files = new Set(rest.flatMap(({ at }) => (at === undefined ? [] : [at.file])));
  const where = files.size === 0 ? "" : ` in ${count(files.size, "file")}`;
  return say`And ${count(rest.length, "more", "more")}${where} (${code(name)})`;
}
