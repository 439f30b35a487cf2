import type { Conclusion, FindingKind } from "../gate/finding.ts";
import { count, numeral } from "./inline.ts";
import { troubles, troubleWords } from "./issues.ts";
import type { Context, Draft, FindingRow } from "./report.ts";
import { type Section, sectionsOf } from "./sections.ts";

/** The mark of a conclusion; the words beside it say the same without colour. */
export function mark(conclusion: Conclusion): string {
  switch (conclusion) {
    case "failure":
      return "🔴";
    case "error":
      return "🟠";
    case "changed":
      return "🟡";
    case "success":
      return "✅";
  }
}

/** The verdict in words: whether it blocks, and on what account. */
export function title(report: Draft): string {
  const sections = sectionsOf(report);
  const counting = sections.flatMap(({ findings }) => findings).filter(({ excepted }) => excepted === undefined);
  const unread = troubles(report);
  const trouble = unread.length === 0 ? [] : [troubleWords(unread)];
  switch (report.conclusion) {
    case "failure":
      return [blocks(report.context), ...failureWords(report, counting), ...trouble].join(", ");
    case "error":
      return `${prefix(report.context)}no answer: ${trouble[0] ?? "the review could not decide"}`;
    case "changed":
      return ["check passes", ...changeWords(report, sections, counting), ...trouble].join(", ");
    case "success": {
      const flows = trouble.length === 0 ? "no flow changes" : "no flow is seen to change";
      return ["check passes", report.shape === "check" ? "no rule is violated" : flows, ...trouble].join(", ");
    }
  }
}

function failureWords(report: Draft, counting: readonly FindingRow[]): readonly string[] {
  const words = findingWords(counting.filter(isError));
  return words.length > 0 ? words : report.configChanges.length > 0 ? ["what it is judged by changes"] : [];
}

const isError = ({ severity }: FindingRow) => severity === "error";

function blocks({ mode, setting }: Context): string {
  if (mode === "warn") return "warning only";
  return setting === "pull-request" || setting === "merge-group" ? "merge blocked" : "check fails";
}

/** An error blocks in every mode. */
function prefix({ setting }: Context): string {
  return setting === "pull-request" || setting === "merge-group" ? "merge blocked, " : "";
}

/** Kinds of findings in the order in which a title names them: what one is called, and what many are. */
const KINDS: readonly (readonly [FindingKind, string, string])[] = [
  ["widened", "protected path widened", "protected paths widened"],
  ["violated", "rule violated", "rules violated"],
  ["joined", "workload joins those allowed", "workloads join those allowed"],
  ["ungoverned", "protected workload leaves the reach of policies", "protected workloads leave the reach of policies"],
  ["subject-lost", "rule lost what it protects", "rules lost what they protect"],
  ["subject-removed", "protected workload removed", "protected workloads removed"],
  ["unenforced", "rule that nothing enforces", "rules that nothing enforces"],
  ["private-block", "private address block to configure", "private address blocks to configure"],
  ["not-judged", "change in front of a protected path not judged", "changes in front of protected paths not judged"],
  ["expired", "exception expired", "exceptions expired"],
];

/** At most two kinds in words, the rest as a number; a path is counted once a rule. */
function findingWords(findings: readonly FindingRow[]): readonly string[] {
  const words: string[] = [];
  let rest = 0;
  for (const [kind, one, many] of KINDS) {
    const some = findings.filter((finding) => finding.kind === kind);
    const perRule = kind === "widened" || kind === "violated" || kind === "unenforced" || kind === "subject-lost";
    const n = perRule ? new Set(some.map(({ rule }) => rule)).size : some.length;
    if (n === 0) continue;
    if (words.length < 2) words.push(count(n, one, many));
    else rest += n;
  }
  return rest === 0 ? words : [...words, count(rest, "more finding")];
}

function changeWords(report: Draft, sections: readonly Section[], counting: readonly FindingRow[]): readonly string[] {
  const words = findingWords(counting).map((each) => `${each} (warning)`);
  const rows = report.clusters.flatMap(({ groups }) => groups).filter(({ comes }) => comes === undefined);
  const opened = total(rows.filter(({ effect }) => effect === "opened" || effect === "both"));
  const closed = total(rows.filter(({ effect }) => effect === "closed" || effect === "both"));
  if (opened > 0) words.push(`${count(opened, "flow")} opened`);
  if (closed > 0) words.push(`${opened > 0 ? numeral(closed) : count(closed, "flow")} closed`);
  if (rows.length > 0 && opened + closed === 0) words.push("limits above layer 4 changed");
  const exposed = sections.flatMap(({ arrivals }) => arrivals).filter((arrival) => arrival.exposed).length;
  if (exposed > 0) words.push(`${count(exposed, "new workload has", "new workloads have")} no network policy`);
  if (words.length === 0) words.push(...quietWords(report, sections));
  return words;
}

function total(rows: readonly { readonly pairs: number }[]): number {
  return rows.reduce((sum, { pairs }) => sum + pairs, 0);
}

function quietWords(report: Draft, sections: readonly Section[]): readonly string[] {
  if (report.configChanges.length > 0) return ["what it is judged by changes"];
  const moved = sections.flatMap(({ arrivals }) => arrivals);
  const came = moved.filter(({ side }) => side === "head").length;
  const went = moved.length - came;
  if (moved.length === 0) return ["no flow changes"];
  const words = came > 0 ? [count(came, "new workload")] : [];
  return went > 0 ? [...words, `${count(went, "workload")} removed`] : words;
}
