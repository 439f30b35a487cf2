import { type Branch, branchOf } from "./branch.ts";
import {
  APOSTROPHE,
  BAR,
  COLON,
  Cursor,
  DASH,
  GIVE_UP,
  GREATER,
  HASH,
  LF,
  OPEN_BRACE,
  OPEN_BRACKET,
  PLAIN_START,
  QUOTE,
  SPACE,
} from "./cursor.ts";
import type { YamlEntry, YamlNode } from "./node.ts";
import { flowCollection } from "./quick-flow.ts";
import { addEntry, below, checkUnwanted, type RawKey, readKey, tryKey } from "./quick-key.ts";
import { plainScalar, quotedScalar, skipBlockScalar } from "./quick-scalar.ts";
import type { Span } from "./scan.ts";
import type { Wanted } from "./wanted.ts";

const MAX_DEPTH = 100;
const NOT_PLAIN = /[\x80-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The wanted parts of a document of plain block YAML, with the lines and values that the exact reader would give;
 * `undefined` where the text has anything that this reader does not fully understand, wanted or not.
 */
export function readQuick(buffer: Buffer, span: Span, wanted: Wanted): YamlNode | undefined {
  const terminated = buffer[span.end - 1] === LF;
  const bytes = terminated ? buffer : Buffer.concat([buffer.subarray(span.start, span.end), Buffer.of(LF)]);
  const start = terminated ? span.start : 0;
  const end = terminated ? span.end : bytes.length;
  const branch = branchOf(wanted);
  const narrow = attempt(new Cursor(bytes, start, end, span.line, false), branch);
  if (narrow !== undefined || !isPlainUnicode(bytes.subarray(start, end))) return narrow;
  return attempt(new Cursor(bytes, start, end, span.line, true), branch);
}

function attempt(cursor: Cursor, branch: Branch): YamlNode | undefined {
  try {
    cursor.nextLine();
    if (cursor.indent < 0) return undefined;
    const node = block(cursor, branch, 0);
    return cursor.indent < 0 ? node : undefined;
  } catch (error) {
    if (error === GIVE_UP) return undefined;
    throw error;
  }
}

/** Text with characters beyond ASCII, none of which breaks lines or controls anything. */
function isPlainUnicode(bytes: Buffer): boolean {
  if (!/[\x80-\xff]/.test(bytes.toString("latin1"))) return false;
  try {
    return !NOT_PLAIN.test(DECODER.decode(bytes));
  } catch {
    return false;
  }
}

/** The list or mapping that starts at the cursor, in the column `cursor.indent`. */
function block(cursor: Cursor, branch: Branch | undefined, depth: number): YamlNode | undefined {
  if (depth > MAX_DEPTH) throw GIVE_UP;
  return cursor.isDash(cursor.pos)
    ? blockSeq(cursor, cursor.indent, branch, depth)
    : blockMap(cursor, cursor.indent, branch, depth);
}

function blockMap(cursor: Cursor, indent: number, branch: Branch | undefined, depth: number): YamlNode | undefined {
  const line = cursor.line;
  const entries = new Map<string, YamlEntry>();
  const key: RawKey = { from: 0, to: 0, quoted: false };
  do {
    const keyLine = cursor.line;
    readKey(cursor, key);
    if (branch === undefined) {
      checkUnwanted(cursor, key);
      entryValue(cursor, indent, undefined, depth);
    } else {
      const wanted = below(cursor, key, branch);
      const value = entryValue(cursor, indent, wanted?.branch, depth);
      if (wanted !== undefined && value !== undefined) addEntry(entries, wanted.key, { keyLine, value });
    }
  } while (cursor.indent === indent);
  if (cursor.indent > indent) throw GIVE_UP;
  return branch === undefined ? undefined : { kind: "map", line, entries };
}

/** The value behind a key's colon, on its line or below it. */
function entryValue(cursor: Cursor, indent: number, branch: Branch | undefined, depth: number): YamlNode | undefined {
  const { bytes } = cursor;
  let at = cursor.pos;
  while (bytes[at] === SPACE) at++;
  if (bytes[at] !== LF && bytes[at] !== HASH) {
    cursor.pos = at;
    return inline(cursor, indent, branch);
  }
  const line = cursor.line;
  cursor.endOfLine();
  cursor.nextLine();
  if (cursor.indent > indent) return block(cursor, branch, depth + 1);
  if (cursor.indent === indent && cursor.isDash(cursor.pos)) return blockSeq(cursor, indent, branch, depth + 1);
  return branch === undefined ? undefined : { kind: "scalar", line, value: null, text: "" };
}

function blockSeq(cursor: Cursor, indent: number, branch: Branch | undefined, depth: number): YamlNode | undefined {
  const line = cursor.line;
  const items: YamlNode[] = [];
  do {
    const item = seqItem(cursor, indent, branch, depth);
    if (item !== undefined) items.push(item);
    if (cursor.indent > indent) throw GIVE_UP;
  } while (cursor.indent === indent && cursor.isDash(cursor.pos));
  return branch === undefined ? undefined : { kind: "seq", line, items };
}

function seqItem(cursor: Cursor, indent: number, branch: Branch | undefined, depth: number): YamlNode | undefined {
  const { bytes, line } = cursor;
  const dash = cursor.pos;
  let at = dash + 1;
  while (bytes[at] === SPACE) at++;
  cursor.pos = at;
  if (bytes[at] === LF || bytes[at] === HASH) {
    cursor.endOfLine();
    cursor.nextLine();
    if (cursor.indent > indent) return block(cursor, branch, depth + 1);
    return branch === undefined ? undefined : { kind: "scalar", line, value: null, text: "" };
  }
  if (cursor.isDash(at) || startsWithKey(cursor)) {
    cursor.indent = indent + at - dash;
    return block(cursor, branch, depth + 1);
  }
  return inline(cursor, indent, branch);
}

const PROBE: RawKey = { from: 0, to: 0, quoted: false };

function startsWithKey(cursor: Cursor): boolean {
  const start = cursor.pos;
  const found = tryKey(cursor, PROBE);
  cursor.pos = start;
  return found;
}

/** A value on the line of its key or dash, in a collection at column `indent`; nothing deeper may follow it. */
function inline(cursor: Cursor, indent: number, branch: Branch | undefined): YamlNode | undefined {
  const value = inlineValue(cursor, indent, branch);
  cursor.nextLine();
  if (cursor.indent > indent) throw GIVE_UP;
  return value;
}

function inlineValue(cursor: Cursor, indent: number, branch: Branch | undefined): YamlNode | undefined {
  const { bytes, table, pos } = cursor;
  const code = bytes[pos] ?? 0;
  if (((table[code] ?? 0) & PLAIN_START) !== 0) return plainScalar(cursor, branch !== undefined);
  switch (code) {
    case QUOTE:
    case APOSTROPHE:
      return toEnd(cursor, quotedScalar(cursor, branch !== undefined));
    case OPEN_BRACE:
    case OPEN_BRACKET:
      return toEnd(cursor, flowCollection(cursor, branch));
    case BAR:
    case GREATER:
      if (branch !== undefined) throw GIVE_UP;
      skipBlockScalar(cursor, indent);
      return undefined;
    case DASH:
    case COLON:
      if (bytes[pos + 1] === SPACE || bytes[pos + 1] === LF) throw GIVE_UP;
      return plainScalar(cursor, branch !== undefined);
    default:
      throw GIVE_UP;
  }
}

function toEnd(cursor: Cursor, value: YamlNode | undefined): YamlNode | undefined {
  cursor.endOfLine();
  return value;
}
