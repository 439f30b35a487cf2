import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bigints, numbers } from "../../src/sets/intervals.ts";

const SEED = 7;
const LAST = 30;
const raw = fc
  .array(fc.integer({ min: 0, max: LAST }), { maxLength: 12 })
  .map((list) => list.slice(0, list.length - (list.length % 2)));
const set = raw.map((list) => numbers.normalize(list));
const points = Array.from({ length: LAST + 1 }, (_, i) => i);

function members(intervals: readonly number[]): number[] {
  return points.filter((point) =>
    intervals.some((first, i) => i % 2 === 0 && first <= point && point <= (intervals[i + 1] ?? -1)),
  );
}

describe("intervals", () => {
  it("are canonical: ascending, with gaps", () => {
    fc.assert(
      fc.property(set, (a) => {
        for (let i = 0; i + 1 < a.length; i++)
          expect((a[i + 1] ?? 0) - (a[i] ?? 0)).toBeGreaterThanOrEqual(i % 2 === 0 ? 0 : 2);
      }),
      { seed: SEED },
    );
  });

  it("unite, intersect and subtract point by point", () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const inA = new Set(members(a));
        const inB = new Set(members(b));
        expect(members(numbers.union(a, b))).toEqual(points.filter((p) => inA.has(p) || inB.has(p)));
        expect(members(numbers.intersect(a, b))).toEqual(points.filter((p) => inA.has(p) && inB.has(p)));
        expect(members(numbers.subtract(a, b))).toEqual(points.filter((p) => inA.has(p) && !inB.has(p)));
        expect(numbers.covers(a, b)).toBe(points.every((p) => !inB.has(p) || inA.has(p)));
        for (const p of points) expect(numbers.contains(a, p)).toBe(inA.has(p));
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it("are equal exactly where their points are", () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        expect(numbers.equals(numbers.subtract(numbers.union(a, b), numbers.subtract(b, a)), a)).toBe(true);
        expect(numbers.equals(a, b)).toBe(members(a).join() === members(b).join());
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it("mean the same on the long line of IPv6", () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const long = (list: readonly number[]) => list.map(BigInt);
        expect(bigints.subtract(long(a), long(b))).toEqual(long(numbers.subtract(a, b)));
        expect(bigints.intersect(long(a), long(b))).toEqual(long(numbers.intersect(a, b)));
        expect(bigints.union(long(a), long(b))).toEqual(long(numbers.union(a, b)));
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });
});
