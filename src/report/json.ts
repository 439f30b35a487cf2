import type { ExplainedSide } from "../diff/explanation.ts";
import type { Cause } from "../diff/flow-diff.ts";
import type { SourceRef } from "../errors.ts";
import { type ExplainReport, verdictWords } from "./explain.ts";
import type { ListReport } from "./list.ts";
import type {
  ChangeRow,
  ClusterReport,
  FindingRow,
  GroupRow,
  IssueRow,
  Report,
  Summary,
  WitnessRow,
} from "./report.ts";

/** Plain data that JSON can hold; what is `undefined` is left out. */
type Json = Readonly<Record<string, unknown>>;

/** What `diff` and `review` print, names exactly as they are, ending in a line end. */
export function formatDiffJson(report: Report): string {
  const { clusters } = report;
  let offset = 0;
  const findings = clusters.flatMap((cluster) => {
    const rows = cluster.findings.map((finding) => ({ ...findingJson(finding, cluster.name, offset) }));
    offset += cluster.changes.length;
    return rows;
  });
  const changes = clusters.flatMap((cluster) => cluster.changes.map(changeWriter(cluster.name)));
  const fields = {
    schema: "netpol-review/diff/v1",
    conclusion: report.conclusion,
    title: report.title,
    summary: summaryOf(clusters),
    truncated: clusters.some(({ truncated }) => truncated),
    changes: [],
    groups: clusters.flatMap(({ groups, name }) => groups.map((row) => groupJson(row, name))),
    findings,
    issues: issuesJson(report),
    news: report.news,
    configChanges: report.configChanges.map(({ severity, message, at }) => ({ severity, message, ...placeJson(at) })),
    clusters: clusters.map(clusterJson),
    context: report.context,
  };
  return document(fields, { changes });
}

/** What `check` prints. */
export function formatCheckJson(report: Report): string {
  const { clusters } = report;
  return document({
    schema: "netpol-review/check/v1",
    conclusion: report.conclusion,
    title: report.title,
    findings: clusters.flatMap(({ findings, name }) =>
      findings.map((finding) => findingJson(finding, name, undefined)),
    ),
    issues: issuesJson(report),
    clusters: clusters.map(clusterJson),
    context: report.context,
  });
}

/** What `list` prints. */
export function formatListJson(report: ListReport): string {
  return document({
    schema: "netpol-review/list/v1",
    flows: report.flows,
    issues: report.issues.map((issue) => issueJson(issue)),
    assumptions: report.assumptions.map(({ text, at }) => ({ text, ...placeJson(at) })),
    plugin: report.plugin,
  });
}

/** What `explain` prints. */
export function formatExplainJson(report: ExplainReport): string {
  return document({
    schema: "netpol-review/explain/v1",
    src: report.src,
    dst: report.dst,
    parts: report.parts.map(({ conn, head, base, fix }) => ({
      conn,
      ...sideJson(head),
      fix,
      ...(base === undefined ? {} : { base: sideJson(base) }),
    })),
    assumptions: report.assumptions.map(({ text, at }) => ({ text, ...placeJson(at) })),
    issues: report.issues.map((issue) => issueJson(issue)),
  });
}

function sideJson(side: ExplainedSide): Json {
  const { egress, ingress } = side;
  return {
    verdict: verdictWords(side),
    egress: egress.causes.map(causeJson),
    ingress: ingress.causes.map(causeJson),
    selecting: { egress: egress.selecting, ingress: ingress.selecting },
    text: { egress: egress.text, ingress: ingress.text },
  };
}

/** JSON with one line a row: diffs and pipes like it, and a hundred thousand rows stay small. */
function document(fields: Json, written: Readonly<Record<string, readonly string[]>> = {}): string {
  // Joined once: a list may have megabytes.
  const parts: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    parts.push(parts.length === 0 ? "{\n" : ",\n", `  ${JSON.stringify(key)}: `);
    const rows = written[key] ?? (Array.isArray(value) ? value.map((item) => JSON.stringify(item)) : undefined);
    if (rows === undefined) parts.push(JSON.stringify(value));
    else addList(parts, rows);
  }
  parts.push("\n}\n");
  return parts.join("");
}

function addList(parts: string[], rows: readonly string[]): void {
  if (rows.length === 0) parts.push("[]");
  rows.forEach((row, i) => {
    parts.push(i === 0 ? "[\n    " : ",\n    ", row);
  });
  if (rows.length > 0) parts.push("\n  ]");
}

/** Writes what `changeJson` gives; what many of a hundred thousand rows have in common is written once. */
function changeWriter(cluster: string): (row: ChangeRow) => string {
  const quoted = once<string | number>(JSON.stringify);
  const causes = once<readonly Cause[]>((list) => JSON.stringify(list.map(causeJson)));
  const end = `,"cluster":${JSON.stringify(cluster)}}`;
  let last: ChangeRow | undefined;
  let middle = "";
  return (row) => {
    const { src, dst, witness } = row;
    if (last === undefined || !isSameChange(last, row)) {
      middle = `,${JSON.stringify(differenceJson(row)).slice(1, -1)},"causes":`;
      last = row;
    }
    const start = `{"src":${quoted(src)},"dst":${quoted(dst)}${middle}${causes(row.causes)}`;
    const isPlain = witness.srcAddress === undefined && witness.dstAddress === undefined;
    const shown = isPlain
      ? `{"src":${quoted(witness.src)},"dst":${quoted(witness.dst)},"protocol":${quoted(witness.protocol)},"port":${quoted(witness.port)}}`
      : JSON.stringify(witnessJson(witness));
    return `${start},"witness":${shown}${end}`;
  };
}

/** `write`, asked once for each key. */
function once<Key>(write: (key: Key) => string): (key: Key) => string {
  const known = new Map<Key, string>();
  return (key) => {
    let text = known.get(key);
    if (text === undefined) {
      text = write(key);
      known.set(key, text);
    }
    return text;
  };
}

function isSameChange(a: ChangeRow, b: ChangeRow): boolean {
  const isSameConn = a.base === b.base && a.head === b.head && a.opened === b.opened && a.closed === b.closed;
  return isSameConn && a.type === b.type && a.note === b.note && a.effect === b.effect;
}

function summaryOf(clusters: readonly ClusterReport[]): Summary {
  const sum = (of: (summary: Summary) => number) => clusters.reduce((n, { summary }) => n + of(summary), 0);
  return {
    opened: sum(({ opened }) => opened),
    closed: sum(({ closed }) => closed),
    findings: sum(({ findings }) => findings),
    workloadsAdded: sum(({ workloadsAdded }) => workloadsAdded),
    workloadsRemoved: sum(({ workloadsRemoved }) => workloadsRemoved),
  };
}

function changeJson(row: ChangeRow, cluster: string): Json {
  const { src, dst, causes, witness } = row;
  return {
    src,
    dst,
    ...differenceJson(row),
    causes: causes.map(causeJson),
    witness: witnessJson(witness),
    cluster,
  };
}

function differenceJson({ base, head, opened, closed, type, note, effect }: ChangeRow): Json {
  return { base, head, opened, closed, type, note, effect };
}

function groupJson(row: GroupRow, cluster: string): Json {
  const { pairs, rules, comes, srcNamespace, dstNamespace } = row;
  return { ...changeJson(row, cluster), pairs, rules, protected: row.protected, comes, srcNamespace, dstNamespace };
}

function causeJson({ object, at, rule, side, kind, text }: Cause): Json {
  return { object, file: at.file, line: at.line, rule, side, kind, text };
}

function witnessJson({ src, dst, protocol, port, srcAddress, dstAddress }: WitnessRow): Json {
  return { src, dst, protocol, port, srcAddress, dstAddress };
}

/** `offset`: where the cluster's changes begin in the document; `undefined` where it has none. */
function findingJson(finding: FindingRow, cluster: string, offset: number | undefined): Json {
  const { rule, side, kind, severity, message, at, description, owner, excepted, witness } = finding;
  return {
    rule,
    side,
    kind,
    severity,
    ...(offset === undefined ? {} : { changes: finding.changes.map((index) => index + offset) }),
    message,
    ...placeJson(at),
    ...(excepted === undefined ? {} : { excepted: true, reason: excepted.reason, until: excepted.until }),
    description,
    owner,
    ruleAt: finding.ruleAt === undefined ? undefined : placeJson(finding.ruleAt),
    causes: finding.causes.map(causeJson),
    witness: witness === undefined ? undefined : witnessJson(witness),
    example: finding.example,
    allowedBefore: finding.allowedBefore,
    notOpened: finding.notOpened,
    broad: finding.broad,
    exception: finding.exception,
    cluster,
  };
}

function issuesJson(report: Report): readonly Json[] {
  return [
    ...report.issues.map((issue) => issueJson(issue)),
    ...report.clusters.flatMap(({ issues, name }) => issues.map((issue) => ({ ...issueJson(issue), cluster: name }))),
  ];
}

function issueJson({ code, severity, at, message, standing }: IssueRow): Json {
  return { code, severity, ...placeJson(at), message, ...(standing ? { standing } : {}) };
}

function placeJson(at: SourceRef | undefined): Json {
  if (at === undefined) return {};
  return at.line > 0 ? { file: at.file, line: at.line } : { file: at.file };
}

/** What the report says of a cluster beyond its rows: with it, reports of several jobs can be joined into one. */
function clusterJson(cluster: ClusterReport): Json {
  const { name, conclusion, summary, plugin, counts, read, ambiguous, excerpts, truncated } = cluster;
  return {
    name,
    conclusion,
    summary,
    truncated,
    workloads: cluster.arrivals.map(({ at, successor, ...arrival }) => ({
      ...arrival,
      type: arrival.side === "head" ? "added" : "removed",
      ...placeJson(at),
      ...(successor === "" ? {} : { successor }),
    })),
    assumptions: cluster.assumptions.map(({ text, at }) => ({ text, ...placeJson(at) })),
    deviations: cluster.deviations.map(({ object, text, at }) => ({ object, text, ...placeJson(at) })),
    plugin,
    counts,
    read,
    excerpts,
    ambiguous,
  };
}
