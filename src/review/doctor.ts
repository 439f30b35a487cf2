import type { Config } from "../config/types.ts";
import type { Issue } from "../errors.ts";
import { isManifestPath } from "../manifest/load-tree.ts";
import { indexWorkloads, onlyNamespace, selected, selectsAny, type WorkloadIndex } from "../manifest/workload-index.ts";
import { type Cluster, formatWorkload } from "../model/cluster.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { NO_LABELS } from "../model/labels.ts";
import { type Direction, formatObject, type Policy } from "../model/policy.ts";
import { holds, type Predicate } from "../model/predicate.ts";
import type { ClusterState, DoctorReport, IdleSelector, NamespaceState, RootState } from "../report/doctor.ts";
import { isUnread } from "../report/issues.ts";
import { byIssue, sortedUnique } from "../report/order.ts";
import type { IssueRow } from "../report/report.ts";
import { KUSTOMIZATION_NAMES } from "../roots/kustomization.ts";
import { pathMatcher } from "../roots/match.ts";
import { fixtureFolders } from "./fixtures.ts";
import type { Survey, Surveyed } from "./survey.ts";
import { trustOf } from "./trust.ts";

/** How much of a tree is analysed, and what in it is not protected. */
export function examine(survey: Survey, config: Config): DoctorReport {
  const { tree, found, clusters } = survey;
  const sum = (of: (cluster: Surveyed) => number) => clusters.reduce((total, each) => total + of(each), 0);
  return {
    tree: tree.label,
    rules: config.rules.length,
    files: filesOf(survey, config),
    documents: {
      read: sum(({ cluster, deployed }) => cluster.counts.documents - deployed.head.rendered),
      rendered: sum(({ deployed }) => deployed.head.rendered),
      skipped: sum(({ cluster }) => cluster.counts.skipped),
    },
    roots: rootsOf(survey),
    tools: found.coverage.tools,
    unread: unreadOf(survey),
    fixtures: [...fixtureFolders(survey)].map(([glob, files]) => ({ glob, files })),
    clusters: clusters.map(clusterState),
    trust: trustOf(tree),
  };
}

function filesOf({ tree, plan }: Survey, config: Config): DoctorReport["files"] {
  const excluded = pathMatcher(config.exclude);
  const named = tree.entries.filter(({ path, kind }) => kind !== "submodule" && isManifestPath(path));
  const raw = new Set(plan.clusters.flatMap((cluster) => cluster.raw.head.map(({ entry }) => entry.path)));
  const reached = new Set(plan.clusters.flatMap(({ roots }) => roots.flatMap(({ head }) => [...(head?.files ?? [])])));
  const left = named.filter(({ path }) => !raw.has(path) && !reached.has(path));
  const isPart = (path: string) => KUSTOMIZATION_NAMES.includes(path.split("/").at(-1) ?? "");
  return {
    named: named.length,
    raw: named.filter(({ path }) => raw.has(path) && !reached.has(path)).length,
    rendered: named.filter(({ path }) => reached.has(path)).length,
    excluded: left.filter(({ path }) => excluded(path)).length,
    undeployed: left.flatMap(({ path }) => (excluded(path) || isPart(path) ? [] : [path])),
  };
}

function rootsOf({ plan, found }: Survey): readonly RootState[] {
  const unread = new Set(found.coverage.unread);
  const roots = [...new Set(plan.clusters.flatMap((cluster) => cluster.roots))];
  return roots.map(({ label, kind }) => ({ label, kind, rendered: !unread.has(label) }));
}

function unreadOf({ tree, plan, clusters }: Survey): readonly IssueRow[] {
  const issues = [...tree.issues, ...plan.issues.head, ...clusters.flatMap(({ cluster }) => cluster.issues)];
  return sortedUnique(issues.filter(hides).map(row), byIssue);
}

function hides(issue: Issue): boolean {
  return issue.hides === true || isUnread(issue);
}

function row({ code, severity, at, message }: Issue): IssueRow {
  return { code, severity, at, message, standing: true };
}

function clusterState({ deployed, cluster }: Surveyed): ClusterState {
  const { plugin, counts, workloads, policies } = cluster;
  const index = indexWorkloads(workloads);
  const governed = new Set<string>();
  for (const { subject } of policies) {
    for (const { workload } of selected(index, subject)) governed.add(formatWorkload(workload));
  }
  const pods = workloads.filter(({ pod }) => !pod.hostNetwork).map(formatWorkload);
  return {
    name: deployed.name,
    plugin,
    counts,
    namespaces: namespacesOf(cluster),
    unselected: pods.filter((text) => !governed.has(text)),
    ungoverned: workloads.filter(({ pod }) => pod.hostNetwork).map(formatWorkload),
    idle: idleSelectors(policies, index),
  };
}

/** Namespaces with workloads, and what their policies do to a pod without labels. */
function namespacesOf(cluster: Cluster): readonly NamespaceState[] {
  const counts = new Map<string, number>();
  for (const { namespace } of cluster.workloads) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, workloads]) => {
      const nobody = podWithoutLabels(cluster, name);
      const denies = (direction: Direction) =>
        cluster.policies.some((policy) => policy.direction === direction && deniesByDefault(policy, nobody));
      return { name, workloads, denies: { ingress: denies("ingress"), egress: denies("egress") } };
    });
}

function podWithoutLabels({ namespaces }: Cluster, namespace: string): Endpoint {
  const namespaceLabels = namespaces.get(namespace)?.labels ?? NO_LABELS;
  const account = { serviceAccount: "default", serviceAccountLabels: NO_LABELS };
  return {
    kind: "pod",
    pod: { namespace, labels: NO_LABELS, namespaceLabels, ...account, ports: [], hostNetwork: false },
  };
}

function deniesByDefault({ subject, isolates, rules }: Policy, endpoint: Endpoint): boolean {
  if (!holds(subject, endpoint)) return false;
  return isolates || rules.some(({ action, peer }) => action === "deny" && peer.op === "anything");
}

/** Subjects and peers by labels that match nothing, in namespaces whose workloads are declared. */
function idleSelectors(policies: readonly Policy[], index: WorkloadIndex): readonly IdleSelector[] {
  const found = new Map<string, IdleSelector>();
  const add = (idle: IdleSelector) => found.set(`${idle.object}\n${idle.rule}`, idle);
  for (const { object, source, subject, rules } of policies) {
    const text = formatObject(object);
    if (isIdle(subject, index)) add({ object: text, rule: "", at: source });
    for (const { peer, path, source: at } of rules) {
      const parts = peer.op === "or" ? peer.of : [peer];
      if (parts.some((part) => isIdle(part, index))) add({ object: text, rule: path, at });
    }
  }
  return [...found.values()];
}

function isIdle(predicate: Predicate, index: WorkloadIndex): boolean {
  if (predicate.op !== "and" || !predicate.of.some(({ op }) => op === "podLabels")) return false;
  const namespace = onlyNamespace(predicate);
  return namespace !== undefined && index.byNamespace.has(namespace) && !selectsAny(index, predicate);
}
