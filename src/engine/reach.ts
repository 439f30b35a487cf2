import type { Cluster } from "../model/cluster.ts";
import type { Endpoint, Pod } from "../model/endpoint.ts";
import { SIDES, type Side } from "../model/peer.ts";
import { comparePolicies, type Direction, type Policy } from "../model/policy.ts";
import type { Predicate } from "../model/predicate.ts";
import { type Conn, intersect, NONE, union } from "../sets/conn.ts";
import { type AddressAnswers, addressAnswers } from "./address-answers.ts";
import { type PeerClasses, peerClasses } from "./classes.ts";
import { type Answer, answer, type Effect, type Effects, internEffects } from "./effects.ts";
import { type Meanings, meanings, type PolicySides } from "./meaning.ts";
import { indexPolicies, type PolicyIndex } from "./policy-index.ts";

/** One endpoint on one side, compiled: what governs it, and how rules see it. `undefined` effects: it is not there. */
export type View = {
  readonly endpoint: Endpoint | undefined;
  readonly egress: Effect | undefined;
  readonly ingress: Effect | undefined;
  readonly peerClass: number;
};

/** Lazy answers about both sides of a review, in one space of classes and effects. */
export type Reach = {
  readonly meanings: Meanings;
  readonly view: (endpoint: Endpoint | undefined, side: Side) => View;
  /** What `src` may open to `dst`; nothing where one of them is not there. */
  readonly conn: (src: View, dst: View) => Conn;
  readonly restriction: (src: View, dst: View) => { readonly restricted: Conn; readonly digest: string };
  /** What `effect` allows towards a class of peers. */
  readonly towards: (effect: Effect, peerClass: number) => Answer;
  readonly addresses: (effect: Effect) => AddressAnswers;
  readonly selecting: (pod: Pod, side: Side, direction: Direction) => readonly Policy[];
};

/** What is compiled once, whichever endpoints are compared. */
export type Compiled = { readonly meanings: Meanings; readonly selections: Selections; readonly effects: Effects };

/** Compiles the policies of both sides. */
export function compile(sides: PolicySides, base: Cluster, head: Cluster): Compiled {
  const meaning = meanings(sides);
  return { meanings: meaning, selections: selectionsOf(sides, base, head), effects: internEffects(meaning) };
}

/** Answers about endpoints that `policies` govern; `predicates` are told apart by the classes besides their rules' peers. */
export function reach(compiled: Compiled, policies: Iterable<Policy>, predicates: readonly Predicate[]): Reach {
  const { meanings: meaning, selections, effects } = compiled;
  const classes = peerClasses(policies, predicates);
  const towards = memoAnswers(classes);
  const partitions = new Map<number, AddressAnswers>();
  return {
    meanings: meaning,
    selecting: selections.selecting,
    towards,
    view: viewer({ effects, classes, selections }),
    conn: (src, dst) => {
      if (src.egress === undefined || dst.ingress === undefined) return NONE;
      return intersect(towards(src.egress, dst.peerClass).conn, towards(dst.ingress, src.peerClass).conn);
    },
    restriction: (src, dst) => {
      if (src.egress === undefined || dst.ingress === undefined) return { restricted: NONE, digest: "" };
      const out = towards(src.egress, dst.peerClass);
      const into = towards(dst.ingress, src.peerClass);
      const restricted = intersect(union(out.restricted, into.restricted), intersect(out.conn, into.conn));
      return { restricted, digest: `${out.digest}|${into.digest}` };
    },
    addresses: (effect) => {
      let found = partitions.get(effect.id);
      if (found === undefined) {
        found = addressAnswers(effect);
        partitions.set(effect.id, found);
      }
      return found;
    },
  };
}

type Viewer = { readonly effects: Effects; readonly classes: PeerClasses; readonly selections: Selections };

/** A pod that no policy of one side alone selects has one view for both sides. */
function viewer({ effects, classes, selections }: Viewer): Reach["view"] {
  const shared = new Map<Pod, View>();
  return (endpoint, side) => {
    if (endpoint === undefined) return { endpoint, egress: undefined, ingress: undefined, peerClass: -1 };
    if (endpoint.kind !== "pod") {
      const peerClass = classes.of(endpoint);
      return { endpoint, egress: effects.open.egress, ingress: effects.open.ingress, peerClass };
    }
    const { pod } = endpoint;
    const known = shared.get(pod);
    if (known !== undefined) return known;
    const view = {
      endpoint,
      egress: effects.of("egress", selections.selecting(pod, side, "egress"), pod),
      ingress: effects.of("ingress", selections.selecting(pod, side, "ingress"), pod),
      peerClass: classes.of(endpoint),
    };
    if (selections.isShared(pod)) shared.set(pod, view);
    return view;
  };
}

type Selections = {
  readonly selecting: Reach["selecting"];
  /** No policy that only one side has selects the pod. */
  readonly isShared: (pod: Pod) => boolean;
};

/** Looks policies up that both sides have, and beside them those of one side, of which there are few. */
function selectionsOf({ shared, own }: PolicySides, base: Cluster, head: Cluster): Selections {
  const both = indexPolicies(shared);
  const beside: Readonly<Record<Side, PolicyIndex>> = {
    base: indexPolicies(own.base),
    head: indexPolicies(own.head),
  };
  const places = { base: placesIn(base.policies), head: placesIn(head.policies) };
  return {
    selecting: (pod, side, direction) => {
      const common = both.selecting(pod, direction);
      const single = beside[side].selecting(pod, direction);
      if (single.length === 0) return common;
      if (common.length === 0) return single;
      const place = places[side];
      return [...common, ...single].sort((a, b) => comparePolicies(a, b) || place(a) - place(b));
    },
    isShared: (pod) =>
      SIDES.every(
        (side) => beside[side].selecting(pod, "ingress").length + beside[side].selecting(pod, "egress").length === 0,
      ),
  };
}

/** The place of each policy in a list, counted when somebody first asks. */
function placesIn(policies: readonly Policy[]): (policy: Policy) => number {
  let places: Map<Policy, number> | undefined;
  return (policy) => {
    places ??= new Map(policies.map((each, i) => [each, i]));
    return places.get(policy) ?? 0;
  };
}

function memoAnswers(classes: PeerClasses): Reach["towards"] {
  const byEffect: Answer[][] = [];
  return (effect, peerClass) => {
    let row = byEffect[effect.id];
    if (row === undefined) {
      row = [];
      byEffect[effect.id] = row;
    }
    let found = row[peerClass];
    if (found === undefined) {
      found = answer(effect, classes.example(peerClass));
      row[peerClass] = found;
    }
    return found;
  };
}
