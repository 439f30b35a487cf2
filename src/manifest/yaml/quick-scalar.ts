import { APOSTROPHE, BACKSLASH, COLON, type Cursor, GIVE_UP, HASH, LF, PLAIN, QUOTE, SPACE, TEXT } from "./cursor.ts";
import type { YamlScalar } from "./node.ts";
import { resolvePlain } from "./scalar.ts";

const DOT = 46;
const PLUS = 43;
const MINUS = 45;
const TAB = 9;

/** Escapes that YAML 1.1 and 1.2 share and that stand for one character. */
const ESCAPES = new Set([...'"\\ntr0abefv'].map((character) => character.charCodeAt(0)));

/** The plain scalar from the cursor to the end of its line, comments left out; `undefined` where it is not wanted. */
export function plainScalar(cursor: Cursor, wanted: boolean): YamlScalar | undefined {
  const { bytes, table } = cursor;
  const start = cursor.pos;
  let at = start;
  for (;;) {
    while (((table[bytes[at] ?? 0] ?? 0) & PLAIN) !== 0) at++;
    const code = bytes[at];
    if (code === LF) break;
    if (code === HASH) {
      if (bytes[at - 1] === SPACE) break;
    } else if (code !== COLON || bytes[at + 1] === SPACE || bytes[at + 1] === LF) {
      throw GIVE_UP;
    }
    at++;
  }
  cursor.pos = at;
  if (bytes[at] === HASH) skipComment(cursor);
  while (bytes[at - 1] === SPACE) at--;
  return resolved(cursor, start, at, wanted);
}

function skipComment(cursor: Cursor): void {
  const { bytes, table } = cursor;
  let at = cursor.pos;
  while (((table[bytes[at] ?? 0] ?? 0) & TEXT) !== 0) at++;
  if (bytes[at] !== LF) throw GIVE_UP;
  cursor.pos = at;
}

/** The plain scalar between two places; gives up on infinities, which no reader may let pass. */
export function resolved(cursor: Cursor, from: number, to: number, wanted: boolean): YamlScalar | undefined {
  const { bytes } = cursor;
  if (!wanted) {
    const sign = bytes[from] === PLUS || bytes[from] === MINUS ? 1 : 0;
    if (bytes[from + sign] !== DOT) return undefined;
  }
  const text = cursor.slice(from, to);
  const value = resolvePlain(text);
  if (typeof value === "number" && !Number.isFinite(value)) throw GIVE_UP;
  return wanted ? { kind: "scalar", line: cursor.line, value, text } : undefined;
}

/** The quoted scalar at the cursor, on one line and, where wanted, without escapes; leaves the cursor behind its quote. */
export function quotedScalar(cursor: Cursor, wanted: boolean): YamlScalar | undefined {
  const { bytes } = cursor;
  const start = cursor.pos;
  const end = bytes[start] === QUOTE ? doubleQuoteEnd(cursor, wanted) : singleQuoteEnd(cursor, wanted);
  cursor.pos = end + 1;
  if (!wanted) return undefined;
  return { kind: "scalar", line: cursor.line, value: cursor.slice(start + 1, end), text: cursor.slice(start, end + 1) };
}

function doubleQuoteEnd(cursor: Cursor, wanted: boolean): number {
  const { bytes, table } = cursor;
  let at = cursor.pos + 1;
  for (;;) {
    const code = bytes[at] ?? LF;
    if (code === QUOTE) return at;
    if (((table[code] ?? 0) & TEXT) === 0 || code === TAB) throw GIVE_UP;
    if (code === BACKSLASH) {
      at++;
      if (wanted || !ESCAPES.has(bytes[at] ?? LF)) throw GIVE_UP;
    }
    at++;
  }
}

function singleQuoteEnd(cursor: Cursor, wanted: boolean): number {
  const { bytes, table } = cursor;
  let at = cursor.pos + 1;
  for (;;) {
    const code = bytes[at] ?? LF;
    if (code === APOSTROPHE) {
      if (bytes[at + 1] !== APOSTROPHE) return at;
      if (wanted) throw GIVE_UP;
      at++;
    } else if (((table[code] ?? 0) & TEXT) === 0 || code === TAB) {
      throw GIVE_UP;
    }
    at++;
  }
}

/** Passes over a block scalar (`|`, `>`) below a collection at column `indent`; leaves the cursor at the end of its last line. */
export function skipBlockScalar(cursor: Cursor, indent: number): void {
  const { bytes, end, table } = cursor;
  let at = cursor.pos + 1;
  if (bytes[at] === MINUS || bytes[at] === PLUS) at++;
  while (bytes[at] === SPACE) at++;
  if (bytes[at] !== LF) throw GIVE_UP;
  let last = at;
  let lastLine = cursor.line;
  let column = 0;
  let blank = 0;
  for (let line = lastLine + 1; at + 1 < end; line++) {
    const start = at + 1;
    at = start;
    while (bytes[at] === SPACE) at++;
    const spaces = at - start;
    if (bytes[at] === LF) {
      if (column === 0 && spaces > blank) blank = spaces;
      continue;
    }
    if (column === 0) {
      if (spaces <= indent || spaces < blank || bytes[at] === TAB) throw GIVE_UP;
      column = spaces;
    }
    if (spaces < column) break;
    while (((table[bytes[at] ?? 0] ?? 0) & TEXT) !== 0) at++;
    if (bytes[at] !== LF) throw GIVE_UP;
    last = at;
    lastLine = line;
  }
  if (column === 0) throw GIVE_UP;
  cursor.pos = last;
  cursor.line = lastLine;
}
