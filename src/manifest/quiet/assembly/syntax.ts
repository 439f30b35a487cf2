// AssemblyScript: names, labels and plain text, as `syntax.ts` and `yaml/scalar.ts` say them. Each errs on the side of `false`.

import { at, isIn } from "./memory";
import { CASE, DASH, DOT, HINT, NINE, PLUS, ZERO } from "./scan";

const SLASH: i32 = 47;
const UNDERSCORE: i32 = 95;
const MOST_LABEL: i32 = 63;
const MOST_SUBDOMAIN: i32 = 253;
const MOST_PORT_NAME: i32 = 15;
/** No word of letters that is longer means `true`, `null` or the like. */
const LONGEST_WORD: i32 = 5;

function isDigit(code: i32): bool {
  return code >= ZERO && code <= NINE;
}

function isLetter(code: i32): bool {
  const small = code | CASE;
  return small >= 0x61 && small <= 0x7a;
}

function isSmall(code: i32): bool {
  return (code >= 0x61 && code <= 0x7a) || isDigit(code);
}

function isAlphanumeric(code: i32): bool {
  return isLetter(code) || isDigit(code);
}

/** Small letters, digits and `-`, which neither starts nor ends it. */
function isDnsPart(from: i32, to: i32): bool {
  if (from >= to || !isSmall(at(from)) || !isSmall(at(to - 1))) return false;
  for (let place = from + 1; place < to; place++) if (!isSmall(at(place)) && at(place) !== DASH) return false;
  return true;
}

export function isDnsLabel(from: i32, to: i32): bool {
  return to - from <= MOST_LABEL && isDnsPart(from, to);
}

export function isSubdomain(from: i32, to: i32): bool {
  if (to - from > MOST_SUBDOMAIN) return false;
  let start = from;
  for (let place = from; place < to; place++) {
    if (at(place) !== DOT) continue;
    if (!isDnsPart(start, place)) return false;
    start = place + 1;
  }
  return isDnsPart(start, to);
}

/** Letters, digits, `-`, `_` and `.`, starting and ending with a letter or digit. */
function isLabelText(from: i32, to: i32): bool {
  if (from >= to || to - from > MOST_LABEL || !isAlphanumeric(at(from)) || !isAlphanumeric(at(to - 1))) return false;
  for (let place = from + 1; place < to; place++) {
    const code = at(place);
    if (!isAlphanumeric(code) && code !== DASH && code !== UNDERSCORE && code !== DOT) return false;
  }
  return true;
}

export function isLabelValue(from: i32, to: i32): bool {
  return from === to || isLabelText(from, to);
}

/** The key of a label, with at most one prefix. */
export function isLabelKey(from: i32, to: i32): bool {
  let name = from;
  for (let place = from; place < to; place++) {
    if (at(place) !== SLASH) continue;
    if (name > from || !isSubdomain(from, place)) return false;
    name = place + 1;
  }
  return isLabelText(name, to);
}

export function isPortName(from: i32, to: i32): bool {
  if (to - from > MOST_PORT_NAME || !isDnsPart(from, to)) return false;
  let letters = 0;
  for (let place = from; place < to; place++) {
    if (isLetter(at(place))) letters++;
    if (at(place) === DASH && at(place + 1) === DASH) return false;
  }
  return letters > 0;
}

/** Few digits, the first of which is no zero that makes them octal. */
export function isWhole(from: i32, to: i32): bool {
  if (to - from > 9 || from >= to || (at(from) === ZERO && to > from + 1)) return false;
  for (let place = from; place < to; place++) if (!isDigit(at(place))) return false;
  return true;
}

export function wholeNumber(from: i32, to: i32): i32 {
  let value = 0;
  for (let place = from; place < to; place++) value = value * 10 + at(place) - ZERO;
  return value;
}

/** True of plain text that surely stands for itself: no number, boolean, null or infinity. */
export function isText(from: i32, to: i32): bool {
  if (from >= to) return false;
  if (!isIn(from, HINT)) return true;
  if (isLetter(at(from))) return to - from > LONGEST_WORD || !isWord(from, to);
  return isDigit(at(from)) && isNoNumber(from, to);
}

/** One of the words of YAML 1.1, in any case. */
function isWord(from: i32, to: i32): bool {
  const first = at(from) | CASE;
  switch (to - from) {
    case 1:
      return first === 0x79 || first === 0x6e;
    case 2:
      return isAnyCase(from, to, "no") || isAnyCase(from, to, "on");
    case 3:
      return isAnyCase(from, to, "yes") || isAnyCase(from, to, "off");
    case 4:
      return isAnyCase(from, to, "true") || isAnyCase(from, to, "null");
    default:
      return isAnyCase(from, to, "false");
  }
}

function isAnyCase(from: i32, to: i32, word: string): bool {
  if (word.length !== to - from) return false;
  for (let i = 0; i < word.length; i++) if ((at(from + i) | CASE) !== word.charCodeAt(i)) return false;
  return true;
}

/** Text that starts with a digit and holds what no number does: two dots, or another letter. */
function isNoNumber(from: i32, to: i32): bool {
  let dots = 0;
  for (let place = from; place < to; place++) {
    const code = at(place);
    if (code === DOT) {
      if (++dots > 1) return true;
    } else if (!isDigit(code) && code !== DASH && code !== PLUS && code !== UNDERSCORE && !isOfNumbers(code | CASE))
      return true;
  }
  return false;
}

/** Digits of hexadecimal numbers, and letters that mark numbers of other bases. */
function isOfNumbers(small: i32): bool {
  return (small >= 0x61 && small <= 0x66) || small === 0x78 || small === 0x6f;
}
