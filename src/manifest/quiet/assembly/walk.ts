// AssemblyScript: one document against the rule for it.

import { noteEnd, noteNumber, noteText } from "./facts";
import { at, giveUp, isSame, KEYS } from "./memory";
import {
  APOSTROPHE,
  BACKSLASH,
  BAR,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  checkUnwanted,
  checkUnwantedPlain,
  GREATER,
  go,
  here,
  isAtLineEnd,
  isDash,
  isQuotedKey,
  keyEnd,
  keyStart,
  lineColumn,
  nextLine,
  OPEN_BRACE,
  OPEN_BRACKET,
  plainEnd,
  QUOTE,
  readKey,
  setLineColumn,
  skipQuoted,
  startsWithKey,
} from "./scan";
import {
  hasAnother,
  isEmptyFlow,
  skipBlockScalar,
  skipEntryValue,
  skipFlowPlain,
  skipFlowValue,
  skipSpaces,
} from "./skip";
import { isText, isWhole } from "./syntax";

/** More than anything nests above a value that may be anything. */
const DEPTH: i32 = 30;
/** How deep values of which every key counts may nest. */
const MOST_OPEN: i32 = 20;
/** Keys of open mappings that are compared with each other. */
const MOST_KEYS: i32 = 256;
/** Kinds of rules, in the order of `rule.ts`. */
const ANYTHING: i32 = 0;
const DISTINCT: i32 = 1;
const MAP: i32 = 2;
const LIST: i32 = 3;
const LABELS: i32 = 4;
const LABEL: i32 = 5;
const STRING: i32 = 6;
const NUMBER: i32 = 7;
const SCALAR: i32 = 8;

/**
 * A rule is seven words: kind, rule of the items, rule of other keys, what its value and its end are noted as, where its keys
 * are, and how long they are: a bit for each length, the last for all that are longer.
 */
const RULE_ITEM: i32 = 4;
const RULE_REST: i32 = 8;
const RULE_TOLD: i32 = 12;
const RULE_END: i32 = 16;
const RULE_KEYS: i32 = 20;
const RULE_LENGTHS: i32 = 24;
const LAST_BIT: i32 = 31;

let keyCount: i32 = 0;
let depth: i32 = 0;

/** Goes over a document from behind its head on. */
export function walk(rule: i32, from: i32): void {
  keyCount = 0;
  depth = 0;
  go(from - 1);
  nextLine();
  if (lineColumn() !== 0) giveUp();
  map(rule);
  if (lineColumn() >= 0) giveUp();
}

/** The mapping at the cursor, in the column of its line. */
function map(rule: i32): void {
  const column = lineColumn();
  const first = keyCount;
  const kind = load<i32>(rule);
  do {
    readKey();
    if (isQuotedKey()) giveUp();
    behind(kind === MAP ? entryOf(rule, first) : anyEntry(rule, kind, first), column);
  } while (lineColumn() === column);
  if (lineColumn() > column) giveUp();
  keyCount = first;
  const end = load<i32>(rule, RULE_END);
  if (end !== 0) noteEnd(end);
}

/** The rule for the value of the last key, which is one of a `map`. Each of its keys: length, rule, and the bytes. */
function entryOf(rule: i32, first: i32): i32 {
  const length = keyEnd() - keyStart();
  const bit = length < LAST_BIT ? length : LAST_BIT;
  if (((load<i32>(rule, RULE_LENGTHS) >> bit) & 1) !== 0) {
    let key = load<i32>(rule, RULE_KEYS);
    for (let each = load<i32>(key); each !== 0; each = load<i32>(key)) {
      if (each === length && isSame(key + 8, keyStart(), length)) {
        once(first);
        return load<i32>(key, 4);
      }
      key += (8 + each + 3) & ~3;
    }
  }
  const rest = load<i32>(rule, RULE_REST);
  if (rest === 0) giveUp();
  checkUnwanted();
  once(first);
  return rest;
}

/** The rule for the value of the last key, in a mapping in which none is given twice. */
function anyEntry(rule: i32, kind: i32, first: i32): i32 {
  if (kind !== LABELS && kind !== DISTINCT) giveUp();
  checkUnwanted();
  once(first);
  return kind === LABELS ? load<i32>(rule, RULE_ITEM) : rule;
}

/** Notes the last key, which must be text, and none of those from `first` on: two numbers may be one key. */
function once(first: i32): void {
  if (!isText(keyStart(), keyEnd())) giveUp();
  const length = keyEnd() - keyStart();
  for (let i = first; i < keyCount; i++) {
    const key = KEYS + 8 * i;
    if (load<i32>(key, 4) === length && isSame(load<i32>(key), keyStart(), length)) giveUp();
  }
  if (keyCount >= MOST_KEYS) giveUp();
  const place = KEYS + 8 * keyCount;
  store<i32>(place, keyStart());
  store<i32>(place, length, 4);
  keyCount++;
}

/** The value behind the last key, in a mapping at `column`; goes to the next line with content. */
function behind(rule: i32, column: i32): void {
  const kind = load<i32>(rule);
  if (kind === ANYTHING) {
    skipEntryValue(column, DEPTH);
    return;
  }
  if (!isAtLineEnd()) {
    inline(rule, kind, column);
    return;
  }
  nextLine();
  if (++depth > MOST_OPEN) giveUp();
  if (lineColumn() >= column && isDash(here())) list(rule, kind);
  else if (lineColumn() > column) map(rule);
  else if (kind !== DISTINCT) giveUp();
  depth--;
}

/** The list at the cursor, in the column of its line. */
function list(rule: i32, kind: i32): void {
  const column = lineColumn();
  if (kind !== LIST && kind !== DISTINCT) giveUp();
  const item = kind === LIST ? load<i32>(rule, RULE_ITEM) : rule;
  const itemKind = load<i32>(item);
  do {
    const dash = here();
    go(dash + 1);
    if (isAtLineEnd() || isDash(here())) giveUp();
    setLineColumn(column + here() - dash);
    if (itemKind === MAP ? at(here()) !== OPEN_BRACE : startsWithKey()) map(item);
    else inline(item, itemKind, column);
    if (lineColumn() > column) giveUp();
  } while (lineColumn() === column && isDash(here()));
}

/** The value at the cursor, on the line of its key or dash, in a collection at `column`. */
function inline(rule: i32, kind: i32, column: i32): void {
  const code = at(here());
  if (code === QUOTE || code === APOSTROPHE) quoted(rule, kind);
  else if (code === OPEN_BRACE || code === OPEN_BRACKET) brackets(rule, kind);
  else if (code === BAR || code === GREATER) {
    if (kind !== DISTINCT) giveUp();
    skipBlockScalar(column);
  } else plain(rule, kind);
  nextLine();
  if (lineColumn() > column) giveUp();
}

function quoted(rule: i32, kind: i32): void {
  const from = here() + 1;
  skipQuoted();
  const to = here() - 1;
  if (!isAtLineEnd()) giveUp();
  if (kind !== DISTINCT) noteQuoted(rule, kind, from, to);
}

/** What stands between quotes, and for itself. */
function noteQuoted(rule: i32, kind: i32, from: i32, to: i32): void {
  for (let place = from; place < to; place++) if (at(place) === BACKSLASH || at(place) === APOSTROPHE) giveUp();
  note(rule, kind, from, to);
}

function brackets(rule: i32, kind: i32): void {
  if (kind === DISTINCT) skipDistinct();
  else flow(rule, kind);
  if (!isAtLineEnd()) giveUp();
}

/** Passes over a value between brackets in which no mapping may be. */
function skipDistinct(): void {
  const from = here();
  skipFlowValue(0);
  // An empty mapping gives no key twice.
  if (here() > from + 2) for (let place = from; place < here(); place++) if (at(place) === OPEN_BRACE) giveUp();
}

/** The list or mapping between brackets at the cursor, on one line. */
function flow(rule: i32, kind: i32): void {
  if (++depth > MOST_OPEN) giveUp();
  if (at(here()) === OPEN_BRACE) flowMap(rule, kind);
  else flowList(rule, kind);
  depth--;
}

function flowMap(rule: i32, kind: i32): void {
  if (kind !== MAP && kind !== LABELS) giveUp();
  const first = keyCount;
  if (!isEmptyFlow(CLOSE_BRACE)) {
    do {
      readKey();
      if (isQuotedKey()) giveUp();
      const value = kind === MAP ? entryOf(rule, first) : anyEntry(rule, kind, first);
      skipSpaces();
      flowValue(value);
    } while (hasAnother(CLOSE_BRACE));
  }
  keyCount = first;
  const end = load<i32>(rule, RULE_END);
  if (end !== 0) noteEnd(end);
}

function flowList(rule: i32, kind: i32): void {
  if (kind !== LIST) giveUp();
  if (isEmptyFlow(CLOSE_BRACKET)) return;
  do flowValue(load<i32>(rule, RULE_ITEM));
  while (hasAnother(CLOSE_BRACKET));
}

/** One value between brackets. */
function flowValue(rule: i32): void {
  const kind = load<i32>(rule);
  const from = here();
  const code = at(from);
  if (kind === ANYTHING) skipFlowValue(0);
  else if (kind === DISTINCT) skipDistinct();
  else if (code === OPEN_BRACE || code === OPEN_BRACKET) flow(rule, kind);
  else if (code === QUOTE || code === APOSTROPHE) {
    skipQuoted();
    noteQuoted(rule, kind, from + 1, here() - 1);
  } else {
    skipFlowPlain();
    notePlain(rule, kind, from, here());
  }
}

function plain(rule: i32, kind: i32): void {
  const from = here();
  const to = plainEnd();
  if (kind === DISTINCT) checkUnwantedPlain(from);
  else notePlain(rule, kind, from, to);
}

/** Plain text or a whole number. */
function notePlain(rule: i32, kind: i32, from: i32, to: i32): void {
  if (isWhole(from, to)) {
    if (kind !== NUMBER && kind !== SCALAR) giveUp();
    if (load<i32>(rule, RULE_TOLD) !== 0) noteNumber(from, to);
  } else {
    if (!isText(from, to)) giveUp();
    note(rule, kind, from, to);
  }
}

/** A text, for a rule that asks for one. */
function note(rule: i32, kind: i32, from: i32, to: i32): void {
  if (kind !== STRING && kind !== LABEL && kind !== SCALAR) giveUp();
  const what = load<i32>(rule, RULE_TOLD);
  if (what !== 0) noteText(what, from, to);
}
