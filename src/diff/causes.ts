import { ruleKey } from "../engine/meaning.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { Peer, Side } from "../model/peer.ts";
import type { Direction, Policy, Rule } from "../model/policy.ts";
import { type Decision, decide, type Flow, type Verdict } from "../pointwise/judge.ts";
import {
  changedCause,
  namespaceCauses,
  podCauses,
  policyCause,
  ruleCause,
  type Surroundings,
  workloadCause,
} from "./cause-words.ts";
import { type Decisive, decisive } from "./decisive.ts";
import { type Difference, differencesAt, type State } from "./differences.ts";
import type { Cause } from "./flow-diff.ts";

/** Both replays of one flow; `undefined` on a side where one end is not there. */
export type Replay = Readonly<Record<Side, { readonly flow: Flow; readonly verdict: Verdict } | undefined>>;

export type CauseInput = Surroundings & {
  readonly replay: Replay;
  readonly src: Peer | undefined;
  readonly dst: Peer | undefined;
  readonly policies: (endpoint: Endpoint, side: Side) => readonly Policy[];
  /** True of a policy that only one side has in this form. */
  readonly changed: (policy: Policy) => boolean;
};

/**
 * Why the two replays differ: the rules that decide now, the policies that are gone, the labels that changed. With all
 * of them as base has them the flow is as it was; where one alone does that, only such ones are named.
 */
export function causesOf(input: CauseInput): readonly Cause[] {
  const { base, head } = input.replay;
  if (base === undefined || head === undefined) return arrivals(input);
  const causes: Cause[] = [];
  for (const direction of ["ingress", "egress"] as const) {
    const [before, after] = [base.verdict[direction], head.verdict[direction]];
    if (before.allowed === after.allowed) continue;
    causes.push(...endCauses(input, { direction, before, after, base: base.flow, head: head.flow }));
  }
  if (causes.length === 0) causes.push(...restrictionCauses(input, base.verdict, head.verdict));
  return distinct(causes);
}

function arrivals({ src, dst, replay }: CauseInput): readonly Cause[] {
  const side: Side = replay.base === undefined ? "head" : "base";
  const other: Side = side === "head" ? "base" : "head";
  return [src, dst].flatMap((peer): Cause[] => {
    if (peer?.kind !== "workload" || peer[other] !== undefined) return [];
    const workload = peer[side];
    return workload === undefined ? [] : [workloadCause(workload, side, side === "head" ? "added" : "removed")];
  });
}

type End = {
  readonly direction: Direction;
  readonly before: Decision;
  readonly after: Decision;
  readonly base: Flow;
  readonly head: Flow;
};

/** More differences than this at one end are not weighed against each other. */
const MANY = 24;

function endCauses(input: CauseInput, end: End): readonly Cause[] {
  const { head, differences } = differencesAt({ ...input, direction: end.direction, flow: end });
  const decided = ({ policies, src, dst }: State) =>
    decide(policies, end.direction, { src, dst, protocol: end.head.protocol, port: end.head.port });
  const revert = (some: readonly Difference[]) => some.reduce((state, each) => each.revert(state), head);
  const weighed = differences.length > MANY ? differences.filter((each) => isInvolved(each, end)) : differences;
  const found: Decisive<Difference> = decisive(
    weighed,
    (reverted) => decided(revert(reverted)).allowed === end.before.allowed,
  ) ?? { differences: weighed, mode: "sufficient" };
  return found.differences.flatMap((each) => {
    const alone = found.mode === "sufficient" ? differences.filter((other) => other !== each) : [];
    const rest = found.mode === "joint" ? found.differences : [...alone, each];
    const [start, origin] = [revert(alone), revert(rest)];
    if (each.kind === "namespace") return namespaceCauses(input, each);
    if (each.kind !== "policy") return podCauses(each);
    return policyCauses(input, each, { start, origin, decided, end });
  });
}

function isInvolved(difference: Difference, { before, after }: End): boolean {
  if (difference.kind !== "policy") return true;
  const deciding = [before, after].flatMap(({ rule, isolating }) => [...(rule ? [rule.policy] : []), ...isolating]);
  return [...difference.base, ...difference.head].some((policy) => deciding.includes(policy));
}

type Weighing = {
  /** With the difference, and without it. */
  readonly start: State;
  readonly origin: State;
  readonly decided: (state: State) => Decision;
  readonly end: End;
};

/** What it is about a policy that came, went or changed: its rules that only one side has, then its isolation. */
function policyCauses(
  input: CauseInput,
  difference: Extract<Difference, { kind: "policy" }>,
  { start, origin, decided, end }: Weighing,
): readonly Cause[] {
  const now = peel(start, difference.head, decided, end.after.allowed);
  const was = peel(origin, difference.base, decided, end.before.allowed);
  const selectedBefore = difference.base.some((policy) => isAsked(decided(origin), policy));
  const selectsNow = difference.head.some((policy) => isAsked(decided(start), policy));
  const come = now.rules.filter(({ rule }) => !selectedBefore || !hasRule(difference.base, rule));
  const gone = was.rules.filter(({ rule }) => !selectsNow || !hasRule(difference.head, rule));
  const rules = [
    ...come.map(({ policy, rule }) => ruleCause(input, policy, rule, "head")),
    ...(come.length > 0 ? [] : gone.map(({ policy, rule }) => ruleCause(input, policy, rule, "base"))),
  ];
  const isolatedBefore = difference.base.some((policy) => policy.isolates && isAsked(decided(origin), policy));
  const isolatesNow = difference.head.some((policy) => policy.isolates && isAsked(decided(start), policy));
  const isolating = [
    ...(isolatesNow ? [] : was.isolating.map((policy) => policyCause(input, policy, "base"))),
    ...(isolatedBefore ? [] : now.isolating.map((policy) => policyCause(input, policy, "head"))),
  ];
  // Rules that now allow tell enough of a policy that isolated before.
  const causes = come.length > 0 && end.after.allowed ? rules : [...rules, ...isolating];
  return causes.length > 0 ? causes : [changedCause(difference)];
}

function isAsked(decision: Decision, policy: Policy): boolean {
  return decision.selecting.includes(policy);
}

function hasRule(policies: readonly Policy[], rule: Rule): boolean {
  const key = ruleKey(rule);
  return policies.some(({ rules }) => rules.some((each) => ruleKey(each) === key));
}

type Peeled = {
  readonly rules: readonly { readonly policy: Policy; readonly rule: Rule }[];
  /** Those of the policies that deny without these rules, by isolating. */
  readonly isolating: readonly Policy[];
};

/** The rules of `versions` that give the answer `allowed`: the first, then those that would without it, and so on. */
function peel(state: State, versions: readonly Policy[], decided: Weighing["decided"], allowed: boolean): Peeled {
  const rules: Peeled["rules"][number][] = [];
  const originals = new Map<Policy, Policy>(versions.map((policy) => [policy, policy]));
  const own = (policy: Policy) => originals.get(policy) ?? [];
  let policies = state.policies;
  for (;;) {
    const decision = decided({ ...state, policies });
    if (decision.allowed !== allowed) return { rules, isolating: [] };
    const { rule: found } = decision;
    const policy = found === undefined ? undefined : originals.get(found.policy);
    if (found === undefined || policy === undefined || rules.length === MANY) {
      return { rules, isolating: decision.isolating.flatMap(own) };
    }
    rules.push({ policy, rule: found.rule });
    const rest: Policy = { ...found.policy, rules: found.policy.rules.filter((each) => each !== found.rule) };
    originals.set(rest, policy);
    policies = policies.map((each) => (each === found.policy ? rest : each));
  }
}

/** A restriction above layer 4 came or went: the rules that carry or lack it. */
function restrictionCauses(input: CauseInput, base: Verdict, head: Verdict): readonly Cause[] {
  const decisions = [
    ["head", head.ingress],
    ["head", head.egress],
    ["base", base.ingress],
    ["base", base.egress],
  ] as const;
  return decisions.flatMap(([side, { rule: found }]): readonly Cause[] => {
    if (found === undefined || !input.changed(found.policy)) return [];
    const { policy, rule } = found;
    const text = rule.narrowed === undefined ? "allows without a restriction above layer 4" : "restricts above layer 4";
    return [{ ...ruleCause(input, policy, rule, side), text }];
  });
}

/** Each cause once. */
export function distinct(causes: readonly Cause[]): readonly Cause[] {
  const seen = new Map<string, Cause>();
  for (const cause of causes)
    seen.set(`${cause.object}|${cause.at.file}|${cause.at.line}|${cause.rule}|${cause.text}`, cause);
  return [...seen.values()];
}
