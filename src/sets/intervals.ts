/**
 * A canonical set of points on an ordered line: `[first, last, first, last, …]`, both ends included,
 * ascending, with a gap of at least one point between two intervals. Equal sets are equal arrays.
 */
export type Intervals<T extends number | bigint> = readonly T[];

/** Set algebra over one line; `one` is the distance between neighbouring points. */
export type IntervalAlgebra<T extends number | bigint> = {
  readonly normalize: (pairs: readonly T[]) => Intervals<T>;
  readonly union: (a: Intervals<T>, b: Intervals<T>) => Intervals<T>;
  readonly intersect: (a: Intervals<T>, b: Intervals<T>) => Intervals<T>;
  readonly subtract: (a: Intervals<T>, b: Intervals<T>) => Intervals<T>;
  readonly contains: (a: Intervals<T>, point: T) => boolean;
  readonly covers: (a: Intervals<T>, b: Intervals<T>) => boolean;
  readonly equals: (a: Intervals<T>, b: Intervals<T>) => boolean;
};

/** The algebra for lines of numbers. */
export const numbers: IntervalAlgebra<number> = algebra<number>(
  (n) => n + 1,
  (n) => n - 1,
);

/** The algebra for lines too long for numbers. */
export const bigints: IntervalAlgebra<bigint> = algebra<bigint>(
  (n) => n + 1n,
  (n) => n - 1n,
);

function algebra<T extends number | bigint>(next: (n: T) => T, previous: (n: T) => T): IntervalAlgebra<T> {
  const normalize = (pairs: readonly T[]): Intervals<T> => {
    const sorted: [T, T][] = [];
    for (const [first, last] of pairsOf(pairs)) if (first <= last) sorted.push([first, last]);
    sorted.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    const out: T[] = [];
    let open: [T, T] | undefined;
    for (const pair of sorted) {
      if (open !== undefined && pair[0] <= next(open[1])) {
        if (pair[1] > open[1]) open[1] = pair[1];
        continue;
      }
      if (open !== undefined) out.push(open[0], open[1]);
      open = pair;
    }
    if (open !== undefined) out.push(open[0], open[1]);
    return out;
  };
  const union = (a: Intervals<T>, b: Intervals<T>): Intervals<T> => {
    if (a.length === 0) return b;
    if (b.length === 0) return a;
    return normalize([...a, ...b]);
  };
  // Index arithmetic instead of pairs: these three run once for every pair of effects.
  const intersect = (a: Intervals<T>, b: Intervals<T>): Intervals<T> => {
    const out: T[] = [];
    let i = 0;
    let j = 0;
    for (;;) {
      const aFirst = a[i];
      const aLast = a[i + 1];
      const bFirst = b[j];
      const bLast = b[j + 1];
      if (aFirst === undefined || aLast === undefined || bFirst === undefined || bLast === undefined) return out;
      // biome-ignore lint/complexity/useMathMinMax: Math.max takes no bigint
      const first = aFirst > bFirst ? aFirst : bFirst;
      const last = lower(aLast, bLast);
      if (first <= last) out.push(first, last);
      if (aLast < bLast) i += 2;
      else j += 2;
    }
  };
  const subtract = (a: Intervals<T>, b: Intervals<T>): Intervals<T> => {
    if (b.length === 0 || a.length === 0) return a;
    const out: T[] = [];
    let j = 0;
    for (let i = 0; i < a.length; i += 2) {
      let first = a[i];
      const last = a[i + 1];
      if (first === undefined || last === undefined) return out;
      for (; j < b.length; j += 2) {
        const holeFirst = b[j];
        const holeLast = b[j + 1];
        if (holeFirst === undefined || holeLast === undefined || holeFirst > last) break;
        if (holeLast < first) continue;
        if (holeFirst > first) out.push(first, previous(holeFirst));
        first = next(holeLast);
        if (holeLast >= last) break;
      }
      if (first <= last) out.push(first, last);
    }
    return out;
  };
  const contains = (a: Intervals<T>, point: T): boolean => {
    for (let i = 0; i < a.length; i += 2) {
      const first = a[i];
      const last = a[i + 1];
      if (first !== undefined && last !== undefined && first <= point && point <= last) return true;
    }
    return false;
  };
  const equals = (a: Intervals<T>, b: Intervals<T>): boolean => a.length === b.length && a.every((n, i) => n === b[i]);
  const covers = (a: Intervals<T>, b: Intervals<T>): boolean => subtract(b, a).length === 0;
  return { normalize, union, intersect, subtract, contains, covers, equals };
}

function lower<T extends number | bigint>(a: T, b: T): T {
  return a < b ? a : b;
}

/** The intervals one by one, as `[first, last]`. */
export function* pairsOf<T extends number | bigint>(set: Intervals<T>): Generator<[T, T]> {
  for (let i = 0; i + 1 < set.length; i += 2) {
    const first = set[i];
    const last = set[i + 1];
    if (first !== undefined && last !== undefined) yield [first, last];
  }
}
