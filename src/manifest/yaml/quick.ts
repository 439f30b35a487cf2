import { type Branch, branchOf } from "./branch.ts";
import { APOSTROPHE, Cursor, GIVE_UP, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./cursor.ts";
import type { YamlEntry, YamlNode } from "./node.ts";
import { flowCollection } from "./quick-flow.ts";
import { addEntry, below, readKey, startsWithKey } from "./quick-key.ts";
import { plainScalar, quotedScalar } from "./quick-scalar.ts";
import { MAX_QUICK_DEPTH, skipEntryValue } from "./quick-skip.ts";
import type { Span } from "./scan.ts";
import type { Source } from "./source.ts";
import type { Wanted } from "./wanted.ts";

const NOT_PLAIN = /[\x80-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The wanted parts of a document of plain block YAML, with the lines and values that the exact reader would give;
 * `undefined` where the text has anything that this reader does not fully understand, wanted or not.
 */
export function readQuick(source: Source, span: Span, wanted: Wanted): YamlNode | undefined {
  const branch = branchOf(wanted);
  const narrow = attempt(new Cursor(source, span, false), branch);
  if (narrow !== undefined || !isPlainUnicode(source, span)) return narrow;
  return attempt(new Cursor(source, span, true), branch);
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
function isPlainUnicode({ bytes, text }: Source, { start, end }: Span): boolean {
  if (!/[\x80-\xff]/.test(text.slice(start, end))) return false;
  try {
    return !NOT_PLAIN.test(DECODER.decode(bytes.subarray(start, end)));
  } catch {
    return false;
  }
}

/** The list or mapping that starts at the cursor, in the column `cursor.indent`. */
function block(cursor: Cursor, branch: Branch, depth: number): YamlNode {
  if (depth > MAX_QUICK_DEPTH) throw GIVE_UP;
  return cursor.isDash(cursor.pos)
    ? blockSeq(cursor, cursor.indent, branch, depth)
    : blockMap(cursor, cursor.indent, branch, depth);
}

function blockMap(cursor: Cursor, indent: number, branch: Branch, depth: number): YamlNode {
  const line = cursor.line;
  const entries = new Map<string, YamlEntry>();
  do {
    const keyLine = cursor.line;
    readKey(cursor);
    const wanted = below(cursor, branch);
    if (wanted === undefined) skipEntryValue(cursor, indent, depth);
    else addEntry(entries, wanted.key, { keyLine, value: entryValue(cursor, indent, wanted.branch, depth) });
  } while (cursor.indent === indent);
  if (cursor.indent > indent) throw GIVE_UP;
  return { kind: "map", line, entries };
}

/** The value behind a key's colon, on its line or below it. */
function entryValue(cursor: Cursor, indent: number, branch: Branch, depth: number): YamlNode {
  const line = cursor.line;
  if (!cursor.atLineEnd()) return inline(cursor, indent, branch);
  cursor.nextLine();
  if (cursor.indent > indent) return block(cursor, branch, depth + 1);
  if (cursor.indent === indent && cursor.isDash(cursor.pos)) return blockSeq(cursor, indent, branch, depth + 1);
  return { kind: "scalar", line, value: null, text: "" };
}

function blockSeq(cursor: Cursor, indent: number, branch: Branch, depth: number): YamlNode {
  const line = cursor.line;
  const items: YamlNode[] = [];
  do {
    items.push(seqItem(cursor, indent, branch, depth));
    if (cursor.indent > indent) throw GIVE_UP;
  } while (cursor.indent === indent && cursor.isDash(cursor.pos));
  return { kind: "seq", line, items };
}

function seqItem(cursor: Cursor, indent: number, branch: Branch, depth: number): YamlNode {
  const line = cursor.line;
  const dash = cursor.pos++;
  if (cursor.atLineEnd()) {
    cursor.nextLine();
    if (cursor.indent > indent) return block(cursor, branch, depth + 1);
    return { kind: "scalar", line, value: null, text: "" };
  }
  if (cursor.isDash(cursor.pos) || startsWithKey(cursor)) {
    cursor.indent = indent + cursor.pos - dash;
    return block(cursor, branch, depth + 1);
  }
  return inline(cursor, indent, branch);
}

/** A value on the line of its key or dash, in a collection at column `indent`; nothing deeper may follow it. */
function inline(cursor: Cursor, indent: number, branch: Branch): YamlNode {
  const value = inlineValue(cursor, branch);
  cursor.nextLine();
  if (cursor.indent > indent) throw GIVE_UP;
  return value;
}

function inlineValue(cursor: Cursor, branch: Branch): YamlNode {
  const { bytes, pos } = cursor;
  switch (bytes[pos]) {
    case QUOTE:
    case APOSTROPHE: {
      const value = quotedScalar(cursor);
      cursor.endOfLine();
      return value;
    }
    case OPEN_BRACE:
    case OPEN_BRACKET: {
      const value = flowCollection(cursor, branch);
      cursor.endOfLine();
      return value;
    }
    default:
      return plainScalar(cursor);
  }
}
