// AssemblyScript: where things stand in the memory that the walk shares with its host. Texts of the compiler stand below 4096.

/** Called where the text is not plain, or not as a rule says; does not come back. */
export declare function giveUp(): void;

/** What each byte may be; written by the host. */
export const CLASSES: i32 = 0;
/** Keys of open mappings: place and length. */
export const KEYS: i32 = 4096;
/** Lists of one document. */
export const LABELS: i32 = 6144;
export const ASKED: i32 = 7168;
export const PORTS: i32 = 8192;
export const HOLES: i32 = 9216;
/** Texts that are put together. */
export const SCRATCH: i32 = 10240;
/** The rules, written by the host. */
export const RULES: i32 = 12288;
/** What documents start with, and what they are then; written by the host. */
export const HEADS: i32 = 57344;
/** What was found in a file; read by the host. */
export const FOUND: i32 = 65536;
/** The file, written by the host: up to `MOST_BYTES`, and some zeros. */
export const FILE: i32 = 720896;
export const MOST_BYTES: i32 = 1048576;
/** Heads of the chains of equal hashes, and the texts. */
export const CHAINS: i32 = 1835008;
export const TEXTS: i32 = 2359296;

/** Numbers that each list of one document holds at most. */
const MOST_LISTED: i32 = 256;

/** The byte at a place. */
export function at(place: i32): i32 {
  return <i32>load<u8>(place);
}

/** The byte at a place is in one of these classes. */
export function isIn(place: i32, classes: i32): bool {
  return (at(at(place)) & classes) !== 0;
}

/** The same bytes stand at two places. */
export function isSame(one: i32, other: i32, length: i32): bool {
  let i = 0;
  for (; i + 4 <= length; i += 4) if (load<u32>(one + i) !== load<u32>(other + i)) return false;
  for (; i < length; i++) if (at(one + i) !== at(other + i)) return false;
  return true;
}

/** Copies a text; up to seven bytes behind it are written as well. */
export function copyText(to: i32, from: i32, length: i32): void {
  for (let i = 0; i < length; i += 8) store<u64>(to + i, load<u64>(from + i));
}

/** The text between two places is this word. */
export function spells(from: i32, to: i32, word: string): bool {
  if (word.length !== to - from) return false;
  for (let i = 0; i < word.length; i++) if (at(from + i) !== word.charCodeAt(i)) return false;
  return true;
}

/** Adds to a list that holds `count`; how many it then holds. */
export function push(list: i32, count: i32, value: i32): i32 {
  if (count >= MOST_LISTED) giveUp();
  store<i32>(list + 4 * count, value);
  return count + 1;
}

/** True of a list that holds `value`. */
export function holds(list: i32, count: i32, value: i32): bool {
  for (let i = 0; i < count; i++) if (load<i32>(list + 4 * i) === value) return true;
  return false;
}

let found: i32 = FOUND;

/** Forgets what was found in the last file. */
export function clear(): void {
  found = FOUND;
}

/** Tells the host one word. */
export function tell(word: i32): void {
  if (found >= FILE) giveUp();
  store<i32>(found, word);
  found += 4;
}

export function tellList(list: i32, count: i32): void {
  for (let i = 0; i < count; i++) tell(load<i32>(list + 4 * i));
}

/** How many words were told. */
export function told(): i32 {
  return (found - FOUND) >> 2;
}
