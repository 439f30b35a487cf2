import type { Branch } from "./branch.ts";
import {
  APOSTROPHE,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  type Cursor,
  FLOW,
  FLOW_START,
  GIVE_UP,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
} from "./cursor.ts";
import type { YamlEntry, YamlNode, YamlScalar } from "./node.ts";
import { addEntry, below, checkUnwanted, type RawKey, readKey } from "./quick-key.ts";
import { quotedScalar, resolved } from "./quick-scalar.ts";

const MAX_DEPTH = 20;

/** The list or mapping between brackets at the cursor, on one line and of simple values; leaves the cursor behind it. */
export function flowCollection(cursor: Cursor, branch: Branch | undefined, depth = 0): YamlNode | undefined {
  if (depth > MAX_DEPTH) throw GIVE_UP;
  return cursor.bytes[cursor.pos] === OPEN_BRACE ? flowMap(cursor, branch, depth) : flowSeq(cursor, branch, depth);
}

function flowSeq(cursor: Cursor, branch: Branch | undefined, depth: number): YamlNode | undefined {
  const { bytes, line } = cursor;
  const items: YamlNode[] = [];
  cursor.pos++;
  skipSpaces(cursor);
  if (bytes[cursor.pos] === CLOSE_BRACKET) {
    cursor.pos++;
  } else {
    for (;;) {
      const item = flowValue(cursor, branch, depth);
      if (item !== undefined) items.push(item);
      if (!another(cursor, CLOSE_BRACKET)) break;
    }
  }
  return branch === undefined ? undefined : { kind: "seq", line, items };
}

function flowMap(cursor: Cursor, branch: Branch | undefined, depth: number): YamlNode | undefined {
  const { bytes, line } = cursor;
  const entries = new Map<string, YamlEntry>();
  cursor.pos++;
  skipSpaces(cursor);
  if (bytes[cursor.pos] === CLOSE_BRACE) {
    cursor.pos++;
  } else {
    for (;;) {
      flowEntry(cursor, branch, depth, entries);
      if (!another(cursor, CLOSE_BRACE)) break;
    }
  }
  return branch === undefined ? undefined : { kind: "map", line, entries };
}

function flowEntry(cursor: Cursor, branch: Branch | undefined, depth: number, entries: Map<string, YamlEntry>): void {
  const key: RawKey = { from: 0, to: 0, quoted: false };
  readKey(cursor, key);
  const wanted = branch === undefined ? undefined : below(cursor, key, branch);
  if (branch === undefined) checkUnwanted(cursor, key);
  skipSpaces(cursor);
  const value = flowValue(cursor, wanted?.branch, depth);
  if (wanted !== undefined && value !== undefined) addEntry(entries, wanted.key, { keyLine: cursor.line, value });
}

function flowValue(cursor: Cursor, branch: Branch | undefined, depth: number): YamlNode | undefined {
  const { bytes } = cursor;
  switch (bytes[cursor.pos]) {
    case OPEN_BRACE:
    case OPEN_BRACKET:
      return flowCollection(cursor, branch, depth + 1);
    case QUOTE:
    case APOSTROPHE:
      return quotedScalar(cursor, branch !== undefined);
    default:
      return flowPlain(cursor, branch !== undefined);
  }
}

/** A plain scalar of harmless characters; a single colon may stand inside it, blanks between its words. */
function flowPlain(cursor: Cursor, wanted: boolean): YamlScalar | undefined {
  const { bytes, table } = cursor;
  const start = cursor.pos;
  if (((table[bytes[start] ?? 0] ?? 0) & FLOW_START) === 0 || cursor.isDash(start)) throw GIVE_UP;
  let at = start;
  let end = start;
  for (;;) {
    while (((table[bytes[at] ?? 0] ?? 0) & FLOW) !== 0) at++;
    end = at;
    const inside = bytes[at] === COLON && ((table[bytes[at + 1] ?? 0] ?? 0) & FLOW) !== 0;
    if (inside) {
      at++;
      continue;
    }
    while (bytes[at] === SPACE) at++;
    if (at === end || ((table[bytes[at] ?? 0] ?? 0) & FLOW) === 0) break;
  }
  cursor.pos = at;
  return resolved(cursor, start, end, wanted);
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
