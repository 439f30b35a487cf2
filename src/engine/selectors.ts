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
};

export type Marked = { readonly cube: Cube; readonly changed: boolean };

type Table = Map<string, Map<string, { cube: Cube; changed: boolean }>>;

const ROLES: readonly Role[] = ["ingressSubject", "egressSubject", "ingressPeer", "egressPeer"];

/**
 * Gathers the selectors of `policies`; `changed` says which policies base and head do not share. The selectors that
 * `spoken` holds (protected paths, filters) count as changed in every role.
 */
export function gatherSelectors(
  policies: Iterable<Policy>,
  changed: (policy: Policy) => boolean,
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
  const seen = new Map<Predicate, readonly Cube[]>();
  const cubes = (predicate: Predicate): readonly Cube[] => {
    let found = seen.get(predicate);
    if (found === undefined) {
      found = cubesOf(predicate) ?? [];
      seen.set(predicate, found);
    }
    return found;
  };
  const note = (role: Role, predicate: Predicate, isChanged: boolean) => {
    for (const cube of cubes(predicate)) {
      const key = cubeKey(cube);
      const bucket = tables[role].get(cube.namespace ?? "") ?? new Map<string, { cube: Cube; changed: boolean }>();
      tables[role].set(cube.namespace ?? "", bucket);
      const known = bucket.get(key);
      if (known !== undefined) known.changed ||= isChanged;
      else bucket.set(key, { cube, changed: isChanged });
      if (all.has(key)) continue;
      all.set(key, cube);
      for (const { key: label, operator, values } of cube.podRequirements) {
        if (operator !== "In") continue;
        const sets = valueSets.get(label) ?? new Set<string>();
        valueSets.set(label, sets.add([...values].sort().join("\n")));
      }
    }
  };
  for (const policy of policies) {
    const isChanged = changed(policy);
    const ingress = policy.direction === "ingress";
    note(ingress ? "ingressSubject" : "egressSubject", policy.subject, isChanged);
    for (const rule of policy.rules) note(ingress ? "ingressPeer" : "egressPeer", rule.peer, isChanged);
  }
  for (const predicate of spoken) for (const role of ROLES) note(role, predicate, true);
  return {
    all: [...all.values()],
    told: (key) => (valueSets.get(key)?.size ?? 0) > 1,
    of: (role, namespace) => [
      ...(tables[role].get("")?.values() ?? []),
      ...(namespace === undefined ? [] : (tables[role].get(namespace)?.values() ?? [])),
    ],
  };
}
