import type { Cluster } from "../model/cluster.ts";
import type { Policy } from "../model/policy.ts";
import type { Predicate } from "../model/predicate.ts";
import { type Cube, cubeKey, cubesOf } from "./cubes.ts";
import type { PolicySides } from "./meaning.ts";
import { homesOf, keepsIsolation, relabelled } from "./within.ts";

/** What a selector does: it chooses whom a policy governs, or whom a rule admits. */
export type Role = "ingressSubject" | "egressSubject" | "ingressPeer" | "egressPeer";

/** The selectors of both sides, each distinct one once, by role and namespace. */
export type Selectors = {
  readonly all: readonly Cube[];
  /** The only namespaces in which anything changed; `undefined`: there may be others. */
  readonly within: ReadonlySet<string> | undefined;
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

export type SelectorInput = {
  readonly base: Cluster;
  readonly head: Cluster;
  readonly sides: PolicySides;
  /** True of a policy that base and head do not share, or that something changed makes matter. */
  readonly changed: (policy: Policy) => boolean;
  /** Selectors of protected paths and filters: they count as changed in every role. */
  readonly spoken: readonly Predicate[];
};

/**
 * Gathers the selectors of the policies of both sides, as far as they can meet one that changed: a namespace in which
 * nothing changed has none. `base === head`: all of them.
 */
export function gatherSelectors({ base, head, sides, changed, spoken }: SelectorInput): Selectors {
  const shelf = newShelf();
  const kept = sides.shared.filter((policy) => !changed(policy));
  const moving = [...sides.own.base, ...sides.own.head, ...sides.shared.filter(changed)];
  const inBase = new Set(sides.own.base);
  const inHead = new Set(sides.own.head);
  for (const policy of moving) {
    const facts = { changed: changed(policy), base: !inHead.has(policy), head: !inBase.has(policy) };
    shelf.note(policy, facts, undefined);
  }
  for (const predicate of spoken) for (const role of ROLES) shelf.add(role, predicate, SPOKEN);
  const within = base === head ? undefined : changedNamespaces(base, head, shelf.all());
  const isApart = within !== undefined && relabelled(base, head).length === 0 && keepsIsolation(sides, changed);
  for (const policy of kept) {
    // Nothing changes between its pods and any others: only rules did, and they speak of none of them.
    if (isApart && !canBeIn(policy.subject, within)) continue;
    shelf.note(policy, { changed: false, base: true, head: true }, within);
  }
  const { tables } = shelf;
  return {
    within,
    additive: [...kept, ...moving].every(isAdditive),
    all: shelf.all(),
    told: shelf.told,
    of: (role, namespace) => [
      ...(tables[role].get("")?.values() ?? []),
      ...(namespace === undefined ? [] : (tables[role].get(namespace)?.values() ?? [])),
    ],
  };
}

const SPOKEN: Facts = { changed: true, base: true, head: true, reachesPods: true };

function isAdditive({ isolates, rules }: Policy): boolean {
  return isolates && rules.every(({ action }) => action === "allow");
}

/** The namespaces that changed selectors speak of, and whose labels changed; `undefined`: a selector speaks of any. */
function changedNamespaces(base: Cluster, head: Cluster, cubes: readonly Cube[]): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const cube of cubes) {
    const homes = homesOf(cube);
    if (homes === undefined) return undefined;
    for (const name of homes) names.add(name);
  }
  for (const name of relabelled(base, head)) names.add(name);
  return names;
}

type Facts = Omit<Marked, "cube">;

type Shelf = {
  readonly tables: Readonly<Record<Role, Table>>;
  readonly all: () => readonly Cube[];
  readonly told: (key: string) => boolean;
  readonly add: (role: Role, predicate: Predicate, facts: Facts) => void;
  /** Adds the selectors of a policy that can speak of pods in the namespaces `within`. */
  readonly note: (policy: Policy, facts: Omit<Facts, "reachesPods">, within: ReadonlySet<string> | undefined) => void;
};

function newShelf(): Shelf {
  const tables: Shelf["tables"] = {
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
  const learn = ({ cube, key }: Keyed): void => {
    if (all.has(key)) return;
    all.set(key, cube);
    for (const { key: label, operator, values } of cube.podRequirements) {
      if (operator !== "In") continue;
      const sets = valueSets.get(label) ?? new Set<string>();
      if (sets.size < 2) valueSets.set(label, sets.add([...values].sort().join("\n")));
    }
  };
  const add: Shelf["add"] = (role, predicate, facts) => {
    for (const keyed of cubes(predicate)) {
      const { cube, key } = keyed;
      const bucket = tables[role].get(cube.namespace ?? "") ?? new Map<string, Draft>();
      tables[role].set(cube.namespace ?? "", bucket);
      const known = bucket.get(key);
      if (known === undefined) bucket.set(key, { cube, ...facts });
      else merge(known, facts);
      learn(keyed);
    }
  };
  return {
    tables,
    add,
    all: () => [...all.values()],
    told: (key) => (valueSets.get(key)?.size ?? 0) > 1,
    note: ({ direction, subject, rules }, facts, within) => {
      const isIngress = direction === "ingress";
      if (canBeIn(subject, within)) {
        const reachesPods = rules.some((rule) => cubes(rule.peer).length > 0);
        add(isIngress ? "ingressSubject" : "egressSubject", subject, { ...facts, reachesPods });
      }
      for (const { peer } of rules) {
        if (canBeIn(peer, within))
          add(isIngress ? "ingressPeer" : "egressPeer", peer, { ...facts, reachesPods: cubes(peer).length > 0 });
      }
    },
  };
}

/** False of a predicate that asks for one namespace, and it is none of `within`. */
function canBeIn(predicate: Predicate, within: ReadonlySet<string> | undefined): boolean {
  if (within === undefined || predicate.op !== "and") return true;
  return predicate.of.every((part) => part.op !== "namespace" || within.has(part.name));
}

function merge(known: Draft, facts: Omit<Marked, "cube">): void {
  known.changed ||= facts.changed;
  known.base ||= facts.base;
  known.head ||= facts.head;
  known.reachesPods ||= facts.reachesPods;
}
