import { writeFileSync } from "node:fs";
import { InputError } from "../errors.ts";
import { formatDiffCsv, formatFindingsCsv, formatListCsv } from "../report/csv.ts";
import { type ExplainReport, formatExplainText } from "../report/explain.ts";
import { formatCheckJson, formatDiffJson, formatExplainJson, formatListJson } from "../report/json.ts";
import { formatListMarkdown, formatListNotes, formatListText, type ListReport } from "../report/list.ts";
import { formatMarkdown } from "../report/markdown.ts";
import type { Report } from "../report/report.ts";
import { formatText } from "../report/text.ts";
import type { TextStyle } from "../report/text-inline.ts";
import type { Flags, Format } from "./options.ts";

const BUDGET = 60_000;

/** The text of a review or check. */
export function reportText(report: Report, format: Format, style: TextStyle): string {
  switch (format) {
    case "text":
      return formatText(report, style);
    case "markdown":
      return formatMarkdown(report, { budget: BUDGET, runUrl: "" }).text;
    case "json":
      return report.shape === "check" ? formatCheckJson(report) : formatDiffJson(report);
    case "csv":
      return report.shape === "check" ? formatFindingsCsv(report) : formatDiffCsv(report);
  }
}

/** The text of a list, and what belongs on standard error beside it. */
export function listTexts(
  report: ListReport,
  format: Format,
  context: Report["context"],
  style: TextStyle,
): { readonly out: string; readonly notes: string } {
  switch (format) {
    case "text":
      return { out: formatListText(report), notes: formatListNotes(report, style) };
    case "markdown":
      return { out: formatListMarkdown(report, context), notes: "" };
    case "json":
      return { out: formatListJson(report), notes: "" };
    case "csv":
      return { out: formatListCsv(report), notes: formatListNotes(report, style) };
  }
}

export function explainText(report: ExplainReport, format: "text" | "json", style: TextStyle): string {
  return format === "json" ? formatExplainJson(report) : formatExplainText(report, style);
}

/** Writes a result to `--file`, else to standard output. */
export function write(text: string, flags: Pick<Flags, "file">): void {
  if (flags.file === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(flags.file, text);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new InputError("BAD_PATH", undefined, `\`${flags.file}\` cannot be written: ${cause}`);
  }
}

/** How text looks on the stream that it goes to. */
export function styleOf(flags: Pick<Flags, "file" | "color">, stream: NodeJS.WriteStream): TextStyle {
  const isTerminal = stream.isTTY === true && flags.file === undefined;
  const wants =
    flags.color === "always" || (flags.color === "auto" && isTerminal && process.env.NO_COLOR === undefined);
  return { color: wants, width: isTerminal ? stream.columns : undefined };
}
