import type { SourceRef } from "../errors.ts";
import type { Assumption } from "../model/cluster.ts";
import type { Action } from "../model/policy.ts";
import { type Block, parseCidr } from "../sets/address-text.ts";
import {
  type AddressSet,
  ALL_V4,
  ALL_V6,
  addressSet,
  coversAddresses,
  intersectAddresses,
  NO_ADDRESS,
  subtractAddresses,
} from "../sets/addresses.ts";
import { privateAddresses, privateRanges } from "../sets/private-ranges.ts";
import type { ConvertContext } from "./context.ts";
import { checkMap, type Field, fault, items, member, requireField, shape, text } from "./fields.ts";

const IP_BLOCK = shape("an ipBlock", ["cidr", "except"], {
  cidrs: "an ipBlock has one `cidr`; write one ipBlock a block",
  ip: "perhaps `cidr`",
});

/** Something that was read otherwise than it stands there. */
export type Remark = { readonly line: number; readonly text: string };

const MAPPED_FIRST = 0xffff00000000n;
const MAPPED_LAST = 0xffffffffffffn;

/**
 * The addresses of the `ipBlock` at `field`, less its `except`.
 * Source: kubernetes/kubernetes pkg/apis/networking/validation, ValidateIPBlock.
 */
export function ipBlock(field: Field, remarks: Remark[]): AddressSet {
  checkMap(field, IP_BLOCK);
  const cidrField = member(field, "cidr");
  const cidr = text(cidrField) ?? "";
  const block = cidr === "" ? undefined : lenientCidr(cidrField, cidr, remarks);
  if (block === undefined) {
    if (cidr === "") requireField(cidrField);
    return NO_ADDRESS;
  }
  let set = block.set;
  for (const item of items(member(field, "except"))) {
    const hole = lenientCidr(item, text(item) ?? "", remarks);
    if (hole === undefined) continue;
    const inside = hole.family === block.family && hole.prefix > block.prefix && coversAddresses(block.set, hole.set);
    if (!inside) fault(item, `must lie within \`${cidr}\` and be smaller`);
    set = subtractAddresses(set, hole.set);
  }
  return set;
}

/**
 * The block that a legacy field names; with a remark where a newer API server would refuse it (bits beyond the prefix,
 * leading zeros, IPv4 in IPv6), with a fault where every API server would.
 * Source: kubernetes/apimachinery pkg/util/validation/ip.go, IsValidCIDRForLegacyField.
 */
function lenientCidr(field: Field, cidr: string, remarks: Remark[]): Block | undefined {
  const parsed = parseCidr(cidr);
  if (parsed === undefined) {
    if (field.faults.every((each) => each.path !== field.path)) {
      fault(field, `must be an address block such as \`10.9.8.0/24\` or \`2001:db8::/64\`, not \`${cidr}\``);
    }
    return undefined;
  }
  const block = unmapped(parsed);
  const odd =
    block !== parsed
      ? "is an IPv4 block written as IPv6"
      : parsed.hostBits
        ? "has bits beyond its prefix"
        : /(^|[./])0\d/.test(cidr) && parsed.family === 4
          ? "has leading zeros"
          : undefined;
  if (odd !== undefined) {
    remarks.push({
      line: field.line,
      text: `\`${cidr}\` ${odd}: read as the whole block; newer API servers reject it`,
    });
  }
  return block;
}

/** The block that a custom resource names: strict but for bits beyond the prefix, which get a remark. */
export function strictCidr(field: Field, remarks: Remark[]): Block | undefined {
  const cidr = text(field) ?? "";
  const block = parseCidr(cidr);
  if (block === undefined || unmapped(block) !== block || (block.family === 4 && /(^|[./])0\d/.test(cidr))) {
    if (field.faults.every((each) => each.path !== field.path)) {
      fault(field, `must be an address block such as \`10.9.8.0/24\` or \`2001:db8::/64\`, not \`${cidr}\``);
    }
    return undefined;
  }
  if (block.hostBits) {
    remarks.push({ line: field.line, text: `\`${cidr}\` has bits beyond its prefix: read as the whole block` });
  }
  return block;
}

function unmapped(block: Block): Block {
  const first = block.set.v6[0];
  const last = block.set.v6[1];
  if (first === undefined || last === undefined || first < MAPPED_FIRST || last > MAPPED_LAST) return block;
  const set = addressSet([Number(first - MAPPED_FIRST), Number(last - MAPPED_FIRST)], []);
  return { ...block, set, family: 4, prefix: block.prefix - 96 };
}

/** True of a block and holes in it that every API server takes as they are written. */
export function isPlainBlock(cidr: string, except: readonly string[]): boolean {
  const block = strictBlock(cidr);
  if (block === undefined) return false;
  return except.every((each) => {
    const hole = strictBlock(each);
    return hole?.family === block.family && hole.prefix > block.prefix && coversAddresses(block.set, hole.set);
  });
}

function strictBlock(cidr: string): Block | undefined {
  const block = parseCidr(cidr);
  const isOdd = block === undefined || unmapped(block) !== block || block.hostBits || /(^|[./])0\d/.test(cidr);
  return isOdd ? undefined : block;
}

/** Whether a block holds the addresses of pods, and what that rests on. */
export type PodCover = { readonly pods: boolean; readonly assumption: Assumption | undefined };

/**
 * Whether `set` matches pods. Configured pod ranges decide: all of them in one family or both: it does; some: an allow
 * does, a deny or pass does not. Without them a set that holds a whole private range does, and no other.
 * Source: `docs/semantics.md`, B01.
 */
export function coversPods(set: AddressSet, action: Action, at: SourceRef, context: ConvertContext): PodCover {
  if (!context.blocksMatchPods || set === NO_ADDRESS) return { pods: false, assumption: undefined };
  const { pods, because } = cover(set, context.options.podCidrs);
  const text = because === undefined ? undefined : action === "allow" ? because.allow : because.other(action);
  return {
    pods: action === "allow" ? pods : pods && because === undefined,
    assumption: text === undefined ? undefined : { at, text },
  };
}

/** Whether a set holds pods as far as an allow asks; `because`: what that rests on, for an allow and for others. */
type Cover = {
  readonly pods: boolean;
  readonly because: { readonly allow: string | undefined; readonly other: (action: Action) => string } | undefined;
};

const HOLDS: Cover = { pods: true, because: undefined };
const HOLDS_NONE: Cover = { pods: false, because: undefined };
const UNKNOWN_TEXT = "this private block holds no pods: no `podCIDRs` are configured";
const UNKNOWN: Cover = { pods: false, because: { allow: UNKNOWN_TEXT, other: () => UNKNOWN_TEXT } };
const partText = (action: Action) => `this block holds a part of \`podCIDRs\`: its ${action} is taken for no pod`;
const PART: Cover = {
  pods: true,
  because: { allow: "this block holds a part of `podCIDRs`: it is taken to allow every pod", other: partText },
};
const ONE_FAMILY: Cover = { pods: true, because: { allow: undefined, other: partText } };

const covers = new WeakMap<AddressSet, WeakMap<AddressSet, Cover>>();

function cover(set: AddressSet, podCidrs: AddressSet): Cover {
  const known = covers.get(podCidrs) ?? new WeakMap<AddressSet, Cover>();
  covers.set(podCidrs, known);
  const result = known.get(set) ?? (podCidrs === NO_ADDRESS ? coverOfPrivate(set) : coverOf(set, podCidrs));
  known.set(set, result);
  return result;
}

function coverOfPrivate(set: AddressSet): Cover {
  if (privateRanges().some((range) => coversAddresses(set, range))) return HOLDS;
  return intersectAddresses(set, privateAddresses()) === NO_ADDRESS ? HOLDS_NONE : UNKNOWN;
}

function coverOf(set: AddressSet, podCidrs: AddressSet): Cover {
  const families = [ALL_V4, ALL_V6].map((family) => intersectAddresses(podCidrs, family));
  const present = families.filter((family) => family !== NO_ADDRESS);
  const inside = present.filter((family) => coversAddresses(set, family));
  if (inside.length === present.length) return HOLDS;
  if (inside.length > 0) return ONE_FAMILY;
  return intersectAddresses(set, podCidrs) === NO_ADDRESS ? HOLDS_NONE : PART;
}
