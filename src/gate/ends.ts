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
import type { Views } from "./peer-view.ts";
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
  const found = new Map<string, { first: EndClass; peers: Peer[] }>();
  for (const peer of peers) {
    const view = views(peer);
    if (subject !== undefined && !speaksOf(subject, view)) continue;
    const one: EndClass = {
      end: { kind: "peers", peers: [peer] },
      grants: allowed.map((clause) => grantBy(clause[side], (selector) => grantOf(selector, view))),
      excepted: exceptions.map((clause) => clause[side] === undefined || excepts(clause[side], view)),
      conns: side === "to" ? terms.map((term) => resolve(term, endpointOf(peer))) : [],
      marked: marked.has(peer),
      undeclared: peer.kind === "representative",
    };
    const key = classKey(one);
    const known = found.get(key);
    if (known === undefined) found.set(key, { first: one, peers: [peer] });
    else known.peers.push(peer);
  }
  return [...found.values()].map((entry) => ({ ...entry.first, end: { kind: "peers", peers: entry.peers } }));
}

function classKey(one: EndClass): string {
  return [
    one.grants.join(),
    one.excepted.join(),
    one.conns.map((conn) => conn.id).join(),
    one.marked,
    one.undeclared,
  ].join("|");
}

function grantBy(selector: PeerSelector | undefined, grant: (selector: PeerSelector) => Grant): Grant {
  return selector === undefined ? "yes" : grant(selector);
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

/** Both ends as one; they are of the same kind, as parts of one end are. */
export function joinEnds(a: End, b: End): End {
  if (a.kind === "peers" && b.kind === "peers") return { kind: "peers", peers: [...a.peers, ...b.peers] };
  if (a.kind === "addresses" && b.kind === "addresses")
    return { kind: "addresses", addresses: unionAddresses(a.addresses, b.addresses) };
  throw new Error("ends of two kinds are never one");
}

/**
 * How many ordered pairs `src` × `dst` are in head: a workload with itself counts where that can mean two pods, all
 * outside addresses count as one.
 */
export function countPairs(src: End, dst: End): number {
  const size = (end: End) => (end.kind === "peers" ? end.peers.length : 1);
  let pairs = size(src) * size(dst);
  if (src.kind !== "peers" || dst.kind !== "peers") return pairs;
  const sources = new Set(src.peers);
  for (const peer of dst.peers) {
    if (sources.has(peer) && peer.kind === "workload" && !(peer.head !== undefined && hasTwins(peer.head))) pairs--;
  }
  return pairs;
}
