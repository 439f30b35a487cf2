import type { Issue } from "../errors.ts";
import type { Assumption, Plugin } from "../model/cluster.ts";
import type { Conn } from "../sets/conn.ts";
import { plain } from "./escape.ts";
import { code, count, type Line, say } from "./inline.ts";
import { issueLines } from "./issue-lines.ts";
import { blocks, markdownLine, markdownTable } from "./markdown-inline.ts";
import { connWords, exactNames } from "./names.ts";
import { byAssumption, byFlow, byIssue, sortedUnique } from "./order.ts";
import type { AssumptionRow, Context, FlowRow, IssueRow } from "./report.ts";
import { connText, issueRow } from "./rows.ts";
import { colorsOf, type TextStyle, textLine, wrap } from "./text-inline.ts";
import { assumptionSentences } from "./wording-read.ts";

/** Every allowed flow of one tree, sorted by source, then destination. */
export type ListReport = {
  readonly flows: readonly FlowRow[];
  readonly issues: readonly IssueRow[];
  readonly assumptions: readonly AssumptionRow[];
  readonly plugin: Plugin;
};

export type ListInput = {
  readonly flows: Iterable<{ readonly src: string; readonly dst: string; readonly conn: Conn }>;
  /** Everything that the run tells apart. */
  readonly universe: Conn;
  readonly issues: readonly Issue[];
  readonly assumptions: readonly Assumption[];
  readonly plugin: Plugin;
};

/** The list that every format is made of; the order of the input does not matter. */
export function buildList({ flows, universe, issues, assumptions, plugin }: ListInput): ListReport {
  const text = connText(universe);
  const rows: FlowRow[] = [];
  for (const { src, dst, conn } of flows) rows.push({ src, dst, conn: text(conn) });
  return {
    flows: rows.sort(byFlow),
    issues: sortedUnique(
      issues.map((issue) => issueRow(issue, false)),
      byIssue,
    ),
    assumptions: sortedUnique(assumptions, byAssumption),
    plugin,
  };
}

/** One line `SRC => DST : CONN` a flow; nothing else, so that scripts can read it. */
export function formatListText(report: ListReport): string {
  const peers = once(peer);
  const conns = once((text) => plain(text, 10_000));
  return report.flows.map(({ src, dst, conn }) => `${peers(src)} => ${peers(dst)} : ${conns(conn)}\n`).join("");
}

/** `write`, asked once for each text. */
function once(write: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text) ?? write(text);
    known.set(text, found);
    return found;
  };
}

/** Addresses are shown in full, however many intervals they are; a name that long is nobody's. */
function peer(text: string): string {
  return /^[0-9a-f.:,/-]+$/.test(text) ? text : plain(text, 600);
}

/** What a person should know beside the flows: for standard error. Empty where there is nothing to say. */
export function formatListNotes(report: ListReport, style: TextStyle): string {
  const write = (line: Line) => `${wrap(textLine(line, style), "", style)}\n`;
  const idle = report.plugin.enforces ? "" : colorsOf(style).red(write(notEnforced(report)));
  const lines = [
    ...issueLines(report.issues),
    ...assumptionSentences(report.assumptions).map((each) => say`Assumed: ${each}`),
  ];
  return idle + lines.map(write).join("");
}

function notEnforced({ plugin }: ListReport): Line {
  return say`${code(plugin.name ?? "the network plugin")} enforces no network policy: every flow is allowed, whatever the policies say.`;
}

/** The flows as a table, with what could not be read above it. */
export function formatListMarkdown(report: ListReport, context: Context): string {
  const rows = report.flows.map(({ src, dst, conn }): readonly Line[] => [
    exactNames.peer(src),
    exactNames.peer(dst),
    connWords(conn),
  ]);
  const issues = issueLines(report.issues).map((line) => `- ${markdownLine(line, context)}`);
  return `${blocks([
    `### netpol-review: ${count(rows.length, "flow")} allowed`,
    report.plugin.enforces ? "" : `🔴 **Not enforced:** ${markdownLine(notEnforced(report), context)}`,
    issues.join("\n"),
    markdownTable([["From"], ["To"], ["Connections"]], rows, context),
  ])}\n`;
}
