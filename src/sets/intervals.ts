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
  const intersect = (a: Intervals<T>, b: Intervals<T>): Intervals<T> => {
    const out: T[] = [];
    const left = [...pairsOf(a)];
    const right = [...pairsOf(b)];
    let i = 0;
    let j = 0;
    for (;;) {
      const x = left[i];
      const y = right[j];
      if (x === undefined || y === undefined) return out;
      const first = x[0] > y[0] ? x[0] : y[0];
      const last = x[1] < y[1] ? x[1] : y[1];
      if (first <= last) out.push(first, last);
      if (x[1] < y[1]) i++;
      else j++;
    }
  };
  const subtract = (a: Intervals<T>, b: Intervals<T>): Intervals<T> => {
    if (b.length === 0 || a.length === 0) return a;
    const out: T[] = [];
    const holes = [...pairsOf(b)];
    let j = 0;
    for (const [first, last] of pairsOf(a)) {
      let from = first;
      let whole = true;
      while (j > 0 && (holes[j - 1]?.[1] ?? first) >= first) j--;
      for (; whole; j++) {
        const hole = holes[j];
        if (hole === undefined || hole[0] > last) break;
        if (hole[1] < from) continue;
        if (hole[0] > from) out.push(from, previous(hole[0]));
        if (hole[1] >= last) {
          whole = false;
          break;
        }
        from = next(hole[1]);
      }
      if (whole) out.push(from, last);
    }
    return out;
  };
  const contains = (a: Intervals<T>, point: T): boolean => {
    for (const [first, last] of pairsOf(a)) if (first <= point && point <= last) return true;
    return false;
  };
  const equals = (a: Intervals<T>, b: Intervals<T>): boolean => a.length === b.length && a.every((n, i) => n === b[i]);
  const covers = (a: Intervals<T>, b: Intervals<T>): boolean => subtract(b, a).length === 0;
  return { normalize, union, intersect, subtract, contains, covers, equals };
}

/** The intervals one by one, as `[first, last]`. */
export function* pairsOf<T extends number | bigint>(set: Intervals<T>): Generator<[T, T]> {
  for (let i = 0; i + 1 < set.length; i += 2) {
    const first = set[i];
    const last = set[i + 1];
    if (first !== undefined && last !== undefined) yield [first, last];
  }
}
