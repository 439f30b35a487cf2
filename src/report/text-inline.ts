import stringWidth from "fast-string-width";
import pc from "picocolors";
import { plain } from "./escape.ts";
import type { Inline, Line } from "./inline.ts";

/** How a text is shown: with colour or without, and the columns of the terminal, if it is one. */
export type TextStyle = { readonly color: boolean; readonly width: number | undefined };

/** Characters of one name in a text before an ellipsis: no valid name is longer. */
const TEXT_NAME_LIMIT = 600;

type Colors = ReturnType<typeof pc.createColors>;

/** The colours of a style; they only repeat what the words say. */
export function colorsOf(style: TextStyle): Colors {
  return pc.createColors(style.color);
}

/** A sentence for the terminal. */
export function textLine(line: Line, style: TextStyle): string {
  return line.map((piece) => textPiece(piece, style)).join("");
}

function textPiece(piece: Inline, style: TextStyle): string {
  if (typeof piece === "string") return piece;
  switch (piece.kind) {
    case "code":
      return colorsOf(style).cyan(plain(piece.text, TEXT_NAME_LIMIT));
    case "loose":
      return plain(piece.text, TEXT_NAME_LIMIT);
    case "strong":
      return colorsOf(style).bold(textLine(piece.of, style));
    case "place":
      return textPlace(piece, style);
  }
}

function textPlace({ at, as }: Extract<Inline, { readonly kind: "place" }>, style: TextStyle): string {
  if (typeof as !== "string") return textLine(as, style);
  if (as === "line" && at.line > 0) return `line ${at.line}`;
  const line = at.line > 0 && as !== "file" ? `:${at.line}` : "";
  return colorsOf(style).underline(`${plain(at.file, TEXT_NAME_LIMIT)}${line}`);
}

/** `text` in lines that fit the terminal, each after `indent`; words are never cut. */
export function wrap(text: string, indent: string, style: TextStyle): string {
  if (style.width === undefined) return `${indent}${text}`;
  const room = Math.max(20, style.width - indent.length);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && stringWidth(longer) > room) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((each) => `${indent}${each}`).join("\n");
}

/** Rows of flows as columns; where the terminal is too narrow for them, as `opened: SRC => DST : BEFORE -> AFTER (why)`. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[], style: TextStyle): string {
  if (rows.length === 0) return "";
  const widths = header.map((title, i) =>
    rows.reduce((n, row) => Math.max(n, stringWidth(row[i] ?? "")), stringWidth(title)),
  );
  const total = widths.reduce((sum, width) => sum + width + 2, 0);
  if (style.width !== undefined && total > style.width) return rows.map((row) => sentenceOf(row, style)).join("\n");
  const line = (cells: readonly string[]) =>
    `  ${cells.map((text, i) => pad(text, widths[i] ?? 0)).join("  ")}`.trimEnd();
  return [colorsOf(style).dim(line(header)), ...rows.map(line)].join("\n");
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}

function sentenceOf([status, src, dst, before, after, why]: readonly string[], style: TextStyle): string {
  const cause = why === undefined || why === "" ? "" : ` (${why})`;
  return wrap(`${status}: ${src} => ${dst} : ${before} -> ${after}${cause}`, "  ", style);
}
