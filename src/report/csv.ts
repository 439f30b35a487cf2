import type { ListReport } from "./list.ts";
import type { Report } from "./report.ts";

/** The single changes as CSV; a last column names the cluster where there are several. */
export function formatDiffCsv(report: Report): string {
  const several = report.clusters.length > 1;
  const rows = report.clusters.flatMap(({ name, changes }) =>
    changes.map(({ type, src, dst, base, head, note }) => [
      type,
      src,
      dst,
      base,
      head,
      note,
      ...(several ? [name] : []),
    ]),
  );
  return table([["type", "src", "dst", "base", "head", "note", ...(several ? ["cluster"] : [])], ...rows]);
}

/** The allowed flows as CSV. */
export function formatListCsv(report: ListReport): string {
  return table([["src", "dst", "conn"], ...report.flows.map(({ src, dst, conn }) => [src, dst, conn])]);
}

/** Findings of a check as CSV. */
export function formatFindingsCsv(report: Report): string {
  const rows = report.clusters.flatMap(({ name, findings }) =>
    findings.map(({ rule, kind, severity, message, at }) => [
      name,
      rule,
      kind,
      severity,
      message,
      at?.file ?? "",
      String(at?.line ?? ""),
    ]),
  );
  return table([["cluster", "rule", "kind", "severity", "message", "file", "line"], ...rows]);
}

/** RFC 4180: lines end in CR LF, a field with a comma, a quote or a line end stands in quotes. */
function table(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

/** A field; one that a spreadsheet would take for a formula begins with an apostrophe. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
