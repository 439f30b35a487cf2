import type { Cause } from "../diff/flow-diff.ts";
import { byArrival, byCause, byFinding, byGravity, byIssue, sortedUnique } from "./order.ts";
import type { ArrivalRow, ClusterReport, FindingRow, GroupRow, IssueRow, Report } from "./report.ts";

/** What is true of the same clusters, said once. */
export type Section = {
  /** Names, in the report's order. */
  readonly clusters: readonly string[];
  readonly findings: readonly FindingRow[];
  readonly groups: readonly GroupRow[];
  readonly arrivals: readonly ArrivalRow[];
  /** Those that are not the same on both sides. */
  readonly issues: readonly IssueRow[];
};

type Draft = { findings: FindingRow[]; groups: GroupRow[]; arrivals: ArrivalRow[]; issues: IssueRow[] };

/** The sections of a report, the gravest first; a section stands for every cluster that it is true of. */
export function sectionsOf(report: Pick<Report, "clusters">): readonly Section[] {
  const drafts = new Map<string, Draft>();
  const draft = (clusters: readonly number[]): Draft => {
    const key = clusters.join();
    const known = drafts.get(key) ?? { findings: [], groups: [], arrivals: [], issues: [] };
    drafts.set(key, known);
    return known;
  };
  for (const { item, clusters } of shared(report, (c) => c.findings, findingKey, withCauses)) {
    draft(clusters).findings.push(item);
  }
  for (const { item, clusters } of shared(report, (c) => c.groups, groupKey, withCauses)) {
    draft(clusters).groups.push(item);
  }
  for (const { item, clusters } of shared(report, (c) => c.arrivals, JSON.stringify, first)) {
    draft(clusters).arrivals.push(item);
  }
  for (const { item, clusters } of shared(report, changedIssues, JSON.stringify, first)) {
    draft(clusters).issues.push(item);
  }
  return [...drafts].map(([key, each]) => section(report, key, each)).sort(bySection);
}

const changedIssues = (cluster: ClusterReport) => cluster.issues.filter((issue) => !issue.standing);

function section(report: Pick<Report, "clusters">, key: string, draft: Draft): Section {
  const clusters = key.split(",").map((index) => report.clusters[Number(index)]?.name ?? "");
  return {
    clusters,
    findings: draft.findings.sort(byFinding),
    groups: draft.groups.sort(byGravity),
    arrivals: draft.arrivals.sort(byArrival),
    issues: draft.issues.sort(byIssue),
  };
}

function bySection(a: Section, b: Section): number {
  const byWeight = weight(b) - weight(a);
  if (byWeight !== 0) return byWeight;
  if (a.clusters.length !== b.clusters.length) return b.clusters.length - a.clusters.length;
  const left = a.clusters.join("\n");
  const right = b.clusters.join("\n");
  return left < right ? -1 : left > right ? 1 : 0;
}

function weight({ findings, groups, arrivals }: Section): number {
  const counting = findings.filter(({ excepted }) => excepted === undefined);
  if (counting.some(({ severity }) => severity === "error")) return 3;
  if (counting.length > 0) return 2;
  return groups.length > 0 || arrivals.some(({ exposed }) => exposed) ? 1 : 0;
}

type Shared<T> = { item: T; clusters: number[] };

function shared<T>(
  report: Pick<Report, "clusters">,
  items: (cluster: ClusterReport) => readonly T[],
  keyOf: (item: T) => string,
  merge: (a: T, b: T) => T,
): readonly Shared<T>[] {
  const known = new Map<string, Shared<T>>();
  report.clusters.forEach((cluster, index) => {
    for (const item of items(cluster)) {
      const key = keyOf(item);
      const same = known.get(key);
      if (same === undefined) known.set(key, { item, clusters: [index] });
      else {
        same.item = merge(same.item, item);
        if (!same.clusters.includes(index)) same.clusters.push(index);
      }
    }
  });
  return [...known.values()];
}

function findingKey(finding: FindingRow): string {
  const { rule, kind, severity, message, allowedBefore, excepted, description, owner } = finding;
  return JSON.stringify([rule, kind, severity, message, allowedBefore, excepted ?? "", description, owner]);
}

function groupKey(row: GroupRow): string {
  return JSON.stringify([row.src, row.dst, row.base, row.head, row.effect, row.note, row.rules, row.protected ?? ""]);
}

function withCauses<T extends { readonly causes: readonly Cause[] }>(a: T, b: T): T {
  return { ...a, causes: sortedUnique([...a.causes, ...b.causes], byCause) };
}

function first<T>(a: T): T {
  return a;
}
