import { count } from "./inline.ts";
import { issueLines } from "./issue-lines.ts";
import { newIssues, troubleHeading, troubles } from "./issues.ts";
import { blocks, fold, markdownLine } from "./markdown-inline.ts";
import { analysed, OPEN_NOTES } from "./markdown-read.ts";
import { type Detail, markdownCounts, markdownSection, mergeWords, type View } from "./markdown-section.ts";
import { namesOf } from "./names.ts";
import type { Report } from "./report.ts";
import { OPEN_ROWS } from "./section-parts.ts";
import { type Section, sectionsOf } from "./sections.ts";
import { mark } from "./verdict.ts";
import { configSentence, footnote, issueSentence, pluginWarning, troubleRemedy } from "./wording-read.ts";

export type MarkdownOptions = {
  /** Bytes of UTF-8 that the text may have: 60,000 for a comment. */
  readonly budget: number;
  /** Page of the run, named only where something is left out; may be empty. */
  readonly runUrl: string;
};

/** A text within its budget; `truncated` where something was left out. */
export type Markdown = { readonly text: string; readonly truncated: boolean };

/** Sections that are counted one by one where only counts fit. */
const COUNTED = 10;

const DETAILS: readonly Detail[] = ["all", "protected rows", "no details", "namespaces", "counts"];

/** The report for a comment or a job summary, without the marker; the most detailed one that the budget holds. */
export function formatMarkdown(report: Report, options: MarkdownOptions): Markdown {
  const sections = sectionsOf(report);
  let text = "";
  for (const detail of DETAILS) {
    text = render(report, sections, detail, options);
    if (Buffer.byteLength(text) <= options.budget) return { text, truncated: detail !== "all" };
  }
  return { text: Buffer.byteLength(text) <= options.budget ? text : verdictOnly(report, options), truncated: true };
}

/** What is left where not even counts fit: names of thousands of characters, on purpose. */
function verdictOnly(report: Report, { runUrl }: MarkdownOptions): string {
  return `${blocks([heading(report), wholeReport("everything but the verdict", runUrl)])}\n`;
}

function heading(report: Report): string {
  return `### ${mark(report.conclusion)} netpol-review: ${report.title}`;
}

function wholeReport(left: string, runUrl: string): string {
  const where = runUrl === "" ? "The JSON report has all of it." : `[The run](${runUrl}) has all of it.`;
  return `**Left out here, for its length:** ${left}. ${where}`;
}

function render(report: Report, sections: readonly Section[], detail: Detail, options: MarkdownOptions): string {
  const view: View = { report, names: namesOf(report), detail };
  const closing = calm(report, sections);
  const inside = sections.length === 1 && report.clusters.length === 1 && detail !== "counts";
  const body =
    detail === "counts"
      ? countLines(sections, view)
      : sections.map((section) => markdownSection(section, view, inside ? closing : ""));
  return `${blocks([
    heading(report),
    leftOut(sections, detail, options),
    top(report, detail),
    problems(report, detail),
    detail === "counts" ? "" : notes(report, sections),
    inside ? "" : closing,
    ...body,
    detail === "all" || detail === "protected rows" ? analysed(report, sections) : "",
    `<sub>${markdownLine(footnote(report), report.context)}</sub>`,
  ])}\n`;
}

function countLines(sections: readonly Section[], view: View): readonly string[] {
  const lines = sections.slice(0, COUNTED).map((section) => markdownCounts(section, view));
  return sections.length > COUNTED
    ? [...lines, `And ${count(sections.length - COUNTED, "more group")} of clusters.`]
    : lines;
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
  return wholeReport(what[detail], runUrl);
}

/** What must be known before anything else: no enforcement, rules that change. */
function top(report: Report, detail: Detail): string {
  const most = detail === "counts" ? 3 : 20;
  const warning = markdownLine(pluginWarning(report), report.context);
  const changed = report.configChanges.map((change) => markdownLine(configSentence(change), report.context));
  const shown = changed.slice(0, most).map((line) => `> - ${line}`);
  if (changed.length > most) shown.push(`> - ${count(changed.length - most, "more change")}`);
  const change = report.context.setting === "pull-request" ? "This pull request" : "This change";
  const lead = `> **${change} also changes what later ones are judged by**; it is judged by the rules of the base:`;
  return blocks([
    warning === "" ? "" : `🔴 **Not enforced:** ${warning}`,
    shown.length === 0 ? "" : [lead, ...shown].join("\n"),
  ]);
}

/** The files that kept the review from an answer. */
function problems(report: Report, detail: Detail): string {
  const issues = troubles(report);
  if (issues.length === 0) return "";
  const most = detail === "counts" ? 3 : 10;
  const lines = issueLines(issues).map((line) => `- ${markdownLine(line, report.context)}`);
  const open = lines.slice(0, most);
  const rest = lines.slice(most);
  const left = count(issues.length - open.length, "more", "more");
  const more = detail === "all" ? fold(left, rest.join("\n")) : rest.length > 0 ? `And ${left}.` : "";
  const lead = `**${troubleHeading(report.conclusion)}**`;
  return blocks([[lead, ...open].join("\n"), more, markdownLine(troubleRemedy(report, issues), report.context)]);
}

/** What this change brings to look at, where it is little enough to be read. */
function notes(report: Report, sections: readonly Section[]): string {
  const told = newIssues(report, sections);
  if (told.length === 0 || told.length > OPEN_NOTES) return "";
  const lines = told.map((issue) => `- ${markdownLine(issueSentence(issue), report.context)}`);
  return ["**To look at:**", ...lines].join("\n");
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
