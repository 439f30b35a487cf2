import { parseAddress, parseCidr } from "../../sets/address-text.ts";
import { type AddressSet, ALL_V4, ALL_V6, addressSet, NO_ADDRESS, unionAddresses } from "../../sets/addresses.ts";
import { type Field, fault, items, text } from "../fields.ts";

export type Family = 4 | 6;

/** The blocks of one list, and their families. `given` where the list has an entry. */
export type Nets = { readonly set: AddressSet; readonly families: ReadonlySet<Family>; readonly given: boolean };

/**
 * The blocks that the list at `field` of a rule names, each with its host bits zero. In `notNets` no block may be the
 * whole of a family.
 * Source: projectcalico/calico libcalico-go/lib/validator/v3, validateRule and ValidateIPNetwork.
 */
export function readNets(field: Field, negated: boolean): Nets {
  let set = NO_ADDRESS;
  const families = new Set<Family>();
  const entries = items(field);
  for (const item of entries) {
    const value = text(item) ?? "";
    const block = parseCidr(value);
    if (block === undefined || hasLeadingZero(value)) {
      const bare = parseAddress(value);
      fault(
        item,
        bare === undefined ? notABlock(value) : `must be a block: write \`${value}/${bare.family === 4 ? 32 : 128}\``,
      );
      continue;
    }
    if (block.hostBits) fault(item, `must have its host bits zero, not \`${value}\``);
    if (negated && block.prefix === 0)
      fault(item, `must not be all of IPv${block.family}: the rule would match nothing`);
    set = unionAddresses(set, block.set);
    families.add(block.family);
  }
  return { set, families, given: entries.length > 0 };
}

/**
 * The blocks and single addresses that the list at `field` of a network set or host endpoint names.
 * Source: projectcalico/calico libcalico-go/lib/validator/v3, validateCIDR.
 */
export function readAddressList(field: Field): AddressSet {
  let set = NO_ADDRESS;
  for (const item of items(field)) {
    const value = text(item) ?? "";
    const block = parseCidr(value);
    const address = block === undefined ? parseAddress(value) : undefined;
    if (hasLeadingZero(value) || (block === undefined && address === undefined)) fault(item, notABlock(value));
    else if (block !== undefined) set = unionAddresses(set, block.set);
    else if (address?.family === 4) set = unionAddresses(set, addressSet([address.value, address.value], []));
    else if (address?.family === 6) set = unionAddresses(set, addressSet([], [address.value, address.value]));
  }
  return set;
}

/** Every address of one family. */
export function wholeFamily(family: Family): AddressSet {
  return family === 4 ? ALL_V4 : ALL_V6;
}

function notABlock(value: string): string {
  return `must be an address block such as \`10.9.8.0/24\` or \`2001:db8::/64\`, not \`${value}\``;
}

function hasLeadingZero(value: string): boolean {
  return !value.includes(":") && /(^|[./])0[0-9]/.test(value);
}
