import { hasTwins } from "../model/cluster.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { type End, type Peer, podOf } from "../model/peer.ts";
import { type ConnTerm, resolve } from "../model/policy.ts";
import {
  type AddressSet,
  ALL_ADDRESSES,
  intersectAddresses,
  NO_ADDRESS,
  someAddress,
  subtractAddresses,
  unionAddresses,
} from "../sets/addresses.ts";
import type { Conn } from "../sets/conn.ts";
import { excepts, type Grant, grantOf, speaksOf } from "./matching.ts";
import type { PeerView, Views } from "./peer-view.ts";
import type { Clause, PeerSelector } from "./rule.ts";

/** What a cut asks of one end: is it the subject, how far do the clauses grant it, which exceptions cover it. */
export type EndQuestions = {
  readonly side: "from" | "to";
  readonly subject: PeerSelector | undefined;
  readonly allowed: readonly Clause[];
  readonly exceptions: readonly Clause[];
  /** Terms whose names resolve at a destination. */
  readonly terms: readonly ConnTerm[];
  /** Peers of which the rule says something of its own: subjects that left the reach of policies. */
  readonly marked: ReadonlySet<Peer>;
};

/** A part of one end that no question tells apart; parts outside the subject are left out. */
export type EndClass = {
  readonly end: End;
  readonly grants: readonly Grant[];
  readonly excepted: readonly boolean[];
  /** One for each term. */
  readonly conns: readonly Conn[];
  readonly marked: boolean;
  /** Pods that the tree does not declare: their ports have names only. */
  readonly undeclared: boolean;
};

/** The classes of `end`; together they are its part inside the subject. */
export function classesOf(end: End, questions: EndQuestions, views: Views): readonly EndClass[] {
  return end.kind === "peers" ? peerClasses(end.peers, questions, views) : addressClasses(end.addresses, questions);
}

function peerClasses(peers: readonly Peer[], questions: EndQuestions, views: Views): readonly EndClass[] {
  const { side, subject, allowed, exceptions, terms, marked } = questions;
  const named = side === "to" && terms.some(({ names }) => names.length > 0);
  const found = new Map<string, { first: Peer; peers: Peer[] }>();
  // A clause has one letter in the key: blocks hold many peers, and few keys.
  for (const peer of peers) {
    const view = views(peer);
    if (subject !== undefined && !speaksOf(subject, view)) continue;
    let key = marked.has(peer) ? "m" : "";
    if (peer.kind === "representative") key += "u";
    for (const clause of allowed) key += grantBy(clause[side], view)[0];
    for (const clause of exceptions) key += isExcepted(clause[side], view) ? "+" : "-";
    if (named) for (const conn of connsAt(peer, terms)) key += ` ${conn.id}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { first: peer, peers: [peer] });
    else known.peers.push(peer);
  }
  return [...found.values()].map(({ first, peers: alike }) => {
    const view = views(first);
    return {
      end: { kind: "peers", peers: alike },
      grants: allowed.map((clause) => grantBy(clause[side], view)),
      excepted: exceptions.map((clause) => isExcepted(clause[side], view)),
      conns: side === "to" ? connsAt(first, terms) : [],
      marked: marked.has(first),
      undeclared: first.kind === "representative",
    };
  });
}

function connsAt(peer: Peer, terms: readonly ConnTerm[]): readonly Conn[] {
  const endpoint = endpointOf(peer);
  return terms.map((term) => resolve(term, endpoint));
}

function grantBy(selector: PeerSelector | undefined, view: PeerView): Grant {
  return selector === undefined ? "yes" : grantOf(selector, view);
}

function isExcepted(selector: PeerSelector | undefined, view: PeerView): boolean {
  return selector === undefined || excepts(selector, view);
}

function addressClasses(addresses: AddressSet, questions: EndQuestions): readonly EndClass[] {
  const { side, subject, allowed, exceptions, terms } = questions;
  const inside = intersectAddresses(addresses, addressesOf(subject));
  if (inside === NO_ADDRESS) return [];
  const selectors = [...allowed, ...exceptions].map((clause) => addressesOf(clause[side]));
  let parts: { readonly set: AddressSet; readonly in: readonly boolean[] }[] = [{ set: inside, in: [] }];
  for (const set of selectors) {
    parts = parts.flatMap((part) => [
      { set: intersectAddresses(part.set, set), in: [...part.in, true] },
      { set: subtractAddresses(part.set, set), in: [...part.in, false] },
    ]);
    parts = parts.filter((part) => part.set !== NO_ADDRESS);
  }
  return parts.map((part) => ({
    end: { kind: "addresses", addresses: part.set },
    grants: part.in.slice(0, allowed.length).map((covered): Grant => (covered ? "yes" : "no")),
    excepted: part.in.slice(allowed.length),
    conns: side === "to" ? terms.map((term) => resolve(term, addressEndpoint(part.set))) : [],
    marked: false,
    undeclared: false,
  }));
}

/** The addresses outside the cluster that a selector means; all of them where there is none. */
export function addressesOf(selector: PeerSelector | undefined): AddressSet {
  if (selector === undefined) return ALL_ADDRESSES;
  switch (selector.kind) {
    case "anywhere":
    case "external":
      return ALL_ADDRESSES;
    case "cidr":
      return selector.set;
    case "pods":
    case "entity":
    case "fqdn":
      return NO_ADDRESS;
  }
}

function endpointOf(peer: Peer): Endpoint {
  switch (peer.kind) {
    case "workload":
    case "representative": {
      const pod = podOf(peer, "head") ?? podOf(peer, "base");
      return pod === undefined ? { kind: "entity", name: "" } : { kind: "pod", pod };
    }
    case "entity":
      return { kind: "entity", name: peer.name };
    case "fqdn":
      return { kind: "fqdn", pattern: peer.pattern };
  }
}

function addressEndpoint(set: AddressSet): Endpoint {
  const address = someAddress(set);
  return address === undefined ? { kind: "entity", name: "" } : { kind: "address", address };
}

/** Ends as one; they are of the same kind, as parts of one end are, and share no peer. */
export function joinEnds(...ends: readonly End[]): End {
  const addresses = ends.flatMap((end) => (end.kind === "addresses" ? [end.addresses] : []));
  if (addresses.length === 0)
    return { kind: "peers", peers: ends.flatMap((end) => (end.kind === "peers" ? end.peers : [])) };
  if (addresses.length < ends.length) throw new Error("ends of two kinds are never one");
  return { kind: "addresses", addresses: addresses.reduce(unionAddresses) };
}

/** Equal for equal ends, whatever the order of their peers. */
export function endKey(end: End): string {
  if (end.kind === "addresses") return `#${end.addresses.id}`;
  return end.peers
    .map(({ text }) => text)
    .sort()
    .join("\n");
}

/**
 * How many ordered pairs `src` × `dst` are in head: a workload with itself counts where that can mean two pods, all
 * outside addresses count as one.
 */
export function countPairs(src: End, dst: End): number {
  const size = (end: End) => (end.kind === "peers" ? end.peers.length : 1);
  let pairs = size(src) * size(dst);
  if (src.kind !== "peers" || dst.kind !== "peers") return pairs;
  const [few, many] = src.peers.length < dst.peers.length ? [src.peers, dst.peers] : [dst.peers, src.peers];
  const both = new Set(few);
  for (const peer of many) {
    if (both.has(peer) && peer.kind === "workload" && !(peer.head !== undefined && hasTwins(peer.head))) pairs--;
  }
  return pairs;
}
