import type { Block, EndText } from "../diff/flow-diff.ts";
import type { End } from "../model/peer.ts";
import { parseAddress, parseCidr } from "../sets/address-text.ts";
import {
  type Address,
  type AddressSet,
  addressSet,
  intersectAddresses,
  NO_ADDRESS,
  unionAddresses,
} from "../sets/addresses.ts";
import { type Conn, intersect, NONE } from "../sets/conn.ts";

/** The flows of a row: who, to whom, and what changes for them. */
export type Flows = { readonly src: Names; readonly dst: Names; readonly touched: Conn };

/** One end as names of peers, or as addresses. */
type Names =
  | { readonly kind: "peers"; readonly texts: readonly string[] }
  | { readonly kind: "addresses"; readonly set: AddressSet };

type Target = { readonly item: number; readonly src: ReadonlySet<string> | AddressSet; readonly block: Block };

/** Which of a list of block lists a row has flows in common with; asked once a row, in time that follows the answer. */
export type Overlap = (flows: Flows) => ReadonlySet<number>;

/** `lists[i]` are the blocks that the answer `i` stands for. */
export function overlapWith(lists: readonly (readonly Block[])[]): Overlap {
  const byPeer = new Map<string, Target[]>();
  const byAddress: Target[] = [];
  lists.forEach((blocks, item) => {
    for (const block of blocks) {
      const src = block.src.kind === "peers" ? new Set(block.src.peers.map((p) => p.text)) : block.src.addresses;
      const target: Target = { item, src, block };
      if (block.dst.kind === "addresses") byAddress.push(target);
      else for (const peer of block.dst.peers) push(byPeer, peer.text, target);
    }
  });
  return (flows) => {
    const found = new Set<number>();
    const consider = (target: Target) => {
      if (found.has(target.item)) return;
      if (intersect(flows.touched, target.block.opened) !== NONE && meetsEnd(flows.src, target.src))
        found.add(target.item);
    };
    if (flows.dst.kind === "peers") {
      for (const text of flows.dst.texts) for (const target of byPeer.get(text) ?? []) consider(target);
    } else {
      for (const target of byAddress) if (sharesAddress(flows.dst.set, target.block.dst)) consider(target);
    }
    return found;
  };
}

function push(map: Map<string, Target[]>, key: string, target: Target): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [target]);
  else list.push(target);
}

function meetsEnd(end: Names, src: ReadonlySet<string> | AddressSet): boolean {
  if (src instanceof Set) return end.kind === "peers" && end.texts.some((text) => src.has(text));
  return end.kind === "addresses" && "v4" in src && intersectAddresses(end.set, src) !== NO_ADDRESS;
}

function sharesAddress(set: AddressSet, end: End): boolean {
  return end.kind === "addresses" && intersectAddresses(set, end.addresses) !== NO_ADDRESS;
}

/** The flows of a block. */
export function flowsOfBlock(block: Block): Flows {
  return { src: namesOfEnd(block.src), dst: namesOfEnd(block.dst), touched: touchedBy(block) };
}

function namesOfEnd(end: End): Names {
  if (end.kind === "addresses") return { kind: "addresses", set: end.addresses };
  return { kind: "peers", texts: end.peers.map((peer) => peer.text) };
}

/** The flows of one ordered pair. */
export function flowsOfPair(pair: Pick<Block, "base" | "head" | "opened" | "narrowed"> & Pair): Flows {
  return { src: namesOfText(pair.src), dst: namesOfText(pair.dst), touched: touchedBy(pair) };
}

type Pair = { readonly src: EndText; readonly dst: EndText };

function namesOfText(end: EndText): Names {
  if (end.peer !== undefined) return { kind: "peers", texts: [end.peer.text] };
  return { kind: "addresses", set: addressesOf(end.text) };
}

/** What opened; where a restriction above layer 4 went, what stays open. */
function touchedBy(change: Pick<Block, "base" | "head" | "opened" | "narrowed">): Conn {
  if (change.narrowed === undefined || change.narrowed === "closed") return change.opened;
  return change.head;
}

/** The addresses that `formatAddresses` wrote; what it cannot have written counts as none. */
export function addressesOf(text: string): AddressSet {
  let set: AddressSet = NO_ADDRESS;
  for (const part of text.split(",")) set = unionAddresses(set, addressesOfPart(part));
  return set;
}

function addressesOfPart(part: string): AddressSet {
  const block = parseCidr(part);
  if (block !== undefined) return block.set;
  const dash = part.indexOf("-");
  const first = parseAddress(dash < 0 ? part : part.slice(0, dash));
  const last = parseAddress(part.slice(dash + 1));
  return first === undefined || last === undefined ? NO_ADDRESS : range(first, last);
}

function range(first: Address, last: Address): AddressSet {
  if (first.family === 4 && last.family === 4) return addressSet([first.value, last.value], []);
  if (first.family === 6 && last.family === 6) return addressSet([], [first.value, last.value]);
  return NO_ADDRESS;
}
