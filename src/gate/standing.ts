import type { Block, Cause, Witness } from "../diff/flow-diff.ts";
import type { Peer } from "../model/peer.ts";
import type { AddressSet } from "../sets/addresses.ts";

/** Which ends a question is about. */
export type Wanted = { readonly src: WantedEnd; readonly dst: WantedEnd };

export type WantedEnd = { readonly peers: (peer: Peer) => boolean; readonly addresses: AddressSet };

/** What base and head allow, changed or not: the engine's answer to the gate. */
export type Standing = {
  /**
   * Every flow between wanted ends that base or head allows, each pair in one block; `opened` and `closed` may be
   * empty. On one tree base is head. More than what is wanted does no harm.
   */
  readonly blocks: (wanted: Wanted) => readonly Block[];
  /** Why head allows the first pair of `block` on `block.opened`, and one such flow. */
  readonly explain: (block: Block) => { readonly causes: readonly Cause[]; readonly witness: Witness | undefined };
};
