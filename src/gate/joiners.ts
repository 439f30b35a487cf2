import type { SourceRef } from "../errors.ts";
import { satisfies } from "../model/labels.ts";
import type { Peer } from "../model/peer.ts";
import { grantOf, speaksOf } from "./matching.ts";
import type { PeerView } from "./peer-view.ts";
import type { Clause, PeerSelector, Rule } from "./rule.ts";
import { formatClause, formatSelector } from "./rule-text.ts";
import type { Scene } from "./scene.ts";

/** A peer that matches `allowed` in head only, at which end, and where the reason stands. */
export type Joiner = { readonly side: "from" | "to"; readonly peer: Peer; readonly at: SourceRef | undefined };

/**
 * Who joined `allowed` though it was there in base, or arrived and matches. Undeclared pods are told only where no
 * declared workload joined; nobody is told whom a clause as wide allowed all along.
 */
export function joinersOf(rule: Rule, grant: "joined" | "arrived", scene: Scene): readonly Joiner[] {
  if (rule.join === "allow") return [];
  const found = new Map<Peer, Joiner>();
  for (const side of ["from", "to"] as const) {
    for (const clause of rule.allowed) {
      const selector = clause[side];
      if (selector === undefined || selector.kind !== "pods") continue;
      for (const peer of scene.shifting) {
        const view = scene.views(peer);
        if (found.has(peer) || grantOf(selector, view) !== grant) continue;
        const subject = rule[side];
        if (subject !== undefined && !speaksOf(subject, view)) continue;
        if (rule.allowed.some((other) => isAsWide(other, clause, side) && isGranted(other[side], view))) continue;
        found.set(peer, { side, peer, at: reasonOf(selector, view, scene) });
      }
    }
  }
  const all = [...found.values()];
  const declared = all.filter(({ peer }) => peer.kind === "workload");
  return declared.length > 0 ? declared : all;
}

function isGranted(selector: PeerSelector | undefined, view: PeerView): boolean {
  return selector === undefined || grantOf(selector, view) === "yes";
}

/** True where `other` lets everything pass that `clause` does, apart from the end at `side`. */
function isAsWide(other: Clause, clause: Clause, side: "from" | "to"): boolean {
  const far = side === "from" ? "to" : "from";
  const sameEnd =
    other[far] === undefined ||
    (clause[far] !== undefined && formatSelector(other[far]) === formatSelector(clause[far]));
  const ports = (each: Clause) => formatClause({ from: undefined, to: undefined, ports: each.ports });
  return sameEnd && (other.ports === undefined || ports(other) === ports(clause));
}

/** The line of the label that made the peer match, else of the object that carries it. */
function reasonOf(selector: PeerSelector, { base, head }: PeerView, scene: Scene): SourceRef | undefined {
  if (selector.kind !== "pods" || head === undefined) return undefined;
  const { workload } = head;
  if (base !== undefined && selector.namespace.kind === "labels") {
    const changed = selector.namespace.requirements.some((each) => !satisfies(base.pod.namespaceLabels, each));
    if (changed) return scene.head.namespaces.get(head.pod.namespace)?.source ?? workload?.source;
  }
  if (workload === undefined) return scene.head.namespaces.get(head.pod.namespace)?.source;
  if (base === undefined || selector.pods.kind !== "labels") return workload.source;
  const label = selector.pods.requirements.find((each) => !satisfies(base.pod.labels, each));
  const line = label === undefined ? undefined : workload.labelLines.get(label.key);
  return line === undefined ? workload.source : { file: workload.source.file, line };
}
