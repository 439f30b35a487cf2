import type { SourceRef } from "../errors.ts";
import type { Pod } from "../model/endpoint.ts";
import { type Requirement, satisfies } from "../model/labels.ts";
import { formatObject, type ObjectRef } from "../model/policy.ts";
import type { Finding } from "./finding.ts";
import { matches } from "./matching.ts";
import type { PeerSelector, Rule } from "./rule.ts";
import { finding, type Scene } from "./scene.ts";
import { isPodThat } from "./subjects.ts";
import { code, listPeers } from "./words.ts";

/**
 * A Service, Ingress, Gateway or Route that differs between base and head. `targets` are the pods that it leads to on
 * either side, over as many Services as it takes.
 */
export type ExposureChange = {
  readonly object: ObjectRef;
  readonly at: SourceRef;
  readonly targets: readonly PodsOf[];
};

/** Pods of one namespace by their labels; no requirement means all of them. */
export type PodsOf = { readonly namespace: string; readonly requirements: readonly Requirement[] };

/** One warning for each changed object that leads to a pod whose ingress the rule protects: exposure is not judged. */
export function exposureFindings(rule: Rule, exposures: readonly ExposureChange[], scene: Scene): readonly Finding[] {
  const subject = rule.to;
  if (subject === undefined || subject.kind !== "pods") return [];
  return exposures.flatMap(({ object, at, targets }) => {
    const leads = (pod: Pod) => targets.some((target) => selects(target, pod));
    const reached = scene.diff.peers.filter((peer) => isPodThat(peer, leads) && isSubject(subject, scene, peer));
    if (reached.length === 0) return [];
    const message = `${code(formatObject(object))} leads to ${code(listPeers(reached))} and changes; what it exposes is not judged`;
    return [finding(rule, { kind: "not-judged", severity: "warning", message, at })];
  });
}

function isSubject(subject: PeerSelector, scene: Scene, peer: Scene["diff"]["peers"][number]): boolean {
  const view = scene.views(peer);
  return matches(subject, view, "base") || matches(subject, view, "head");
}

function selects({ namespace, requirements }: PodsOf, pod: Pod): boolean {
  return pod.namespace === namespace && requirements.every((requirement) => satisfies(pod.labels, requirement));
}
