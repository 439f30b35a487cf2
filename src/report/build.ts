import type { Issue } from "../errors.ts";
import { gravest } from "../gate/conclusion.ts";
import type { Conclusion } from "../gate/finding.ts";
import { buildCluster, type ClusterInput } from "./build-cluster.ts";
import { troubles, undecided } from "./issues.ts";
import { by, byIssue, sortedUnique } from "./order.ts";
import type { ClusterReport, ConfigChange, Context, Draft, News, Report } from "./report.ts";
import { issueRow } from "./rows.ts";
import { title } from "./verdict.ts";

/** What the pipeline hands over; the order of nothing in it matters. */
export type ReportInput = {
  readonly shape: "diff" | "check";
  readonly context: Context;
  readonly clusters: readonly ClusterInput[];
  /** Issues that belong to no cluster: configuration, refs, tools. */
  readonly issues: readonly Issue[];
  readonly configChanges: readonly ConfigChange[];
  /** The conclusion that follows from what belongs to no cluster. */
  readonly conclusion: Conclusion;
  /** Rows of single pairs in all; 0 where no format shows them. */
  readonly maxPairs: number;
};

/** The report that every format is made of. */
export function buildReport(input: ReportInput): Report {
  const clusters = buildClusters(input);
  const issues = input.issues.map((issue) => issueRow(issue, false));
  const draft: Draft = {
    shape: input.shape,
    context: input.context,
    conclusion: gravest([input.conclusion, ...clusters.map(({ conclusion }) => conclusion)]),
    configChanges: sortedUnique(input.configChanges, by<ConfigChange>(configKeys)),
    issues: sortedUnique(issues, byIssue),
    clusters,
  };
  return { ...draft, title: title(draft), news: news(draft, input.clusters) };
}

function buildClusters(input: ReportInput): readonly ClusterReport[] {
  const sorted = [...input.clusters].sort(by<ClusterInput>((cluster) => [cluster.name]));
  let left = input.maxPairs;
  return sorted.map((each) => {
    const cluster = buildCluster(each, left);
    left -= cluster.changes.length;
    return cluster;
  });
}

function configKeys({ severity, message, at }: ConfigChange): readonly (string | number)[] {
  return [severity, at?.file ?? "", at?.line ?? 0, message];
}

function news(draft: Draft, inputs: readonly ClusterInput[]): News {
  if (draft.conclusion === "error" || undecided(draft).length > 0) return "error";
  const found = draft.clusters.some(({ findings }) => findings.some(({ excepted }) => excepted === undefined));
  if (found || draft.conclusion === "failure") return "findings";
  return hasChanges(draft, inputs) ? "changes" : "nothing";
}

/**
 * Workloads that come and go are no news by themselves, unless nothing selects a new one where others have policies, or
 * a rule speaks of it; a tree without any policy on both sides is none either.
 */
function hasChanges(draft: Draft, inputs: readonly ClusterInput[]): boolean {
  if (draft.configChanges.length > 0 || troubles(draft).length > 0) return true;
  if (inputs.every(({ base, head }) => head.counts.policies + (base?.counts.policies ?? 0) === 0)) return false;
  const subjects = new Set(inputs.flatMap((each) => each.subjects));
  return draft.clusters.some(
    ({ conclusion, groups, arrivals, issues }) =>
      groups.some(({ comes }) => comes === undefined) ||
      arrivals.some(({ exposed, workload }) => exposed || subjects.has(workload)) ||
      (conclusion === "changed" && issues.some(({ standing }) => !standing)),
  );
}
