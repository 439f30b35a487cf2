import type { Cause } from "../diff/flow-diff.ts";
import { byCause, sortedUnique } from "./order.ts";
import type { ArrivalRow, Excerpt, FindingRow, GroupRow, Report } from "./report.ts";
import type { Section } from "./sections.ts";
import { sameReasons } from "./wording.ts";

/** Rows of a table that are open before the rest is folded. */
export const OPEN_ROWS = 5;

/** Findings that are told in full before the rest is folded. */
export const OPEN_FINDINGS = 5;

/** Causes of different words that are told with their lines. */
export const OPEN_REASONS = 3;

/** What a section consists of, once for every format. */
export type Parts = {
  /** Those that count. */
  readonly findings: readonly FindingRow[];
  readonly excepted: readonly FindingRow[];
  readonly open: readonly GroupRow[];
  readonly folded: readonly GroupRow[];
  /** Rows that are there only because a workload came or went, and that no rule speaks of. */
  readonly coming: readonly GroupRow[];
  /** Why, the causes of the same words together. */
  readonly reasons: readonly (readonly Cause[])[];
  readonly excerpts: readonly Excerpt[];
  readonly exposed: readonly ArrivalRow[];
  readonly moved: readonly ArrivalRow[];
};

/** The parts of one section. */
export function partsOf(report: Report, section: Section): Parts {
  const rows = section.groups.filter((row) => row.comes === undefined || row.protected !== undefined);
  const findings = section.findings.filter(({ excepted }) => excepted === undefined);
  const open = rows.slice(0, OPEN_ROWS);
  const told = findings.flatMap((finding) => finding.causes);
  const causes = told.length > 0 ? told : open.flatMap((row) => row.causes);
  return {
    findings,
    excepted: section.findings.filter(({ excepted }) => excepted !== undefined),
    open,
    folded: rows.slice(OPEN_ROWS),
    coming: section.groups.filter((row) => row.comes !== undefined && row.protected === undefined),
    reasons: sameReasons(sortedUnique(causes, byCause)),
    excerpts: report.clusters.filter(({ name }) => section.clusters.includes(name)).flatMap(({ excerpts }) => excerpts),
    exposed: section.arrivals.filter(({ exposed }) => exposed),
    moved: section.arrivals.filter(({ exposed }) => !exposed),
  };
}

/** The manifest lines of the first cause that has some: those at its line, else those around it. */
export function excerptOf(causes: readonly Cause[], excerpts: readonly Excerpt[]): Excerpt | undefined {
  return causes.map((cause) => excerptAt(cause, excerpts)).find((excerpt) => excerpt !== undefined);
}

function excerptAt(cause: Cause, excerpts: readonly Excerpt[]): Excerpt | undefined {
  const inFile = excerpts.filter(({ file }) => file === cause.at.file);
  return inFile.find(({ line }) => line === cause.at.line) ?? inFile.find((each) => spans(each, cause.at.line));
}

function spans({ line, text }: Excerpt, wanted: number): boolean {
  return wanted >= line && wanted < line + text.split("\n").length;
}

/** The lines to paste so that these findings pass, under one `exceptions:`; empty where nothing can be pasted. */
export function exceptionLines(findings: readonly FindingRow[]): readonly string[] {
  const items = findings
    .map(({ exception }) => exception.replace(/^exceptions:\r?\n/, ""))
    .filter((text) => text !== "");
  const unique = [...new Set(items)];
  return unique.length === 0 ? [] : ["exceptions:", ...unique.flatMap((item) => item.split(/\r?\n/))];
}

/** At most `most` lines of an excerpt; a last one counts the rest. */
export function excerptLines(excerpt: Excerpt, most: number = 16): readonly string[] {
  const lines = excerpt.text.replace(/\n$/, "").split(/\r?\n/);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `  (${lines.length - most + 1} more lines)`];
}
