import type { Workload } from "../model/cluster.ts";
import type { Pod } from "../model/endpoint.ts";
import { type LabelSet, NAME_LABEL } from "../model/labels.ts";
import { type End, type Peer, podOf } from "../model/peer.ts";
import { ALL_ADDRESSES } from "../sets/addresses.ts";
import { cidrsOf } from "../sets/cidrs.ts";

const MAX_CIDRS = 20;

/** A selector as text, and the peers that it holds on every side where they are: all in `namespace`, if that is given. */
type Candidate = {
  readonly text: string;
  readonly namespace: string | undefined;
  readonly covers: (peer: Peer) => boolean;
};

const EVERY_POD: Candidate = {
  text: "{ namespaceSelector: {} }",
  namespace: undefined,
  covers: (peer) => "base" in peer,
};

/**
 * Selectors, as text of the configuration, that together hold every peer or address of the end; few, then narrow. Where
 * more than `most` are needed, only the first of them.
 */
export function selectorsOf(end: End, most = Number.POSITIVE_INFINITY): readonly string[] {
  if (end.kind === "addresses") {
    const cidrs = end.addresses === ALL_ADDRESSES ? [] : cidrsOf(end.addresses, MAX_CIDRS + 1);
    const listed = cidrs.length > 0 && cidrs.length <= MAX_CIDRS;
    return [listed ? `{ cidr: [${cidrs.map((cidr) => JSON.stringify(cidr)).join(", ")}] }` : "{ external: true }"];
  }
  const candidates = new Map<string, Candidate>();
  for (const peer of end.peers) {
    const candidate = candidateOf(peer);
    candidates.set(candidate.text, candidate);
  }
  const places = byNamespace(end.peers);
  const near = ({ namespace }: Candidate) => (namespace === undefined ? end.peers : (places.get(namespace) ?? []));
  const counted = [...candidates.values()].map((one) => ({ one, count: near(one).filter(one.covers).length }));
  counted.sort((a, b) => b.count - a.count);
  const out: string[] = [];
  const left = new Set(end.peers);
  for (const { one } of counted) {
    const held = near(one).filter((peer) => left.has(peer) && one.covers(peer));
    if (held.length === 0) continue;
    out.push(one.text);
    if (out.length > most) break;
    for (const peer of held) left.delete(peer);
  }
  return out;
}

/** Pods by their namespace, which is the same on both sides. */
function byNamespace(peers: readonly Peer[]): ReadonlyMap<string, readonly Peer[]> {
  const places = new Map<string, Peer[]>();
  for (const peer of peers) {
    const pod = podOf(peer, "head") ?? podOf(peer, "base");
    if (pod === undefined) continue;
    const list = places.get(pod.namespace);
    if (list === undefined) places.set(pod.namespace, [peer]);
    else list.push(peer);
  }
  return places;
}

function candidateOf(peer: Peer): Candidate {
  switch (peer.kind) {
    case "entity":
      return only(peer, `{ entity: ${JSON.stringify(peer.name)} }`);
    case "fqdn":
      return only(peer, `{ fqdn: ${JSON.stringify(peer.pattern)} }`);
    case "workload":
      return workloadCandidate(peer.head ?? peer.base);
    case "representative": {
      const { namespace, podTerms } = peer;
      const space = spaceOf(peer.head.namespaceLabels);
      if (namespace === undefined && space.size === 0 && podTerms === "") return EVERY_POD;
      const pods = podTerms === "" ? "" : `, podSelector: ${selectorText(peer.head.labels)}`;
      const where =
        namespace === undefined
          ? `namespaceSelector: ${selectorText(space)}`
          : `namespace: ${JSON.stringify(namespace)}`;
      const labels: LabelSet = podTerms === "" ? new Map() : peer.head.labels;
      const inSpace = (pod: Pod) =>
        namespace === pod.namespace || (namespace === undefined && has(pod.namespaceLabels, space));
      const covers = onEverySide((pod) => inSpace(pod) && has(pod.labels, labels));
      return { text: `{ ${where}${pods} }`, namespace, covers };
    }
  }
}

function only(peer: Peer, text: string): Candidate {
  return { text, namespace: undefined, covers: (other) => other === peer };
}

/** Every namespace has a name: that of an unknown one says nothing. */
function spaceOf(labels: LabelSet): LabelSet {
  return new Map([...labels].filter(([key, value]) => key !== NAME_LABEL || value !== undefined));
}

function workloadCandidate(workload: Workload | undefined): Candidate {
  if (workload === undefined) return EVERY_POD;
  const { namespace, name, kind } = workload;
  return {
    text: `{ namespace: ${JSON.stringify(namespace)}, workload: ${JSON.stringify(`${name}[${kind}]`)} }`,
    namespace,
    covers: (other) => {
      const own = other.kind === "workload" ? (other.head ?? other.base) : undefined;
      return own?.namespace === namespace && own.name === name && own.kind === kind;
    },
  };
}

function onEverySide(holds: (pod: Pod) => boolean): (peer: Peer) => boolean {
  return (peer) => {
    const pods = [podOf(peer, "base"), podOf(peer, "head")].filter((pod) => pod !== undefined);
    return pods.length > 0 && pods.every(holds);
  };
}

function has(labels: LabelSet, wanted: LabelSet): boolean {
  return [...wanted].every(([key, value]) => (value === undefined ? labels.has(key) : labels.get(key) === value));
}

/** A selector that these labels satisfy: each with its value, or merely there where no manifest tells the value. */
function selectorText(labels: LabelSet): string {
  const known: string[] = [];
  const present: string[] = [];
  for (const [key, value] of labels) {
    if (value !== undefined) known.push(`${JSON.stringify(key)}: ${JSON.stringify(value)}`);
    else present.push(`{ key: ${JSON.stringify(key)}, operator: Exists }`);
  }
  const parts: string[] = [];
  if (known.length > 0) parts.push(`matchLabels: { ${known.join(", ")} }`);
  if (present.length > 0) parts.push(`matchExpressions: [${present.join(", ")}]`);
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}
