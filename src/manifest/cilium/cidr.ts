import { satisfies } from "../../model/labels.ts";
import { or, type Predicate } from "../../model/predicate.ts";
import { parseAddress, parseCidr } from "../../sets/address-text.ts";
import {
  type AddressSet,
  addressSet,
  coversAddresses,
  intersectAddresses,
  NO_ADDRESS,
  subtractAddresses,
  unionAddresses,
} from "../../sets/addresses.ts";
import type { Intervals } from "../../sets/intervals.ts";
import { checkMap, type Field, fault, items, member, shape, text } from "../fields.ts";
import { labelSelector } from "../selector.ts";
import type { CidrGroup } from "./groups.ts";

const RULE = shape("a CIDR rule", ["cidr", "except", "cidrGroupRef", "cidrGroupSelector"], {
  exceptCIDRs: "perhaps `except`",
});

/** A group that a rule names and that is not there. */
export type MissingGroup = { readonly name: string; readonly field: Field };

/**
 * The blocks and addresses of the list at `field`.
 * Source: cilium/cilium pkg/policy/api/rule_validation.go, CIDR.Validate.
 */
export function readCidrs(field: Field): AddressSet {
  return items(field)
    .map((item) => readCidr(item, { bare: true }))
    .reduce(unionAddresses, NO_ADDRESS);
}

/**
 * The blocks of the rules of the list at `field`, less their exceptions; those of `groups` where a rule names them.
 * Source: cilium/cilium pkg/policy/api/rule_validation.go, CIDRRule.Validate.
 */
export function readCidrSet(field: Field, groups: readonly CidrGroup[], missing: MissingGroup[]): AddressSet {
  return items(field)
    .map((item) => readRule(item, groups, missing))
    .reduce(unionAddresses, NO_ADDRESS);
}

/**
 * Whoever has one of these addresses outside the cluster. The API server is outside at an address that nobody knows: a
 * set holds it that holds more than half of a family, such as `0.0.0.0/0` less some exceptions.
 * Source: cilium/cilium pkg/policy/api/cidr.go, CIDR.MatchesAll.
 */
export function outside(set: AddressSet): Predicate {
  const addresses: Predicate = { op: "addresses", set, pods: false };
  const most = size(set.v4) > 2 ** 31 || size(set.v6) > 2 ** 127;
  return most ? or(addresses, { op: "entity", name: "kube-apiserver" }) : addresses;
}

/** Number of points, as precise as a comparison with a half needs. */
function size(intervals: Intervals<number> | Intervals<bigint>): number {
  let total = 0;
  for (let i = 0; i + 1 < intervals.length; i += 2) total += Number(intervals[i + 1]) - Number(intervals[i]) + 1;
  return total;
}

/** One block, or one address where `bare` ones are allowed. */
function readCidr(field: Field, { bare }: { readonly bare: boolean }): AddressSet {
  const value = text(field) ?? "";
  const block = parseCidr(value);
  if (block !== undefined) return block.set;
  const address = bare ? parseAddress(value) : undefined;
  if (address === undefined) {
    if (field.faults.every(({ path }) => path !== field.path))
      fault(field, `must be an address block such as \`10.9.8.0/24\`, not \`${value}\``);
    return NO_ADDRESS;
  }
  return address.family === 4
    ? addressSet([address.value, address.value], [])
    : addressSet([], [address.value, address.value]);
}

function readRule(field: Field, groups: readonly CidrGroup[], missing: MissingGroup[]): AddressSet {
  checkMap(field, RULE);
  const cidr = member(field, "cidr");
  const ref = member(field, "cidrGroupRef");
  const selector = member(field, "cidrGroupSelector");
  const given = [cidr, ref, selector].filter(({ node }) => node !== undefined);
  if (given.length !== 1) fault(field, "must have one of `cidr`, `cidrGroupRef` and `cidrGroupSelector`");
  const set = cidr.node === undefined ? ofGroups(ref, selector, { groups, missing }) : readCidr(cidr, { bare: false });
  let left = set;
  for (const item of items(member(field, "except"))) {
    const hole = readCidr(item, { bare: false });
    if (cidr.node !== undefined && set !== NO_ADDRESS && !coversAddresses(set, hole)) {
      fault(item, `must lie within \`${text(cidr) ?? ""}\``);
    }
    left = subtractAddresses(left, intersectAddresses(set, hole));
  }
  return left;
}

type Groups = { readonly groups: readonly CidrGroup[]; readonly missing: MissingGroup[] };

function ofGroups(ref: Field, selector: Field, { groups, missing }: Groups): AddressSet {
  const requirements = selector.node === undefined ? undefined : (labelSelector(selector) ?? []);
  if (requirements !== undefined) {
    const selected = groups.filter(({ labels }) => requirements.every((each) => satisfies(labels, each)));
    return selected.map(({ set }) => set).reduce(unionAddresses, NO_ADDRESS);
  }
  const name = text(ref) ?? "";
  const group = groups.find((each) => each.name === name);
  if (group === undefined && name !== "") missing.push({ name, field: ref });
  return group?.set ?? NO_ADDRESS;
}
