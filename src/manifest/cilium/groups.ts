import type { AddressSet } from "../../sets/addresses.ts";

/** A CiliumCIDRGroup: blocks under a name and labels. */
export type CidrGroup = {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly set: AddressSet;
};
