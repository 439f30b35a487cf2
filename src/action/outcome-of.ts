import type { ReviewOutcome } from "../github/outcome.ts";
import { annotationsOf } from "../report/annotations.ts";
import { undecided } from "../report/issues.ts";
import { formatCheckJson, formatDiffJson } from "../report/json.ts";
import { formatMarkdown } from "../report/markdown.ts";
import type { Report, Summary } from "../report/report.ts";
import { formatResolved } from "../report/resolved.ts";
import { formatText } from "../report/text.ts";

/** A report in the words that GitHub is told. */
export function outcomeOf(report: Report): ReviewOutcome {
  const sum = (of: (summary: Summary) => number) => report.clusters.reduce((n, { summary }) => n + of(summary), 0);
  return {
    conclusion: report.conclusion,
    hasError: report.conclusion === "error" || undecided(report).length > 0,
    enforces: report.context.mode === "enforce",
    counts: {
      findings: sum(({ findings }) => findings),
      opened: sum(({ opened }) => opened),
      closed: sum(({ closed }) => closed),
    },
    news: report.news,
    verdict: report.title,
    markdown: (options) => formatMarkdown(report, options),
    resolved: (earlier) => formatResolved(report, earlier),
    json: report.shape === "check" ? formatCheckJson(report) : formatDiffJson(report),
    annotations: annotationsOf(report),
    notes: [formatText(report, { color: false, width: undefined })],
  };
}
