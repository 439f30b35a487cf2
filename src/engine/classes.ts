import type { Endpoint, Pod } from "../model/endpoint.ts";
import type { LabelSet, Requirement } from "../model/labels.ts";
import type { Policy } from "../model/policy.ts";
import type { Predicate } from "../model/predicate.ts";
import { portsKey } from "./effects.ts";

/** Numbers endpoints so that no rule's peer, and no name of a port, can tell two of the same number apart. */
export type PeerClasses = {
  readonly of: (endpoint: Endpoint) => number;
  /** An endpoint of the class. */
  readonly example: (id: number) => Endpoint;
};

type Mention = { readonly values: Set<string>; raw: boolean };
type Mentions = {
  readonly pod: Map<string, Mention>;
  readonly namespace: Map<string, Mention>;
  readonly account: Map<string, Mention>;
  readonly namespaces: Set<string>;
  accounts: boolean;
  names: boolean;
};

/** The classes that the rules of `policies` (and `predicates` besides) can tell apart. */
export function peerClasses(policies: Iterable<Policy>, predicates: readonly Predicate[]): PeerClasses {
  const mentions = gather(policies, predicates);
  const ids = new Map<string, number>();
  const examples: Endpoint[] = [];
  const byPod = new Map<Pod, number>();
  const namespaceKeys = new Map<LabelSet, string>();
  const number = (key: string, endpoint: Endpoint): number => {
    let id = ids.get(key);
    if (id === undefined) {
      id = examples.length;
      ids.set(key, id);
      examples.push(endpoint);
    }
    return id;
  };
  const podKey = (pod: Pod): string => {
    if (pod.hostNetwork) return mentions.names ? `host ${portsKey(pod)}` : "host";
    let labels = namespaceKeys.get(pod.namespaceLabels);
    if (labels === undefined) {
      labels = labelsKey(pod.namespaceLabels, mentions.namespace);
      namespaceKeys.set(pod.namespaceLabels, labels);
    }
    const parts = [mentions.namespaces.has(pod.namespace) ? pod.namespace : "", labels];
    parts.push(labelsKey(pod.labels, mentions.pod));
    if (mentions.accounts) parts.push(pod.serviceAccount, labelsKey(pod.serviceAccountLabels, mentions.account));
    parts.push(pod.ports === undefined ? "?" : mentions.names ? portsKey(pod) : "");
    return parts.join("\n");
  };
  return {
    example: (id) => examples[id] ?? { kind: "entity", name: "" },
    of: (endpoint) => {
      switch (endpoint.kind) {
        case "pod": {
          let id = byPod.get(endpoint.pod);
          if (id === undefined) {
            id = number(podKey(endpoint.pod), endpoint);
            byPod.set(endpoint.pod, id);
          }
          return id;
        }
        case "address":
          return number(`address ${endpoint.address.value}/${endpoint.address.family}`, endpoint);
        case "entity":
          return number(`entity ${endpoint.name}`, endpoint);
        case "fqdn":
          return number(`fqdn ${endpoint.pattern}`, endpoint);
      }
    },
  };
}

function gather(policies: Iterable<Policy>, predicates: readonly Predicate[]): Mentions {
  const mentions: Mentions = {
    pod: new Map(),
    namespace: new Map(),
    account: new Map(),
    namespaces: new Set(),
    accounts: false,
    names: false,
  };
  for (const policy of policies) {
    for (const rule of policy.rules) {
      visit(rule.peer, mentions);
      if (rule.conn.names.length > 0 || rule.conn.notNames.length > 0) mentions.names = true;
    }
  }
  for (const predicate of predicates) visit(predicate, mentions);
  return mentions;
}

function visit(predicate: Predicate, mentions: Mentions): void {
  switch (predicate.op) {
    case "and":
    case "or":
      for (const part of predicate.of) visit(part, mentions);
      return;
    case "not":
      visit(predicate.of, mentions);
      return;
    case "namespace":
      mentions.namespaces.add(predicate.name);
      return;
    case "podLabels":
      mention(mentions.pod, predicate.requirement);
      return;
    case "namespaceLabels":
      mention(mentions.namespace, predicate.requirement);
      return;
    case "serviceAccount":
      mentions.accounts = true;
      return;
    case "serviceAccountLabels":
      mentions.accounts = true;
      mention(mentions.account, predicate.requirement);
      return;
    case "anything":
    case "nothing":
    case "pods":
    case "addresses":
    case "entity":
    case "fqdn":
      return;
  }
}

function mention(table: Map<string, Mention>, requirement: Requirement): void {
  let found = table.get(requirement.key);
  if (found === undefined) {
    found = { values: new Set(), raw: false };
    table.set(requirement.key, found);
  }
  for (const value of requirement.values) found.values.add(value);
  if (["contains", "startsWith", "endsWith"].includes(requirement.operator)) found.raw = true;
}

/** The mentioned labels, each with its value where a requirement names that value. */
function labelsKey(labels: LabelSet, table: ReadonlyMap<string, Mention>): string {
  const parts: string[] = [];
  for (const [key, value] of labels) {
    const found = table.get(key);
    if (found === undefined) continue;
    const told = value !== undefined && (found.raw || found.values.has(value));
    parts.push(JSON.stringify(told ? [key, value] : [key]));
  }
  return parts.sort().join();
}
