import type { Branch } from "./branch.ts";
import {
  APOSTROPHE,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  type Cursor,
  DASH,
  FLOW,
  FLOW_START,
  GIVE_UP,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
} from "./cursor.ts";
import type { YamlEntry, YamlNode } from "./node.ts";
import { addEntry, below, checkUnwanted, readKey } from "./quick-key.ts";
import { checkUnwantedPlain, quotedScalar, resolved, skipQuoted } from "./quick-scalar.ts";

const MAX_DEPTH = 20;

/** The list or mapping between brackets at the cursor, on one line and of simple values; leaves the cursor behind it. */
export function flowCollection(cursor: Cursor, branch: Branch, depth = 0): YamlNode {
  const { line } = cursor;
  if (enter(cursor, depth)) {
    const entries = new Map<string, YamlEntry>();
    if (cursor.bytes[cursor.pos] === CLOSE_BRACE) cursor.pos++;
    else
      do flowEntry(cursor, branch, depth, entries);
      while (another(cursor, CLOSE_BRACE));
    return { kind: "map", line, entries };
  }
  const items: YamlNode[] = [];
  if (cursor.bytes[cursor.pos] === CLOSE_BRACKET) cursor.pos++;
  else
    do items.push(flowValue(cursor, branch, depth));
    while (another(cursor, CLOSE_BRACKET));
  return { kind: "seq", line, items };
}

/** As `flowCollection`, for what nobody wants. */
export function skipFlow(cursor: Cursor, depth = 0): void {
  const close = enter(cursor, depth) ? CLOSE_BRACE : CLOSE_BRACKET;
  if (cursor.bytes[cursor.pos] === close) {
    cursor.pos++;
    return;
  }
  do {
    if (close === CLOSE_BRACE) {
      readKey(cursor);
      checkUnwanted(cursor);
      skipSpaces(cursor);
    }
    skipFlowValue(cursor, depth);
  } while (another(cursor, close));
}

/** Goes behind the opening bracket; `true` for that of a mapping. */
function enter(cursor: Cursor, depth: number): boolean {
  if (depth > MAX_DEPTH) throw GIVE_UP;
  const isMap = cursor.bytes[cursor.pos] === OPEN_BRACE;
  cursor.pos++;
  skipSpaces(cursor);
  return isMap;
}

function flowEntry(cursor: Cursor, branch: Branch, depth: number, entries: Map<string, YamlEntry>): void {
  readKey(cursor);
  const wanted = below(cursor, branch);
  skipSpaces(cursor);
  if (wanted === undefined) skipFlowValue(cursor, depth);
  else addEntry(entries, wanted.key, { keyLine: cursor.line, value: flowValue(cursor, wanted.branch, depth) });
}

function flowValue(cursor: Cursor, branch: Branch, depth: number): YamlNode {
  switch (cursor.bytes[cursor.pos]) {
    case OPEN_BRACE:
    case OPEN_BRACKET:
      return flowCollection(cursor, branch, depth + 1);
    case QUOTE:
    case APOSTROPHE:
      return quotedScalar(cursor);
    default: {
      const start = cursor.pos;
      return resolved(cursor, start, flowPlainEnd(cursor));
    }
  }
}

function skipFlowValue(cursor: Cursor, depth: number): void {
  const start = cursor.pos;
  switch (cursor.bytes[start]) {
    case OPEN_BRACE:
    case OPEN_BRACKET:
      skipFlow(cursor, depth + 1);
      return;
    case QUOTE:
    case APOSTROPHE:
      skipQuoted(cursor);
      return;
    default:
      checkUnwantedPlain(cursor, start, flowPlainEnd(cursor));
  }
}

/** The end of a plain scalar of harmless characters; a colon may stand inside it, blanks between its words. */
function flowPlainEnd(cursor: Cursor): number {
  const { bytes, table } = cursor;
  let at = cursor.pos;
  const dash = bytes[at] === DASH && ((table[bytes[at + 1] ?? 0] ?? 0) & FLOW) === 0;
  if (dash || ((table[bytes[at] ?? 0] ?? 0) & FLOW_START) === 0) throw GIVE_UP;
  let end = at;
  for (;;) {
    while (((table[bytes[at] ?? 0] ?? 0) & FLOW) !== 0) at++;
    end = at;
    if (bytes[at] === COLON && ((table[bytes[at + 1] ?? 0] ?? 0) & FLOW) !== 0) {
      at++;
      continue;
    }
    while (bytes[at] === SPACE) at++;
    if (at === end || ((table[bytes[at] ?? 0] ?? 0) & FLOW) === 0) break;
  }
  cursor.pos = at;
  return end;
}

/** Whether a comma and one more value follow; else the bracket has to. */
function another(cursor: Cursor, bracket: number): boolean {
  skipSpaces(cursor);
  const code = cursor.bytes[cursor.pos];
  cursor.pos++;
  if (code === bracket) return false;
  if (code !== COMMA) throw GIVE_UP;
  skipSpaces(cursor);
  return true;
}

function skipSpaces(cursor: Cursor): void {
  while (cursor.bytes[cursor.pos] === SPACE) cursor.pos++;
}
