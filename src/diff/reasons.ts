import { hasNames, portsKey } from "../engine/effects.ts";
import { ruleKey } from "../engine/meaning.ts";
import type { View } from "../engine/reach.ts";
import type { Universe } from "../engine/universe.ts";
import { SIDES, type Side } from "../model/peer.ts";
import type { Direction, Policy, Rule } from "../model/policy.ts";
import { holds } from "../model/predicate.ts";

/** One pod as both sides see it. */
export type Views = Readonly<Record<Side, View>>;

/**
 * A text for one end and its peer; equal texts have equal decisions on both sides, of equal causes. Of policies that both
 * sides have only the meaning counts; policies of one side are told apart. Empty where nothing of one side alone governs
 * the end. For pods that are the same on both sides.
 */
export type Reasons = (direction: Direction, subject: Views, peer: View) => string;

/** What governs an end: on each side the policies that can decide, and what isolates besides them. */
type Frame = {
  readonly key: string;
  /** Some rule names a port: what it means depends on the destination. */
  readonly names: boolean;
  readonly policies: Readonly<Record<Side, readonly Governing[]>>;
};
type Governing = { readonly policy: Policy; readonly name: string };

/** Finds reasons; each rule is asked once for each class of peers. */
export function reasons({ near: { reach } }: Universe): Reasons {
  const frames = { ingress: new Map<View, Frame | undefined>(), egress: new Map<View, Frame | undefined>() };
  const own = new Map<Policy, number>();
  const frameOf = (direction: Direction, subject: Views): Frame | undefined => {
    const known = frames[direction];
    if (known.has(subject.head)) return known.get(subject.head);
    const frame = makeFrame(direction, subject);
    known.set(subject.head, frame);
    return frame;
  };
  const makeFrame = (direction: Direction, subject: Views): Frame | undefined => {
    const pod = subject.head.endpoint?.kind === "pod" ? subject.head.endpoint.pod : undefined;
    if (pod === undefined) return undefined;
    const lists = { base: reach.selecting(pod, "base", direction), head: reach.selecting(pod, "head", direction) };
    if (!SIDES.some((side) => lists[side].some(reach.meanings.changed))) return undefined;
    const nameOf = (policy: Policy): string => {
      if (!reach.meanings.changed(policy)) return `${policy.rank}`;
      const number = own.get(policy) ?? own.size;
      own.set(policy, number);
      return `*${number}`;
    };
    const named = (side: Side) => lists[side].map((policy): Governing => ({ policy, name: nameOf(policy) }));
    const isolated = (side: Side) => [...new Set(lists[side].filter(({ isolates }) => isolates).map(nameOf))].join();
    const names = SIDES.some((side) => lists[side].some(({ rules }) => rules.some(({ conn }) => hasNames(conn))));
    const policies = { base: named("base"), head: named("head") };
    return { key: `${isolated("base")}|${isolated("head")}`, names, policies };
  };
  const matching = matchingRules();
  return (direction, subject, peer) => {
    const frame = frameOf(direction, subject);
    if (frame === undefined) return "";
    const destination = (direction === "ingress" ? subject.head : peer).endpoint;
    let key = frame.names && destination?.kind === "pod" ? `${frame.key}|${portsKey(destination.pod)}` : frame.key;
    for (const side of SIDES) {
      key += "|";
      for (const { policy, name } of frame.policies[side]) {
        const rules = matching(policy, subject[side], peer);
        if (rules !== "" || name.startsWith("*")) key += ` ${name}:${rules}`;
      }
    }
    return key;
  };
}

/** The rules of a policy that speak of a peer, by their meaning and in order. */
function matchingRules(): (policy: Policy, subject: View, peer: View) => string {
  const known = new Map<Policy, string[]>();
  const local = new Map<Policy, boolean>();
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
  return (policy, subject, peer) => {
    let isLocal = local.get(policy);
    if (isLocal === undefined) {
      isLocal = policy.rules.some((rule) => rule.local !== undefined);
      local.set(policy, isLocal);
    }
    if (isLocal) return match(policy, subject, peer);
    const own = known.get(policy) ?? [];
    known.set(policy, own);
    let found = own[peer.peerClass];
    if (found === undefined) {
      found = match(policy, subject, peer);
      own[peer.peerClass] = found;
    }
    return found;
  };
}
