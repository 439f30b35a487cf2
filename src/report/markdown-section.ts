import type { Cause } from "../diff/flow-diff.ts";
import { fence, PASTE_LIMIT } from "./escape.ts";
import { hintOf } from "./hint.ts";
import { code, count, enumerate, type Line, say, strong } from "./inline.ts";
import { blocks, fold, markdownLine, markdownTable } from "./markdown-inline.ts";
import { clusterWords, type Names } from "./names.ts";
import type { Context, GroupRow, Report } from "./report.ts";
import {
  exceptionLines,
  excerptLines,
  excerptOf,
  OPEN_FINDINGS,
  OPEN_REASONS,
  type Parts,
  partsOf,
} from "./section-parts.ts";
import type { Section } from "./sections.ts";
import { flowTable, namespaceTable, needsReasons } from "./table.ts";
import {
  exceptedSentence,
  findingSentence,
  intendedSentence,
  notOpenedSentence,
  reasonSentence,
  ruleSentence,
} from "./wording.ts";
import { arrivalSentence, exposedSentence, neighbourSentence, remedySentence } from "./wording-arrivals.ts";

/** How much of a section is said; each step leaves out what the one before it still had. */
export type Detail = "all" | "protected rows" | "no details" | "namespaces" | "counts";

/** Lines of an exception that a comment has room for; the JSON report has all of it. */
const PASTE_LINES = 80;

export type View = { readonly report: Report; readonly names: Names; readonly detail: Detail };

/** One section: findings, table, why, how to accept, `closing`, then what is folded. */
export function markdownSection(section: Section, view: View, closing: string): string {
  const parts = partsOf(view.report, section);
  const { context } = view.report;
  const heading =
    view.report.clusters.length > 1
      ? `#### In ${markdownLine(clusterWords(section.clusters, view.report.clusters.length), context)}`
      : "";
  const body = blocks([
    findings(parts, view),
    table(parts, view),
    why(parts, view),
    intended(parts, view),
    exposures(parts, view),
    closing,
    excepted(parts, view),
    changes(parts, view),
    moved(parts, view),
  ]);
  return body === "" ? "" : blocks([heading, body]);
}

function findings({ findings }: Parts, { report, names, detail }: View): string {
  const { context } = report;
  const paragraphs = findings.map((finding) => {
    const rule = markdownLine(ruleSentence(finding), context);
    return `${markdownLine(findingSentence(finding, context, names), context)}\n${rule}`;
  });
  const rest = paragraphs.slice(OPEN_FINDINGS);
  const short = detail === "namespaces" && rest.length > 0;
  return blocks([
    ...paragraphs.slice(0, OPEN_FINDINGS),
    short ? `And ${count(rest.length, "more finding")}.` : fold(count(rest.length, "more finding"), blocks(rest)),
  ]);
}

function table({ open, folded }: Parts, view: View): string {
  const { report, names, detail } = view;
  const options = { context: report.context, names, why: needsReasons(open), marks: true };
  const { header, rows } =
    detail === "namespaces" ? namespaceTable([...open, ...folded], options, 20) : flowTable(open, options);
  return markdownTable(header, rows, report.context);
}

function why(parts: Parts, view: View): string {
  const { context } = view.report;
  const told = parts.reasons.slice(0, OPEN_REASONS);
  const not = markdownLine(notOpenedSentence(parts.findings), context);
  if (told.length === 0) return not;
  const lines = told.map((causes) => {
    const hint = hintOf(excerptOf(causes, parts.excerpts));
    return markdownLine(reasonSentence(causes, hint), context);
  });
  const more = parts.reasons.length - told.length;
  const diffs = view.detail === "namespaces" ? told.map(() => []) : excerpts(told, parts);
  if (lines.length === 1) {
    const text = [`**Why:** ${lines[0] ?? ""}`, not].filter((part) => part !== "").join(" ");
    return [text, ...(diffs[0] ?? [])].join("\n");
  }
  const items = lines.flatMap((line, i) => [`- ${line}`, ...(diffs[i] ?? []).map((text) => `  ${text}`)]);
  const rest = more > 0 ? [`- ${count(more, "more cause")}`] : [];
  return blocks([["**Why:**", ...items, ...rest].join("\n"), not]);
}

/** The changed lines of each reason, each excerpt once. */
function excerpts(reasons: readonly (readonly Cause[])[], parts: Parts): readonly (readonly string[])[] {
  const shown = new Set<string>();
  return reasons.map((causes) => {
    const excerpt = excerptOf(causes, parts.excerpts);
    if (excerpt === undefined || shown.has(excerpt.text)) return [];
    shown.add(excerpt.text);
    return fence("diff", excerptLines(excerpt));
  });
}

function intended({ findings }: Parts, { report }: View): string {
  const blocking = findings.filter(({ severity }) => severity === "error");
  if (blocking.length === 0) return "";
  const { context } = report;
  const sentence = markdownLine(intendedSentence(blocking, report), context);
  const lines = exceptionLines(blocking);
  if (lines.length === 0) return `**Intended?** ${sentence}.`;
  const file = markdownLine(say`In ${code(context.config)}:`, context);
  const paste = [file, ...fence("yaml", lines.slice(0, PASTE_LINES), PASTE_LIMIT)].join("\n");
  return `**Intended?** ${sentence}:\n${fold("exception to paste", paste)}`;
}

/** Workloads that came without a policy: a sentence each, and one way to close all of them. */
function exposures({ exposed, coming, findings }: Parts, { report, names, detail }: View): string {
  if (exposed.length === 0) return "";
  const { context, conclusion } = report;
  const calm = context.rules > 0 && findings.length === 0 && exposed.length === 1;
  const sentences = exposed.slice(0, OPEN_FINDINGS).map((arrival) => {
    const lines = [exposedSentence(arrival, names), neighbourSentence(arrival, names, calm)];
    return lines
      .map((line) => markdownLine(line, context))
      .filter((line) => line !== "")
      .join("\n");
  });
  const left = exposed.length - sentences.length;
  const merge = conclusion === "changed" ? `**${mergeWords(context)}** ` : "";
  const remedy = `${merge}${markdownLine(remedySentence(exposed), context)}`;
  const summary = `${exposed.length === 1 ? "its" : "their"} ${count(pairs(coming), "flow")}, all because nothing selects ${exposed.length === 1 ? "it" : "them"}`;
  const flows = detail === "all" ? fold(summary, flowList(coming, { report, names, detail })) : "";
  const more = left > 0 ? `And ${count(left, "more new workload")} without a policy.` : "";
  return blocks([...sentences, more, flows === "" ? remedy : `${remedy}\n${flows}`]);
}

/** The verdict of a passing check for the one who reads it. */
export function mergeWords({ setting }: Context): string {
  return setting === "pull-request" || setting === "merge-group" ? "You can merge." : "Nothing blocks.";
}

function excepted({ excepted }: Parts, { report, names }: View): string {
  const lines = excepted.map((finding) => `- ${markdownLine(exceptedSentence(finding, names), report.context)}`);
  return fold(`${count(lines.length, "finding")} excepted`, lines.slice(0, 20).join("\n"));
}

function changes({ folded }: Parts, view: View): string {
  if (view.detail === "namespaces") return "";
  const rows = view.detail === "all" ? folded : folded.filter((row) => row.protected !== undefined);
  return fold(count(rows.length, "more change"), flowList(rows, view));
}

/** Workloads that came and went; with their flows, unless the flows stand with an exposed one already. */
function moved({ moved, coming, exposed }: Parts, view: View): string {
  if (view.detail === "no details" || view.detail === "namespaces") return "";
  const { context } = view.report;
  const sentences = moved
    .slice(0, 50)
    .map((arrival) => `- ${markdownLine(arrivalSentence(arrival, view.names), context)}`);
  const more = moved.length > 50 ? [`- ${count(moved.length - 50, "more", "more")}`] : [];
  const flows = exposed.length === 0 && view.detail === "all" ? flowList(coming, view) : "";
  const words = flows === "" ? "" : `, ${count(pairs(coming), "flow")}`;
  return fold(`workloads that came and went${words}`, blocks([[...sentences, ...more].join("\n"), flows]));
}

function flowList(rows: readonly GroupRow[], { report, names }: View): string {
  const why = needsReasons(rows);
  const { header, rows: lines } = flowTable(rows, { context: report.context, names, why, marks: true });
  return markdownTable(header, lines, report.context);
}

function pairs(rows: readonly GroupRow[]): number {
  return rows.reduce((sum, row) => sum + row.pairs, 0);
}

/** What is said of a section where nothing else fits: its findings by rule. */
export function markdownCounts(section: Section, { report }: View): string {
  const { findings, open, folded, coming } = partsOf(report, section);
  const rules = new Map<string, number>();
  for (const { rule } of findings) rules.set(rule, (rules.get(rule) ?? 0) + 1);
  const words = [...rules].map(([rule, n]): Line => say`${code(rule, 40)} (${count(n, "finding")})`);
  const where = report.clusters.length > 1 ? say`In ${clusterWords(section.clusters, report.clusters.length)}: ` : [];
  const flows = count(pairs([...open, ...folded, ...coming]), "flow changes", "flows change");
  const rulesLine: Line = words.length === 0 ? [] : say`; ${enumerate(words, 5)}`;
  return markdownLine(say`${where}${strong([flows])}${rulesLine}.`, report.context);
}
