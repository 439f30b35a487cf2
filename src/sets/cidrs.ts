import { formatAddress } from "./address-text.ts";
import type { AddressSet } from "./addresses.ts";
import { pairsOf } from "./intervals.ts";

/** The fewest CIDRs that together are `set`, IPv4 first; ends once there are `limit`. */
export function cidrsOf(set: AddressSet, limit: number): readonly string[] {
  const out: string[] = [];
  for (const [first, last] of pairsOf(set.v4)) cover(BigInt(first), BigInt(last), 32, limit, out);
  for (const [first, last] of pairsOf(set.v6)) cover(first, last, 128, limit, out);
  return out;
}

function cover(first: bigint, last: bigint, bits: 32 | 128, limit: number, out: string[]): void {
  let from = first;
  while (from <= last && out.length < limit) {
    let prefix = bits;
    const size = (at: number) => 1n << BigInt(bits - at);
    while (prefix > 0 && from % size(prefix - 1) === 0n && from + size(prefix - 1) - 1n <= last) prefix--;
    const address = bits === 32 ? ({ family: 4, value: Number(from) } as const) : ({ family: 6, value: from } as const);
    out.push(`${formatAddress(address)}/${prefix}`);
    from += size(prefix);
  }
}
