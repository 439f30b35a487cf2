import type { YamlNode } from "./yaml/node.ts";

/**
 * How an object of another API bears on the network. `policy`: it allows or denies traffic by itself. `generator`: it
 * makes policies or pods out of something that is not in the object. `wrapper`: it holds other objects, and matters
 * only where these are policies or workloads.
 */
export type ForeignKind = {
  readonly group: string;
  readonly kind: string;
  readonly sort: "policy" | "generator" | "wrapper";
  /** Continues "… is not analysed: it …". */
  readonly why: string;
};

/** Kinds that are known, that bear on reachability, and that are not evaluated. Identified by group and kind. */
export const FOREIGN_KINDS: readonly ForeignKind[] = [
  ...policies(
    "crd.antrea.io",
    ["NetworkPolicy", "ClusterNetworkPolicy", "Tier", "Group", "ClusterGroup"],
    "is a policy of Antrea",
  ),
  ...policies(
    "security.antrea.tanzu.vmware.com",
    ["NetworkPolicy", "ClusterNetworkPolicy", "Tier"],
    "is a policy of Antrea",
  ),
  ...policies("k8s.ovn.org", ["EgressFirewall"], "narrows egress from a namespace to outside the cluster"),
  ...policies(
    "k8s.ovn.org",
    ["UserDefinedNetwork", "ClusterUserDefinedNetwork"],
    "can put pods on a network of their own",
  ),
  ...policies("network.openshift.io", ["EgressNetworkPolicy", "NetNamespace"], "is a policy of OpenShift SDN"),
  ...policies("k8s.cni.cncf.io", ["MultiNetworkPolicy"], "governs secondary networks"),
  ...policies("security.istio.io", ["AuthorizationPolicy"], "is a policy of the Istio mesh"),
  ...policies(
    "policy.linkerd.io",
    ["AuthorizationPolicy", "ServerAuthorization", "Server"],
    "is a policy of the Linkerd mesh",
  ),
  ...policies("kuma.io", ["MeshTrafficPermission", "TrafficPermission"], "is a policy of the Kuma mesh"),
  ...policies("consul.hashicorp.com", ["ServiceIntentions"], "is a policy of the Consul mesh"),
  ...policies("networking.k8s.aws", ["ClusterNetworkPolicy", "ApplicationNetworkPolicy"], "is a policy of Amazon EKS"),
  ...policies("vpcresources.k8s.aws", ["SecurityGroupPolicy"], "puts pods under security groups of Amazon EC2"),
  ...policies("networking.gke.io", ["FQDNNetworkPolicy"], "is a policy of GKE"),
  ...policies("crd.nsx.vmware.com", ["SecurityPolicy"], "is a policy of NSX"),
  ...policies("kubeovn.io", ["SecurityGroup"], "is a policy of Kube-OVN"),
  ...policies("neuvector.com", ["NvSecurityRule", "NvClusterSecurityRule"], "is a policy of NeuVector"),
  ...policies("cilium.io", ["CiliumLocalRedirectPolicy"], "redirects traffic on its node"),
  ...generators("k8s.otterize.com", ["ClientIntents", "ApprovedClientIntents"], "makes network policies"),
  ...generators("addons.cluster.x-k8s.io", ["ClusterResourceSet"], "applies the manifests of ConfigMaps and Secrets"),
  ...generators(
    "config.projectsveltos.io",
    ["ClusterProfile", "Profile"],
    "applies manifests of other objects to clusters",
  ),
  ...generators("capsule.clastix.io", ["Tenant"], "can put network policies into every namespace of a tenant"),
  ...generators(
    "types.kubefed.io",
    ["FederatedNetworkPolicy", "FederatedDeployment"],
    "makes objects in other clusters",
  ),
  ...wrappers("kyverno.io", ["ClusterPolicy", "Policy"]),
  ...wrappers("policies.kyverno.io", ["GeneratingPolicy", "NamespacedGeneratingPolicy"]),
  ...wrappers("kubernetes.crossplane.io", ["Object", "ObservedObjectCollection"]),
  ...wrappers("kubernetes.m.crossplane.io", ["Object"]),
  ...wrappers("apiextensions.crossplane.io", ["Composition"]),
  ...wrappers("policy.open-cluster-management.io", ["Policy", "ConfigurationPolicy", "PolicyGenerator"]),
  ...wrappers("work.open-cluster-management.io", ["ManifestWork", "ManifestWorkReplicaSet"]),
  ...wrappers("hive.openshift.io", ["SyncSet", "SelectorSyncSet"]),
  ...wrappers("work.karmada.io", ["Work"]),
  ...wrappers("fleet.cattle.io", ["Bundle"]),
  ...wrappers("fluxcd.controlplane.io", ["ResourceSet"]),
  ...wrappers("kro.run", ["ResourceGraphDefinition"]),
  ...wrappers("capsule.clastix.io", ["TenantResource", "GlobalTenantResource"]),
];

const BY_IDENTITY = new Map(FOREIGN_KINDS.map((each) => [`${each.group}/${each.kind}`, each]));

/** Kinds whose objects a wrapper must not hide. */
const WRAPPED = new Set([
  "NetworkPolicy",
  "AdminNetworkPolicy",
  "BaselineAdminNetworkPolicy",
  "ClusterNetworkPolicy",
  "GlobalNetworkPolicy",
  "CiliumNetworkPolicy",
  "CiliumClusterwideNetworkPolicy",
  "MultiNetworkPolicy",
  "EgressFirewall",
  "Namespace",
  "Pod",
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "Job",
  "CronJob",
]);

const WRAPPED_POLICIES = new Set([...WRAPPED].filter((kind) => kind.endsWith("Policy") || kind === "EgressFirewall"));

/** What is known of a kind that is not evaluated. */
export function foreignKind(group: string, kind: string): ForeignKind | undefined {
  return BY_IDENTITY.get(`${group}/${kind}`);
}

/** The kinds of policies and workloads that `node` holds somewhere inside, as objects or as text. */
export function wrappedKinds(node: YamlNode): readonly string[] {
  const found = new Set<string>();
  collect(node, found, new Set());
  return [...found].sort();
}

/** The kinds of policies that the texts inside `node` name as manifests do. */
export function policiesInTexts(node: YamlNode): readonly string[] {
  const found = new Set<string>();
  collectTexts(node, found, new Set());
  return [...found].sort();
}

function collectTexts(node: YamlNode, found: Set<string>, seen: Set<YamlNode>): void {
  if (seen.has(node)) return;
  seen.add(node);
  if (node.kind === "scalar") {
    if (typeof node.value === "string") collectText(node.value, WRAPPED_POLICIES, found);
  } else if (node.kind === "seq") for (const item of node.items) collectTexts(item, found, seen);
  else for (const { value } of node.entries.values()) collectTexts(value, found, seen);
}

function collect(node: YamlNode, found: Set<string>, seen: Set<YamlNode>): void {
  if (seen.has(node)) return;
  seen.add(node);
  if (node.kind === "scalar") {
    if (typeof node.value === "string" && node.value.includes("\n")) collectText(node.value, WRAPPED, found);
    return;
  }
  if (node.kind === "seq") {
    for (const item of node.items) collect(item, found, seen);
    return;
  }
  const kind = node.entries.get("kind")?.value;
  if (kind?.kind === "scalar" && typeof kind.value === "string" && WRAPPED.has(kind.value)) found.add(kind.value);
  for (const entry of node.entries.values()) collect(entry.value, found, seen);
}

function collectText(text: string, kinds: ReadonlySet<string>, found: Set<string>): void {
  if (!text.includes("kind:")) return;
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    if (!trimmed.startsWith("kind:")) continue;
    const kind = trimmed.slice("kind:".length).trim().replace(/["']/g, "");
    if (kinds.has(kind)) found.add(kind);
  }
}

function policies(group: string, kinds: readonly string[], why: string): ForeignKind[] {
  return kinds.map((kind) => ({ group, kind, sort: "policy", why }));
}

function generators(group: string, kinds: readonly string[], why: string): ForeignKind[] {
  return kinds.map((kind) => ({ group, kind, sort: "generator", why }));
}

function wrappers(group: string, kinds: readonly string[]): ForeignKind[] {
  return kinds.map((kind) => ({ group, kind, sort: "wrapper", why: "holds" }));
}
