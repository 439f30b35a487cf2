import type { SourceRef } from "../errors.ts";
import type { Cluster } from "../model/cluster.ts";
import type { Pod } from "../model/endpoint.ts";
import { type Peer, podOf, type Side } from "../model/peer.ts";
import type { Direction } from "../model/policy.ts";
import { holds, type Predicate } from "../model/predicate.ts";
import { formatAddresses } from "../sets/address-text.ts";
import {
  type AddressSet,
  intersectAddresses,
  NO_ADDRESS,
  subtractAddresses,
  unionAddresses,
} from "../sets/addresses.ts";
import { privateAddresses } from "../sets/private-ranges.ts";
import type { Finding } from "./finding.ts";
import { speaksOf } from "./matching.ts";
import { type Rule, subjectEnds } from "./rule.ts";
import { finding, type Scene } from "./scene.ts";
import { code, listPeers } from "./words.ts";

type Admitted = { readonly set: AddressSet; readonly at: SourceRef | undefined };

/**
 * A warning where head's policies admit private addresses to a subject that base's do not, and no `podCIDRs` say
 * whether pods live there.
 */
export function privateBlockFindings(rule: Rule, admitters: Admitters, scene: Scene): readonly Finding[] {
  return subjectEnds(rule).flatMap((side) => {
    const selector = rule[side];
    if (selector === undefined || selector.kind !== "pods") return [];
    const direction = side === "to" ? "ingress" : "egress";
    const { base: before, head: after } = admitters[direction];
    if (after.length === 0) return [];
    const reached: Peer[] = [];
    let set = NO_ADDRESS;
    let at: SourceRef | undefined;
    for (const peer of scene.diff.peers) {
      if (!speaksOf(selector, scene.views(peer))) continue;
      const found = newBlocks(peer, before, after, scene);
      if (found.set === NO_ADDRESS) continue;
      reached.push(peer);
      set = unionAddresses(set, found.set);
      at ??= found.at;
    }
    if (reached.length === 0) return [];
    const message = `${code(formatAddresses(set))} is private and now ${side === "to" ? "reaches" : "is reached by"} ${code(listPeers(reached))}; set \`podCIDRs\` to say whether pods live there`;
    return [finding(rule, { kind: "private-block", severity: "warning", message, at })];
  });
}

function newBlocks(peer: Peer, before: readonly Admitter[], after: readonly Admitter[], { views }: Scene): Admitted {
  const pod = podOf(peer, "head");
  if (pod === undefined) return { set: NO_ADDRESS, at: undefined };
  const known = admittedBy(before, views(peer).base?.pod ?? pod).reduce(joinSets, NO_ADDRESS);
  const fresh = admittedBy(after, pod)
    .map(({ set, at }) => ({ set: subtractAddresses(set, known), at }))
    .filter(({ set }) => set !== NO_ADDRESS);
  return { set: fresh.reduce(joinSets, NO_ADDRESS), at: fresh[0]?.at };
}

function joinSets(set: AddressSet, admitted: Admitted): AddressSet {
  return unionAddresses(set, admitted.set);
}

/** The policies that admit private addresses which do not stand for pods. */
export type Admitters = Readonly<Record<Direction, Readonly<Record<Side, readonly Admitter[]>>>>;

/** The policies of base and head that `privateBlockFindings` asks about, for all rules. */
export function admitters(base: Cluster, head: Cluster): Admitters {
  const both = (direction: Direction) => ({ base: admittersOf(base, direction), head: admittersOf(head, direction) });
  return { ingress: both("ingress"), egress: both("egress") };
}

type Admitter = { readonly subject: Predicate; readonly admits: readonly Admitted[] };

function admittersOf(cluster: Cluster, direction: Direction): readonly Admitter[] {
  const out: Admitter[] = [];
  for (const policy of cluster.policies) {
    if (policy.direction !== direction) continue;
    const admits = policy.rules
      .filter((rule) => rule.action === "allow")
      .map((rule) => ({ set: privatePart(named(rule.peer)), at: rule.source }))
      .filter(({ set }) => set !== NO_ADDRESS);
    if (admits.length > 0) out.push({ subject: policy.subject, admits });
  }
  return out;
}

function privatePart(set: AddressSet): AddressSet {
  return set === NO_ADDRESS ? set : intersectAddresses(set, privateAddresses());
}

function admittedBy(admitters: readonly Admitter[], pod: Pod): readonly Admitted[] {
  return admitters.filter(({ subject }) => holds(subject, { kind: "pod", pod })).flatMap(({ admits }) => admits);
}

function named(predicate: Predicate): AddressSet {
  switch (predicate.op) {
    case "addresses":
      return predicate.pods ? NO_ADDRESS : predicate.set;
    case "and":
    case "or":
      return predicate.of.map(named).reduce(unionAddresses, NO_ADDRESS);
    default:
      return NO_ADDRESS;
  }
}
