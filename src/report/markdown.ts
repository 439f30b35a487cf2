import { count } from "./inline.ts";
import { blocks, fold, markdownLine } from "./markdown-inline.ts";
import { analysed } from "./markdown-read.ts";
import { type Detail, markdownCounts, markdownSection, mergeWords, type View } from "./markdown-section.ts";
import { namesOf } from "./names.ts";
import type { Report } from "./report.ts";
import { OPEN_ROWS } from "./section-parts.ts";
import { type Section, sectionsOf } from "./sections.ts";
import { mark, troubleHeading, troubles } from "./verdict.ts";
import { configSentence, footnote, issueSentence, pluginWarning, troubleRemedy } from "./wording-read.ts";

export type MarkdownOptions = {
  /** Bytes of UTF-8 that the text may have: 60,000 for a comment. */
  readonly budget: number;
  /** Page of the run, named only where something is left out; may be empty. */
  readonly runUrl: string;
};

/** A text within its budget; `truncated` where something was left out. */
export type Markdown = { readonly text: string; readonly truncated: boolean };

const DETAILS: readonly Detail[] = ["all", "protected rows", "no details", "namespaces", "counts"];

/** The report for a comment or a job summary, without the marker; the most detailed one that the budget holds. */
export function formatMarkdown(report: Report, options: MarkdownOptions): Markdown {
  const sections = sectionsOf(report);
  let text = "";
  for (const detail of DETAILS) {
    text = render(report, sections, detail, options);
    if (Buffer.byteLength(text) <= options.budget) return { text, truncated: detail !== "all" };
  }
  return { text, truncated: true };
}

function render(report: Report, sections: readonly Section[], detail: Detail, options: MarkdownOptions): string {
  const view: View = { report, names: namesOf(report), detail };
  const closing = calm(report, sections);
  const inside = sections.length === 1 && detail !== "counts";
  const body =
    detail === "counts"
      ? countLines(sections, view)
      : sections.map((section) => markdownSection(section, view, inside ? closing : ""));
  return `${blocks([
    `### ${mark(report.conclusion)} netpol-review: ${report.title}`,
    leftOut(sections, detail, options),
    top(report),
    problems(report, detail),
    inside ? "" : closing,
    ...body,
    detail === "all" || detail === "protected rows" ? analysed(report, sections) : "",
    `<sub>${markdownLine(footnote(report), report.context)}</sub>`,
  ])}\n`;
}

function countLines(sections: readonly Section[], view: View): readonly string[] {
  const lines = sections.slice(0, 20).map((section) => markdownCounts(section, view));
  return sections.length > 20 ? [...lines, `And ${count(sections.length - 20, "more group")} of clusters.`] : lines;
}

function leftOut(sections: readonly Section[], detail: Detail, { runUrl }: MarkdownOptions): string {
  if (detail === "all") return "";
  const all = sections.flatMap(({ groups }) => groups).length;
  const kept = sections.flatMap(({ groups }) =>
    groups.filter((row, i) => row.protected !== undefined || (row.comes === undefined && i < OPEN_ROWS)),
  ).length;
  const what: Record<Exclude<Detail, "all">, string> = {
    "protected rows": count(all - kept, "row that no rule protects", "rows that no rule protects"),
    "no details": "rows that no rule protects, and what was analysed",
    namespaces: "single rows, which are counted by namespace, and what was analysed",
    counts: "everything but counts",
  };
  const where = runUrl === "" ? "The JSON report has all of it." : `[The run](${runUrl}) has all of it.`;
  return `**Left out here, for its length:** ${what[detail]}. ${where}`;
}

/** What must be known before anything else: no enforcement, rules that change. */
function top(report: Report): string {
  const warning = markdownLine(pluginWarning(report), report.context);
  const changed = report.configChanges.map((change) => markdownLine(configSentence(change), report.context));
  const shown = changed.slice(0, 20).map((line) => `> - ${line}`);
  if (changed.length > 20) shown.push(`> - ${count(changed.length - 20, "more change")}`);
  const change = report.context.setting === "pull-request" ? "This pull request" : "This change";
  const heading = `> **${change} also changes what later ones are judged by**; it is judged by the rules of the base:`;
  return blocks([
    warning === "" ? "" : `🔴 **Not enforced:** ${warning}`,
    shown.length === 0 ? "" : [heading, ...shown].join("\n"),
  ]);
}

/** The files that kept the review from an answer. */
function problems(report: Report, detail: Detail): string {
  const issues = troubles(report);
  if (issues.length === 0) return "";
  const most = detail === "counts" ? 5 : 10;
  const lines = issues.map((issue) => `- ${markdownLine(issueSentence(issue), report.context)}`);
  const rest = lines.slice(most);
  const more =
    detail === "all"
      ? fold(count(rest.length, "more"), rest.join("\n"))
      : rest.length > 0
        ? `And ${count(rest.length, "more")}.`
        : "";
  const heading = `**${troubleHeading(report.conclusion)}**`;
  return blocks([
    [heading, ...lines.slice(0, most)].join("\n"),
    more,
    markdownLine(troubleRemedy(report, issues), report.context),
  ]);
}

/** The last word of a passing check that changes something, unless a new workload has had it. */
function calm(report: Report, sections: readonly Section[]): string {
  if (report.conclusion !== "changed" || report.shape === "check") return "";
  if (sections.some(({ arrivals }) => arrivals.some(({ exposed }) => exposed))) return "";
  const { context } = report;
  const found = sections.some(({ findings }) => findings.some(({ excepted }) => excepted === undefined));
  const excepted = sections.some(({ findings }) => findings.some((finding) => finding.excepted !== undefined));
  const path = excepted ? "What opens on a protected path is excepted." : "No protected path changed.";
  const why = context.rules === 0 ? " No rule protects a path here." : found ? "" : ` ${path}`;
  return `**${mergeWords(context)}**${why}`;
}
