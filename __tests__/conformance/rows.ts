import { formatAddresses, parseAddress, parseCidr } from "../../src/sets/address-text.ts";
import {
  type AddressSet,
  addressSet,
  intersectAddresses,
  NO_ADDRESS,
  subtractAddresses,
  unionAddresses,
} from "../../src/sets/addresses.ts";

/** A row of an answer; `answer` is everything that is said of the pair, in a form that compares. */
export type Said = { readonly src: string; readonly dst: string; readonly answer: string };

/** Which rows of an answer count. */
export type Scope = {
  /** Addresses of which an answer is expected; others are ignored. */
  readonly addresses: AddressSet;
  readonly ignores: (row: Said) => boolean;
};

type Facts = { readonly pairs: Map<string, string>; readonly outside: Map<string, Map<string, AddressSet>> };

/**
 * Everything in which `actual` differs from `expected` as a relation, one line each: for each pair the answer, for each
 * workload and direction the answer at every outside address, however ranges are cut.
 */
export function rowDifferences(actual: readonly Said[], expected: readonly Said[], scope: Scope): readonly string[] {
  const is = factsOf(actual, scope);
  const wanted = factsOf(expected, scope);
  const lines: string[] = [];
  for (const pair of new Set([...is.pairs.keys(), ...wanted.pairs.keys()])) {
    const [a, b] = [is.pairs.get(pair), wanted.pairs.get(pair)];
    if (a !== b) lines.push(`${pair}: ${a ?? "nothing"} instead of ${b ?? "nothing"}`);
  }
  for (const end of new Set([...is.outside.keys(), ...wanted.outside.keys()])) {
    lines.push(...outsideDifferences(end, is.outside.get(end) ?? new Map(), wanted.outside.get(end) ?? new Map()));
  }
  return lines.sort();
}

function outsideDifferences(
  end: string,
  is: ReadonlyMap<string, AddressSet>,
  wanted: ReadonlyMap<string, AddressSet>,
): readonly string[] {
  return [...new Set([...is.keys(), ...wanted.keys()])].flatMap((answer) => {
    const a = is.get(answer) ?? NO_ADDRESS;
    const b = wanted.get(answer) ?? NO_ADDRESS;
    const extra = formatAddresses(subtractAddresses(a, b));
    const missing = formatAddresses(subtractAddresses(b, a));
    return [
      ...(extra === "" ? [] : [`${end} ${extra}: ${answer} is not expected`]),
      ...(missing === "" ? [] : [`${end} ${missing}: ${answer} is missing`]),
    ];
  });
}

function factsOf(rows: readonly Said[], { addresses, ignores }: Scope): Facts {
  const facts: Facts = { pairs: new Map(), outside: new Map() };
  for (const row of rows) {
    if (ignores(row)) continue;
    const src = parseRanges(row.src);
    const dst = parseRanges(row.dst);
    if (src === undefined && dst === undefined) {
      const pair = `${row.src} => ${row.dst}`;
      if (facts.pairs.has(pair)) throw new Error(`two rows for ${pair}`);
      facts.pairs.set(pair, row.answer);
      continue;
    }
    const set = intersectAddresses(src ?? dst ?? NO_ADDRESS, addresses);
    const end = src === undefined ? `${row.src} =>` : `=> ${row.dst}`;
    const answers = facts.outside.get(end) ?? new Map<string, AddressSet>();
    facts.outside.set(end, answers);
    for (const known of answers.values()) {
      if (intersectAddresses(known, set) !== NO_ADDRESS) throw new Error(`two rows for ${end} ${formatAddresses(set)}`);
    }
    answers.set(row.answer, unionAddresses(answers.get(row.answer) ?? NO_ADDRESS, set));
  }
  return facts;
}

/** The addresses that `text` (CIDRs, single addresses and `first-last`, joined by commas) holds; `undefined`: none. */
export function parseRanges(text: string): AddressSet | undefined {
  if (!/^[0-9a-f.:,/-]+$/.test(text)) return undefined;
  let all = NO_ADDRESS;
  for (const part of text.split(",")) {
    const set = parseRange(part);
    if (set === undefined) return undefined;
    all = unionAddresses(all, set);
  }
  return all;
}

function parseRange(text: string): AddressSet | undefined {
  const block = parseCidr(text);
  if (block !== undefined) return block.set;
  const [first = "", last = first] = text.split("-");
  const from = parseAddress(first);
  const to = parseAddress(last);
  if (from?.family === 4 && to?.family === 4) return addressSet([from.value, to.value], []);
  if (from?.family === 6 && to?.family === 6) return addressSet([], [from.value, to.value]);
  return undefined;
}
