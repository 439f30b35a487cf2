import fc from "fast-check";
import { describe, it } from "vitest";
import { pairsOfBlock } from "../../src/diff/blocks.ts";
import { diffFlows, reviewStage } from "../../src/diff/diff.ts";
import { explainPair } from "../../src/diff/explain.ts";
import type { Cause, Change } from "../../src/diff/flow-diff.ts";
import { universe } from "../../src/engine/universe.ts";
import type { Cluster, Workload } from "../../src/model/cluster.ts";
import type { Pod } from "../../src/model/endpoint.ts";
import type { LabelSet } from "../../src/model/labels.ts";
import { type Direction, formatObject, type Policy } from "../../src/model/policy.ts";
import { judge } from "../../src/pointwise/judge.ts";
import { includes } from "../../src/sets/conn.ts";
import type { Protocol } from "../../src/sets/protocol.ts";
import { clusters, withParts } from "./clusters.ts";
import { edited } from "./edits.ts";
import { EVERY, endText, OPTIONS, PROBES } from "./flows.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";

describe.each(EVERY)("%s", { timeout: TIMEOUT_MS }, (_, features) => {
  it("a change is undone once its causes are as base has them, and each cause has its part in it", () => {
    fc.assert(
      fc.property(edited(features, clusters(features)), ([base, head]) => {
        const diff = diffFlows(universe(base, head, OPTIONS), []);
        for (const change of diff.rows(300).changes) if (isStaying(change, base, head)) undo(change, base, head);
        for (const { block, causes } of diff.groups) {
          const [pair] = pairsOfBlock(block);
          if (pair === undefined || causes.length > 0) continue;
          throw new Error(`${endText(pair.src)} > ${endText(pair.dst)}: no cause`);
        }
      }),
      runs(1),
    );
  });

  it("a row has the causes that its pair has by itself, though pairs of the same reasons are explained once", () => {
    fc.assert(
      fc.property(edited(features, clusters(features)), ([base, head]) => {
        const space = universe(base, head, OPTIONS);
        const stage = reviewStage(space);
        const { groups, rows } = diffFlows(space, []);
        const told = new Map(rows(3000).changes.map((change) => [`${change.src.text} > ${change.dst.text}`, change]));
        for (const { block } of groups) {
          for (const pair of pairsOfBlock(block)) {
            const name = `${endText(pair.src)} > ${endText(pair.dst)}`;
            const row = told.get(name);
            if (row === undefined || row.opened !== block.opened || row.closed !== block.closed) continue;
            const alone = explainPair(stage, block, pair).causes;
            if (wordsOf(alone) === wordsOf(row.causes)) continue;
            throw new Error(`${name}: ${wordsOf(row.causes)}, by itself ${wordsOf(alone)}`);
          }
        }
      }),
      runs(1 / 2),
    );
  });
});

function wordsOf(causes: readonly Cause[]): string {
  return causes
    .map(({ at, text }) => `${at.file}:${at.line} ${text}`)
    .sort()
    .join(", ");
}

const DIRECTIONS: readonly Direction[] = ["egress", "ingress"];

/** True of a change between two workloads that are there on both sides. */
function isStaying({ src, dst, narrowed }: Change, base: Cluster, head: Cluster): boolean {
  if (src.peer?.kind !== "workload" || dst.peer?.kind !== "workload" || narrowed !== undefined) return false;
  return [src.text, dst.text].every((name) => [base, head].every((side) => podOf(side, name) !== undefined));
}

function undo(change: Change, base: Cluster, head: Cluster): void {
  const what = `${change.src.text} > ${change.dst.text}: ${change.causes.map(told).join(", ")}`;
  const objects = [...new Set(change.causes.map(({ object }) => object))];
  const about = (object: string) => change.causes.filter((cause) => cause.object === object);
  const unproven = new Set(objects);
  for (const [protocol, port] of PROBES) {
    if (!includes(change.opened, protocol, port) && !includes(change.closed, protocol, port)) continue;
    const verdict = (cluster: Cluster) => ends(cluster, change, { protocol, port });
    const [before, after] = [verdict(base), verdict(head)];
    const differing = DIRECTIONS.filter((direction) => before[direction] !== after[direction]);
    const isBase = (causes: readonly Cause[], direction: Direction) =>
      verdict(without(head, causes, base))[direction] === before[direction];
    for (const direction of differing) {
      // One label may do what all that changed about its workload does not.
      const some = [...objects.map(about), ...change.causes.map((cause) => [cause])];
      const enough = some.filter((causes) => isBase(causes, direction));
      const alone = enough.flatMap((causes) => causes.map(({ object }) => object));
      const isRemoved = [change.causes, ...enough].some(
        (some) =>
          verdict(some.reduce((cluster, cause) => remove(cluster, cause, base), head))[direction] === before[direction],
      );
      if (!isRemoved) throw new Error(`${what}: ${direction} of ${port} stays`);
      if (alone.length === 0 && !isBase(change.causes, direction))
        throw new Error(`${what}: ${direction} of ${port} is not undone`);
      for (const object of [...unproven]) {
        const others = change.causes.filter((other) => other.object !== object);
        if (alone.includes(object) || (alone.length === 0 && !isBase(others, direction))) unproven.delete(object);
      }
    }
  }
  for (const object of unproven) throw new Error(`${what}: ${object} has no part`);
}

function podOf({ workloads }: Cluster, text: string): Pod | undefined {
  return workloads.find((each) => textOf(each) === text)?.pod;
}

function textOf({ namespace, name, kind }: Workload): string {
  return `${namespace}/${name}[${kind}]`;
}

/** What the two ends say to a connection. */
function ends(
  cluster: Cluster,
  change: Change,
  at: { readonly protocol: Protocol; readonly port: number },
): Readonly<Record<Direction, boolean>> {
  const [src, dst] = [podOf(cluster, change.src.text), podOf(cluster, change.dst.text)];
  if (src === undefined || dst === undefined) throw new Error("a workload is gone");
  const { egress, ingress } = judge(cluster.policies, {
    src: { kind: "pod", pod: src },
    dst: { kind: "pod", pod: dst },
    ...at,
  });
  return { egress: egress.allowed, ingress: ingress.allowed };
}

function without(head: Cluster, causes: readonly Cause[], base: Cluster): Cluster {
  return causes.reduce((cluster, cause) => revert(cluster, cause, base), head);
}

/** `cluster` without one cause: a rule of head is removed, everything else is as base has it. */
function remove(cluster: Cluster, cause: Cause, base: Cluster): Cluster {
  return cause.kind === "rule" && cause.side === "head" ? withoutRule(cluster, cause) : revert(cluster, cause, base);
}

/** `cluster` with one cause as base has it: the policy restored, the label put back. */
function revert(cluster: Cluster, cause: Cause, base: Cluster): Cluster {
  switch (cause.kind) {
    case "rule":
    case "policy":
      return withPolicy(cluster, cause, base);
    case "labels":
    case "workload":
      return withWorkload(cluster, cause, base);
    case "namespace":
      return withNamespace(cluster, cause, base);
    case "plugin":
      throw new Error("no plugin changed");
  }
}

function withoutRule(cluster: Cluster, { at, object }: Cause): Cluster {
  const policies = cluster.policies.map((policy): Policy => {
    if (formatObject(policy.object) !== object) return policy;
    return { ...policy, rules: policy.rules.filter(({ source }) => source.line !== at.line) };
  });
  return withParts({ ...cluster, policies });
}

function withPolicy(cluster: Cluster, { object }: Cause, base: Cluster): Cluster {
  const isIt = (policy: Policy) => formatObject(policy.object) === object;
  const policies = [...cluster.policies.filter((each) => !isIt(each)), ...base.policies.filter(isIt)];
  return withParts({ ...cluster, policies });
}

function withWorkload(cluster: Cluster, { object, kind, text }: Cause, base: Cluster): Cluster {
  const key = /label `([^`]*)`/.exec(text)?.[1];
  const workloads = cluster.workloads.map((each): Workload => {
    const before = base.workloads.find((other) => textOf(other) === textOf(each));
    if (`${each.kind} ${each.namespace}/${each.name}` !== object || before === undefined) return each;
    if (kind === "labels" && key !== undefined)
      return { ...each, pod: { ...each.pod, labels: withLabel(each.pod.labels, before.pod.labels, key) } };
    return { ...each, pod: { ...before.pod, labels: each.pod.labels, namespaceLabels: each.pod.namespaceLabels } };
  });
  return withParts({ ...cluster, workloads });
}

function withNamespace(cluster: Cluster, { object, text }: Cause, base: Cluster): Cluster {
  const name = object.replace("Namespace ", "");
  const key = /label `([^`]*)`/.exec(text)?.[1] ?? "";
  const before = base.namespaces.get(name)?.labels ?? new Map();
  const workloads = cluster.workloads.map(
    (each): Workload =>
      each.namespace === name
        ? { ...each, pod: { ...each.pod, namespaceLabels: withLabel(each.pod.namespaceLabels, before, key) } }
        : each,
  );
  return withParts({ ...cluster, workloads });
}

function withLabel(labels: LabelSet, from: LabelSet, key: string): LabelSet {
  const copy = new Map(labels);
  if (from.has(key)) copy.set(key, from.get(key));
  else copy.delete(key);
  return copy;
}

function told({ object, rule, text }: Cause): string {
  return `${rule === "" ? "" : `${rule} of `}${object} ${text}`;
}
