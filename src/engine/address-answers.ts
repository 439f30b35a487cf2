import type { Endpoint } from "../model/endpoint.ts";
import type { Predicate } from "../model/predicate.ts";
import {
  type AddressSet,
  ALL_ADDRESSES,
  intersectAddresses,
  NO_ADDRESS,
  someAddress,
  subtractAddresses,
  unionAddresses,
} from "../sets/addresses.ts";
import { type Answer, answer, type Effect } from "./effects.ts";

/** All outside addresses, cut into sets with one answer each; the sets are disjoint and cover everything. */
export type AddressAnswers = readonly { readonly set: AddressSet; readonly answer: Answer }[];

/** What `effect` allows towards (egress) or from (ingress) each address outside the cluster. */
export function addressAnswers(effect: Effect): AddressAnswers {
  let cells: readonly AddressSet[] = [ALL_ADDRESSES];
  const cuts = new Set<AddressSet>();
  for (const tier of effect.tiers) for (const rule of tier.rules) cuts.add(addressesOf(rule.peer));
  for (const cut of cuts) {
    if (cut === NO_ADDRESS || cut === ALL_ADDRESSES) continue;
    cells = cells.flatMap((cell) =>
      [intersectAddresses(cell, cut), subtractAddresses(cell, cut)].filter((part) => part !== NO_ADDRESS),
    );
  }
  const merged = new Map<string, { set: AddressSet; answer: Answer }>();
  for (const set of cells) {
    const address = someAddress(set);
    if (address === undefined) continue;
    const endpoint: Endpoint = { kind: "address", address };
    const found = answer(effect, endpoint);
    const key = `${found.conn.id} ${found.restricted.id} ${found.digest}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { set, answer: found });
    else known.set = unionAddresses(known.set, set);
  }
  return [...merged.values()];
}

/** The outside addresses in the set that `predicate` denotes. */
function addressesOf(predicate: Predicate): AddressSet {
  switch (predicate.op) {
    case "anything":
      return ALL_ADDRESSES;
    case "addresses":
      return predicate.set;
    case "and":
      return predicate.of.map(addressesOf).reduce(intersectAddresses, ALL_ADDRESSES);
    case "or":
      return predicate.of.map(addressesOf).reduce(unionAddresses, NO_ADDRESS);
    case "not":
      return subtractAddresses(ALL_ADDRESSES, addressesOf(predicate.of));
    case "nothing":
    case "pods":
    case "namespace":
    case "podLabels":
    case "namespaceLabels":
    case "serviceAccount":
    case "serviceAccountLabels":
    case "entity":
    case "fqdn":
      return NO_ADDRESS;
  }
}
