import type { Policy } from "../model/policy.ts";
import type { Predicate } from "../model/predicate.ts";
import { type Cube, cubeKey, cubesOf } from "./cubes.ts";

/** What a selector does: it chooses whom a policy governs, or whom a rule admits. */
export type Role = "ingressSubject" | "egressSubject" | "ingressPeer" | "egressPeer";

/** The selectors of both sides, each distinct one once, by role and namespace. */
export type Selectors = {
  readonly all: readonly Cube[];
  readonly of: (role: Role, namespace: string | undefined) => readonly Marked[];
  /** True of a label key whose values selectors tell apart in more than one way. */
  readonly told: (key: string) => boolean;
  /** Every policy isolates and every rule allows, as in NetworkPolicy v1. */
  readonly additive: boolean;
};

/** One selector, and what the policies that use it in this role have in common with others. */
export type Marked = {
  readonly cube: Cube;
  readonly changed: boolean;
  /** A policy of this side uses it. */
  readonly base: boolean;
  readonly head: boolean;
  /** Of a subject: some rule of its policies admits pods. */
  readonly reachesPods: boolean;
};

type Draft = { -readonly [K in keyof Marked]: Marked[K] };
type Keyed = { readonly cube: Cube; readonly key: string };
type Table = Map<string, Map<string, Draft>>;

const ROLES: readonly Role[] = ["ingressSubject", "egressSubject", "ingressPeer", "egressPeer"];

/** What is known of a policy besides itself. */
export type PolicyFacts = {
  readonly changed: (policy: Policy) => boolean;
  readonly side: { readonly base: (policy: Policy) => boolean; readonly head: (policy: Policy) => boolean };
};

/**
 * Gathers the selectors of `policies`; `changed` says which policies base and head do not share. The selectors that
 * `spoken` holds (protected paths, filters) count as changed in every role.
 */
export function gatherSelectors(
  policies: Iterable<Policy>,
  { changed, side }: PolicyFacts,
  spoken: readonly Predicate[],
): Selectors {
  const tables: Readonly<Record<Role, Table>> = {
    ingressSubject: new Map(),
    egressSubject: new Map(),
    ingressPeer: new Map(),
    egressPeer: new Map(),
  };
  const all = new Map<string, Cube>();
  const valueSets = new Map<string, Set<string>>();
  const seen = new Map<Predicate, readonly Keyed[]>();
  const cubes = (predicate: Predicate): readonly Keyed[] => {
    let found = seen.get(predicate);
    if (found === undefined) {
      found = (cubesOf(predicate) ?? []).map((cube) => ({ cube, key: cubeKey(cube) }));
      seen.set(predicate, found);
    }
    return found;
  };
  const note = (role: Role, predicate: Predicate, facts: Omit<Marked, "cube">) => {
    for (const { cube, key } of cubes(predicate)) {
      let bucket = tables[role].get(cube.namespace ?? "");
      if (bucket === undefined) {
        bucket = new Map<string, Draft>();
        tables[role].set(cube.namespace ?? "", bucket);
      }
      const known = bucket.get(key);
      if (known === undefined) bucket.set(key, { cube, ...facts });
      else merge(known, facts);
      if (all.has(key)) continue;
      all.set(key, cube);
      for (const { key: label, operator, values } of cube.podRequirements) {
        if (operator !== "In") continue;
        const sets = valueSets.get(label) ?? new Set<string>();
        if (sets.size < 2) valueSets.set(label, sets.add([...values].sort().join("\n")));
      }
    }
  };
  let additive = true;
  for (const policy of policies) {
    const ingress = policy.direction === "ingress";
    const reachesPods = policy.rules.some((rule) => cubes(rule.peer).length > 0);
    const facts = { changed: changed(policy), base: side.base(policy), head: side.head(policy), reachesPods };
    additive &&= policy.isolates && policy.rules.every((rule) => rule.action === "allow");
    note(ingress ? "ingressSubject" : "egressSubject", policy.subject, facts);
    for (const rule of policy.rules) note(ingress ? "ingressPeer" : "egressPeer", rule.peer, facts);
  }
  const everything = { changed: true, base: true, head: true, reachesPods: true };
  for (const predicate of spoken) for (const role of ROLES) note(role, predicate, everything);
  return {
    additive,
    all: [...all.values()],
    told: (key) => (valueSets.get(key)?.size ?? 0) > 1,
    of: (role, namespace) => [
      ...(tables[role].get("")?.values() ?? []),
      ...(namespace === undefined ? [] : (tables[role].get(namespace)?.values() ?? [])),
    ],
  };
}

function merge(known: Draft, facts: Omit<Marked, "cube">): void {
  known.changed ||= facts.changed;
  known.base ||= facts.base;
  known.head ||= facts.head;
  known.reachesPods ||= facts.reachesPods;
}
