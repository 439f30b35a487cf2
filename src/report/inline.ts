import type { SourceRef } from "../errors.ts";
import type { Side } from "../model/peer.ts";
import { NAME_LIMIT } from "./escape.ts";

/**
 * A sentence before it has a format. A plain string is our own wording and is trusted; whatever comes from outside is
 * `code` (a name, shown exactly) or `loose` (words of a sentence).
 */
export type Line = readonly Inline[];

export type Inline =
  | string
  | { readonly kind: "code"; readonly text: string; readonly limit: number }
  | { readonly kind: "loose"; readonly text: string }
  | { readonly kind: "strong"; readonly of: Line }
  | {
      readonly kind: "place";
      readonly at: SourceRef;
      readonly side: Side;
      readonly as: "words" | "short" | "line" | "file" | Line;
    };

/** A name from outside. */
export function code(text: string, limit: number = NAME_LIMIT): Inline {
  return { kind: "code", text, limit };
}

/** Words from outside. */
export function loose(text: string): Inline {
  return { kind: "loose", text };
}

/** What the reader should see first. */
export function strong(of: Line): Inline {
  return { kind: "strong", of };
}

/** A place in a file of one side: `k8s/db.yaml` line 14, or as short as `db.yaml:14`, or `line 14`, or words that lead there. */
export function placeOf(at: SourceRef, side: Side, as: "words" | "short" | "line" | "file" | Line = "words"): Inline {
  return { kind: "place", at, side, as };
}

/** A sentence of trusted words with pieces in between. */
export function say(words: TemplateStringsArray, ...pieces: readonly (Inline | Line)[]): Line {
  const line: Inline[] = [];
  words.forEach((word, i) => {
    if (word !== "") line.push(word);
    const piece = pieces[i];
    if (piece === undefined) return;
    if (isLine(piece)) line.push(...piece);
    else line.push(piece);
  });
  return line;
}

function isLine(piece: Inline | Line): piece is Line {
  return Array.isArray(piece);
}

/** A sentence that marks its names with backticks. */
export function marked(message: string): Line {
  const parts = message.split("`");
  const line: Inline[] = [];
  parts.forEach((part, i) => {
    const closed = i % 2 === 1 && i < parts.length - 1;
    if (closed) line.push(code(part));
    else if (i % 2 === 1) line.push(loose(`\`${part}`));
    else if (part !== "") line.push(loose(part));
  });
  return line;
}

/** `message` as a sentence's beginning: a capital first, no period at the end. */
export function sentence(message: string): string {
  const trimmed = message.trim().replace(/\.+$/, "");
  return trimmed.replace(/^\p{Ll}/u, (first) => first.toUpperCase());
}

/** `a`, `a and b`, `a, b and c`; beyond `most`: `a, b and 7 more`. */
export function enumerate(items: readonly Line[], most: number = 3, word: string = "and"): Line {
  const shown = items.length > most ? [...items.slice(0, most), [`${items.length - most} more`]] : items;
  const line: Inline[] = [];
  shown.forEach((item, i) => {
    if (i > 0) line.push(i === shown.length - 1 ? ` ${word} ` : ", ");
    line.push(...item);
  });
  return line;
}

/** `1 flow`, `3 flows`, `12,345 flows`. */
export function count(n: number, one: string, many: string = `${one}s`): string {
  return `${numeral(n)} ${n === 1 ? one : many}`;
}

/** `12,345`. */
export function numeral(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}
