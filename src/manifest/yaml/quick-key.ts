import { type Branch, leafAt } from "./branch.ts";
import { APOSTROPHE, COLON, type Cursor, GIVE_UP, KEY, KEY_START, LF, QUOTE, SPACE } from "./cursor.ts";
import type { YamlEntry } from "./node.ts";
import { skipQuoted } from "./quick-scalar.ts";
import { keyText, resolvePlain } from "./scalar.ts";

/** Characters that a key may have, far below the 1,024 that YAML allows. */
const MAX_KEY = 256;
/** Digits below which an integer is exact as a key. */
const SAFE_DIGITS = 15;
const LETTER_N = 110;
const LETTER_U = 117;
/** The bit that makes an ASCII letter small. */
const CASE = 0x20;

/** Reads the key at the cursor and goes behind its colon, which a blank or the line's end follows. */
export function readKey(cursor: Cursor): void {
  if (!tryKey(cursor)) throw GIVE_UP;
}

/** Whether a list's item starts with a key. */
export function startsWithKey(cursor: Cursor): boolean {
  const start = cursor.pos;
  const found = tryKey(cursor);
  cursor.pos = start;
  return found;
}

function tryKey(cursor: Cursor): boolean {
  const { bytes, table, pos } = cursor;
  const quoted = bytes[pos] === QUOTE || bytes[pos] === APOSTROPHE;
  let at = pos;
  if (quoted) {
    skipQuoted(cursor);
    at = cursor.pos;
  } else {
    if (((table[bytes[at] ?? 0] ?? 0) & KEY_START) === 0) return false;
    for (;;) {
      while (((table[bytes[at] ?? 0] ?? 0) & KEY) !== 0) at++;
      if (bytes[at] !== COLON || bytes[at + 1] === SPACE || bytes[at + 1] === LF) break;
      at++;
    }
  }
  if (bytes[at] !== COLON || (bytes[at + 1] !== SPACE && bytes[at + 1] !== LF)) return false;
  if (at - pos > MAX_KEY) throw GIVE_UP;
  cursor.keyFrom = quoted ? pos + 1 : pos;
  cursor.keyTo = quoted ? at - 1 : at;
  cursor.keyQuoted = quoted;
  cursor.pos = at + 1;
  return true;
}

/** What is wanted below the last key, with the key's text; `undefined` where nothing is. */
export function below(cursor: Cursor, branch: Branch): { readonly key: string; readonly branch: Branch } | undefined {
  const { keyFrom, keyTo } = cursor;
  if (!branch.all) {
    const leaf = leafAt(branch, cursor.bytes, keyFrom, keyTo);
    if (leaf === undefined) checkUnwanted(cursor);
    return leaf;
  }
  const text = cursor.slice(keyFrom, keyTo);
  if (cursor.keyQuoted) {
    if (text.includes("\\") || text.includes("'")) throw GIVE_UP;
    return { key: text, branch };
  }
  const value = resolvePlain(text);
  if (value === text) return { key: text, branch };
  const name = keyText(value, text);
  if ("problem" in name) throw GIVE_UP;
  return { key: name.key, branch };
}

/** Keys under which `kubectl` puts nothing (`null`, integers beyond 64 bits) are left to the exact reader. */
export function checkUnwanted({ bytes, keyFrom, keyTo, keyQuoted }: Cursor): void {
  if (keyQuoted) return;
  const first = bytes[keyFrom] ?? 0;
  const nullish =
    keyTo - keyFrom === 4 && (first | CASE) === LETTER_N && ((bytes[keyFrom + 1] ?? 0) | CASE) === LETTER_U;
  const digits = first >= 0x30 && first <= 0x39 && keyTo - keyFrom > SAFE_DIGITS;
  if (nullish || digits) throw GIVE_UP;
}

/** Adds an entry; a key that is there already is left to the exact reader, which says so. */
export function addEntry(entries: Map<string, YamlEntry>, key: string, entry: YamlEntry): void {
  if (entries.has(key)) throw GIVE_UP;
  entries.set(key, entry);
}
