import { describe, expect, it } from "vitest";
import { formatAddresses, parseAddress, parseCidr } from "../../src/sets/address-text.ts";
import {
  type AddressSet,
  ALL_ADDRESSES,
  ALL_V4,
  ALL_V6,
  coversAddresses,
  includesAddress,
  intersectAddresses,
  NO_ADDRESS,
  subtractAddresses,
  unionAddresses,
} from "../../src/sets/addresses.ts";

const set = (...cidrs: readonly string[]): AddressSet =>
  cidrs.map((cidr) => parseCidr(cidr)?.set ?? NO_ADDRESS).reduce(unionAddresses, NO_ADDRESS);

const A = set("10.0.0.0/8", "2001:db8::/32");
const B = set("10.1.0.0/16", "2001:db8:1::/48", "192.0.2.0/24");

describe("sets of addresses", () => {
  it.each([
    ["union", unionAddresses(A, B), set("10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32")],
    ["intersection", intersectAddresses(A, B), set("10.1.0.0/16", "2001:db8:1::/48")],
    ["union with nothing", unionAddresses(NO_ADDRESS, A), A],
    ["intersection with all", intersectAddresses(ALL_ADDRESSES, A), A],
    ["what is left of all IPv6", subtractAddresses(ALL_ADDRESSES, ALL_V4), ALL_V6],
    ["nothing less something", subtractAddresses(NO_ADDRESS, A), NO_ADDRESS],
    ["something less all", subtractAddresses(A, ALL_ADDRESSES), NO_ADDRESS],
  ])("%s is taken in both families", (_, found, expected) => {
    expect(formatAddresses(found)).toBe(formatAddresses(expected));
    expect(found).toBe(expected);
  });

  it("a difference is taken in both families, and covers neither what it lost", () => {
    const left = subtractAddresses(A, B);
    const inside = ["10.0.0.1", "10.2.0.0", "2001:db8::1", "2001:db8:2::"];
    const outside = ["10.1.0.0", "10.1.255.255", "2001:db8:1::", "2001:db8:1:ffff::1"];
    const includes = (text: string) => {
      const address = parseAddress(text);
      return address !== undefined && includesAddress(left, address);
    };
    expect(inside.filter((text) => !includes(text))).toEqual([]);
    expect(outside.filter(includes)).toEqual([]);
    expect(coversAddresses(A, left)).toBe(true);
    expect(coversAddresses(left, set("2001:db8:1::/64"))).toBe(false);
  });
});
