// AssemblyScript: the documents of a file, compiled to WebAssembly, which is fast from the first file on. It checks documents of
// plain block YAML against the rules of `grammar.ts`, and tells what objects they hold.

import { begin, finish } from "./facts";
import { at, clear, FILE, giveUp, HEADS, isIn, isSame, tell, told } from "./memory";
import { IS_UNNEEDED } from "./notes";
import { DOT, go, HASH, here, isSeparator, KEY_START, LF, SPACE, start, textEnd } from "./scan";
import { hasForbidden, nextLineFeed } from "./search";
import { walk } from "./walk";

export { CLASSES, FILE, FOUND, HEADS, MOST_BYTES, RULES } from "./memory";
export * from "./notes";

const MOST_DOCUMENTS: i32 = 200;
/** A head is four words before its text: its length, its rule (0: unneeded), its form, and whether the form needs a spec. */
const HEAD_RULE: i32 = 4;
const HEAD_FORM: i32 = 8;
const HEAD_SPEC: i32 = 12;
const HEAD_TEXT: i32 = 16;
/** What `read` says of a document whose head the host has not judged. */
const UNKNOWN_HEAD: i32 = -1;

let fileEnd: i32 = 0;

/**
 * Goes over a file of `length` bytes, the last of which is a line feed. How many words it told; or -1
 * where a document starts in a way that the host has not judged: then the words say where.
 */
export function read(length: i32): i32 {
  fileEnd = FILE + length;
  store<v128>(fileEnd, i8x16.splat(0));
  store<v128>(fileEnd, i8x16.splat(0), 16);
  clear();
  if (hasForbidden(FILE, fileEnd)) giveUp();
  start(FILE, fileEnd);
  let documents = 0;
  for (skipBetween(); here() < fileEnd; skipBetween()) {
    if (++documents > MOST_DOCUMENTS) giveUp();
    const from = here();
    const behind = headEnd(from);
    const head = headAt(from, behind);
    if (head === 0) {
      clear();
      tell(from - FILE);
      tell(behind - FILE);
      return UNKNOWN_HEAD;
    }
    const rule = load<i32>(head, HEAD_RULE);
    if (rule === 0) {
      tell(IS_UNNEEDED);
      skipUnneeded(behind);
    } else {
      begin();
      walk(rule, behind);
      finish(load<i32>(head, HEAD_FORM), load<i32>(head, HEAD_SPEC) !== 0);
    }
  }
  return told();
}

/** Separators, blank lines and comments. */
function skipBetween(): void {
  let place = here();
  while (place < fileEnd) {
    const code = at(place);
    if (code === LF) place++;
    else if (code === HASH) place = textEnd(place) + 1;
    else if (isSeparator(place) && at(place + 3) === LF) place += 4;
    else break;
  }
  go(place);
}

/** Behind the two lines that say what a document is. */
function headEnd(from: i32): i32 {
  let place = from;
  for (let lines = 0; lines < 2; lines++) {
    if (place >= fileEnd) giveUp();
    place = nextLineFeed(place) + 1;
  }
  return place;
}

/** What the host said of these lines; 0 where it has not yet. */
function headAt(from: i32, to: i32): i32 {
  const length = to - from;
  let head = HEADS;
  for (let each = load<i32>(head); each !== 0; each = load<i32>(head)) {
    if (each === length && isSame(head + HEAD_TEXT, from, length)) return head;
    head += (HEAD_TEXT + each + 3) & ~3;
  }
  return 0;
}

/** Goes over an unneeded document, in which lines mean what the scanner of documents thinks they do. */
function skipUnneeded(from: i32): void {
  let place = from;
  // An indented line would go on with the value of the last one.
  let mayBeIndented = false;
  while (place < fileEnd) {
    const code = at(place);
    if (code === SPACE) {
      if (!mayBeIndented) giveUp();
    } else if (code !== LF && code !== HASH) {
      if (isSeparator(place) && at(place + 3) === LF) break;
      if (!isIn(place, KEY_START) || code === DOT || saysWhat(place)) giveUp();
      mayBeIndented = true;
    }
    place = nextLineFeed(place) + 1;
  }
  go(place);
}

/** A line that starts with `kind`, `apiVersion` or `item`. */
function saysWhat(place: i32): bool {
  const four = load<u32>(place);
  // "kind", "item", "apiV", "ersi", "on"
  if (four === 0x646e696b || four === 0x6d657469) return true;
  return four === 0x56697061 && load<u32>(place, 4) === 0x69737265 && load<u16>(place, 8) === 0x6e6f;
}
