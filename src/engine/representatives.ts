import type { Cluster } from "../model/cluster.ts";
import type { Pod } from "../model/endpoint.ts";
import { NO_LABELS } from "../model/labels.ts";
import type { RepresentativePeer } from "../model/peer.ts";
import { type Assignment, assignments } from "./assignment.ts";
import { applies, type Context, contexts } from "./contexts.ts";
import { ANY_POD, breakers, type Cube, cubeKey, join } from "./cubes.ts";
import type { Marked, Role, Selectors } from "./selectors.ts";

/** Undeclared pods that the selectors of both sides speak of. `isCut`: there were more than the bound lets through. */
export type Representatives = { readonly peers: readonly RepresentativePeer[]; readonly isCut: boolean };

export type RepresentativeInput = {
  readonly base: Cluster;
  readonly head: Cluster;
  readonly selectors: Selectors;
  /** Every selector by itself, changed or not: for the matrix of one tree. */
  readonly every: boolean;
  /** Conjunctions at most. */
  readonly limit: number;
};

/**
 * One peer for each satisfiable conjunction of at most three selectors that meet on pods of one namespace, at least
 * one of them changed; more general ones first. Three suffice for NetworkPolicy v1: what opens needs a selector that
 * admits the pod at the other end, one that isolated it in base, one that lets it through in head.
 */
export function representatives(input: RepresentativeInput): Representatives {
  const { selectors } = input;
  const maker = newMaker(selectors.told, input.limit);
  for (const context of contexts(input.base, input.head, selectors)) {
    if (maker.isCut()) break;
    if (context.name === undefined && context.terms === "") maker.add(context, [ANY_POD]);
    const here = (role: Role) => selectors.of(role, context.name).filter(({ cube }) => applies(cube, context));
    const changedLabels = context.base !== context.head;
    const shared = { all: input.every, changedLabels, additive: selectors.additive };
    combine(maker, context, { own: here("egressSubject"), other: here("ingressPeer"), ...shared });
    combine(maker, context, { own: here("ingressSubject"), other: here("egressPeer"), ...shared });
  }
  return { peers: maker.peers(), isCut: maker.isCut() };
}

const MANY_WAYS = 64;

type Meeting = {
  /** Selectors of policies that govern the pod in one direction. */
  readonly own: readonly Marked[];
  /** Selectors by which the policies of others admit it in that direction. */
  readonly other: readonly Marked[];
  readonly all: boolean;
  readonly changedLabels: boolean;
  readonly additive: boolean;
};

function combine(maker: Maker, context: Context, meeting: Meeting): void {
  const { own, other, all, changedLabels } = meeting;
  const negative = [...own, ...other].flatMap(({ cube }) => cube.podRequirements);
  const ways = breakers(negative, MANY_WAYS).map((podRequirements): Cube => ({ ...ANY_POD, podRequirements }));
  const add = (...cubes: readonly Cube[]) => {
    for (const way of ways) maker.add(context, [...cubes, way]);
  };
  const moved = (candidate: Marked) => candidate.changed || changedLabels;
  const changedOwn = own.filter(moved);
  const changedOther = other.filter(moved);
  if (all) for (const { cube } of [...own, ...other]) add(cube);
  if (changedOwn.length + changedOther.length === 0) return;
  add(ANY_POD);
  for (const { cube } of [...changedOwn, ...changedOther]) add(cube);
  const { passing, isolating } = partners(meeting);
  for (const admitting of changedOther) for (const governing of passing) add(admitting.cube, governing.cube);
  for (const first of changedOwn) {
    for (const admitting of other) add(first.cube, admitting.cube);
    for (const second of isolating) {
      if (maker.isCut()) return;
      add(first.cube, second.cube);
      const both = join(first.cube, second.cube);
      if (both !== undefined) for (const admitting of other) add(first.cube, second.cube, admitting.cube);
    }
  }
}

/**
 * Whom a changed selector has to be combined with. Where rules only add (NetworkPolicy v1), what lets a pod through in
 * head and did not change let it through in base; so an unchanged policy matters beside a changed admission only if
 * head isolates the pod and the policy admits pods at all, and beside a changed policy only as what isolated the pod
 * in base, unless something isolates every pod of the namespace anyway.
 */
function partners({
  own,
  additive,
  changedLabels,
}: Meeting): Readonly<Record<"passing" | "isolating", readonly Marked[]>> {
  if (!additive || changedLabels) return { passing: own, isolating: own };
  const isolatesAll = own.some(
    ({ cube, base }) => base && cube.podRequirements.length === 0 && cube.serviceAccount === undefined,
  );
  return {
    passing: own.filter(({ head, reachesPods }) => head && reachesPods),
    isolating: isolatesAll ? [] : own.filter(({ base }) => base),
  };
}

type Maker = {
  readonly add: (context: Context, cubes: readonly Cube[]) => void;
  readonly peers: () => readonly RepresentativePeer[];
  /** More were asked for than there may be; what is asked for from then on is not made. */
  readonly isCut: () => boolean;
};

function newMaker(told: (key: string) => boolean, limit: number): Maker {
  const made = new Map<string, RepresentativePeer>();
  const tried = new Set<string>();
  const known = new Map<string, readonly Assignment[]>();
  let isCut = false;
  return {
    peers: () => [...made.values()],
    isCut: () => isCut,
    add: (context, cubes) => {
      if (isCut) return;
      const joined = joinAll(cubes);
      if (joined === undefined) return;
      const cube: Cube = { ...joined, namespace: undefined, namespaceRequirements: [] };
      const key = cubeKey(cube);
      const place = `${context.name ?? ""}|${context.terms}|${key}`;
      if (tried.has(place)) return;
      if (made.size >= limit) {
        isCut = true;
        return;
      }
      tried.add(place);
      let found = known.get(key);
      if (found === undefined) {
        found = assignments(cube.podRequirements, told);
        known.set(key, found);
      }
      for (const assignment of found) {
        const peer = represent(context, assignment, cube.serviceAccount);
        const identity = `${context.name ?? ""}|${context.terms}|${cube.serviceAccount ?? ""}|${labelsKey(assignment)}`;
        const rival = made.get(identity);
        if (rival === undefined || isShorter(peer.podTerms, rival.podTerms)) made.set(identity, peer);
      }
    },
  };
}

/** Of several names for the same pods the shortest stands, whatever order the selectors came in. */
function isShorter(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}

function joinAll(cubes: readonly Cube[]): Cube | undefined {
  let out: Cube | undefined = ANY_POD;
  for (const cube of cubes) {
    if (out === undefined) return undefined;
    out = join(out, cube);
  }
  return out;
}

function labelsKey(assignment: Assignment): string {
  return JSON.stringify([...assignment.labels].map(([key, value]) => [key, value ?? null]).sort());
}

function represent(context: Context, assignment: Assignment, account: string | undefined): RepresentativePeer {
  const pod = (namespaceLabels: Pod["namespaceLabels"]): Pod => ({
    namespace: context.name ?? "",
    labels: assignment.labels,
    namespaceLabels,
    serviceAccount: account ?? "",
    serviceAccountLabels: NO_LABELS,
    ports: undefined,
    hostNetwork: false,
  });
  const base = pod(context.base);
  const podTerms = [assignment.terms, account === undefined ? "" : `serviceaccount=${account}`]
    .filter(Boolean)
    .join(",");
  return {
    kind: "representative",
    text: representativeText(context.name, context.terms, podTerms),
    base,
    head: context.head === context.base ? base : pod(context.head),
    namespace: context.name,
    namespaceTerms: context.terms,
    podTerms,
  };
}

/** The peer in the words of the contract. */
function representativeText(namespace: string | undefined, namespaceTerms: string, podTerms: string): string {
  if (namespace === undefined && namespaceTerms === "" && podTerms === "") return "entire-cluster";
  const where = namespace ?? (namespaceTerms === "" ? "[all namespaces]" : `[namespace with {${namespaceTerms}}]`);
  return `${where}/${podTerms === "" ? "[all pods]" : `[pod with {${podTerms}}]`}`;
}
