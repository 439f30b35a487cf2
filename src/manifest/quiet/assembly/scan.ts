// AssemblyScript: a place in plain block YAML, and how to go on from there. Every line ends in a line feed.

import { at, giveUp, isIn } from "./memory";
import { nextMark, nextOfQuoted, nextOther } from "./search";

/** Classes of bytes, as in `yaml/cursor.ts`. */
const KEY: i32 = 4;
export const KEY_START: i32 = 8;
const PLAIN_START: i32 = 16;
export const FLOW: i32 = 32;
export const FLOW_START: i32 = 64;
/** First letters of plain text that may be more than text. */
export const HINT: i32 = 128;

export const TAB: i32 = 9;
export const LF: i32 = 10;
export const SPACE: i32 = 32;
export const QUOTE: i32 = 34;
export const HASH: i32 = 35;
export const APOSTROPHE: i32 = 39;
export const PLUS: i32 = 43;
export const COMMA: i32 = 44;
export const DASH: i32 = 45;
export const DOT: i32 = 46;
export const ZERO: i32 = 48;
export const NINE: i32 = 57;
export const COLON: i32 = 58;
export const OPEN_BRACKET: i32 = 91;
export const BACKSLASH: i32 = 92;
export const CLOSE_BRACKET: i32 = 93;
export const OPEN_BRACE: i32 = 123;
export const BAR: i32 = 124;
export const CLOSE_BRACE: i32 = 125;
export const GREATER: i32 = 62;
/** The bit that makes an ASCII letter small. */
export const CASE: i32 = 0x20;

/** Characters that a key may have, far below the 1,024 that YAML allows. */
const MOST_KEY: i32 = 256;
/** Digits below which an integer is exact as a key. */
const SAFE_DIGITS: i32 = 15;

let pos: i32 = 0;
/** The column of the line's content while the structure is read, -1 behind the document. */
let indent: i32 = 0;
/** The last key that was read, quotes left out. */
let keyFrom: i32 = 0;
let keyTo: i32 = 0;
let isKeyQuoted: bool = false;
let fileEnd: i32 = 0;

/** Starts at `place`, in a file that ends at `end`. */
export function start(place: i32, end: i32): void {
  pos = place;
  fileEnd = end;
}

export function endOfFile(): i32 {
  return fileEnd;
}

export function here(): i32 {
  return pos;
}

export function go(place: i32): void {
  pos = place;
}

export function lineColumn(): i32 {
  return indent;
}

export function setLineColumn(value: i32): void {
  indent = value;
}

export function keyStart(): i32 {
  return keyFrom;
}

export function keyEnd(): i32 {
  return keyTo;
}

export function isQuotedKey(): bool {
  return isKeyQuoted;
}

/** Goes from the end of a line to the content of the next one of the document that has any. */
export function nextLine(): void {
  let place = pos + 1;
  for (;;) {
    if (place >= fileEnd) {
      indent = -1;
      break;
    }
    const start = place;
    while (at(place) === SPACE) place++;
    const code = at(place);
    if (code === HASH) place = textEnd(place);
    else if (code !== LF) {
      indent = place === start && isSeparator(place) ? -1 : place - start;
      break;
    }
    place++;
  }
  pos = place;
}

/** Goes over blanks to what stands behind them (`false`), or to the end of the line where only a comment does (`true`). */
export function isAtLineEnd(): bool {
  let place = pos;
  while (at(place) === SPACE) place++;
  if (at(place) === HASH && place > pos) place = textEnd(place);
  pos = place;
  return at(place) === LF;
}

/** The end of the line that holds nothing but text from `place` on. */
export function textEnd(place: i32): i32 {
  const end = nextOther(place);
  if (at(end) !== LF) giveUp();
  return end;
}

/** A `-` that starts an item of a list. */
export function isDash(place: i32): bool {
  return at(place) === DASH && isBlank(at(place + 1));
}

/** What ends a key or a dash. */
function isBlank(code: i32): bool {
  return code === SPACE || code === LF;
}

export function readKey(): void {
  if (!tryKey()) giveUp();
}

/** Whether a list's item starts with a key. */
export function startsWithKey(): bool {
  const start = pos;
  const found = tryKey();
  pos = start;
  return found;
}

/** Reads the key at the cursor and goes behind its colon, which a blank or the line's end follows. */
function tryKey(): bool {
  const start = pos;
  const isQuoted = at(start) === QUOTE || at(start) === APOSTROPHE;
  let place = start;
  if (isQuoted) {
    skipQuoted();
    place = pos;
  } else {
    if (!isIn(place, KEY_START)) return false;
    for (;;) {
      while (isIn(place, KEY)) place++;
      if (at(place) !== COLON || isBlank(at(place + 1))) break;
      place++;
    }
  }
  if (at(place) !== COLON || !isBlank(at(place + 1))) return false;
  if (place - start > MOST_KEY) giveUp();
  keyFrom = isQuoted ? start + 1 : start;
  keyTo = isQuoted ? place - 1 : place;
  isKeyQuoted = isQuoted;
  pos = place + 1;
  return true;
}

/** Keys under which `kubectl` puts nothing (`null`, integers beyond 64 bits) are left to the exact reader. */
export function checkUnwanted(): void {
  if (isKeyQuoted) return;
  const first = at(keyFrom);
  const length = keyTo - keyFrom;
  const isNullish = length === 4 && (first | CASE) === 0x6e && (at(keyFrom + 1) | CASE) === 0x75;
  if (isNullish || (first >= ZERO && first <= NINE && length > SAFE_DIGITS)) giveUp();
}

/** Infinities and `.nan` have no place in JSON: what may be one is left to the exact reader. */
export function checkUnwantedPlain(from: i32): void {
  const first = at(from);
  const place = first === PLUS || first === DASH ? from + 1 : from;
  const second = at(place + 1) | CASE;
  if (at(place) === DOT && (second === 0x69 || second === 0x6e)) giveUp();
}

/** Goes to the end of the line behind the plain scalar at the cursor; where the scalar ends. */
export function plainEnd(): i32 {
  let place = pos;
  const first = at(place);
  if (!isIn(place, PLAIN_START)) {
    if ((first !== DASH && first !== COLON) || isBlank(at(place + 1))) giveUp();
    place++;
  }
  for (;;) {
    place = nextMark(place);
    const code = at(place);
    if (code === LF) break;
    if (code === HASH) {
      if (at(place - 1) === SPACE) break;
    } else if (code !== COLON || isBlank(at(place + 1))) giveUp();
    place++;
  }
  pos = at(place) === HASH ? textEnd(place) : place;
  while (at(place - 1) === SPACE) place--;
  return place;
}

/** Passes over the quoted scalar at the cursor, on one line; leaves the cursor behind its quote. */
export function skipQuoted(): void {
  const quote = at(pos);
  let place = pos + 1;
  for (;;) {
    place = nextOfQuoted(place, quote);
    const code = at(place);
    if (code === quote) {
      if (quote === QUOTE || at(place + 1) !== APOSTROPHE) break;
      place++;
    } else if (code !== BACKSLASH) giveUp();
    else if (quote === QUOTE) {
      place++;
      if (!isEscape(at(place))) giveUp();
    }
    place++;
  }
  pos = place + 1;
}

/** Escapes that YAML 1.1 and 1.2 share and that stand for one character: one of `"\ntr0abefv`. */
function isEscape(code: i32): bool {
  switch (code) {
    case QUOTE:
    case BACKSLASH:
    case 0x6e:
    case 0x74:
    case 0x72:
    case ZERO:
    case 0x61:
    case 0x62:
    case 0x65:
    case 0x66:
    case 0x76:
      return true;
    default:
      return false;
  }
}

/** A line that starts with `---`. */
export function isSeparator(place: i32): bool {
  return at(place) === DASH && at(place + 1) === DASH && at(place + 2) === DASH;
}
