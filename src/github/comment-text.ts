import { type Marker, markerLine, parseMarker } from "./marker.ts";
import type { Markdown, MarkdownOptions } from "./outcome.ts";
import { visible } from "./visible.ts";

/** Bytes that a comment may have; GitHub refuses more than 65,536 characters. */
export const COMMENT_BUDGET = 60_000;

const RESOLVED = "### ✅ netpol-review: resolved";

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

/** What an earlier comment becomes when there is nothing to say any more; it tells what was resolved. */
export function resolvedBody(marker: Omit<Marker, "truncated">, earlier: string): string {
  const before = parseMarker(earlier)?.head.slice(0, 7) ?? "";
  const lines = [markerLine({ ...marker, truncated: false }), RESOLVED, ""];
  const since = /^[0-9a-f]{7}$/.test(before) ? ` (\`${before}\`)` : "";
  lines.push(`No longer true of \`${marker.head.slice(0, 7)}\`: ${headline(earlier)}${since}.`);
  const claims = earlier.split(/\r?\n/).filter((line) => line.startsWith("**"));
  const sentences = claims.flatMap((line) => /^\*\*(.+?)\*\*/.exec(line)?.[1] ?? []);
  for (const sentence of sentences.slice(0, 3)) lines.push(`- ~~${inert(sentence)}~~`);
  return wellFormed(lines.join("\n")).trimEnd();
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

/** The verdict of an earlier comment, without its sign. */
function headline(body: string): string {
  const heading = body.split(/\r?\n/).find((line) => line.startsWith("### ")) ?? "";
  const verdict = inert(heading.replace(/^### [^n]*netpol-review: */, "").slice(0, 300)).trim();
  return verdict === "" ? "the earlier report" : verdict;
}

/**
 * Text of an earlier comment, which people with write access may have edited, made harmless: code spans stay,
 * of the rest only letters, digits and the punctuation of a sentence.
 */
function inert(text: string): string {
  const parts = text.slice(0, 600).split("`");
  const last = parts.length - 1;
  return parts
    .map((part, index) => {
      if (index % 2 === 1 && index < last && part.trim() !== "") return `\`${visible(part)}\``;
      return visible(part).replace(/[^\p{L}\p{N} ,()-]/gu, "");
    })
    .join("");
}

/** GitHub refuses text that is not well-formed Unicode. */
function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}
