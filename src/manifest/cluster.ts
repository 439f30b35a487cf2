import type { Issue } from "../errors.ts";
import type { Cluster, Counts } from "../model/cluster.ts";
import { comparePolicies } from "../model/policy.ts";
import { checkCluster } from "./cluster-checks.ts";
import type { ClusterOptions, ConvertContext } from "./context.ts";
import { convertPolicies } from "./dialects.ts";
import { withoutDuplicates } from "./duplicates.ts";
import { kindRow, type Role } from "./kinds.ts";
import { findNamespaces } from "./namespaces.ts";
import type { ManifestObject } from "./object.ts";
import { groupByOwner, type PlacedDraft } from "./owners.ts";
import { inItsNamespace } from "./placed.ts";
import { choosePlugin } from "./tier-plan.ts";
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
  const placed = input.objects.map((object) => inItsNamespace(object, options.namespace));
  const distinct = withoutDuplicates(placed);
  const byRole = groupByRole(distinct.objects);
  const of = (role: Role) => byRole.get(role) ?? [];
  const issues: Issue[] = [...input.issues, ...distinct.issues];

  const drafts: PlacedDraft[] = [];
  for (const object of [...of("workload"), ...of("operator")]) {
    const { value, issues: found } = draftOf(object);
    issues.push(...found);
    if (value !== undefined) drafts.push({ draft: value, namespace: object.ref.namespace });
  }
  const owned = groupByOwner(drafts);
  const mentioned = new Set(distinct.objects.map(({ ref }) => ref.namespace).filter((name) => name !== ""));
  const namespaces = findNamespaces(of("namespace"), mentioned, options);
  const workloads = assembleWorkloads(owned, namespaces.byName, serviceAccountLabels(of("serviceaccount")));

  const choice = choosePlugin(options.cni, distinct.objects);
  const context: ConvertContext = {
    options,
    plan: choice.plan,
    blocksMatchPods:
      (options.ipBlocks ?? (choice.plan.dialect === "cilium" ? "external-only" : "match-pods")) === "match-pods",
    namespaces: namespaces.byName,
    workloads,
    services: of("service"),
  };
  const converted = convertPolicies(of, context);
  const policies = [...converted.policies].sort(comparePolicies);
  issues.push(...namespaces.issues, ...choice.issues, ...converted.issues, ...gapIssues(owned, policies));
  issues.push(...checkCluster(policies, workloads, namespaces.byName));
  return {
    namespaces: namespaces.byName,
    workloads,
    policies,
    plugin: choice.plugin,
    deviations: converted.deviations,
    issues,
    assumptions: converted.assumptions,
    entities: converted.entities,
    fqdns: converted.fqdns,
    counts: {
      ...input.counts,
      workloads: workloads.length,
      policies: new Set(policies.map((each) => each.object)).size,
    },
  };
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
