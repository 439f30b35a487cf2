import type { Issue } from "../errors.ts";
import type { Cluster, Counts, Namespace, Workload } from "../model/cluster.ts";
import { comparePolicies } from "../model/policy.ts";
import { enforceStaged } from "./calico/staged.ts";
import { checkCluster } from "./cluster-checks.ts";
import type { ClusterOptions, ConvertContext, Converted, TierPlan } from "./context.ts";
import { convertPolicies } from "./dialects.ts";
import { withoutDuplicates } from "./duplicates.ts";
import { kindRow, type Role } from "./kinds.ts";
import { findNamespaces } from "./namespaces.ts";
import type { ManifestObject } from "./object.ts";
import { groupByOwner, type OwnedDraft, type PlacedDraft } from "./owners.ts";
import { inItsNamespace } from "./placed.ts";
import { applyProfile } from "./plugins/apply.ts";
import { asRead } from "./plugins/objects.ts";
import { matchesPods } from "./plugins/profiles.ts";
import { choosePlugin, type PluginChoice } from "./tier-plan.ts";
import { evenOut } from "./uneven-pods.ts";
import { assembleWorkloads, draftOf, gapIssues, serviceAccountLabels } from "./workload-assembly.ts";

/** What was read of one tree. */
export type ClusterInput = {
  readonly objects: readonly ManifestObject[];
  readonly issues: readonly Issue[];
  readonly counts: Pick<Counts, "files" | "documents" | "skipped">;
};

/**
 * The cluster that the objects of one tree describe. What base and head have in common is decoded once: the same
 * objects give the same namespaces, workloads and policies.
 */
export function buildCluster(input: ClusterInput, options: ClusterOptions): Cluster {
  const inside = input.objects.filter(({ ref }) => kindRow(ref.group, ref.kind)?.role !== "exposure");
  const given = options.staged === "enforce" ? enforceStaged(inside, options.namespace) : inside;
  const distinct = withoutDuplicates(given.map((object) => inItsNamespace(object, options.namespace)));
  const choice = choosePlugin(options.cni, distinct.objects);
  const pods = readPods(distinct.objects, options, choice.plan);
  const converted = readPolicies(pods, options, choice);
  const policies = [...converted.policies].sort(comparePolicies);
  const objects = new Set(policies.map(({ object }) => object));
  const even = evenOut(pods.owned, policies);
  const workloads = pods.workloads.map((workload) => even.relabelled(workload));
  return {
    namespaces: pods.namespaces,
    workloads,
    policies,
    plugin: choice.plugin,
    deviations: converted.deviations,
    issues: [
      ...input.issues,
      ...distinct.issues,
      ...pods.issues,
      ...choice.issues,
      ...converted.issues,
      ...gapIssues(even.owned, policies),
      ...checkCluster(policies, workloads, pods.namespaces),
    ],
    assumptions: converted.assumptions,
    entities: converted.entities,
    fqdns: converted.fqdns,
    counts: { ...input.counts, workloads: workloads.length, policies: objects.size },
  };
}

/** The policies as the plugin enforces them. */
function readPolicies(pods: Pods, options: ClusterOptions, { plan, profile }: PluginChoice): Converted {
  const context = contextOf(pods, options, { plan, profile });
  if (profile === undefined) return convertPolicies(pods.of, context);
  const read = asRead(pods.of("networkpolicy"), profile);
  const of = (role: Role) => (role === "networkpolicy" ? read.objects : pods.of(role));
  const written = convertPolicies(of, context);
  const applied = applyProfile(written.policies, pods.workloads, profile);
  return {
    ...written,
    policies: applied.policies,
    issues: [...written.issues, ...applied.issues],
    assumptions: [...written.assumptions, ...applied.assumptions],
    deviations: [...written.deviations, ...read.deviations, ...applied.deviations],
  };
}

/** What there is besides policies. */
type Pods = {
  readonly of: (role: Role) => readonly ManifestObject[];
  readonly owned: readonly OwnedDraft[];
  readonly namespaces: ReadonlyMap<string, Namespace>;
  readonly workloads: readonly Workload[];
  readonly issues: readonly Issue[];
};

function readPods(objects: readonly ManifestObject[], options: ClusterOptions, plan: TierPlan): Pods {
  const byRole = groupByRole(objects);
  const of = (role: Role) => byRole.get(role) ?? [];
  const issues: Issue[] = [];
  const drafts: PlacedDraft[] = [];
  for (const object of [...of("workload"), ...of("operator")]) {
    const { value, issues: found } = draftOf(object);
    issues.push(...found);
    if (value !== undefined) drafts.push({ draft: value, namespace: object.ref.namespace });
  }
  const owned = groupByOwner(drafts);
  const mentioned = new Set(objects.map(({ ref }) => ref.namespace).filter((name) => name !== ""));
  const namespaces = findNamespaces(of("namespace"), mentioned, options);
  const workloads = assembleWorkloads(owned, namespaces.byName, {
    accounts: serviceAccountLabels(of("serviceaccount")),
    initPorts: plan.dialect === "calico",
  });
  return { of, owned, namespaces: namespaces.byName, workloads, issues: [...issues, ...namespaces.issues] };
}

function contextOf(
  pods: Pods,
  options: ClusterOptions,
  { plan, profile }: Pick<PluginChoice, "plan" | "profile">,
): ConvertContext {
  const { namespaces, workloads } = pods;
  const usual = profile === undefined || matchesPods(profile) ? "match-pods" : "external-only";
  const blocksMatchPods = (options.ipBlocks ?? usual) === "match-pods";
  return { options, plan, blocksMatchPods, namespaces, workloads, services: pods.of("service") };
}

function groupByRole(objects: readonly ManifestObject[]): ReadonlyMap<Role, readonly ManifestObject[]> {
  const out = new Map<Role, ManifestObject[]>();
  for (const object of objects) {
    const role = kindRow(object.ref.group, object.ref.kind)?.role;
    if (role === undefined) continue;
    const list = out.get(role);
    if (list === undefined) out.set(role, [object]);
    else list.push(object);
  }
  return out;
}
