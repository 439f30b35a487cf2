import type { Cause } from "../diff/flow-diff.ts";
import type { SourceRef } from "../errors.ts";
import type { ArrivalRow, AssumptionRow, ChangeRow, FindingRow, FlowRow, GroupRow, IssueRow } from "./report.ts";

type Key = string | number;

/** A comparison by the keys that `keys` gives, the first that differs decides; text by code unit, on every machine alike. */
export function by<T>(keys: (item: T) => readonly Key[]): (a: T, b: T) => number {
  return (a, b) => {
    const left = keys(a);
    const right = keys(b);
    for (let i = 0; i < left.length; i++) {
      const x = left[i] ?? "";
      const y = right[i] ?? "";
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  };
}

const at = (ref: SourceRef | undefined): readonly [string, number] => [ref?.file ?? "", ref?.line ?? 0];

/** Causes: head before base, then by place. */
export const byCause = by<Cause>((c) => [c.side === "head" ? 0 : 1, c.at.file, c.at.line, c.object, c.rule, c.text]);

/** Rows of single pairs: by source, then destination. Written out, since there may be a hundred thousand. */
export function byPair(a: ChangeRow, b: ChangeRow): number {
  return byText(a.src, b.src) || byText(a.dst, b.dst) || byText(a.base, b.base) || byText(a.head, b.head);
}

/** Flows of one tree: by source, then destination. */
export function byFlow(a: FlowRow, b: FlowRow): number {
  return byText(a.src, b.src) || byText(a.dst, b.dst) || byText(a.conn, b.conn);
}

function byText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Grouped rows: protected ones first, what comes with a workload last, opened before closed. */
export const byGravity = by<GroupRow>((r) => [
  r.protected === "error" ? 0 : r.protected === "warning" ? 1 : 2,
  r.comes === undefined ? 0 : 1,
  r.effect === "closed" || r.effect === "tightened" ? 1 : 0,
  r.dst,
  r.src,
  r.base,
  r.head,
  r.note,
]);

/** Findings: what counts before what is excepted, errors before warnings. */
export const byFinding = by<FindingRow>((f) => [
  f.excepted === undefined ? 0 : 1,
  f.severity === "error" ? 0 : 1,
  f.rule,
  f.kind,
  f.message,
  ...at(f.at),
]);

/** Issues: errors before warnings, then by place. */
export const byIssue = by<IssueRow>((i) => [
  i.severity === "error" ? 0 : 1,
  i.standing ? 1 : 0,
  ...at(i.at),
  i.code,
  i.message,
]);

/** Workloads that came before those that went, those that need a word first. */
export const byArrival = by<ArrivalRow>((a) => [a.exposed ? 0 : 1, a.side === "head" ? 0 : 1, a.workload]);

export const byAssumption = by<AssumptionRow>((a) => [a.text, ...at(a.at)]);

/** `items` in order, equal ones once. */
export function sortedUnique<T>(items: Iterable<T>, compare: (a: T, b: T) => number): T[] {
  const sorted = [...items].sort(compare);
  return sorted.filter((item, i) => {
    const previous = sorted[i - 1];
    return previous === undefined || i === 0 || compare(previous, item) !== 0;
  });
}
