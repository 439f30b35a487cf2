// AssemblyScript: each text once, by its place in memory. Three words stand before its bytes:
// the next one of its chain, its hash and its length.

import { at, CHAINS, copyText, giveUp, isSame, SCRATCH, TEXTS } from "./memory";

/** Chains, a power of two. */
const WIDTH: i32 = 131072;
const PAGE: i32 = 65536;
/** Texts of one chain that are looked at: somebody may choose texts of one hash. */
const MOST_CHAINED: i32 = 200;
/** Pages by which the memory grows at least. */
const STEP: i32 = 32;
/** What copying writes beyond a text. */
const SLACK: i32 = 8;
/** Where texts end at the latest: a gigabyte. */
const MOST_MEMORY: i32 = 1 << 30;
const HASH: i32 = 4;
const LENGTH: i32 = 8;
const BYTES: i32 = 12;
const SLASH: i32 = 47;
const EQUALS: i32 = 61;

let free: i32 = TEXTS;
let tcp: i32 = 0;

/** The text between two places. */
export function textOf(from: i32, to: i32): i32 {
  const length = to - from;
  const hash = hashOf(from, length);
  const chain = CHAINS + 4 * (<i32>hash & (WIDTH - 1));
  let others = 0;
  for (let text = load<i32>(chain); text !== 0; text = load<i32>(text)) {
    if (++others > MOST_CHAINED) giveUp();
    if (load<u32>(text, HASH) === hash && load<i32>(text, LENGTH) === length && isSame(text + BYTES, from, length))
      return text;
  }
  const text = room(BYTES + length);
  store<i32>(text, load<i32>(chain));
  store<u32>(text, hash, HASH);
  store<i32>(text, length, LENGTH);
  copyText(text + BYTES, from, length);
  store<i32>(chain, text);
  return text;
}

/** Multiplies with large odd numbers, four bytes at once. */
function hashOf(from: i32, length: i32): u32 {
  let hash: u32 = <u32>length * 0x9e3779b1;
  let i = 0;
  for (; i + 4 <= length; i += 4) hash = rotl<u32>(hash ^ (load<u32>(from + i) * 0x85ebca77), 13) * 0xc2b2ae3d;
  for (; i < length; i++) hash = rotl<u32>(hash ^ (<u32>at(from + i) * 0x27d4eb2f), 11) * 0x9e3779b1;
  return hash ^ (hash >> 15);
}

/** `key=value` as one text. */
export function labelText(keyFrom: i32, keyTo: i32, from: i32, to: i32): i32 {
  return joined(keyFrom, keyTo, EQUALS, from, to);
}

/** `name/protocol` as one text; the protocol 0 is TCP. */
export function portText(name: i32, protocol: i32): i32 {
  if (tcp === 0) {
    store<u8>(SCRATCH, 0x54);
    store<u8>(SCRATCH, 0x43, 1);
    store<u8>(SCRATCH, 0x50, 2);
    tcp = textOf(SCRATCH, SCRATCH + 3);
  }
  const second = protocol === 0 ? tcp : protocol;
  return joined(startOf(name), endOf(name), SLASH, startOf(second), endOf(second));
}

function joined(from: i32, to: i32, between: i32, secondFrom: i32, secondTo: i32): i32 {
  const middle = SCRATCH + to - from;
  copyText(SCRATCH, from, to - from);
  store<u8>(middle, between);
  copyText(middle + 1, secondFrom, secondTo - secondFrom);
  return textOf(SCRATCH, middle + 1 + secondTo - secondFrom);
}

function startOf(text: i32): i32 {
  return text + BYTES;
}

function endOf(text: i32): i32 {
  return text + BYTES + load<i32>(text, LENGTH);
}

function room(bytes: i32): i32 {
  const place = free;
  const next = (place + bytes + 3) & ~3;
  if (next > MOST_MEMORY) giveUp();
  const missing = next + SLACK - (memory.size() << 16);
  if (missing > 0 && memory.grow((missing + PAGE - 1) / PAGE + STEP) < 0) giveUp();
  free = next;
  return place;
}
