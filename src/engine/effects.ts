import type { Endpoint, Pod } from "../model/endpoint.ts";
import { type ConnTerm, type Direction, type Policy, possible, type Rule, resolve } from "../model/policy.ts";
import { holds } from "../model/predicate.ts";
import { type Conn, EVERYTHING, intersect, NONE, numeric, subtract, union } from "../sets/conn.ts";
import type { Meanings } from "./meaning.ts";

/** What the policies that select an endpoint in one direction do to every peer; shared by all that they treat alike. */
export type Effect = {
  readonly id: number;
  readonly direction: Direction;
  readonly policies: readonly Policy[];
  readonly tiers: readonly EffectTier[];
  /** The endpoint that stands for all that share the effect: names of ports resolve on it for ingress. */
  readonly subject: Endpoint;
  readonly narrows: boolean;
};

type EffectTier = { readonly rank: number; readonly rules: readonly Rule[]; readonly isolates: boolean };

/** Hands out one `Effect` object for equal effects. */
export type Effects = {
  readonly of: (direction: Direction, policies: readonly Policy[], pod: Pod) => Effect;
  /** No policy governs an endpoint that is no pod: everything is allowed. */
  readonly open: Readonly<Record<Direction, Effect>>;
};

type Traits = { readonly names: boolean; readonly locals: boolean };

/** Interns effects by the meanings of their policies. */
export function internEffects(meaning: Meanings): Effects {
  const known = new Map<string, Effect>();
  const traits = new Map<Policy, Traits>();
  let next = 0;
  const make = (direction: Direction, policies: readonly Policy[], subject: Endpoint): Effect => {
    const tiers: { rank: number; rules: Rule[]; isolates: boolean }[] = [];
    for (const policy of policies) {
      let tier = tiers.at(-1);
      if (tier === undefined || tier.rank !== policy.rank) {
        tier = { rank: policy.rank, rules: [], isolates: false };
        tiers.push(tier);
      }
      tier.isolates ||= policy.isolates;
      for (const rule of policy.rules) {
        if (rule.local === undefined || holds(rule.local, subject)) tier.rules.push(rule);
      }
    }
    const narrows = tiers.some((tier) => tier.rules.some((rule) => rule.narrowed !== undefined));
    return { id: next++, direction, policies, tiers, subject, narrows };
  };
  const nobody: Endpoint = { kind: "entity", name: "" };
  const open = { ingress: make("ingress", [], nobody), egress: make("egress", [], nobody) };
  const traitsOf = (policy: Policy): Traits => {
    let found = traits.get(policy);
    if (found === undefined) {
      found = { names: policy.rules.some((r) => hasNames(r.conn)), locals: policy.rules.some((r) => r.local) };
      traits.set(policy, found);
    }
    return found;
  };
  return {
    open,
    of: (direction, policies, pod) => {
      const undeclared = pod.ports === undefined && direction === "ingress";
      if (policies.length === 0 && !undeclared) return open[direction];
      const subject: Endpoint = { kind: "pod", pod };
      let key = `${direction}${undeclared ? "?" : ""}`;
      for (const policy of policies) {
        key += ` ${meaning.of(policy)}`;
        const { names, locals } = traitsOf(policy);
        if (names && direction === "ingress") key += `@${portsKey(pod)}`;
        if (locals)
          key += `#${policy.rules.map((r) => (r.local === undefined || holds(r.local, subject) ? 1 : 0)).join("")}`;
      }
      let effect = known.get(key);
      if (effect === undefined) {
        effect = make(direction, policies, subject);
        known.set(key, effect);
      }
      return effect;
    },
  };
}

/** True of a term that names ports. */
export function hasNames(term: ConnTerm): boolean {
  return term.names.length > 0 || term.notNames.length > 0;
}

/** Equal for pods that resolve every name of a port alike. */
export function portsKey(pod: Pod): string {
  return pod.ports === undefined ? "?" : JSON.stringify(pod.ports.map((p) => [p.name, p.protocol, p.port]));
}

/** What one effect allows towards one peer; `restricted` is the part that a rule narrows above layer 4. */
export type Answer = { readonly conn: Conn; readonly restricted: Conn; readonly digest: string };

/** The walk of `pointwise/judge.ts` for all connections at once. */
export function answer(effect: Effect, peer: Endpoint): Answer {
  const dst = effect.direction === "ingress" ? effect.subject : peer;
  if (effect.tiers.length === 0) return possible(EVERYTHING, dst) === EVERYTHING ? OPEN : OPEN_NUMBERS;
  const narrowing = new Map<string, Conn>();
  let plain: Conn = NONE;
  let allowed: Conn = NONE;
  let undecided: Conn = possible(EVERYTHING, dst);
  for (const tier of effect.tiers) {
    let passed: Conn = NONE;
    for (const rule of tier.rules) {
      if (!holds(rule.peer, peer)) continue;
      const matched = intersect(resolve(rule.conn, dst), rule.narrowed === undefined ? undecided : EVERYTHING);
      const here = intersect(matched, undecided);
      switch (rule.action) {
        case "allow":
          allowed = union(allowed, here);
          if (rule.narrowed === undefined) plain = union(plain, here);
          else narrowing.set(rule.narrowed, union(narrowing.get(rule.narrowed) ?? NONE, matched));
          break;
        case "pass":
          passed = union(passed, here);
          break;
        case "deny":
          break;
      }
      undecided = rule.narrowed === undefined ? subtract(undecided, here) : undecided;
    }
    undecided = tier.isolates ? passed : union(subtract(undecided, allowed), passed);
  }
  allowed = union(allowed, undecided);
  if (narrowing.size === 0) return { conn: allowed, restricted: NONE, digest: "" };
  return narrowed(allowed, union(plain, undecided), narrowing);
}

const OPEN: Answer = { conn: EVERYTHING, restricted: NONE, digest: "" };
const OPEN_NUMBERS: Answer = { conn: numeric(EVERYTHING), restricted: NONE, digest: "" };

function narrowed(conn: Conn, plain: Conn, narrowing: ReadonlyMap<string, Conn>): Answer {
  let restricted: Conn = NONE;
  const digests: string[] = [];
  for (const [digest, ports] of narrowing) {
    const part = subtract(intersect(ports, conn), plain);
    if (part === NONE) continue;
    restricted = union(restricted, part);
    digests.push(`${part.id}:${digest}`);
  }
  return { conn, restricted, digest: digests.sort().join(" ") };
}
