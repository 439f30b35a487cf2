import fc from "fast-check";
import { describe, it } from "vitest";
import { diffFlows } from "../../src/diff/diff.ts";
import type { Cause, Change } from "../../src/diff/flow-diff.ts";
import { universe } from "../../src/engine/universe.ts";
import type { Cluster, Workload } from "../../src/model/cluster.ts";
import type { Pod } from "../../src/model/endpoint.ts";
import type { LabelSet } from "../../src/model/labels.ts";
import { type Direction, formatObject, type Policy } from "../../src/model/policy.ts";
import { judge } from "../../src/pointwise/judge.ts";
import { includes, NONE } from "../../src/sets/conn.ts";
import { clusters, withParts } from "./clusters.ts";
import { edited } from "./edits.ts";
import { EVERY, OPTIONS } from "./flows.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";

describe.each(EVERY)("%s", { timeout: TIMEOUT_MS }, (_, features) => {
  it("what opened is closed again once its causes are as base has them, and each cause has its part in it", () => {
    fc.assert(
      fc.property(edited(features, clusters(features)), ([base, head]) => {
        for (const change of diffFlows(universe(base, head, OPTIONS), []).rows(500).changes) {
          const flow = witnessed(change, base, head);
          if (flow === undefined || change.narrowed !== undefined) continue;
          const what = `${change.src.text} > ${change.dst.text}: ${change.causes.map(told).join(", ")}`;
          if (change.causes.length === 0) throw new Error(`${what}no cause`);
          const ends = DIRECTIONS.filter((direction) => !isOpen(base, flow)[direction]);
          const opens = (causes: readonly Cause[]) => isOpen(without(head, causes, base), flow);
          for (const end of ends)
            if (opens(change.causes)[end]) throw new Error(`${what}: ${end} is still open without`);
          for (const cause of change.causes) {
            const others = change.causes.filter((other) => other !== cause);
            const closing = (end: Direction) => change.causes.filter((each) => !opens([each])[end]);
            const hasPart = (end: Direction) =>
              closing(end).includes(cause) || (closing(end).length === 0 && opens(others)[end]);
            if (!ends.some(hasPart)) throw new Error(`${what}: ${told(cause)} has no part`);
          }
        }
      }),
      runs(1),
    );
  });
});

type Witnessed = {
  readonly src: string;
  readonly dst: string;
  readonly protocol: Change["witness"]["protocol"];
  readonly port: number;
};

/** The flow of a change between two workloads that are there on both sides. */
function witnessed({ src, dst, witness, opened }: Change, base: Cluster, head: Cluster): Witnessed | undefined {
  const { protocol, port } = witness;
  if (opened === NONE || typeof port !== "number" || !includes(opened, protocol, port)) return undefined;
  if (src.peer?.kind !== "workload" || dst.peer?.kind !== "workload") return undefined;
  const isStaying = (name: string) => [base, head].every((side) => podOf(side, name) !== undefined);
  const [from, into] = [src.peer.text, dst.peer.text];
  return isStaying(from) && isStaying(into) ? { src: from, dst: into, protocol, port } : undefined;
}

function podOf({ workloads }: Cluster, text: string): Pod | undefined {
  return workloads.find((each) => textOf(each) === text)?.pod;
}

function textOf({ namespace, name, kind }: Workload): string {
  return `${namespace}/${name}[${kind}]`;
}

const DIRECTIONS: readonly Direction[] = ["egress", "ingress"];

/** What the two ends say to the flow. */
function isOpen(cluster: Cluster, flow: Witnessed): Readonly<Record<Direction, boolean>> {
  const [src, dst] = [podOf(cluster, flow.src), podOf(cluster, flow.dst)];
  if (src === undefined || dst === undefined) throw new Error("a workload is gone");
  const ends = { src: { kind: "pod", pod: src }, dst: { kind: "pod", pod: dst } } as const;
  const { egress, ingress } = judge(cluster.policies, { ...ends, protocol: flow.protocol, port: flow.port });
  return { egress: egress.allowed, ingress: ingress.allowed };
}

function without(head: Cluster, causes: readonly Cause[], base: Cluster): Cluster {
  return causes.reduce((cluster, cause) => revert(cluster, cause, base), head);
}

/** `cluster` with one cause as base has it: the rule removed, the policy restored, the label put back. */
function revert(cluster: Cluster, cause: Cause, base: Cluster): Cluster {
  switch (cause.kind) {
    case "rule":
      return cause.side === "head" ? withoutRule(cluster, cause) : withPolicy(cluster, cause, base);
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
