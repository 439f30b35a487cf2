import type { Cluster } from "../model/cluster.ts";
import type { Endpoint, Pod } from "../model/endpoint.ts";
import type { Side } from "../model/peer.ts";
import type { Direction, Policy } from "../model/policy.ts";
import type { Predicate } from "../model/predicate.ts";
import { type Conn, intersect, NONE, union } from "../sets/conn.ts";
import { type AddressAnswers, addressAnswers } from "./address-answers.ts";
import { type PeerClasses, peerClasses } from "./classes.ts";
import { type Answer, answer, type Effect, type Effects, internEffects } from "./effects.ts";
import { type Meanings, meanings } from "./meaning.ts";
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

/** Compiles the policies of both sides; `predicates` are told apart by the classes besides the rules' peers. */
export function reach(base: Cluster, head: Cluster, predicates: readonly Predicate[]): Reach {
  const meaning = meanings(base.policies, head.policies);
  const effects = internEffects(meaning);
  const both = base === head ? base.policies : [...new Set([...base.policies, ...head.policies])];
  const classes = peerClasses(both, predicates);
  const baseIndex = indexPolicies(base.policies);
  const headIndex = base.policies === head.policies ? baseIndex : indexPolicies(head.policies);
  const index: Readonly<Record<Side, PolicyIndex>> = { base: baseIndex, head: headIndex };
  const selecting = selections(index);
  const towards = memoAnswers(classes);
  const partitions = new Map<number, AddressAnswers>();
  return {
    meanings: meaning,
    selecting,
    towards,
    view: (endpoint, side) => viewOf({ endpoint, side, effects, classes, selecting }),
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

type ViewInput = {
  readonly endpoint: Endpoint | undefined;
  readonly side: Side;
  readonly effects: Effects;
  readonly classes: PeerClasses;
  readonly selecting: Reach["selecting"];
};

function viewOf({ endpoint, side, effects, classes, selecting }: ViewInput): View {
  if (endpoint === undefined) return { endpoint, egress: undefined, ingress: undefined, peerClass: -1 };
  const peerClass = classes.of(endpoint);
  if (endpoint.kind !== "pod")
    return { endpoint, egress: effects.open.egress, ingress: effects.open.ingress, peerClass };
  const { pod } = endpoint;
  return {
    endpoint,
    egress: effects.of("egress", selecting(pod, side, "egress"), pod),
    ingress: effects.of("ingress", selecting(pod, side, "ingress"), pod),
    peerClass,
  };
}

function selections(index: Readonly<Record<Side, PolicyIndex>>): Reach["selecting"] {
  return (pod, side, direction) => index[side].selecting(pod, direction);
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
