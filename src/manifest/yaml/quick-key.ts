import { type Branch, leafAt } from "./branch.ts";
import { APOSTROPHE, COLON, type Cursor, GIVE_UP, KEY, KEY_START, LF, QUOTE, SPACE } from "./cursor.ts";
import type { YamlEntry } from "./node.ts";
import { quotedScalar } from "./quick-scalar.ts";
import { keyText, resolvePlain } from "./scalar.ts";

/** A key as it stands in the bytes, quotes left out. */
export type RawKey = { from: number; to: number; quoted: boolean };

/** Characters that a key may have, far below the 1,024 that YAML allows. */
const MAX_KEY = 256;
/** Digits below which an integer is exact as a key. */
const SAFE_DIGITS = 15;
const LETTER_N = 110;
const LETTER_U = 117;
/** The bit that makes an ASCII letter small. */
const CASE = 0x20;

/** Reads the key at the cursor into `key` and leaves the cursor behind its colon, which a blank or the line's end follows. */
export function readKey(cursor: Cursor, key: RawKey): void {
  if (!tryKey(cursor, key)) throw GIVE_UP;
}

/** As `readKey`; `false`, with the cursor where it was, where a value stands instead. */
export function tryKey(cursor: Cursor, key: RawKey): boolean {
  const { bytes, table } = cursor;
  const start = cursor.pos;
  let at = start;
  const quoted = bytes[at] === QUOTE || bytes[at] === APOSTROPHE;
  if (quoted) {
    quotedScalar(cursor, false);
    at = cursor.pos;
    cursor.pos = start;
  } else {
    if (((table[bytes[at] ?? 0] ?? 0) & KEY_START) === 0) return false;
    for (;;) {
      while (((table[bytes[at] ?? 0] ?? 0) & KEY) !== 0) at++;
      if (bytes[at] !== COLON || bytes[at + 1] === SPACE || bytes[at + 1] === LF) break;
      at++;
    }
  }
  if (bytes[at] !== COLON || (bytes[at + 1] !== SPACE && bytes[at + 1] !== LF)) return false;
  if (at - start > MAX_KEY) throw GIVE_UP;
  key.from = quoted ? start + 1 : start;
  key.to = quoted ? at - 1 : at;
  key.quoted = quoted;
  cursor.pos = at + 1;
  return true;
}

/** What is wanted below `key`, with the key's text; `undefined` where nothing is. */
export function below(
  cursor: Cursor,
  key: RawKey,
  branch: Branch,
): { readonly key: string; readonly branch: Branch } | undefined {
  const { from, to, quoted } = key;
  if (!branch.all) {
    const leaf = leafAt(branch, cursor.bytes, from, to);
    if (leaf === undefined) checkUnwanted(cursor, key);
    return leaf;
  }
  const text = cursor.slice(from, to);
  if (quoted) {
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
export function checkUnwanted({ bytes }: Cursor, { from, to, quoted }: RawKey): void {
  if (quoted) return;
  const first = bytes[from] ?? 0;
  const nullish = to - from === 4 && (first | CASE) === LETTER_N && ((bytes[from + 1] ?? 0) | CASE) === LETTER_U;
  const digits = first >= 0x30 && first <= 0x39 && to - from > SAFE_DIGITS;
  if (nullish || digits) throw GIVE_UP;
}

/** Adds an entry; a key that is there already is left to the exact reader, which says so. */
export function addEntry(entries: Map<string, YamlEntry>, key: string, entry: YamlEntry): void {
  if (entries.has(key)) throw GIVE_UP;
  entries.set(key, entry);
}
