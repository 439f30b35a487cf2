import type { SourceRef } from "../errors.ts";
import type { Side } from "../model/peer.ts";
import type { Links } from "./report.ts";

/** Characters of a name that Markdown and text show before an ellipsis. */
export const NAME_LIMIT = 200;

/** Characters of a line that somebody is to paste: more than any that we write. */
export const PASTE_LIMIT = 2000;

/** Characters of a manifest line or of a sentence from outside before an ellipsis. */
export const LINE_LIMIT = 400;

/** Control, format, bidirectional, zero-width and other invisible characters, lone surrogates, and every space but the usual one. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{DI}]|[^\P{Zs} ]/gu;

/** `text` with each character that cannot be seen written as `\u202e`. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (char) => {
    const code = (char.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** `text` with nothing hidden in it, in at most `limit` characters. */
function shown(text: string, limit: number): string {
  return shorten(visible(shorten(text, limit)), limit);
}

/** At most `limit` characters of `text`; the last of them is an ellipsis where something was cut. */
export function shorten(text: string, limit: number = NAME_LIMIT): string {
  if (text.length <= limit) return text;
  const points = Array.from(text.slice(0, 2 * limit + 2));
  return points.length <= limit ? text : `${points.slice(0, limit - 1).join("")}…`;
}

/** A name for the terminal and the log: one line, nothing hidden, no workflow command. */
export function plain(text: string, limit: number = NAME_LIMIT): string {
  return shown(text, limit)
    .replaceAll("##[", "#\\u0023[")
    .replace(/::(?=[A-Za-z][^:]*::)/g, ":\\u003a");
}

/** `text` as a Markdown code span that it cannot leave. */
export function codeSpan(text: string, limit: number = NAME_LIMIT): string {
  const content = shown(text, limit);
  if (content === "") return "(empty)";
  const ticks = "`".repeat(longestRun(content) + 1);
  const pad = /^[` ]|[` ]$/.test(content) && content.trim() !== "" ? " " : "";
  return `${ticks}${pad}${content}${pad}${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** What GitHub makes something of outside of code, whatever is escaped: mentions, references, links, emoji, formulas. */
const LIVE = /[@#$]|:\/\/|www\.|mailto:|xmpp:|gh-\d|:[\w+-]+:|(?<![0-9a-z])[0-9a-f]{7,64}(?![0-9a-z])/i;

/** A sentence from outside as Markdown text: words stay words, and what could link, mention or mark up does not. */
export function looseText(text: string): string {
  return shown(text, LINE_LIMIT)
    .split(/( +)/)
    .map((token) => (token.startsWith(" ") ? " " : LIVE.test(token) ? codeSpan(token, LINE_LIMIT) : escapeWord(token)))
    .join("");
}

function escapeWord(word: string): string {
  if (/^(?:[-+=]+|\d+[.)])$/.test(word)) return word.replace(/[-+=.)]/g, "\\$&");
  return word.replace(/[\\`*_[\]<>&|~!{}]/g, "\\$&");
}

/** Markdown of one line as a cell of a table. */
export function cell(markdown: string): string {
  return markdown.replace(/(\\?)\|/g, (_, backslash: string) => (backslash === "" ? "\\|" : "\\\\u007c"));
}

/** Lines of at most `limit` characters as a fenced block that they cannot leave. */
export function fence(language: string, lines: readonly string[], limit: number = LINE_LIMIT): string[] {
  const shownLines = lines.map((line) => shown(line.replaceAll("\t", "  "), limit));
  const ticks = "`".repeat(Math.max(3, ...shownLines.map((line) => longestRun(line) + 1)));
  return [`${ticks}${language}`, ...shownLines, ticks];
}

/** Characters of an address that is still worth a link. */
const URL_LIMIT = 1000;

/** The address of a file and line on one side; `undefined` where it would be longer than any that leads somewhere. */
export function fileUrl(links: Links, at: SourceRef, side: Side): string | undefined {
  const path = at.file.split("/").map(encodeSegment).join("/");
  const repository = links.repository.split("/").map(encodeSegment).join("/");
  const line = at.line > 0 ? `#L${at.line}` : "";
  const url = `${links.server}/${repository}/blob/${encodeSegment(links[side])}/${path}${line}`;
  return url.length > URL_LIMIT ? undefined : url;
}

function encodeSegment(segment: string): string {
  const known = segment.replace(/\p{Cs}/gu, "\ufffd");
  return encodeURIComponent(known).replace(/[!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
