import { bigints, type Intervals, numbers } from "./intervals.ts";

/**
 * A canonical set of IP addresses, interned: equal sets are one object. IPv4 addresses are numbers below 2^32,
 * IPv6 addresses are bigints below 2^128; an IPv4 block says nothing on IPv6.
 */
export type AddressSet = { readonly id: number; readonly v4: Intervals<number>; readonly v6: Intervals<bigint> };

/** One address. */
export type Address = { readonly family: 4; readonly value: number } | { readonly family: 6; readonly value: bigint };

export const V4_LAST = 2 ** 32 - 1;
const V6_LAST = 2n ** 128n - 1n;

const interned = new Map<string, AddressSet>();

/** The set with these intervals, in any order. */
export function addressSet(v4: Intervals<number>, v6: Intervals<bigint>): AddressSet {
  return intern(numbers.normalize(v4), bigints.normalize(v6));
}

function intern(v4: Intervals<number>, v6: Intervals<bigint>): AddressSet {
  const key = `${v4.join()}|${v6.join()}`;
  const known = interned.get(key);
  if (known !== undefined) return known;
  const set: AddressSet = { id: interned.size, v4, v6 };
  interned.set(key, set);
  return set;
}

export const NO_ADDRESS: AddressSet = intern([], []);
export const ALL_V4: AddressSet = intern([0, V4_LAST], []);
export const ALL_V6: AddressSet = intern([], [0n, V6_LAST]);
export const ALL_ADDRESSES: AddressSet = intern([0, V4_LAST], [0n, V6_LAST]);

/** What is in `a` or in `b`. */
export function unionAddresses(a: AddressSet, b: AddressSet): AddressSet {
  if (a === b || b === NO_ADDRESS) return a;
  if (a === NO_ADDRESS) return b;
  return intern(numbers.union(a.v4, b.v4), bigints.union(a.v6, b.v6));
}

/** What is in both. */
export function intersectAddresses(a: AddressSet, b: AddressSet): AddressSet {
  if (a === b || b === ALL_ADDRESSES) return a;
  if (a === ALL_ADDRESSES) return b;
  return intern(numbers.intersect(a.v4, b.v4), bigints.intersect(a.v6, b.v6));
}

/** What is in `a` and not in `b`. */
export function subtractAddresses(a: AddressSet, b: AddressSet): AddressSet {
  if (a === b || b === ALL_ADDRESSES) return NO_ADDRESS;
  if (b === NO_ADDRESS) return a;
  return intern(numbers.subtract(a.v4, b.v4), bigints.subtract(a.v6, b.v6));
}

/** True where all of `b` is in `a`. */
export function coversAddresses(a: AddressSet, b: AddressSet): boolean {
  return subtractAddresses(b, a) === NO_ADDRESS;
}

/** True where `address` is in `set`. */
export function includesAddress(set: AddressSet, address: Address): boolean {
  return address.family === 4 ? numbers.contains(set.v4, address.value) : bigints.contains(set.v6, address.value);
}

/** One address of the set, the lowest IPv4 address first; `undefined` where it is empty. */
export function someAddress(set: AddressSet): Address | undefined {
  const v4 = set.v4[0];
  if (v4 !== undefined) return { family: 4, value: v4 };
  const v6 = set.v6[0];
  return v6 === undefined ? undefined : { family: 6, value: v6 };
}
