import { parseAddress, parseCidr } from "../sets/address-text.ts";
import { type AddressSet, addressSet } from "../sets/addresses.ts";
import type { LabelSet, Requirement } from "./labels.ts";
import { satisfies } from "./labels.ts";
import { type Peer, podOf } from "./peer.ts";

/** Whom somebody means by the text of a peer: `production/db`, `production/[pod with {app=api}]`, `10.0.0.0/8`, … */
export type PeerQuery =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "name"; readonly namespace: string | undefined; readonly name: string }
  | { readonly kind: "pods"; readonly namespace: NamespaceQuery; readonly labels: readonly Requirement[] }
  | { readonly kind: "addresses"; readonly set: AddressSet };

type NamespaceQuery = { readonly name: string | undefined; readonly labels: readonly Requirement[] };

/** The query that `text` is, or `undefined` where it is none. */
export function parsePeerQuery(text: string): PeerQuery | undefined {
  const address = parseAddress(text);
  if (address !== undefined) {
    const set =
      address.family === 4
        ? addressSet([address.value, address.value], [])
        : addressSet([], [address.value, address.value]);
    return { kind: "addresses", set };
  }
  const block = parseCidr(text);
  if (block !== undefined) return { kind: "addresses", set: block.set };
  if (text === "entire-cluster") return { kind: "pods", namespace: { name: undefined, labels: [] }, labels: [] };
  if (/^(entity|fqdn):/.test(text) || text === "{ingress-controller}" || /\[[A-Z]\w*( \d+)?\]$/.test(text))
    return { kind: "text", text };
  const pods = /^(.+?)\/\[(?:all pods|pod with \{(.*)\})\]$/.exec(text);
  if (pods !== null) return parsePods(pods[1] ?? "", pods[2] ?? "");
  const name = /^(?:([a-z0-9.-]+)\/)?([A-Za-z0-9._-]+)$/.exec(text);
  if (name === null) return undefined;
  return { kind: "name", namespace: name[1], name: name[2] ?? "" };
}

function parsePods(where: string, terms: string): PeerQuery | undefined {
  const labels = parseTerms(terms);
  const withLabels = /^\[namespace with \{(.*)\}\]$/.exec(where);
  const namespaceLabels = withLabels === null ? [] : parseTerms(withLabels[1] ?? "");
  if (labels === undefined || namespaceLabels === undefined) return undefined;
  const isNamed = withLabels === null && where !== "[all namespaces]";
  if (isNamed && !/^[a-z0-9.-]+$/.test(where)) return undefined;
  return { kind: "pods", namespace: { name: isNamed ? where : undefined, labels: namespaceLabels }, labels };
}

/** Conditions in kubectl's words: `app=a,!tier,env notin (x,y)`. */
function parseTerms(text: string): readonly Requirement[] | undefined {
  const out: Requirement[] = [];
  for (const term of text.split(/,(?![^(]*\))/).map((part) => part.trim())) {
    if (term === "") continue;
    const set = /^(\S+) (in|notin) \(([^)]*)\)$/.exec(term);
    const equal = /^([^=!\s]+)\s*(!?=)=?\s*(\S*)$/.exec(term);
    const exists = /^(!?)([^=!\s]+)$/.exec(term);
    if (set !== null) {
      const values = (set[3] ?? "").split(",").map((value) => value.trim());
      out.push({ key: set[1] ?? "", operator: set[2] === "in" ? "In" : "NotIn", values });
    } else if (equal !== null) {
      out.push({ key: equal[1] ?? "", operator: equal[2] === "=" ? "In" : "NotIn", values: [equal[3] ?? ""] });
    } else if (exists !== null) {
      out.push({ key: exists[2] ?? "", operator: exists[1] === "" ? "Exists" : "DoesNotExist", values: [] });
    } else return undefined;
  }
  return out;
}

/** True where `peer` is one of those that `query` means. */
export function meansPeer(query: PeerQuery, peer: Peer): boolean {
  switch (query.kind) {
    case "addresses":
      return false;
    case "text":
      return peer.text === query.text;
    case "name": {
      if (peer.kind !== "workload") return false;
      const workload = peer.head ?? peer.base;
      const inNamespace = query.namespace === undefined || workload?.namespace === query.namespace;
      return inNamespace && workload?.name === query.name;
    }
    case "pods": {
      const pod = podOf(peer, "head") ?? podOf(peer, "base");
      if (pod === undefined) return false;
      const { name, labels } = query.namespace;
      return (
        (name === undefined || pod.namespace === name) &&
        all(pod.namespaceLabels, labels) &&
        all(pod.labels, query.labels)
      );
    }
  }
}

function all(labels: LabelSet, requirements: readonly Requirement[]): boolean {
  return requirements.every((requirement) => satisfies(labels, requirement));
}

/** Labels that satisfy `requirements` and say no more: for a pod that somebody describes and nobody declares. */
export function labelsFor(requirements: readonly Requirement[]): LabelSet {
  const labels = new Map<string, string | undefined>();
  for (const { key, operator, values } of requirements) {
    if (operator === "In") labels.set(key, values[0]);
    else if (operator === "Exists" && !labels.has(key)) labels.set(key, undefined);
  }
  return labels;
}
