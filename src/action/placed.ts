import type { Cause } from "../diff/flow-diff.ts";
import type { SourceRef } from "../errors.ts";
import type { Side } from "../model/peer.ts";
import type { ClusterReport, FindingRow, GroupRow, Report } from "../report/report.ts";

/** The folders that the two sides lie in, relative to the workspace. */
export type Folders = Readonly<Record<Side, string>>;

/** The report with places as the workspace has them, where two directories were compared: there, files have two names. */
export function placedIn(report: Report, folders: Folders): Report {
  return { ...report, clusters: report.clusters.map((cluster) => placedCluster(cluster, folders)) };
}

/** The report without links to rules that stand in another repository. */
export function withoutRulesOf(report: Report, file: string): Report {
  const clusters = report.clusters.map((cluster) => ({
    ...cluster,
    findings: cluster.findings.map((finding) =>
      finding.ruleAt?.file === file ? { ...finding, ruleAt: undefined } : finding,
    ),
  }));
  return { ...report, clusters };
}

function placedCluster(cluster: ClusterReport, folders: Folders): ClusterReport {
  const head = <T extends { readonly at: SourceRef | undefined }>(item: T) => placed(item, "head", folders);
  const both: readonly Side[] = folders.base === folders.head ? ["head"] : ["base", "head"];
  return {
    ...cluster,
    findings: cluster.findings.map((finding) => placedFinding(finding, folders)),
    groups: cluster.groups.map((row) => placedRow(row, folders)),
    changes: cluster.changes.map((row) => placedRow(row, folders)),
    arrivals: cluster.arrivals.map((arrival) => ({ ...arrival, at: inFolder(arrival.at, folders[arrival.side]) })),
    issues: cluster.issues.map((issue) => (issue.code.startsWith("CONFIG_") ? issue : head(issue))),
    assumptions: cluster.assumptions.map(head),
    deviations: cluster.deviations.map((row) => ({ ...row, at: inFolder(row.at, folders.head) })),
    excerpts: cluster.excerpts.flatMap((excerpt) =>
      both.map((side) => ({ ...excerpt, file: inFolder(excerpt, folders[side]).file })),
    ),
  };
}

function placedFinding(finding: FindingRow, folders: Folders): FindingRow {
  const side = finding.kind === "subject-removed" ? "base" : "head";
  return { ...placed(finding, side, folders), causes: placedCauses(finding.causes, folders) };
}

function placedRow<T extends Pick<GroupRow, "causes">>(row: T, folders: Folders): T {
  return { ...row, causes: placedCauses(row.causes, folders) };
}

function placedCauses(causes: readonly Cause[], folders: Folders): readonly Cause[] {
  return causes.map((cause) => ({ ...cause, at: inFolder(cause.at, folders[cause.side]) }));
}

function placed<T extends { readonly at: SourceRef | undefined }>(item: T, side: Side, folders: Folders): T {
  return item.at === undefined ? item : { ...item, at: inFolder(item.at, folders[side]) };
}

function inFolder({ file, line }: SourceRef, folder: string): SourceRef {
  const prefix = folder.replace(/^(?:\.\/)+|\/+$/g, "");
  return { file: prefix === "" || prefix === "." ? file : `${prefix}/${file}`, line };
}
