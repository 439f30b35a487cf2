import { gravest } from "../gate/conclusion.ts";
import { by, byIssue, sortedUnique } from "./order.ts";
import type { ClusterReport, ConfigChange, Context, Draft, IssueRow, News, Report } from "./report.ts";
import { title } from "./verdict.ts";

/** One report of a job, or why there is none; `file` is how people call it. */
export type MergePart = { readonly file: string; readonly report: Report | undefined; readonly fault: string };

/** The report of all clusters. `complete` is false where a promised report is missing or one cannot be used. */
export type Merged = { readonly report: Report; readonly complete: boolean };

const NEWS: readonly News[] = ["nothing", "changes", "findings", "error"];

/**
 * Joins the reports of jobs that reviewed a cluster each. `expected` are the names of the clusters that must be there.
 * Whatever is missing, does not fit the first report or stands twice leaves no answer, and is told.
 */
export function mergeReports(parts: readonly MergePart[], expected: readonly string[], version: string): Merged {
  const problems: IssueRow[] = parts.flatMap(({ file, report, fault }) =>
    report === undefined ? [problem(`\`${file}\` is no report: ${fault}`, file)] : [],
  );
  const read = parts.flatMap(({ file, report }) => (report === undefined ? [] : [{ file, report }]));
  const [first] = read;
  const owner = new Map<string, string>();
  for (const { file, report } of read) {
    if (first !== undefined && compared(report) !== compared(first.report)) {
      const message = `\`${file}\` compares ${compared(report)}, \`${first.file}\` compares ${compared(first.report)}: the reports are not of one run`;
      problems.push(problem(message, file));
    }
    for (const name of namesOf(report)) {
      const other = owner.get(name);
      if (other === undefined) owner.set(name, file);
      else problems.push(twice(name, file, other));
    }
  }
  const reports = read.map(({ report }) => report);
  problems.push(...absent(reports, expected));
  if (reports.length === 0 && problems.length === 0) problems.push(problem("there is no report"));
  const found = read.flatMap(({ file, report }) => report.clusters.filter(({ name }) => owner.get(name) === file));
  const report = joined(reports, found, { problems, version });
  return { report, complete: problems.length === 0 };
}

/** Clusters that a report answers for, also where nothing in the one that was asked for differs. */
function namesOf({ context: { cluster }, clusters }: Report): ReadonlySet<string> {
  return new Set([...(cluster === undefined ? [] : [cluster]), ...clusters.map(({ name }) => name)]);
}

function compared({ context: { base, head } }: Report): string {
  return `\`${base.commit ?? base.label}\` with \`${head.commit ?? head.label}\``;
}

function twice(name: string, file: string, other: string): IssueRow {
  const cluster = name === "" ? "the only cluster" : `the cluster \`${name}\``;
  return problem(`\`${file}\` and \`${other}\` both hold ${cluster}; give each job's report once`, file);
}

/** A report of every cluster stands for each of them, also those in which nothing differs. */
function absent(reports: readonly Report[], expected: readonly string[]): readonly IssueRow[] {
  const hasAll = reports.some(({ context }) => context.cluster === undefined);
  const listed = new Set(reports.flatMap((report) => [...namesOf(report)]));
  return [...new Set(expected)]
    .filter((name) => !hasAll && !listed.has(name))
    .map((name) =>
      problem(`there is no report of ${name === "" ? "the only cluster" : `the cluster \`${name}\``}; look at its job`),
    );
}

function problem(message: string, file?: string): IssueRow {
  const at = file === undefined ? undefined : { file, line: 0 };
  return { code: "REPORT_MISSING", severity: "error", at, message, standing: false };
}

function joined(
  reports: readonly Report[],
  clusters: readonly ClusterReport[],
  { problems, version }: { readonly problems: readonly IssueRow[]; readonly version: string },
): Report {
  const draft: Draft = {
    shape: "diff",
    context: contextOf(reports, version),
    conclusion: gravest([
      ...(problems.length > 0 ? ["error" as const] : []),
      ...reports.map(({ conclusion }) => conclusion),
    ]),
    configChanges: sortedUnique(
      reports.flatMap(({ configChanges }) => configChanges),
      by<ConfigChange>(({ severity, message, at }) => [severity, at?.file ?? "", at?.line ?? 0, message]),
    ),
    issues: sortedUnique([...problems, ...reports.flatMap(({ issues }) => issues)], byIssue),
    clusters: [...clusters].sort(by<ClusterReport>(({ name }) => [name])),
  };
  return { ...draft, title: title(draft), news: problems.length > 0 ? "error" : newest(reports) };
}

function newest(reports: readonly Report[]): News {
  return reports.reduce<News>((a, { news }) => (NEWS.indexOf(news) > NEWS.indexOf(a) ? news : a), "nothing");
}

/** What the reports have in common; one that enforces makes all of them enforce. */
function contextOf(reports: readonly Report[], version: string): Context {
  const [first] = reports.map(({ context }) => context);
  if (first === undefined) return unknownContext(version);
  const { cluster: _, ...common } = first;
  return {
    ...common,
    mode: reports.some(({ context }) => context.mode === "enforce") ? "enforce" : "warn",
    rules: Math.max(...reports.map(({ context }) => context.rules)),
    reproduce: first.reproduce.replace(/ --cluster (?:'(?:[^']|'\\'')*'|\S+)$/, ""),
  };
}

function unknownContext(version: string): Context {
  const unknown = { label: "unknown", commit: undefined };
  const nothing = { rules: 0, config: "", reproduce: "", links: undefined };
  return { version, mode: "enforce", setting: "local", base: unknown, head: unknown, ...nothing };
}
