// AssemblyScript: the next byte of some sort, looked for in sixteen at once. What is looked for is always there: zeros end a file.

const LF: i8 = 10;
const TAB: i8 = 9;
const SPACE: i8 = 32;
const HASH: i8 = 35;
const COLON: i8 = 58;
const BACKSLASH: i8 = 92;
const DELETE: i8 = 127;
const CARRIAGE_RETURN: i8 = 13;
const BYTES: i32 = 16;

/** The next line feed. */
export function nextLineFeed(from: i32): i32 {
  let place = from - BYTES;
  let found = 0;
  do {
    place += BYTES;
    found = i8x16.bitmask(i8x16.eq(v128.load(place), i8x16.splat(LF)));
  } while (found === 0);
  return place + ctz(found);
}

/** The next byte that is no printable ASCII, `#` or `:`. */
export function nextMark(from: i32): i32 {
  let place = from - BYTES;
  let found = 0;
  do {
    place += BYTES;
    const bytes = v128.load(place);
    const marks = v128.or(i8x16.eq(bytes, i8x16.splat(HASH)), i8x16.eq(bytes, i8x16.splat(COLON)));
    found = i8x16.bitmask(v128.or(unprintable(bytes), marks));
  } while (found === 0);
  return place + ctz(found);
}

/** The next byte that is neither printable ASCII nor a tab. */
export function nextOther(from: i32): i32 {
  let place = from - BYTES;
  let found = 0;
  do {
    place += BYTES;
    const bytes = v128.load(place);
    found = i8x16.bitmask(v128.andnot(unprintable(bytes), i8x16.eq(bytes, i8x16.splat(TAB))));
  } while (found === 0);
  return place + ctz(found);
}

/** The next byte that is no printable ASCII, a backslash or `quote`. */
export function nextOfQuoted(from: i32, quote: i32): i32 {
  let place = from - BYTES;
  let found = 0;
  do {
    place += BYTES;
    const bytes = v128.load(place);
    const marks = v128.or(i8x16.eq(bytes, i8x16.splat(BACKSLASH)), i8x16.eq(bytes, i8x16.splat(<i8>quote)));
    found = i8x16.bitmask(v128.or(unprintable(bytes), marks));
  } while (found === 0);
  return place + ctz(found);
}

/** Some byte between two places is no ASCII, a zero or a carriage return. */
export function hasForbidden(from: i32, to: i32): bool {
  let found = i8x16.splat(0);
  let place = from;
  for (; place + BYTES <= to; place += BYTES) found = v128.or(found, forbidden(v128.load(place)));
  if (v128.any_true(found)) return true;
  for (; place < to; place++) if ((i8x16.bitmask(forbidden(v128.load(place))) & 1) !== 0) return true;
  return false;
}

function forbidden(bytes: v128): v128 {
  const low = i8x16.lt_s(bytes, i8x16.splat(1));
  return v128.or(low, i8x16.eq(bytes, i8x16.splat(CARRIAGE_RETURN)));
}

/** Bytes beyond ASCII are negative. */
function unprintable(bytes: v128): v128 {
  return v128.or(i8x16.lt_s(bytes, i8x16.splat(SPACE)), i8x16.eq(bytes, i8x16.splat(DELETE)));
}
