// AssemblyScript: values of plain block YAML that nobody wants, and that have to be valid.

import { at, giveUp, isIn } from "./memory";
import {
  APOSTROPHE,
  BAR,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  checkUnwanted,
  checkUnwantedPlain,
  DASH,
  endOfFile,
  FLOW,
  FLOW_START,
  GREATER,
  go,
  here,
  isAtLineEnd,
  isDash,
  LF,
  lineColumn,
  nextLine,
  OPEN_BRACE,
  OPEN_BRACKET,
  PLUS,
  plainEnd,
  QUOTE,
  readKey,
  SPACE,
  setLineColumn,
  skipQuoted,
  startsWithKey,
  TAB,
  textEnd,
} from "./scan";

/** How deep values may nest that may be anything, and those between brackets. */
const MOST_DEPTH: i32 = 100;
const MOST_FLOW: i32 = 20;
/** Passes over a block scalar (`|`, `>`) below a collection at `column`; leaves the cursor at the end of its last line. */
export function skipBlockScalar(column: i32): void {
  let place = here() + 1;
  if (at(place) === DASH || at(place) === PLUS) place++;
  while (at(place) === SPACE) place++;
  if (at(place) !== LF) giveUp();
  let last = place;
  let own = 0;
  let blank = 0;
  while (place + 1 < endOfFile()) {
    const start = place + 1;
    place = start;
    while (at(place) === SPACE) place++;
    const spaces = place - start;
    if (at(place) === LF) {
      if (own === 0 && spaces > blank) blank = spaces;
      continue;
    }
    if (own === 0) {
      if (spaces <= column || spaces < blank || at(place) === TAB) giveUp();
      own = spaces;
    }
    if (spaces < own) break;
    place = textEnd(place);
    last = place;
  }
  if (own === 0) giveUp();
  go(last);
}

/** Passes over the value behind a key of a mapping at `column`; nobody wants it, but it has to be valid. */
export function skipEntryValue(column: i32, level: i32): void {
  if (!isAtLineEnd()) {
    skipInline(column);
    return;
  }
  nextLine();
  if (lineColumn() > column) skipBlock(level + 1);
  else if (lineColumn() === column && isDash(here())) skipList(column, level + 1);
}

function skipBlock(level: i32): void {
  if (level > MOST_DEPTH) giveUp();
  if (isDash(here())) skipList(lineColumn(), level);
  else skipMap(lineColumn(), level);
}

function skipMap(column: i32, level: i32): void {
  do {
    readKey();
    checkUnwanted();
    skipEntryValue(column, level);
  } while (lineColumn() === column);
  if (lineColumn() > column) giveUp();
}

function skipList(column: i32, level: i32): void {
  do {
    skipItem(column, level);
    if (lineColumn() > column) giveUp();
  } while (lineColumn() === column && isDash(here()));
}

function skipItem(column: i32, level: i32): void {
  const dash = here();
  go(dash + 1);
  if (isAtLineEnd()) {
    nextLine();
    if (lineColumn() > column) skipBlock(level + 1);
  } else if (isDash(here()) || startsWithKey()) {
    setLineColumn(column + here() - dash);
    skipBlock(level + 1);
  } else skipInline(column);
}

function skipInline(column: i32): void {
  const code = at(here());
  if (code === QUOTE || code === APOSTROPHE) {
    skipQuoted();
    if (!isAtLineEnd()) giveUp();
  } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
    skipFlow(0);
    if (!isAtLineEnd()) giveUp();
  } else if (code === BAR || code === GREATER) skipBlockScalar(column);
  else {
    const from = here();
    plainEnd();
    checkUnwantedPlain(from);
  }
  nextLine();
  if (lineColumn() > column) giveUp();
}

/** Passes over the list or mapping between brackets at the cursor, on one line and of simple values. */
function skipFlow(level: i32): void {
  if (level > MOST_FLOW) giveUp();
  const close = at(here()) === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
  if (isEmptyFlow(close)) return;
  do {
    if (close === CLOSE_BRACE) {
      readKey();
      checkUnwanted();
      skipSpaces();
    }
    skipFlowValue(level);
  } while (hasAnother(close));
}

/** Goes into the brackets at the cursor, or behind them where they hold nothing. */
export function isEmptyFlow(close: i32): bool {
  go(here() + 1);
  skipSpaces();
  if (at(here()) !== close) return false;
  go(here() + 1);
  return true;
}

/** Passes over one value between brackets. */
export function skipFlowValue(level: i32): void {
  const code = at(here());
  if (code === OPEN_BRACE || code === OPEN_BRACKET) skipFlow(level + 1);
  else if (code === QUOTE || code === APOSTROPHE) skipQuoted();
  else {
    const from = here();
    skipFlowPlain();
    checkUnwantedPlain(from);
  }
}

/** Passes over a plain scalar of harmless characters; a colon may stand inside it, blanks between its words. */
export function skipFlowPlain(): void {
  let place = here();
  if ((at(place) === DASH && !isIn(place + 1, FLOW)) || !isIn(place, FLOW_START)) giveUp();
  for (;;) {
    while (isIn(place, FLOW)) place++;
    if (at(place) === COLON && isIn(place + 1, FLOW)) {
      place++;
      continue;
    }
    const end = place;
    while (at(place) === SPACE) place++;
    if (place === end || !isIn(place, FLOW)) {
      go(end);
      break;
    }
  }
}

/** Whether a comma and one more value follow; else the bracket has to. */
export function hasAnother(bracket: i32): bool {
  skipSpaces();
  const code = at(here());
  go(here() + 1);
  if (code === bracket) return false;
  if (code !== COMMA) giveUp();
  skipSpaces();
  return true;
}

export function skipSpaces(): void {
  let place = here();
  while (at(place) === SPACE) place++;
  go(place);
}
