import {
  type CauseJson,
  type ChangeJson,
  type ClusterJson,
  type DiffJson,
  type FindingJson,
  type GroupJson,
  type IssueJson,
  type PlaceJson,
  validate,
  type WitnessJson,
  type WorkloadJson,
} from "../../schema/validate-diff.mjs";
import type { Cause } from "../diff/flow-diff.ts";
import { ISSUE_CODES, type IssueCode, type SourceRef } from "../errors.ts";
import type {
  ArrivalRow,
  ChangeRow,
  ClusterReport,
  FindingRow,
  GroupRow,
  IssueRow,
  Report,
  WitnessRow,
} from "./report.ts";

/** A report, or in one clause why the text is none. */
export type ReadReport =
  | { readonly report: Report; readonly fault: undefined }
  | { readonly report: undefined; readonly fault: string };

/** Reads what `formatDiffJson` wrote: the same report again, but for the order of nothing. */
export function readDiffJson(text: string): ReadReport {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return none("it is no JSON");
  }
  if (!validate(data)) {
    const [first] = validate.errors ?? [];
    const at = first === undefined || first.instancePath === "" ? "" : `\`${first.instancePath}\` `;
    return none(`it does not fit netpol-review/diff/v1: ${at}${first?.message ?? ""}`);
  }
  const fault = strayName(data) ?? unknownCode(data);
  return fault === undefined ? { report: reportOf(data), fault: undefined } : none(fault);
}

function none(fault: string): ReadReport {
  return { report: undefined, fault };
}

/** Rows must belong to clusters that the report lists, each of them once. */
function strayName({ clusters, changes, groups, findings, issues }: DiffJson): string | undefined {
  const names = new Set(clusters.map(({ name }) => name));
  if (names.size < clusters.length) return "it lists a cluster twice";
  for (const { cluster } of [...changes, ...groups, ...findings, ...issues]) {
    if (cluster !== undefined && !names.has(cluster)) {
      return `it speaks of the cluster \`${cluster}\`, which it does not list`;
    }
  }
  return undefined;
}

function unknownCode({ issues }: DiffJson): string | undefined {
  const unknown = issues.find(({ code }) => codeOf(code) === undefined);
  return unknown === undefined ? undefined : `this version does not know the issue \`${unknown.code}\``;
}

function codeOf(text: string): IssueCode | undefined {
  return ISSUE_CODES.find((code) => code === text);
}

function reportOf(data: DiffJson): Report {
  const { conclusion, title, news, context } = data;
  const { base, head, links } = context;
  let offset = 0;
  const clusters = data.clusters.map((cluster) => {
    const read = clusterOf(data, cluster, offset);
    offset += read.changes.length;
    return read;
  });
  return {
    shape: "diff",
    context: {
      ...context,
      base: { label: base.label, commit: base.commit },
      head: { label: head.label, commit: head.commit },
      links,
    },
    conclusion,
    title,
    news,
    configChanges: data.configChanges.map(({ severity, message, ...at }) => ({ severity, message, at: place(at) })),
    issues: data.issues.filter(({ cluster }) => cluster === undefined).flatMap(issueOf),
    clusters,
  };
}

/** `offset`: where the changes of the cluster begin in the document. */
function clusterOf(data: DiffJson, cluster: ClusterJson, offset: number): ClusterReport {
  const { name, conclusion, summary, truncated, counts, read, excerpts, ambiguous, plugin } = cluster;
  const own = ({ cluster: of }: { readonly cluster?: string }) => of === name;
  return {
    name,
    conclusion,
    summary,
    findings: data.findings.filter(own).map((finding) => findingOf(finding, offset)),
    groups: data.groups.filter(own).map(groupOf),
    changes: data.changes.filter(own).map(changeOf),
    truncated,
    arrivals: cluster.workloads.map(arrivalOf),
    issues: data.issues.filter(own).flatMap(issueOf),
    assumptions: cluster.assumptions.map(({ text, ...at }) => ({ text, at: place(at) })),
    deviations: cluster.deviations.map(({ object, text, ...at }) => ({ object, text, at: sure(at) })),
    plugin: { name: plugin.name, reason: plugin.reason, enforces: plugin.enforces },
    counts,
    read,
    excerpts,
    ambiguous,
  };
}

function changeOf(row: ChangeJson): ChangeRow {
  const { src, dst, base, head, opened, closed, type, note, effect, causes, witness } = row;
  const words = { src, dst, base, head, opened, closed, type, note, effect };
  return { ...words, causes: causes.map(causeOf), witness: witnessOf(witness) };
}

function groupOf(row: GroupJson): GroupRow {
  const { pairs, rules, comes, srcNamespace, dstNamespace } = row;
  return { ...changeOf(row), pairs, rules, protected: row.protected, comes, srcNamespace, dstNamespace };
}

function findingOf(row: FindingJson, offset: number): FindingRow {
  const { rule, side, kind, severity, description, owner, message, example, allowedBefore, notOpened } = row;
  const words = { rule, side, kind, severity, description, owner, message, example, allowedBefore, notOpened };
  return {
    ...words,
    at: place(row),
    ruleAt: row.ruleAt === undefined ? undefined : sure(row.ruleAt),
    causes: row.causes.map(causeOf),
    witness: row.witness === undefined ? undefined : witnessOf(row.witness),
    broad: row.broad,
    excepted: row.excepted === undefined ? undefined : { reason: row.reason ?? "", until: row.until ?? "" },
    exception: row.exception,
    changes: row.changes.map((index) => index - offset),
  };
}

function arrivalOf(row: WorkloadJson): ArrivalRow {
  const { workload, side, namespace, governed, declaredPorts, exposed, others, refusedBy, successor } = row;
  const facts = { workload, side, namespace, governed, declaredPorts, exposed, others, refusedBy };
  return { ...facts, at: sure(row), successor: successor ?? "" };
}

function issueOf({ code, severity, message, standing, ...at }: IssueJson): IssueRow[] {
  const known = codeOf(code);
  return known === undefined ? [] : [{ code: known, severity, at: place(at), message, standing: standing === true }];
}

function causeOf({ object, file, line, rule, side, kind, text }: CauseJson): Cause {
  return { object, at: { file, line }, side, rule, kind, text };
}

function witnessOf({ src, dst, protocol, port, srcAddress, dstAddress }: WitnessJson): WitnessRow {
  const addresses = {
    ...(srcAddress === undefined ? {} : { srcAddress }),
    ...(dstAddress === undefined ? {} : { dstAddress }),
  };
  return { src, dst, protocol, port, ...addresses };
}

function place({ file, line }: PlaceJson): SourceRef | undefined {
  return file === undefined ? undefined : sure({ file, ...(line === undefined ? {} : { line }) });
}

function sure({ file, line }: { readonly file: string; readonly line?: number }): SourceRef {
  return { file, line: line ?? 0 };
}
