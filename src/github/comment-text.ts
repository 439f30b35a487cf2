import { type Marker, markerLine } from "./marker.ts";
import type { Markdown, MarkdownOptions } from "./outcome.ts";

/** Bytes that a comment may have; GitHub refuses more than 65,536 characters. */
export const COMMENT_BUDGET = 60_000;

/** The body of a comment, a summary or a report file: marker line and report within `budget` bytes of UTF-8. */
export function reportBody(
  marker: Omit<Marker, "truncated">,
  render: (options: MarkdownOptions) => Markdown,
  { budget, runUrl }: MarkdownOptions,
): string {
  const room = budget - byteLength(markerLine({ ...marker, truncated: false })) - 1;
  const { text, truncated } = render({ budget: room, runUrl });
  const fits = byteLength(text) <= room;
  const report = fits ? text : headingOnly(text, runUrl);
  return wellFormed(`${markerLine({ ...marker, truncated: truncated || !fits })}\n${report}`).trimEnd();
}

/** What an earlier comment becomes when there is nothing to say any more. */
export function resolvedBody(marker: Omit<Marker, "truncated">, text: string): string {
  return wellFormed(`${markerLine({ ...marker, truncated: false })}\n${text}`).trimEnd();
}

/** Whether a comment already says that all is well, so that there is nothing to turn. */
export function isResolved(body: string): boolean {
  return (body.split(/\r?\n/, 2)[1] ?? "").startsWith("### ✅");
}

/** Whether GitHub would show the same comment for both. */
export function isSameBody(stored: string, body: string): boolean {
  return stored.replaceAll("\r\n", "\n").trimEnd() === body;
}

/** Number of bytes of `text` in UTF-8. */
function byteLength(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

function headingOnly(text: string, runUrl: string): string {
  const [heading = ""] = text.split("\n", 1);
  const note = `The report is too long to be shown here; the files of [the run](${runUrl}) that the outputs name have all of it.`;
  return `${[...heading].slice(0, 500).join("")}\n\n${note}`;
}

/** GitHub refuses text that is not well-formed Unicode. */
function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}
