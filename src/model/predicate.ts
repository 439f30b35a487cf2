import { type AddressSet, ALL_V4, ALL_V6, coversAddresses, includesAddress } from "../sets/addresses.ts";
import type { Endpoint, Pod } from "./endpoint.ts";
import { type Requirement, satisfies } from "./labels.ts";

/**
 * A set of endpoints as a boolean expression. Atoms about labels, namespaces and service accounts are true of pods
 * only, and never of a pod in its node's network. `not` is the complement over all endpoints: whoever means "the other
 * pods" says `and(pods, not(…))`.
 */
export type Predicate =
  | { readonly op: "anything" }
  | { readonly op: "nothing" }
  | { readonly op: "and"; readonly of: readonly Predicate[] }
  | { readonly op: "or"; readonly of: readonly Predicate[] }
  | { readonly op: "not"; readonly of: Predicate }
  /** Every pod that has an address of its own. */
  | { readonly op: "pods" }
  | { readonly op: "namespace"; readonly name: string }
  | { readonly op: "podLabels"; readonly requirement: Requirement }
  | { readonly op: "namespaceLabels"; readonly requirement: Requirement }
  | { readonly op: "serviceAccount"; readonly names: readonly string[] }
  | { readonly op: "serviceAccountLabels"; readonly requirement: Requirement }
  /** Addresses outside the cluster; `pods`: the block holds the pods' addresses too. */
  | { readonly op: "addresses"; readonly set: AddressSet; readonly pods: boolean }
  | { readonly op: "entity"; readonly name: string }
  | { readonly op: "fqdn"; readonly pattern: string };

export const ANYTHING: Predicate = { op: "anything" };
export const NOTHING: Predicate = { op: "nothing" };
export const PODS: Predicate = { op: "pods" };

/** All of `parts`; simplified. */
export function and(...parts: readonly Predicate[]): Predicate {
  const flat = parts.flatMap((part) => (part.op === "and" ? part.of : [part])).filter((part) => part.op !== "anything");
  if (flat.some((part) => part.op === "nothing")) return NOTHING;
  return flat.length === 0 ? ANYTHING : (only(flat) ?? { op: "and", of: flat });
}

/** Any of `parts`; simplified. */
export function or(...parts: readonly Predicate[]): Predicate {
  const flat = parts.flatMap((part) => (part.op === "or" ? part.of : [part])).filter((part) => part.op !== "nothing");
  if (flat.some((part) => part.op === "anything")) return ANYTHING;
  return flat.length === 0 ? NOTHING : (only(flat) ?? { op: "or", of: flat });
}

/** The complement; simplified. */
export function not(part: Predicate): Predicate {
  switch (part.op) {
    case "anything":
      return NOTHING;
    case "nothing":
      return ANYTHING;
    case "not":
      return part.of;
    default:
      return { op: "not", of: part };
  }
}

function only(parts: readonly Predicate[]): Predicate | undefined {
  return parts.length === 1 ? parts[0] : undefined;
}

/** The conditions on pods' labels in `predicate`, negated or not. */
export function* podRequirements(predicate: Predicate): Generator<Requirement> {
  switch (predicate.op) {
    case "and":
    case "or":
      for (const part of predicate.of) yield* podRequirements(part);
      return;
    case "not":
      yield* podRequirements(predicate.of);
      return;
    case "podLabels":
      yield predicate.requirement;
      return;
    case "anything":
    case "nothing":
    case "pods":
    case "namespace":
    case "namespaceLabels":
    case "serviceAccount":
    case "serviceAccountLabels":
    case "addresses":
    case "entity":
    case "fqdn":
      return;
  }
}

/** True where `endpoint` is in the set that `predicate` denotes. */
export function holds(predicate: Predicate, endpoint: Endpoint): boolean {
  switch (predicate.op) {
    case "anything":
      return true;
    case "nothing":
      return false;
    case "and":
      return predicate.of.every((part) => holds(part, endpoint));
    case "or":
      return predicate.of.some((part) => holds(part, endpoint));
    case "not":
      return !holds(predicate.of, endpoint);
    case "entity":
      return endpoint.kind === "entity" && endpoint.name === predicate.name;
    case "fqdn":
      return endpoint.kind === "fqdn" && coversName(predicate.pattern, endpoint.pattern);
    case "addresses":
      return holdsAddress(predicate.set, predicate.pods, endpoint);
    case "pods":
    case "namespace":
    case "podLabels":
    case "namespaceLabels":
    case "serviceAccount":
    case "serviceAccountLabels":
      return endpoint.kind === "pod" && !endpoint.pod.hostNetwork && holdsPod(predicate, endpoint.pod);
  }
}

type PodAtom = Extract<
  Predicate,
  { op: "pods" | "namespace" | "podLabels" | "namespaceLabels" | "serviceAccount" | "serviceAccountLabels" }
>;

function holdsPod(atom: PodAtom, pod: Pod): boolean {
  switch (atom.op) {
    case "pods":
      return true;
    case "namespace":
      return pod.namespace === atom.name;
    case "podLabels":
      return satisfies(pod.labels, atom.requirement);
    case "namespaceLabels":
      return satisfies(pod.namespaceLabels, atom.requirement);
    case "serviceAccount":
      return atom.names.includes(pod.serviceAccount);
    case "serviceAccountLabels":
      return satisfies(pod.serviceAccountLabels, atom.requirement);
  }
}

/** A name outside the cluster has some unknown address: only a set that covers a whole family surely holds it. */
function holdsAddress(set: AddressSet, pods: boolean, endpoint: Endpoint): boolean {
  switch (endpoint.kind) {
    case "address":
      return includesAddress(set, endpoint.address);
    case "pod":
      return pods && !endpoint.pod.hostNetwork;
    case "fqdn":
      return coversAddresses(set, ALL_V4) || coversAddresses(set, ALL_V6);
    case "entity":
      return false;
  }
}

/**
 * True where every name under `inner` is under `outer`: `*` is one label or a part of one, `**.` any number of labels.
 * Source: Cilium, toFQDNs matchPattern.
 */
export function coversName(outer: string, inner: string): boolean {
  if (outer === inner || outer === "*") return true;
  if (!outer.includes("*")) return false;
  const pattern = outer
    .split(/(\*\*\.|\*)/)
    .map((part) =>
      part === "**."
        ? "([-a-z0-9_*]+\\.)*"
        : part === "*"
          ? "[-a-z0-9_*]*"
          : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"),
    )
    .join("");
  return new RegExp(`^${pattern}$`).test(inner);
}
