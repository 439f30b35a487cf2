import { cell, codeSpan, fileUrl, looseText } from "./escape.ts";
import type { Inline, Line } from "./inline.ts";
import type { Context } from "./report.ts";

/** A sentence as Markdown of one line. */
export function markdownLine(line: Line, context: Context): string {
  let text = "";
  for (const piece of line) {
    const next = markdownPiece(piece, context);
    // Two code spans side by side would run into one another.
    text += text.endsWith("`") && next.startsWith("`") ? ` ${next}` : next;
  }
  return text;
}

function markdownPiece(piece: Inline, context: Context): string {
  if (typeof piece === "string") return piece;
  switch (piece.kind) {
    case "code":
      return codeSpan(piece.text, piece.limit);
    case "loose":
      return looseText(piece.text);
    case "strong":
      return piece.of.length === 0 ? "" : `**${markdownLine(piece.of, context)}**`;
    case "place":
      return markdownPlace(piece, context);
  }
}

type Place = Extract<Inline, { readonly kind: "place" }>;

function markdownPlace({ at, side, as }: Place, context: Context): string {
  const words = placeWords(at.file, at.line, as, context);
  const url = context.links === undefined ? undefined : fileUrl(context.links, at, side);
  const text = url === undefined ? words : `[${words}](${url})`;
  const branch = side === "base" && as === "words" && context.base.commit !== undefined;
  return branch ? `${text} on ${codeSpan(context.base.label)}` : text;
}

function placeWords(file: string, line: number, as: Place["as"], context: Context): string {
  if (typeof as !== "string") return markdownLine(as, context);
  const linked = context.links !== undefined;
  const path = codeSpan(linked ? tail(file) : file);
  switch (as) {
    case "line":
      return line === 0 ? path : `line ${line}`;
    case "short":
      return line === 0 ? path : codeSpan(`${linked ? tail(file, 40) : file}:${line}`);
    case "words":
      return line === 0 ? path : `${path} line ${line}`;
    case "file":
      return path;
  }
}

/** The end of a long path, from a folder on: the link beside it has all of it. */
function tail(file: string, most: number = 80): string {
  if (file.length <= most) return file;
  const rest = file.slice(-most);
  const slash = rest.indexOf("/");
  return slash < 0 ? file : `…${rest.slice(slash)}`;
}

/** A table, or nothing where it has no rows. */
export function markdownTable(header: readonly Line[], rows: readonly (readonly Line[])[], context: Context): string {
  if (rows.length === 0) return "";
  const text = (cells: readonly Line[]) => `| ${cells.map((each) => cell(markdownLine(each, context))).join(" | ")} |`;
  return [text(header).replace(/^\| {2}\|/, "| |"), `|${" --- |".repeat(header.length)}`, ...rows.map(text)].join("\n");
}

/** A folded part; `summary` is our own wording. Nothing where there is nothing to fold. */
export function fold(summary: string, body: string): string {
  return body === "" ? "" : `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** Parts one below the other, empty ones left out. */
export function blocks(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}
