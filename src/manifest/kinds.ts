import { EXPOSURE_KINDS } from "./exposure-kinds.ts";
import { FOREIGN_KINDS } from "./foreign.ts";
import { OPERATOR_KINDS } from "./operators.ts";

/** What the program does with the objects of one kind. */
export type Role =
  | "workload"
  | "operator"
  | "namespace"
  | "networkpolicy"
  | "admin"
  | "calico"
  | "cilium"
  | "service"
  | "serviceaccount"
  | "template"
  | "exposure"
  | "foreign";

/** One kind that the program knows, by API group and kind. */
export type KindRow = {
  readonly group: string;
  readonly kind: string;
  readonly role: Role;
  readonly scope: "namespaced" | "cluster";
  /** Versions that are or were served; empty: any. */
  readonly versions: readonly string[];
  /** Groups that served the same objects at other times. */
  readonly formerly: readonly string[];
};

const CALICO_NAMESPACED = ["NetworkPolicy", "StagedNetworkPolicy", "StagedKubernetesNetworkPolicy", "NetworkSet"];
const CALICO_CLUSTER = [
  "GlobalNetworkPolicy",
  "StagedGlobalNetworkPolicy",
  "GlobalNetworkSet",
  "Tier",
  "HostEndpoint",
  "Profile",
];

const ROWS: readonly KindRow[] = [
  ...["Pod", "ReplicationController"].map((kind) => row("", kind, "workload")),
  row("apps", "Deployment", "workload", { formerly: ["extensions"] }),
  row("apps", "DaemonSet", "workload", { formerly: ["extensions"] }),
  row("apps", "ReplicaSet", "workload", { formerly: ["extensions"] }),
  row("apps", "StatefulSet", "workload"),
  row("batch", "Job", "workload"),
  row("batch", "CronJob", "workload"),
  row("apps.openshift.io", "DeploymentConfig", "workload", { formerly: [""] }),
  ...OPERATOR_KINDS.map(({ group, kind }) => row(group, kind, "operator")),
  row("", "Namespace", "namespace", { scope: "cluster" }),
  row("", "Service", "service"),
  row("", "ServiceAccount", "serviceaccount"),
  row("networking.k8s.io", "NetworkPolicy", "networkpolicy", { versions: ["v1"], formerly: ["extensions"] }),
  row("policy.networking.k8s.io", "AdminNetworkPolicy", "admin", { scope: "cluster", versions: ["v1alpha1"] }),
  row("policy.networking.k8s.io", "BaselineAdminNetworkPolicy", "admin", { scope: "cluster", versions: ["v1alpha1"] }),
  row("policy.networking.k8s.io", "ClusterNetworkPolicy", "admin", { scope: "cluster", versions: ["v1alpha2"] }),
  ...["projectcalico.org", "crd.projectcalico.org"].flatMap((group) => [
    ...CALICO_NAMESPACED.map((kind) => row(group, kind, "calico")),
    ...CALICO_CLUSTER.map((kind) => row(group, kind, "calico", { scope: "cluster" })),
  ]),
  row("cilium.io", "CiliumNetworkPolicy", "cilium"),
  row("cilium.io", "CiliumClusterwideNetworkPolicy", "cilium", { scope: "cluster" }),
  row("cilium.io", "CiliumCIDRGroup", "cilium", { scope: "cluster" }),
  row("template.openshift.io", "Template", "template", { formerly: [""] }),
  ...EXPOSURE_KINDS.map(({ group, kind, formerly }) => row(group, kind, "exposure", { formerly })),
  ...FOREIGN_KINDS.map(({ group, kind }) => row(group, kind, "foreign")),
];

const BY_GROUP = new Map<string, Map<string, KindRow>>();
const KIND_NAMES = new Set<string>();
for (const each of ROWS) {
  for (const group of [each.group, ...each.formerly]) {
    const kinds = BY_GROUP.get(group) ?? new Map<string, KindRow>();
    BY_GROUP.set(group, kinds.set(each.kind, each));
  }
  if (each.role !== "exposure") KIND_NAMES.add(each.kind.toLowerCase());
}

/** Kinds that count only where they changed: text inside a ConfigMap can hold manifests, an Ingress leads to pods. */
const CHANGED_KINDS = new Set(["configmap", "workflowtemplate", "clusterworkflowtemplate", "workflow", "cronworkflow"]);
for (const { kind, read } of EXPOSURE_KINDS) (read === "always" ? KIND_NAMES : CHANGED_KINDS).add(kind.toLowerCase());

/** Names of kinds that are policies in some API group; another group's object of that name is told, not guessed at. */
const POLICY_NAMES = new Set(
  ROWS.filter(({ role, kind }) => role !== "foreign" && kind.endsWith("NetworkPolicy")).map(({ kind }) => kind),
);

/** Groups without a dot that Kubernetes serves; no custom resource can live in another one. */
const BUILT_IN_GROUPS = new Set(["", "apps", "autoscaling", "batch", "extensions", "policy"]);

/** What is known of the kind `kind` in the API group `group`, also under the name of a group that served it before. */
export function kindRow(group: string, kind: string): KindRow | undefined {
  return BY_GROUP.get(group)?.get(kind);
}

/** The row whose kind differs from `kind` in the case of letters alone. */
export function misspeltKind(group: string, kind: string): KindRow | undefined {
  const lower = kind.toLowerCase();
  return ROWS.find(
    (each) =>
      each.role !== "exposure" && each.kind.toLowerCase() === lower && [each.group, ...each.formerly].includes(group),
  );
}

/** True where objects of that name are policies in another API group than `group`. */
export function namesPolicy(kind: string): boolean {
  return POLICY_NAMES.has(kind);
}

/** True where custom resources or Kubernetes itself can serve the group. */
export function canExist(group: string): boolean {
  return group.includes(".") || BUILT_IN_GROUPS.has(group);
}

/** How the `apiVersion` of objects goes on that say what else is deployed: those of Flux, Argo CD and the like. */
export const DELIVERY_GROUPS: readonly string[] = [
  "toolkit.fluxcd.io/",
  "argoproj.io/",
  "fluxcd.controlplane.io/",
  "cattle.io/",
  "kappctrl.k14s.io/",
  "core.oam.dev/",
];

/** API group and version of an `apiVersion`. */
export function splitApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf("/");
  if (slash < 0) return { group: "", version: apiVersion };
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/**
 * True where a document of this `kind` and `apiVersion` (empty where it has none) can matter to an answer, or must be
 * told; everything else may be skipped unread. Errs on the side of reading.
 */
export function needed(kind: string, apiVersion: string): boolean {
  const known = answers.get(kind);
  if (known !== undefined && kind !== "") return known;
  const answer = isNeeded(kind, apiVersion);
  if (answers.size < MOST_REMEMBERED) answers.set(kind, answer);
  return answer;
}

/** Kinds that were asked for: a tree repeats the same few. */
const answers = new Map<string, boolean>();
const MOST_REMEMBERED = 1000;

function isNeeded(kind: string, apiVersion: string): boolean {
  const name = kind.toLowerCase();
  if (name === "list" || KIND_NAMES.has(name)) return true;
  if (name.endsWith("list") && KIND_NAMES.has(name.slice(0, -4))) return true;
  if (name.includes("{{") || name.includes("$") || name.includes("{%")) return true;
  return name === "" && apiVersion.includes("networking.k8s.io");
}

/** True of kinds whose objects allow or deny flows by themselves, and are evaluated. */
export function isPolicyKind({ group, kind }: { readonly group: string; readonly kind: string }): boolean {
  const role = kindRow(group, kind)?.role;
  return role === "networkpolicy" || role === "admin" || role === "calico" || role === "cilium";
}

/** As `needed`, for files that differ between the sides. */
export function neededWhenChanged(kind: string, apiVersion: string): boolean {
  const name = kind.toLowerCase();
  return CHANGED_KINDS.has(name.endsWith("list") ? name.slice(0, -4) : name) || needed(kind, apiVersion);
}

function row(
  group: string,
  kind: string,
  role: Role,
  more: Partial<Pick<KindRow, "scope" | "versions" | "formerly">> = {},
): KindRow {
  return { group, kind, role, scope: "namespaced", versions: [], formerly: [], ...more };
}
