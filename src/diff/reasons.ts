import { hasNames, portsKey } from "../engine/effects.ts";
import { ruleKey } from "../engine/meaning.ts";
import type { View } from "../engine/reach.ts";
import type { Universe } from "../engine/universe.ts";
import type { Pod } from "../model/endpoint.ts";
import type { Side } from "../model/peer.ts";
import type { Direction, Policy, Rule } from "../model/policy.ts";
import { holds } from "../model/predicate.ts";

/** One pod as both sides see it. */
export type Views = Readonly<Record<Side, View>>;

/**
 * A number for one end and each of its peers; equal numbers have equal decisions on both sides, of equal causes. Of policies
 * that both sides have only the meaning counts; policies of one side are told apart. 0 where nothing of one side alone
 * governs the end. For pods that are the same on both sides.
 */
export type Reasons = (direction: Direction, subject: Views) => (peer: View) => number;

/** What governs an end: the policies that can decide, and what isolates besides them. */
type Frame = {
  readonly key: string;
  /** Some rule names a port: what it means depends on the destination. */
  readonly names: boolean;
  readonly both: readonly Governing[];
  readonly alone: Readonly<Record<Side, readonly Governing[]>>;
};

/** A policy, and which of its rules speak of a class of peers, by their meaning and in order. */
type Governing = {
  readonly policy: Policy;
  readonly name: string;
  readonly isOwn: boolean;
  /** Some rule looks at the end itself once more. */
  readonly isLocal: boolean;
  readonly matching: (string | undefined)[];
};

/** Finds reasons; each rule is asked once for each class of peers. */
export function reasons({ near: { reach } }: Universe): Reasons {
  const answers = { ingress: new Map<View, (peer: View) => number>(), egress: new Map<View, (peer: View) => number>() };
  const numbers = new Map<string, number>([["", 0]]);
  const governing = governingPolicies(reach.meanings.changed);
  const match = ruleMatcher();
  const answersOf = (direction: Direction, subject: Views): ((peer: View) => number) => {
    const frame = frameOf(direction, subject, (pod, side) => reach.selecting(pod, side, direction).map(governing));
    if (frame === undefined) return () => 0;
    // Ports are those of the pod and not of its class.
    const isOfClass = direction === "ingress" || !frame.names;
    const known: number[] = [];
    return (peer) => {
      const before = isOfClass ? known[peer.peerClass] : undefined;
      if (before !== undefined) return before;
      const destination = (direction === "ingress" ? subject.head : peer).endpoint;
      const ports = frame.names && destination?.kind === "pod" ? portsKey(destination.pod) : "";
      const text = `${frame.key}|${ports}|${decisionsOf(frame, subject, peer, match)}`;
      const number = numbers.get(text) ?? numbers.size;
      numbers.set(text, number);
      if (isOfClass) known[peer.peerClass] = number;
      return number;
    };
  };
  return (direction, subject) => {
    const known = answers[direction];
    const found = known.get(subject.head) ?? answersOf(direction, subject);
    known.set(subject.head, found);
    return found;
  };
}

function frameOf(
  direction: Direction,
  subject: Views,
  selecting: (pod: Pod, side: Side) => readonly Governing[],
): Frame | undefined {
  const pod = subject.head.endpoint?.kind === "pod" ? subject.head.endpoint.pod : undefined;
  if (pod === undefined) return undefined;
  const lists = { base: selecting(pod, "base"), head: selecting(pod, "head") };
  const all = [...lists.base, ...lists.head];
  if (!all.some(({ isOwn }) => isOwn)) return undefined;
  const isolated = (side: Side) =>
    [...new Set(lists[side].filter(({ policy }) => policy.isolates).map(({ name }) => name))].join();
  const [inBase, inHead] = [new Set(lists.base), new Set(lists.head)];
  return {
    key: `${direction}|${isolated("base")}|${isolated("head")}`,
    names: all.some(({ policy }) => policy.rules.some(({ conn }) => hasNames(conn))),
    both: lists.base.filter((each) => inHead.has(each)),
    alone: {
      base: lists.base.filter((each) => !inHead.has(each)),
      head: lists.head.filter((each) => !inBase.has(each)),
    },
  };
}

type Match = (governing: Governing, subject: View, peer: View) => string;

/** Which policies speak of a peer, and with which rules; each policy of one side, also where it does not. */
function decisionsOf({ both, alone }: Frame, subject: Views, peer: View, match: Match): string {
  const told = (policies: readonly Governing[], view: View): string => {
    let text = "";
    for (const each of policies) {
      const rules = match(each, view, peer);
      if (rules !== "" || each.isOwn) text += ` ${each.name}:${rules}`;
    }
    return text;
  };
  return `${told(both, subject.head)}|${told(alone.base, subject.base)}|${told(alone.head, subject.head)}`;
}

function governingPolicies(changed: (policy: Policy) => boolean): (policy: Policy) => Governing {
  const known = new Map<Policy, Governing>();
  let own = 0;
  return (policy) => {
    let found = known.get(policy);
    if (found === undefined) {
      const isOwn = changed(policy);
      const isLocal = policy.rules.some((rule) => rule.local !== undefined);
      found = { policy, name: isOwn ? `*${own++}` : `${policy.rank}`, isOwn, isLocal, matching: [] };
      known.set(policy, found);
    }
    return found;
  };
}

/** The rules of a policy that speak of a peer. */
function ruleMatcher(): Match {
  const meanings = new Map<string, number>();
  const numbers = new Map<Rule, number>();
  const numberOf = (rule: Rule): number => {
    let number = numbers.get(rule);
    if (number === undefined) {
      const key = ruleKey(rule);
      number = meanings.get(key) ?? meanings.size;
      meanings.set(key, number);
      numbers.set(rule, number);
    }
    return number;
  };
  const match = ({ rules }: Policy, subject: View, { endpoint }: View): string => {
    if (endpoint === undefined) return "";
    const applies = ({ local: own, peer }: Rule) =>
      holds(peer, endpoint) && (own === undefined || (subject.endpoint !== undefined && holds(own, subject.endpoint)));
    return rules.filter(applies).map(numberOf).join();
  };
  return ({ policy, isLocal, matching }, subject, peer) => {
    if (isLocal) return match(policy, subject, peer);
    let found = matching[peer.peerClass];
    if (found === undefined) {
      found = match(policy, subject, peer);
      matching[peer.peerClass] = found;
    }
    return found;
  };
}
