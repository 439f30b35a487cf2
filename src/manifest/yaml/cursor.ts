import type { Span } from "./scan.ts";
import type { Source } from "./source.ts";

/** Thrown, without a stack, where the quick readers meet something that they do not fully understand. */
export const GIVE_UP = new Error("left to the exact reader");

/** Classes of bytes; a byte can be in several. */
export const TEXT = 1;
/** Text that cannot end a plain scalar in a block. */
export const PLAIN = 2;
/** Letters of a key without quotes. */
export const KEY = 4;
/** What such a key starts with. */
export const KEY_START = 8;
/** What a plain scalar in a block starts with, where nothing else has to be looked at. */
export const PLAIN_START = 16;
/** Letters of a plain scalar between brackets. */
export const FLOW = 32;
/** What such a scalar starts with. */
export const FLOW_START = 64;

export const LF = 10;
export const SPACE = 32;
export const QUOTE = 34;
export const HASH = 35;
export const APOSTROPHE = 39;
export const COMMA = 44;
export const DASH = 45;
export const COLON = 58;
export const OPEN_BRACKET = 91;
export const BACKSLASH = 92;
export const CLOSE_BRACKET = 93;
export const OPEN_BRACE = 123;
export const BAR = 124;
export const CLOSE_BRACE = 125;
export const GREATER = 62;

const ALPHANUMERIC = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** The classes that each byte of ASCII text is in, as the sum of their bits. */
export const QUICK_CLASSES = classes(false);
/** As `QUICK_CLASSES`, for text whose other characters have been looked at. */
const WIDE = classes(true);

function classes(wide: boolean): Uint8Array {
  const table = new Uint8Array(256);
  for (let code = 0x20; code < 0x7f; code++) table[code] = TEXT | PLAIN;
  if (wide) for (let code = 0x80; code < 0x100; code++) table[code] = TEXT | PLAIN | PLAIN_START;
  table[9] = TEXT;
  table[HASH] = TEXT;
  table[COLON] = TEXT;
  add(table, `${ALPHANUMERIC}_./`, KEY | KEY_START | FLOW | FLOW_START);
  add(table, "-", KEY | FLOW | FLOW_START);
  add(table, `${ALPHANUMERIC}_./$()<+=^;~\\`, PLAIN_START);
  add(table, "$+=@~()", FLOW);
  add(table, "$", FLOW_START);
  return table;
}

function add(table: Uint8Array, characters: string, bits: number): void {
  for (const character of characters) {
    const code = character.charCodeAt(0);
    table[code] = (table[code] ?? 0) | bits;
  }
}

/** Strings from that length on are looked up: V8 would keep the whole file for a slice of it. */
const SLICED = 13;
const MAX_KNOWN = 20_000;
const KNOWN = new Map<string, string>();

/**
 * A place in one document. `indent` is the column of the line's content while the structure is read, -1 behind the last line.
 * Every line ends in a line feed; a hot path, therefore plain fields and byte loops.
 */
export class Cursor {
  readonly bytes: Buffer;
  readonly end: number;
  readonly table: Uint8Array;
  pos: number;
  line: number;
  indent = 0;
  /** The last key that was read, quotes left out. */
  keyFrom = 0;
  keyTo = 0;
  keyQuoted = false;
  readonly #text: string | undefined;

  /** Stands before the first line. `wide`: the bytes are valid UTF-8 without line breaks or controls beyond ASCII. */
  constructor(source: Source, span: Pick<Span, "start" | "end" | "line">, wide: boolean) {
    this.bytes = source.bytes;
    this.end = span.end;
    this.table = wide ? WIDE : QUICK_CLASSES;
    this.#text = wide ? undefined : source.text;
    this.pos = span.start - 1;
    this.line = span.line - 1;
  }

  /** Goes from the end of a line to the content of the next one that has any. */
  nextLine(): void {
    const { bytes, end } = this;
    let at = this.pos + 1;
    let line = this.line + 1;
    for (;;) {
      if (at >= end) {
        this.indent = -1;
        break;
      }
      const start = at;
      while (bytes[at] === SPACE) at++;
      const code = bytes[at];
      if (code === HASH) {
        at = this.textEnd(at);
      } else if (code !== LF) {
        this.indent = at - start;
        break;
      }
      at++;
      line++;
    }
    this.pos = at;
    this.line = line;
  }

  /** Goes over blanks to what stands behind them (`false`), or to the end of the line where only a comment does (`true`). */
  atLineEnd(): boolean {
    const { bytes, pos } = this;
    let at = pos;
    while (bytes[at] === SPACE) at++;
    if (bytes[at] === HASH && at > pos) at = this.textEnd(at);
    this.pos = at;
    return bytes[at] === LF;
  }

  /** Goes from behind a value to the end of its line: blanks and a comment may follow, nothing else. */
  endOfLine(): void {
    if (!this.atLineEnd()) throw GIVE_UP;
  }

  /** The end of the line that holds nothing but text from `at` on. */
  textEnd(at: number): number {
    const { bytes, table } = this;
    let end = at;
    while (((table[bytes[end] ?? 0] ?? 0) & TEXT) !== 0) end++;
    if (bytes[end] !== LF) throw GIVE_UP;
    return end;
  }

  /** A `-` that starts an item of a list. */
  isDash(at: number): boolean {
    const { bytes } = this;
    return bytes[at] === DASH && (bytes[at + 1] === SPACE || bytes[at + 1] === LF);
  }

  slice(from: number, to: number): string {
    const text = this.#text;
    if (text === undefined) return this.bytes.toString("utf8", from, to);
    const slice = text.slice(from, to);
    return to - from < SLICED ? slice : (KNOWN.get(slice) ?? this.#remember(from, to));
  }

  #remember(from: number, to: number): string {
    if (KNOWN.size >= MAX_KNOWN) KNOWN.clear();
    const copy = this.bytes.toString("latin1", from, to);
    KNOWN.set(copy, copy);
    return copy;
  }
}
