import { NAME_LABEL, satisfies } from "../model/labels.ts";
import type { Side } from "../model/peer.ts";
import { coversName } from "../model/predicate.ts";
import { ALL_V4, ALL_V6, coversAddresses, NO_ADDRESS } from "../sets/addresses.ts";
import type { Facts, PeerView } from "./peer-view.ts";
import type { NamespaceMatch, PeerSelector, PodMatch } from "./rule.ts";

/** How far a clause lets a peer pass: all along, since it came to match, since it came at all, or not. */
export type Grant = "yes" | "joined" | "arrived" | "no";

/**
 * True where a rule speaks of the peer: it matches in base or in head. A name outside the cluster may resolve to any
 * address, so a rule on addresses speaks of it.
 */
export function speaksOf(selector: PeerSelector, view: PeerView): boolean {
  if (selector.kind === "cidr") return view.peer.kind === "fqdn" && selector.set !== NO_ADDRESS;
  return matches(selector, view, "base") || matches(selector, view, "head");
}

/**
 * How far `allowed` covers the peer: it must match in head and, where it exists there, in base. What matches only in
 * head has `joined`; a workload, or pods of a namespace, that only head has did `arrive`.
 */
export function grantOf(selector: PeerSelector, view: PeerView): Grant {
  if (!matches(selector, view, "head")) return "no";
  if (selector.kind !== "pods" || isEveryPod(selector)) return "yes";
  if (view.origin === "both" || view.origin === "moved") {
    if (matches(selector, view, "base")) return "yes";
    return "joined";
  }
  return view.base !== undefined && matches(selector, view, "base") ? "yes" : "arrived";
}

/** True of a selector that no pod needs to be anything for. */
function isEveryPod({ namespace, pods }: Extract<PeerSelector, { kind: "pods" }>): boolean {
  const isFree = (match: NamespaceMatch | PodMatch) =>
    match.kind === "any" || (match.kind === "labels" && match.requirements.length === 0);
  return isFree(namespace) && isFree(pods);
}

/** True where an exception covers the peer: like `allowed`, but whoever is new or moved needs to match in head only. */
export function excepts(selector: PeerSelector, view: PeerView): boolean {
  if (view.origin === "gone") return matches(selector, view, "base");
  if (!matches(selector, view, "head")) return false;
  return view.origin !== "both" || matches(selector, view, "base");
}

/** True where the peer matches on one side, as the labels, names and namespaces of that side are. */
export function matches(selector: PeerSelector, view: PeerView, side: Side): boolean {
  switch (selector.kind) {
    case "anywhere":
      return true;
    case "external":
      return view.peer.kind === "fqdn";
    case "cidr":
      return view.peer.kind === "fqdn" && [ALL_V4, ALL_V6].some((family) => coversAddresses(selector.set, family));
    case "entity":
      return view.peer.kind === "entity" && view.peer.name === selector.name;
    case "fqdn":
      return view.peer.kind === "fqdn" && coversName(selector.pattern, view.peer.pattern);
    case "pods": {
      const facts = view[side];
      return facts !== undefined && inNamespace(selector.namespace, facts) && isPod(selector.pods, facts);
    }
  }
}

function inNamespace(match: NamespaceMatch, facts: Facts): boolean {
  switch (match.kind) {
    case "any":
      return true;
    case "name":
      return (facts.namespace ?? facts.pod.namespaceLabels.get(NAME_LABEL)) === match.name;
    case "labels":
      return match.requirements.every((requirement) => satisfies(facts.pod.namespaceLabels, requirement));
  }
}

function isPod(match: PodMatch, facts: Facts): boolean {
  switch (match.kind) {
    case "any":
      return true;
    case "labels":
      return match.requirements.every((requirement) => satisfies(facts.pod.labels, requirement));
    case "workload":
      return (
        facts.workload?.name === match.name &&
        (match.workloadKind === undefined || facts.workload.kind === match.workloadKind)
      );
  }
}
