import type { Cluster } from "../../src/model/cluster.ts";
import { formatWorkload } from "../../src/model/cluster.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import { comparePolicies, type Direction, type Policy, resolve } from "../../src/model/policy.ts";
import { holds, type Predicate } from "../../src/model/predicate.ts";
import { formatAddress } from "../../src/sets/address-text.ts";
import { V4_LAST } from "../../src/sets/addresses.ts";
import { type Conn, EVERYTHING, intersect, NONE, numeric, subtract, union } from "../../src/sets/conn.ts";
import { pairsOf } from "../../src/sets/intervals.ts";

/** Whoever stands at one end: a workload, an entity or a name by its text, or the first of a run of IPv4 addresses. */
export type End = { readonly text: string; readonly endpoint: Endpoint };

/** The answer of one implementation for one cluster: what `src` may send to `dst`. */
export type Relation = (src: End, dst: End) => Conn;

/** Makes the relation of a cluster. `cuts` are addresses at which a run must begin. */
export type RelationOf = (cluster: Cluster) => Relation;

/**
 * The relation by the definition itself: tier by tier, rule by rule, over sets of connections. Slow, and independent of
 * the engine.
 */
export const byDefinition: RelationOf = (cluster) => (src, dst) => {
  const egress = allowed(cluster.policies, "egress", src.endpoint, dst.endpoint);
  return egress === NONE ? NONE : intersect(egress, allowed(cluster.policies, "ingress", src.endpoint, dst.endpoint));
};

function allowed(policies: readonly Policy[], direction: Direction, src: Endpoint, dst: Endpoint): Conn {
  const [subject, peer] = direction === "ingress" ? [dst, src] : [src, dst];
  if (subject.kind !== "pod" || subject.pod.hostNetwork) return numeric(EVERYTHING);
  const selecting = policies
    .filter((policy) => policy.direction === direction && holds(policy.subject, subject))
    .sort(comparePolicies);
  let open = NONE;
  let left = numeric(EVERYTHING);
  for (const rank of new Set(selecting.map((policy) => policy.rank))) {
    const tier = selecting.filter((policy) => policy.rank === rank);
    let passed = NONE;
    for (const rule of tier.flatMap((policy) => policy.rules)) {
      if (rule.local !== undefined && !holds(rule.local, subject)) continue;
      if (!holds(rule.peer, peer)) continue;
      const matched = intersect(left, resolve(rule.conn, dst));
      left = subtract(left, matched);
      if (rule.action === "allow") open = union(open, matched);
      if (rule.action === "pass") passed = union(passed, matched);
    }
    left = tier.some((policy) => policy.isolates) ? passed : union(left, passed);
  }
  return union(open, left);
}

/** Every declared workload. */
export function workloadEnds(cluster: Cluster): readonly End[] {
  return cluster.workloads.map((each) => ({ text: formatWorkload(each), endpoint: { kind: "pod", pod: each.pod } }));
}

/** One address of each run of IPv4 addresses that no policy and none of `ranges` (as `first-last`) tells apart. */
export function addressEnds(
  cluster: Cluster,
  ranges: readonly string[],
): readonly (End & { readonly value: number })[] {
  const starts = new Set([0]);
  const add = (first: number, last: number) => {
    starts.add(first);
    if (last < V4_LAST) starts.add(last + 1);
  };
  for (const { subject, rules } of cluster.policies) {
    const predicates = [
      subject,
      ...rules.flatMap(({ peer, local }) => [peer, ...(local === undefined ? [] : [local])]),
    ];
    for (const set of predicates.flatMap(addressSets)) for (const [first, last] of pairsOf(set.v4)) add(first, last);
  }
  for (const range of ranges) for (const [first, last] of parseRanges(range)) add(first, last);
  return [...starts]
    .sort((a, b) => a - b)
    .map((value) => ({
      value,
      text: formatAddress({ family: 4, value }),
      endpoint: { kind: "address", address: { family: 4, value } },
    }));
}

/** The IPv4 ranges of a text such as `0.0.0.0-9.255.255.255,11.0.0.0-255.255.255.255`. */
export function parseRanges(text: string): readonly (readonly [number, number])[] {
  return text.split(",").map((part) => {
    const [first, last] = part
      .split("-")
      .map((address) => address.split(".").reduce((n, octet) => n * 256 + Number(octet), 0));
    return [first ?? 0, last ?? first ?? 0];
  });
}

function addressSets(predicate: Predicate): readonly { readonly v4: readonly number[] }[] {
  switch (predicate.op) {
    case "addresses":
      return [predicate.set];
    case "not":
      return addressSets(predicate.of);
    case "and":
    case "or":
      return predicate.of.flatMap(addressSets);
    default:
      return [];
  }
}
