import { NAME_LABEL, satisfies } from "../../model/labels.ts";
import { ANYTHING, and, NOTHING, not, or, PODS, type Predicate } from "../../model/predicate.ts";
import { ALL_ADDRESSES } from "../../sets/addresses.ts";
import { type Condition, NAMESPACE_LABELS, POD_NAMESPACE } from "./selector.ts";

const SERVICE_ACCOUNT = "io.cilium.k8s.policy.serviceaccount";
const CLUSTER = "io.cilium.k8s.policy.cluster";

/** Addresses outside the cluster, and the names for them. */
const WORLD: Predicate = { op: "addresses", set: ALL_ADDRESSES, pods: false };

/** Labels of everybody who is no pod, besides the source `reserved`. The API server is taken to be outside. */
const RESERVED: readonly { readonly labels: readonly string[]; readonly who: Predicate }[] = [
  { labels: ["world"], who: WORLD },
  { labels: ["host"], who: entity("host") },
  { labels: ["remote-node"], who: or(entity("remote-node"), hostPods()) },
  { labels: ["kube-apiserver", "world"], who: entity("kube-apiserver") },
  { labels: ["ingress"], who: entity("ingress") },
  { labels: ["health"], who: entity("health") },
  { labels: ["init"], who: entity("init") },
  { labels: ["unmanaged"], who: entity("unmanaged") },
];

/** Names that a policy can call by `fromEntities` and `toEntities`, and who that is. */
export const ENTITIES: ReadonlyMap<string, Predicate> = new Map<string, Predicate>([
  ["all", ANYTHING],
  ["none", NOTHING],
  ["world", or(WORLD, entity("kube-apiserver"))],
  ["cluster", or(PODS, ...RESERVED.filter(({ labels }) => labels[0] !== "world").map(({ who }) => who))],
  ...RESERVED.filter(({ labels }) => labels[0] !== "world").map(({ labels, who }) => [labels[0] ?? "", who] as const),
]);

/** Entities that are peers only where a policy names them; the others always are. */
export const OCCASIONAL_ENTITIES: readonly string[] = ["ingress", "health", "init", "unmanaged"];
export const STANDING_ENTITIES: readonly string[] = ["host", "remote-node", "kube-apiserver"];

/** How a condition is taken that the manifests alone do not decide. */
type Reading = {
  /** Whether a condition on the name of the cluster holds. */
  readonly cluster: boolean;
  /** Whether a condition on a label that Cilium usually leaves out holds where either reading says so, or both do. */
  readonly leftOut: "either" | "both";
};

export const READINGS = {
  allow: { cluster: true, leftOut: "either" },
  deny: { cluster: false, leftOut: "both" },
  subject: { cluster: true, leftOut: "both" },
} as const satisfies Record<string, Reading>;

/**
 * Everybody whose labels satisfy all of `conditions`: pods by their labels, nodes and the outside by reserved ones.
 * Source: cilium/cilium pkg/policy/api/selector.go, Matches.
 */
export function matchPeers(conditions: readonly Condition[], reading: Reading): Predicate {
  const others = RESERVED.filter(({ labels }) => conditions.every((each) => holdsReserved(each, labels)));
  return or(matchPods(conditions, reading), ...others.map(({ who }) => who));
}

/** The pods whose labels satisfy all of `conditions`. */
export function matchPods(conditions: readonly Condition[], reading: Reading): Predicate {
  return and(PODS, ...conditions.map((each) => matchPod(each, reading)));
}

/** True where a condition speaks of the name of the cluster, which no manifest tells. */
export function namesCluster({ source, key }: Condition): boolean {
  return source !== "reserved" && source !== "other" && key === CLUSTER;
}

/**
 * Labels of pods that are no part of their identity unless the agent is configured otherwise.
 * Source: cilium/cilium Documentation/operations/performance/scalability/identity-relevant-labels.rst.
 */
const LEFT_OUT =
  /^(io\.kubernetes|kubernetes\.io|beta\.kubernetes\.io|k8s\.io|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|batch\.kubernetes\.io\/(job-completion-index|controller-uid)|pod-template-(generation|hash)|controller-(revision-hash|uid)|annotation|etcd_node)/;

/** True where a condition speaks of a label that Cilium leaves out of identities by default. */
export function namesLeftOut({ source, key }: Condition): boolean {
  return source !== "reserved" && source !== "other" && key !== POD_NAMESPACE && LEFT_OUT.test(key);
}

function matchPod(condition: Condition, reading: Reading): Predicate {
  const { source, key, operator, values } = condition;
  if (source === "reserved" || source === "other") return isNegative(condition) ? PODS : NOTHING;
  if (key === POD_NAMESPACE) return matchNamespace(condition);
  if (key === SERVICE_ACCOUNT) return matchServiceAccount(condition);
  if (namesCluster(condition)) return operator === "Exists" || reading.cluster ? PODS : NOTHING;
  if (key.startsWith(NAMESPACE_LABELS)) {
    return { op: "namespaceLabels", requirement: { key: key.slice(NAMESPACE_LABELS.length), operator, values } };
  }
  if (namesLeftOut(condition)) {
    if (reading.leftOut === "either" && isNegative(condition)) return PODS;
    if (reading.leftOut === "both" && !isNegative(condition)) return NOTHING;
  }
  return { op: "podLabels", requirement: { key, operator, values } };
}

function matchNamespace({ operator, values }: Condition): Predicate {
  if (operator === "Exists") return PODS;
  if (operator === "DoesNotExist") return NOTHING;
  if (operator === "In") return or(...values.map((name): Predicate => ({ op: "namespace", name })));
  return { op: "namespaceLabels", requirement: { key: NAME_LABEL, operator, values } };
}

function matchServiceAccount({ operator, values }: Condition): Predicate {
  if (operator === "Exists") return PODS;
  if (operator === "DoesNotExist") return NOTHING;
  const named: Predicate = { op: "serviceAccount", names: values };
  return operator === "In" ? named : and(PODS, not(named));
}

/** True where somebody with exactly these reserved labels satisfies the condition. Their values are empty. */
function holdsReserved(condition: Condition, labels: readonly string[]): boolean {
  const seen = condition.source === "any" || condition.source === "reserved" ? labels : [];
  return satisfies(new Map(seen.map((label) => [label, ""])), condition);
}

/** True of the conditions that hold where the label is absent. */
function isNegative({ operator }: Condition): boolean {
  return operator === "NotIn" || operator === "DoesNotExist";
}

function entity(name: string): Predicate {
  return { op: "entity", name };
}

/** Pods in their node's network: neither pods with an address of their own, nor entities, nor outside. */
function hostPods(): Predicate {
  const names = ["host", "remote-node", "kube-apiserver", "ingress", "health", "init", "unmanaged"];
  return not(or(PODS, WORLD, { op: "fqdn", pattern: "*" }, ...names.map(entity)));
}
