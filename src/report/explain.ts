import type { ExplainedEnd, ExplainedPart, ExplainedSide } from "../diff/explanation.ts";
import type { Issue } from "../errors.ts";
import type { Assumption } from "../model/cluster.ts";
import type { Conn } from "../sets/conn.ts";
import { type Line, loose, placeOf, say, strong } from "./inline.ts";
import { connWords, exactNames } from "./names.ts";
import { byAssumption, byIssue, sortedUnique } from "./order.ts";
import type { AssumptionRow, IssueRow } from "./report.ts";
import { connText, issueRow } from "./rows.ts";
import { type TextStyle, textLine, wrap } from "./text-inline.ts";
import { causeSentence } from "./wording.ts";

/** Ports of one pair that have the same answer, and what decided it at each end; connections in words. */
type ExplainPart = Omit<ExplainedPart, "conn"> & { readonly conn: string };

/** Why one pair may or may not connect. */
export type ExplainReport = {
  readonly src: string;
  readonly dst: string;
  readonly parts: readonly ExplainPart[];
  /** What the answers rest on, in files of policies that decided. */
  readonly assumptions: readonly AssumptionRow[];
  readonly issues: readonly IssueRow[];
};

export type ExplainInput = {
  readonly src: string;
  readonly dst: string;
  readonly parts: readonly ExplainedPart[];
  readonly universe: Conn;
  /** Those of the clusters on both sides. */
  readonly assumptions: readonly Assumption[];
  readonly issues: readonly Issue[];
};

/** The explanation that every format is made of; parts stay in the order in which they come. */
export function buildExplain({ src, dst, parts, universe, assumptions, issues }: ExplainInput): ExplainReport {
  const text = connText(universe);
  const rows = issues.map((issue) => issueRow(issue, false));
  const files = new Set(parts.flatMap(filesOf));
  return {
    src,
    dst,
    parts: parts.map((part) => ({ ...part, conn: text(part.conn) })),
    assumptions: sortedUnique(
      assumptions.filter(({ at }) => at === undefined || files.has(at.file)),
      byAssumption,
    ),
    issues: sortedUnique(rows, byIssue),
  };
}

/** The files in which something stands that decided a part. */
function filesOf({ base, head }: ExplainedPart): readonly string[] {
  const sides = base === undefined ? [head] : [base, head];
  return sides.flatMap(({ egress, ingress }) => [...egress.causes, ...ingress.causes].map(({ at }) => at.file));
}

/** The explanation for a terminal: a paragraph for each part of the connection. */
export function formatExplainText(report: ExplainReport, style: TextStyle): string {
  const paragraphs = report.parts.map((part) => partText(report, part, style));
  const assumed = report.assumptions.map(({ text, at }) => {
    const where = at === undefined ? "" : say`${placeOf(at, "head")}: `;
    return wrap(textLine(say`assumed: ${where}${loose(text)}`, style), "", style);
  });
  return `${[...paragraphs, ...(assumed.length === 0 ? [] : [assumed.join("\n")])].join("\n\n")}\n`;
}

function partText({ src, dst }: ExplainReport, part: ExplainPart, style: TextStyle): string {
  const write = (line: Line, indent: string) => wrap(textLine(line, style), indent, style);
  const { base, head, fix } = part;
  const conn = part.conn === "No Connections" ? [part.conn] : connWords(part.conn);
  const was = base === undefined || base.allowed === head.allowed ? [] : say`, was ${verdictWords(base)}`;
  const pair = say`${exactNames.peer(src)} => ${exactNames.peer(dst)} : ${conn} ${strong([verdictWords(head)])}${was}`;
  const sides = [
    ...(base === undefined ? [] : sideLines(base, "base ")),
    ...sideLines(head, base === undefined ? "" : "head "),
  ];
  const steps =
    fix === "" ? [] : ["  to allow it:", ...fix.split("\n").map((line) => `    ${textLine([loose(line)], style)}`)];
  return [write(pair, ""), ...sides.map((line) => write(line, "  ")), ...steps].join("\n");
}

function sideLines(side: ExplainedSide, prefix: string): readonly Line[] {
  return [...endLines(side.egress, `${prefix}egress`), ...endLines(side.ingress, `${prefix}ingress`)];
}

function endLines({ causes, text }: ExplainedEnd, name: string): readonly Line[] {
  if (causes.length === 0) return [say`${name}: ${loose(text)}`];
  return causes.map((cause) => say`${name}: ${placeOf(cause.at, cause.side)}: ${causeSentence(cause)}`);
}

/** `allowed` or `blocked`. */
export function verdictWords({ allowed }: ExplainedSide): "allowed" | "blocked" {
  return allowed ? "allowed" : "blocked";
}
