import { reportBody } from "./comment-text.ts";
import type { Marker } from "./marker.ts";
import type { Markdown, MarkdownOptions } from "./outcome.ts";

/** GitHub drops a step's whole summary above 1 MiB; some of it is left for what else the step writes. */
const SUMMARY_BUDGET = 1_000_000;

/**
 * The job summary, to be appended to a file that has `writtenBytes` already; `undefined` where not even a verdict
 * has room any more.
 */
export function summaryText(
  marker: Omit<Marker, "truncated">,
  render: (options: MarkdownOptions) => Markdown,
  { writtenBytes, runUrl }: { readonly writtenBytes: number; readonly runUrl: string },
): string | undefined {
  const budget = SUMMARY_BUDGET - writtenBytes;
  return budget < 2000 ? undefined : `${reportBody(marker, render, { budget, runUrl })}\n`;
}
