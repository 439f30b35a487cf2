// AssemblyScript: blocks of IPv4 addresses in their one usual form.

import { at } from "./memory";
import { NINE, ZERO } from "./scan";

const DOT: i32 = 46;
const SLASH: i32 = 47;
const WORDS: i32 = 4;
const BITS: i32 = 32;
const MOST_OCTET: i32 = 255;

let place: i32 = 0;

/**
 * The block between two places: its prefix in the upper half, its first address in the lower one. -1 where it is not four
 * octets and a prefix without leading zeros, or has bits beyond the prefix: then it may still be one.
 */
export function blockOf(from: i32, to: i32): i64 {
  place = from;
  let address: u32 = 0;
  for (let i = 0; i < WORDS; i++) {
    const octet = number(to, MOST_OCTET);
    if (octet < 0 || at(place) !== (i + 1 < WORDS ? DOT : SLASH)) return -1;
    place++;
    address = (address << 8) | <u32>octet;
  }
  const prefix = number(to, BITS);
  if (prefix < 0 || place !== to || (address & ~maskOf(prefix)) !== 0) return -1;
  return ((<i64>prefix) << BITS) | <i64>address;
}

/** `hole` lies within `block` and is smaller. */
export function isHole(hole: i64, block: i64): bool {
  const prefix = <i32>(block >> BITS);
  return <i32>(hole >> BITS) > prefix && (<u32>hole & maskOf(prefix)) === <u32>block;
}

function maskOf(prefix: i32): u32 {
  return prefix === 0 ? 0 : (<u32>0xffffffff) << (BITS - prefix);
}

/** The number at `place`, which goes behind it; -1 where there is none, or a greater one than `most`. */
function number(to: i32, most: i32): i32 {
  const start = place;
  let value = 0;
  while (place < to && at(place) >= ZERO && at(place) <= NINE && value <= most) value = value * 10 + at(place++) - ZERO;
  const isLed = at(start) === ZERO && place > start + 1;
  return place === start || isLed || value > most ? -1 : value;
}
