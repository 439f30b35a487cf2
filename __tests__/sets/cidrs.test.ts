import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCidr } from "../../src/sets/address-text.ts";
import { ALL_ADDRESSES, addressSet, NO_ADDRESS, unionAddresses } from "../../src/sets/addresses.ts";
import { cidrsOf } from "../../src/sets/cidrs.ts";

describe("an address set as CIDRs", () => {
  test.each([
    [ALL_ADDRESSES, ["0.0.0.0/0", "::/0"]],
    [NO_ADDRESS, []],
    [addressSet([1, 6], []), ["0.0.0.1/32", "0.0.0.2/31", "0.0.0.4/31", "0.0.0.6/32"]],
    [addressSet([], [1n, 1n]), ["::1/128"]],
  ])("%# in its fewest blocks", (set, cidrs) => {
    expect(cidrsOf(set, 100)).toEqual(cidrs);
  });

  test("ends at the limit", () => {
    expect(cidrsOf(addressSet([1, 2 ** 32 - 2], []), 5)).toHaveLength(5);
  });

  test("is the same set again", () => {
    const v4 = fc.array(fc.nat(2 ** 32 - 1), { maxLength: 4 });
    const v6 = fc.array(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), { maxLength: 4 });
    fc.assert(
      fc.property(v4, v6, (few, many) => {
        const set = addressSet(few, many);
        const again = cidrsOf(set, 10_000).map((cidr) => parseCidr(cidr));
        expect(again.every((block) => block?.hostBits === false)).toBe(true);
        expect(again.map((block) => block?.set ?? NO_ADDRESS).reduce(unionAddresses, NO_ADDRESS)).toBe(set);
      }),
      { numRuns: 300, seed: 20260615 },
    );
  });
});
