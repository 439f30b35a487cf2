import type { Block } from "../diff/flow-diff.ts";
import { type End, type Peer, podOf } from "../model/peer.ts";
import { formatAddresses } from "../sets/address-text.ts";
import { type AddressSet, ALL_ADDRESSES } from "../sets/addresses.ts";
import { type Conn, NONE, union } from "../sets/conn.ts";
import { formatConn } from "../sets/conn-text.ts";
import { endKey, joinEnds } from "./ends.ts";

/** How sentences name the ends of a flow, and what connections they tell apart. */
export type Words = {
  /** The shortest true name of one end, without code marks. */
  readonly name: (end: End) => string;
  readonly universe: Conn;
};

const SHOWN = 3;

/** The plain name of one end: its peers one by one up to three, else the first ones and how many more. */
export function nameEnd(end: End): string {
  if (end.kind === "addresses") return nameAddresses(end.addresses);
  if (end.peers.some((peer) => peer.text === "entire-cluster")) return "any pod in the cluster";
  return listPeers(end.peers);
}

function nameAddresses(addresses: AddressSet): string {
  if (addresses === ALL_ADDRESSES) return "any address outside the cluster";
  const parts = formatAddresses(addresses).split(",");
  return parts.length <= SHOWN ? parts.join(", ") : `${parts.slice(0, SHOWN).join(", ")} and more addresses`;
}

/** Names of peers, declared ones first: `a, b and 4 more`. */
export function listPeers(peers: readonly Peer[]): string {
  // Ends may hold every peer of a cluster, so the first few are picked without sorting all.
  const first: Peer[] = [];
  for (const peer of peers) {
    const last = first[SHOWN];
    if (last !== undefined && comparePeers(peer, last) >= 0) continue;
    if (first.some((other) => other.text === peer.text)) continue;
    first.push(peer);
    first.sort(comparePeers);
    first.length = Math.min(first.length, SHOWN + 1);
  }
  const names = first.map((peer) => peer.text);
  if (peers.length <= SHOWN + 1) return names.join(", ");
  return `${names.slice(0, SHOWN).join(", ")} and ${peers.length - SHOWN} more`;
}

function comparePeers(a: Peer, b: Peer): number {
  return rank(a) - rank(b) || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
}

function rank(peer: Peer): number {
  return podOf(peer, "head") === undefined ? 1 : peer.kind === "workload" ? 0 : 2;
}

/** A name from outside as a code span of one line. */
export function code(text: string): string {
  return `\`${text.replace(/[`\p{Cc}\p{Cf}\u2028\u2029]/gu, "'")}\``;
}

/**
 * `a may now connect to b on TCP 80`, for the flows of most pairs, and for addresses that may do the same as pods; says how
 * many more sets of flows there are.
 */
export function flowSentence(blocks: readonly Block[], verb: string, words: Words): string {
  const flows = joined(joined(blocks, "src"), "dst").sort((a, b) => b.pairs - a.pairs);
  const [widest] = flows;
  if (widest === undefined) return "";
  const conn = formatConn(widest.opened, words.universe);
  const on = conn === "All Connections" ? "on every port" : `on ${conn}`;
  const beside = flows.find((flow) => flow.src.kind !== widest.src.kind && isAlike(flow, widest));
  const sources = [widest.src, ...(beside === undefined ? [] : [beside.src])].sort(byReach).map(words.name);
  const more = flows.length - sources.length;
  const rest = more === 0 ? "" : `, and ${more} more ${more === 1 ? "set" : "sets"} of flows`;
  return `${sources.map(code).join(" and ")} ${verb} ${code(words.name(widest.dst))} ${on}${rest}`;
}

type Flow = Pick<Block, "src" | "dst" | "opened" | "pairs">;

/** The flows with those that differ at one end alone made one. */
function joined(flows: readonly Flow[], side: "src" | "dst"): Flow[] {
  const other = side === "src" ? "dst" : "src";
  const found = new Map<string, Flow[]>();
  for (const flow of flows) {
    const key = `${flow.opened.id} ${flow[side].kind} ${endKey(flow[other])}`;
    const list = found.get(key);
    if (list === undefined) found.set(key, [flow]);
    else list.push(flow);
  }
  return [...found.values()].flatMap((list): readonly Flow[] => {
    const [first] = list;
    if (first === undefined || list.length === 1) return list;
    const pairs = list.reduce((sum, flow) => sum + flow.pairs, 0);
    return [{ ...first, pairs, [side]: joinEnds(...list.map((flow) => flow[side])) }];
  });
}

function isAlike(a: Flow, b: Flow): boolean {
  return a.opened === b.opened && endKey(a.dst) === endKey(b.dst);
}

/** Everybody outside comes first, other addresses last. */
function byReach(a: End, b: End): number {
  const rank = (end: End) => (end.kind === "peers" ? 1 : end.addresses === ALL_ADDRESSES ? 0 : 2);
  return rank(a) - rank(b);
}

/** Everything that the blocks open. */
export function openedBy(blocks: readonly Block[]): Conn {
  let conn: Conn = NONE;
  for (const block of blocks) conn = union(conn, block.opened);
  return conn;
}
