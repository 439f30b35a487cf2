import type { Change, FlowDiff } from "../diff/flow-diff.ts";
import type { Issue } from "../errors.ts";
import type { Finding, Judgement } from "../gate/finding.ts";
import type { Rule } from "../gate/rule.ts";
import type { Cluster } from "../model/cluster.ts";
import type { End } from "../model/peer.ts";
import { formatObject } from "../model/policy.ts";
import { formatAddress } from "../sets/address-text.ts";
import { ALL, covers, numeric } from "../sets/conn.ts";
import { arrivalRows } from "./arrivals.ts";
import { by, byAssumption, byFinding, byGravity, byIssue, byPair, sortedUnique } from "./order.ts";
import { flowsOfBlock, flowsOfPair, type Overlap, overlapWith } from "./overlap.ts";
import type {
  ChangeRow,
  ClusterReport,
  DeviationRow,
  Excerpt,
  FindingRow,
  GroupRow,
  IssueRow,
  Summary,
} from "./report.ts";
import { causeRows, connText, groupRow, issueRow, rowWriter, witnessRow } from "./rows.ts";

/** Everything that the pipeline knows of one cluster. */
export type ClusterInput = {
  /** Name in the configuration; empty for the only one. */
  readonly name: string;
  readonly base: Cluster | undefined;
  readonly head: Cluster;
  /** Absent for a check of one tree. */
  readonly diff: FlowDiff | undefined;
  /** `issues` are all that the report shall say of this cluster, with their final severity. */
  readonly judgement: Pick<Judgement, "conclusion" | "findings" | "issues">;
  /** Those of its issues that are equal on both sides: they stay out of the comment. */
  readonly standing: readonly Issue[];
  readonly excerpts: readonly Excerpt[];
  /** One line about what was read and rendered; empty: the counts say it. */
  readonly read: string;
  /** Peers, as text, that some rule protects from what comes in. */
  readonly subjects: readonly string[];
  /** The rule that a finding is of, where it stands in the configuration of the base. */
  readonly ruleOf: (finding: Finding) => Pick<Rule, "at" | "to"> | undefined;
  /** The `exceptions:` to paste that would let a finding pass; `undefined` where none can. */
  readonly exceptionFor: (finding: Finding) => string | undefined;
  /** What stays closed beside a finding, in words; other ports are added by the report. */
  readonly notOpened: (finding: Finding) => readonly string[];
};

/** The report of one cluster, with at most `maxPairs` rows of single pairs. */
export function buildCluster(input: ClusterInput, maxPairs: number): ClusterReport {
  const { diff, head, judgement } = input;
  const counting = judgement.findings.filter((finding) => finding.excepted === undefined);
  const { changes, rows, truncated } = singlePairs(diff, maxPairs);
  return {
    name: input.name,
    conclusion: judgement.conclusion,
    summary: summaryOf(diff, counting),
    findings: findingRows(input, changes),
    groups: groupRows(diff, counting),
    changes: rows,
    truncated,
    arrivals: diff === undefined ? [] : arrivals(input, diff),
    issues: issueRows(input),
    assumptions: sortedUnique(diff?.assumptions ?? head.assumptions, byAssumption),
    deviations: deviationRows(head),
    plugin: head.plugin,
    counts: head.counts,
    read: input.read,
    excerpts: sortedUnique(
      input.excerpts,
      by<Excerpt>((e) => [e.file, e.line, e.text]),
    ),
    ambiguous: ambiguousNames(input),
  };
}

type Pairs = { readonly changes: readonly Change[]; readonly rows: readonly ChangeRow[]; readonly truncated: boolean };

/** The changes and their rows in one order. */
function singlePairs(diff: FlowDiff | undefined, maxPairs: number): Pairs {
  if (diff === undefined) return { changes: [], rows: [], truncated: false };
  if (maxPairs === 0) return { changes: [], rows: [], truncated: diff.groups.length > 0 };
  const { changes, truncated } = diff.rows(maxPairs);
  const rowOf = rowWriter(connText(diff.universe));
  const keyed = changes.map((change) => ({ change, row: rowOf(change) }));
  keyed.sort((a, b) => byPair(a.row, b.row));
  return { changes: keyed.map(({ change }) => change), rows: keyed.map(({ row }) => row), truncated };
}

function summaryOf(diff: FlowDiff | undefined, counting: readonly Finding[]): Summary {
  const moved = diff?.arrivals ?? [];
  return {
    opened: diff?.opened ?? 0,
    closed: diff?.closed ?? 0,
    findings: counting.length,
    workloadsAdded: moved.filter(({ side }) => side === "head").length,
    workloadsRemoved: moved.filter(({ side }) => side === "base").length,
  };
}

function groupRows(diff: FlowDiff | undefined, counting: readonly Finding[]): readonly GroupRow[] {
  if (diff === undefined) return [];
  const overlap = overlapWith(counting.map((finding) => finding.blocks));
  const text = connText(diff.universe);
  const rows = diff.groups.map((group) => {
    const objections = [...overlap(flowsOfBlock(group.block))].flatMap((i) => counting[i] ?? []);
    return groupRow(group, text, objections);
  });
  return rows.sort(byGravity);
}

function findingRows(input: ClusterInput, changes: readonly Change[]): readonly FindingRow[] {
  const { findings } = input.judgement;
  const touched = changesOf(overlapWith(findings.map((finding) => finding.blocks)), changes, findings.length);
  return findings.map((finding, i) => findingRow(input, finding, touched[i] ?? [])).sort(byFinding);
}

function changesOf(overlap: Overlap, changes: readonly Change[], findings: number): readonly (readonly number[])[] {
  const lists: number[][] = Array.from({ length: findings }, () => []);
  if (findings === 0) return lists;
  changes.forEach((change, index) => {
    for (const i of overlap(flowsOfPair(change))) lists[i]?.push(index);
  });
  return lists;
}

function findingRow(input: ClusterInput, finding: Finding, changes: readonly number[]): FindingRow {
  const partly = finding.blocks.length > 0 && finding.blocks.every((block) => !covers(block.head, numeric(ALL)));
  const rule = input.ruleOf(finding);
  const side = rule === undefined ? undefined : rule.to === undefined ? "from" : "to";
  return {
    rule: finding.rule,
    side,
    kind: finding.kind,
    severity: finding.severity,
    description: finding.description,
    owner: finding.owner,
    message: finding.message,
    at: finding.at,
    ruleAt: rule?.at,
    causes: causeRows(finding.causes),
    witness: finding.witness === undefined ? undefined : witnessRow(finding.witness),
    example: side === undefined ? "" : exampleOf(finding, side === "to" ? "src" : "dst"),
    allowedBefore: finding.allowedBefore,
    notOpened: [...(partly ? ["other ports"] : []), ...input.notOpened(finding)],
    broad: finding.blocks.some(({ src, dst }) => isBroad(src) || isBroad(dst)),
    excepted: finding.excepted,
    exception: (input.exceptionFor(finding) ?? "").trimEnd(),
    changes,
  };
}

/** A declared workload at the end that is not protected, the witness's where it is one; else the address of the witness. */
function exampleOf({ blocks, witness }: Finding, end: "src" | "dst"): string {
  const peers = blocks.flatMap((block) => (block[end].kind === "peers" ? block[end].peers : []));
  const names = peers.filter(({ kind }) => kind === "workload").map(({ text }) => text);
  const told = end === "src" ? witness?.src : witness?.dst;
  const first = names.find((name) => name === told) ?? names.sort()[0];
  const address = end === "src" ? witness?.srcAddress : witness?.dstAddress;
  return first ?? (address === undefined ? "" : formatAddress(address));
}

/** True where an end holds pods that nobody declares. */
function isBroad(end: End): boolean {
  return end.kind === "peers" && end.peers.some((peer) => peer.kind === "representative");
}

function arrivals(input: ClusterInput, diff: FlowDiff): ClusterReport["arrivals"] {
  const blocks = diff.groups.map(({ block }) => block);
  return arrivalRows({ arrivals: diff.arrivals, head: input.head, blocks, subjects: input.subjects });
}

function issueRows({ judgement, standing }: ClusterInput): readonly IssueRow[] {
  const both = new Set(standing.map((issue) => JSON.stringify(issue)));
  const rows = judgement.issues.map((issue) => issueRow(issue, both.has(JSON.stringify(issue))));
  return sortedUnique(rows, byIssue);
}

function deviationRows(head: Cluster): readonly DeviationRow[] {
  const rows = head.deviations.map(({ object, text, at }) => ({ object: formatObject(object), text, at }));
  return sortedUnique(
    rows,
    by<DeviationRow>((d) => [d.object, d.text, d.at.file, d.at.line]),
  );
}

function ambiguousNames({ base, head }: ClusterInput): readonly string[] {
  const kinds = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const { namespace, name, kind } of [...(base?.workloads ?? []), ...head.workloads]) {
    const key = `${namespace}/${name}`;
    const known = kinds.get(key);
    if (known !== undefined && known !== kind) ambiguous.add(key);
    kinds.set(key, kind);
  }
  return [...ambiguous].sort();
}
