import type { Workload } from "../../model/cluster.ts";
import type { Rule } from "../../model/policy.ts";
import { holds, type Predicate } from "../../model/predicate.ts";
import { formatAddresses, parseCidr } from "../../sets/address-text.ts";
import type { AddressSet } from "../../sets/addresses.ts";
import { covers, intersect, NONE, wholeProtocol } from "../../sets/conn.ts";
import { type Effect, FEATURES, type Feature, type Profile } from "./profiles.ts";

/** The features to which the plugin gives `effect`. */
export function featuresOf(profile: Profile, effect: Effect): readonly Feature[] {
  return FEATURES.filter((feature) => profile.cells[feature].effect === effect);
}

/** What a rule of a NetworkPolicy makes use of; `hosts` are the workloads in their node's network. */
export function ruleFeatures({ conn, peer }: Rule, hosts: readonly Workload[]): readonly Feature[] {
  const sets = addressSets(peer);
  const used: Feature[] = [];
  if (conn.names.length > 0) used.push("named-ports");
  if (namesSctp(conn.conn)) used.push("sctp");
  if (sets.length > 0) used.push("ip-block");
  if (sets.some(({ pods }) => pods)) used.push("ip-block-matches-pods");
  if (sets.some(({ set }) => parseCidr(formatAddresses(set)) === undefined)) used.push("ip-block-except");
  if (sets.some(({ set }) => set.v6.length > 0)) used.push("ipv6");
  if (hasBothSelectors(peer)) used.push("namespace-and-pod-selector");
  if (
    peer.op !== "anything" &&
    hosts.some(({ pod }) => holds(peer, { kind: "pod", pod: { ...pod, hostNetwork: false } }))
  ) {
    used.push("host-network-peers");
  }
  return used;
}

/** SCTP beside nothing or a part of the rest: a rule for every protocol does not name it. */
function namesSctp(conn: Rule["conn"]["conn"]): boolean {
  if (intersect(conn, wholeProtocol("SCTP")) === NONE) return false;
  return !covers(conn, wholeProtocol("ICMP"));
}

type Addresses = { readonly set: AddressSet; readonly pods: boolean };

function addressSets(predicate: Predicate): readonly Addresses[] {
  if (predicate.op === "addresses") return [predicate];
  if (predicate.op === "not") return addressSets(predicate.of);
  return predicate.op === "and" || predicate.op === "or" ? predicate.of.flatMap(addressSets) : [];
}

function hasBothSelectors(predicate: Predicate): boolean {
  if (predicate.op === "or") return predicate.of.some(hasBothSelectors);
  if (predicate.op !== "and") return false;
  const ops = predicate.of.map(({ op }) => op);
  return ops.includes("namespaceLabels") && ops.includes("podLabels");
}
