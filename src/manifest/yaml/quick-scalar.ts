import {
  APOSTROPHE,
  BACKSLASH,
  COLON,
  type Cursor,
  DASH,
  GIVE_UP,
  HASH,
  LF,
  PLAIN,
  PLAIN_START,
  QUOTE,
  SPACE,
  TEXT,
} from "./cursor.ts";
import type { YamlScalar } from "./node.ts";
import { resolvePlain } from "./scalar.ts";

const TAB = 9;
const PLUS = 43;
const DOT = 46;

/** Escapes that YAML 1.1 and 1.2 share and that stand for one character. */
const ESCAPES = new Set([...'"\\ntr0abefv'].map((character) => character.charCodeAt(0)));

/** The plain scalar from the cursor to the end of its line, where the cursor is left; a comment is no part of it. */
export function plainScalar(cursor: Cursor): YamlScalar {
  const start = cursor.pos;
  return resolved(cursor, start, plainEnd(cursor));
}

/** As `plainScalar`, for a value that nobody wants. */
export function skipPlain(cursor: Cursor): void {
  const start = cursor.pos;
  checkUnwantedPlain(cursor, start, plainEnd(cursor));
}

/** Infinities have no place in JSON: no reader may let them pass. */
export function checkUnwantedPlain(cursor: Cursor, from: number, to: number): void {
  const { bytes } = cursor;
  const sign = bytes[from] === PLUS || bytes[from] === DASH ? 1 : 0;
  if (bytes[from + sign] === DOT) resolved(cursor, from, to);
}

/** The value of the plain scalar between two places. */
export function resolved(cursor: Cursor, from: number, to: number): YamlScalar {
  const text = cursor.slice(from, to);
  const value = resolvePlain(text);
  if (typeof value === "number" && !Number.isFinite(value)) throw GIVE_UP;
  return { kind: "scalar", line: cursor.line, value, text };
}

/** Goes to the end of the line behind the plain scalar at the cursor; where the scalar ends. */
function plainEnd(cursor: Cursor): number {
  const { bytes, table } = cursor;
  const first = bytes[cursor.pos] ?? 0;
  let at = cursor.pos;
  if (((table[first] ?? 0) & PLAIN_START) === 0) {
    const next = bytes[at + 1];
    if ((first !== DASH && first !== COLON) || next === SPACE || next === LF) throw GIVE_UP;
    at++;
  }
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
  cursor.pos = bytes[at] === HASH ? cursor.textEnd(at) : at;
  while (bytes[at - 1] === SPACE) at--;
  return at;
}

/** The quoted scalar at the cursor, on one line and without escapes; leaves the cursor behind its quote. */
export function quotedScalar(cursor: Cursor): YamlScalar {
  const { bytes, line } = cursor;
  const start = cursor.pos;
  skipQuoted(cursor);
  const end = cursor.pos;
  const refused = bytes[start] === QUOTE ? BACKSLASH : APOSTROPHE;
  for (let at = start + 1; at < end - 1; at++) if (bytes[at] === refused) throw GIVE_UP;
  return { kind: "scalar", line, value: cursor.slice(start + 1, end - 1), text: cursor.slice(start, end) };
}

/** As `quotedScalar`, for a value that nobody wants; it may have escapes. */
export function skipQuoted(cursor: Cursor): void {
  const { bytes, table } = cursor;
  const quote = bytes[cursor.pos];
  let at = cursor.pos + 1;
  for (;;) {
    const code = bytes[at] ?? LF;
    if (code === quote) {
      if (quote === QUOTE || bytes[at + 1] !== APOSTROPHE) break;
      at++;
    } else if (((table[code] ?? 0) & TEXT) === 0 || code === TAB) {
      throw GIVE_UP;
    } else if (code === BACKSLASH && quote === QUOTE) {
      at++;
      if (!ESCAPES.has(bytes[at] ?? LF)) throw GIVE_UP;
    }
    at++;
  }
  cursor.pos = at + 1;
}

/** Passes over a block scalar (`|`, `>`) below a collection at column `indent`; leaves the cursor at the end of its last line. */
export function skipBlockScalar(cursor: Cursor, indent: number): void {
  const { bytes, end } = cursor;
  let at = cursor.pos + 1;
  if (bytes[at] === DASH || bytes[at] === PLUS) at++;
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
    at = cursor.textEnd(at);
    last = at;
    lastLine = line;
  }
  if (column === 0) throw GIVE_UP;
  cursor.pos = last;
  cursor.line = lastLine;
}
