import ipaddr from "ipaddr.js";
import { type Address, type AddressSet, addressSet } from "./addresses.ts";
import { pairsOf } from "./intervals.ts";

/** What a CIDR as text denotes: its block, and whether the text named an address inside the block (`10.0.0.7/24`). */
export type Block = {
  readonly set: AddressSet;
  readonly family: 4 | 6;
  readonly prefix: number;
  readonly hostBits: boolean;
};

/** The block that `text` denotes, or `undefined` where it is no CIDR of either family. */
export function parseCidr(text: string): Block | undefined {
  const slash = text.indexOf("/");
  if (slash < 0 || !/^\d{1,3}$/.test(text.slice(slash + 1))) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const prefix = Number(text.slice(slash + 1));
  if (address === undefined) return undefined;
  if (address.family === 4) {
    if (prefix > 32) return undefined;
    const size = 2 ** (32 - prefix);
    const first = Math.floor(address.value / size) * size;
    const set = addressSet([first, first + size - 1], []);
    return { set, family: 4, prefix, hostBits: first !== address.value };
  }
  if (prefix > 128) return undefined;
  const size = 1n << BigInt(128 - prefix);
  const first = (address.value / size) * size;
  return { set: addressSet([], [first, first + size - 1n]), family: 6, prefix, hostBits: first !== address.value };
}

/** The address that `text` denotes (dotted IPv4 with four decimal parts, or IPv6), or `undefined`. */
export function parseAddress(text: string): Address | undefined {
  if (text.includes("%")) return undefined;
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    let value = 0;
    for (const part of text.split(".")) {
      if (Number(part) > 255) return undefined;
      value = value * 256 + Number(part);
    }
    return { family: 4, value };
  }
  if (!text.includes(":") || !ipaddr.IPv6.isValid(text)) return undefined;
  let value = 0n;
  for (const byte of ipaddr.IPv6.parse(text).toByteArray()) value = value * 256n + BigInt(byte);
  return { family: 6, value };
}

/** An address in its usual form. */
export function formatAddress(address: Address): string {
  if (address.family === 4) {
    return [24, 16, 8, 0].map((shift) => Math.floor(address.value / 2 ** shift) % 256).join(".");
  }
  const bytes = Array.from({ length: 16 }, (_, i) => Number((address.value >> BigInt(8 * (15 - i))) & 255n));
  return new ipaddr.IPv6(bytes).toRFC5952String();
}

/** Maximal intervals, IPv4 before IPv6: a CIDR where the interval is one (a single address bare), else `first-last`. */
export function formatAddresses(set: AddressSet): string {
  const parts: string[] = [];
  for (const [first, last] of pairsOf(set.v4)) parts.push(formatRange(BigInt(first), BigInt(last), 32));
  for (const [first, last] of pairsOf(set.v6)) parts.push(formatRange(first, last, 128));
  return parts.join(",");
}

function formatRange(first: bigint, last: bigint, bits: 32 | 128): string {
  const text = (value: bigint) =>
    formatAddress(bits === 32 ? { family: 4, value: Number(value) } : { family: 6, value });
  if (first === last) return text(first);
  const size = last - first + 1n;
  const hostBits = size.toString(2).length - 1;
  if (size === 1n << BigInt(hostBits) && first % size === 0n) return `${text(first)}/${bits - hostBits}`;
  return `${text(first)}-${text(last)}`;
}
