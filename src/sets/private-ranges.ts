import { parseCidr } from "./address-text.ts";
import { type AddressSet, NO_ADDRESS, unionAddresses } from "./addresses.ts";

/** The ranges that clusters take pod addresses from. */
export function privateRanges(): readonly AddressSet[] {
  // Most runs do not ask, and reading an address for the first time is slow.
  ranges ??= PRIVATE.map((cidr) => parseCidr(cidr)?.set ?? NO_ADDRESS);
  return ranges;
}

/** All of them in one. */
export function privateAddresses(): AddressSet {
  all ??= privateRanges().reduce(unionAddresses);
  return all;
}

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];

let ranges: readonly AddressSet[] | undefined;
let all: AddressSet | undefined;
