import { APOSTROPHE, BAR, type Cursor, GIVE_UP, GREATER, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./cursor.ts";
import { skipFlow } from "./quick-flow.ts";
import { checkUnwanted, readKey, startsWithKey } from "./quick-key.ts";
import { skipBlockScalar, skipPlain, skipQuoted } from "./quick-scalar.ts";

/** How deep lists and mappings may nest for the quick readers. */
export const MAX_QUICK_DEPTH = 100;

/** Passes over the value behind a key of a mapping at column `indent`; nobody wants it, but it has to be valid. */
export function skipEntryValue(cursor: Cursor, indent: number, depth: number): void {
  if (!cursor.atLineEnd()) {
    skipInline(cursor, indent);
    return;
  }
  cursor.nextLine();
  if (cursor.indent > indent) skipBlock(cursor, depth + 1);
  else if (cursor.indent === indent && cursor.isDash(cursor.pos)) skipSeq(cursor, indent, depth + 1);
}

function skipBlock(cursor: Cursor, depth: number): void {
  if (depth > MAX_QUICK_DEPTH) throw GIVE_UP;
  if (cursor.isDash(cursor.pos)) skipSeq(cursor, cursor.indent, depth);
  else skipMap(cursor, cursor.indent, depth);
}

function skipMap(cursor: Cursor, indent: number, depth: number): void {
  do {
    readKey(cursor);
    checkUnwanted(cursor);
    skipEntryValue(cursor, indent, depth);
  } while (cursor.indent === indent);
  if (cursor.indent > indent) throw GIVE_UP;
}

function skipSeq(cursor: Cursor, indent: number, depth: number): void {
  do {
    skipItem(cursor, indent, depth);
    if (cursor.indent > indent) throw GIVE_UP;
  } while (cursor.indent === indent && cursor.isDash(cursor.pos));
}

function skipItem(cursor: Cursor, indent: number, depth: number): void {
  const dash = cursor.pos++;
  if (cursor.atLineEnd()) {
    cursor.nextLine();
    if (cursor.indent > indent) skipBlock(cursor, depth + 1);
  } else if (cursor.isDash(cursor.pos) || startsWithKey(cursor)) {
    cursor.indent = indent + cursor.pos - dash;
    skipBlock(cursor, depth + 1);
  } else {
    skipInline(cursor, indent);
  }
}

function skipInline(cursor: Cursor, indent: number): void {
  switch (cursor.bytes[cursor.pos]) {
    case QUOTE:
    case APOSTROPHE:
      skipQuoted(cursor);
      cursor.endOfLine();
      break;
    case OPEN_BRACE:
    case OPEN_BRACKET:
      skipFlow(cursor);
      cursor.endOfLine();
      break;
    case BAR:
    case GREATER:
      skipBlockScalar(cursor, indent);
      break;
    default:
      skipPlain(cursor);
  }
  cursor.nextLine();
  if (cursor.indent > indent) throw GIVE_UP;
}
