import fc from "fast-check";
import { describe, it } from "vitest";
import { diffFlows } from "../../src/diff/diff.ts";
import type { Cause, Change } from "../../src/diff/flow-diff.ts";
import { universe } from "../../src/engine/universe.ts";
import type { Cluster, Workload } from "../../src/model/cluster.ts";
import type { Endpoint, Pod } from "../../src/model/endpoint.ts";
import type { LabelSet } from "../../src/model/labels.ts";
import { formatObject, type Policy } from "../../src/model/policy.ts";
import { includes, NONE } from "../../src/sets/conn.ts";
import { clusters, withParts } from "./clusters.ts";
import { edited } from "./edits.ts";
import { allowed, EVERY, OPTIONS } from "./flows.ts";
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
          const opens = (causes: readonly Cause[]) => isOpen(head, causes, base, flow);
          if (opens(change.causes)) throw new Error(`${what}: still open without its causes`);
          const alone = change.causes.filter((cause) => !opens([cause]));
          const isJoint = alone.length === 0;
          for (const cause of change.causes) {
            const others = change.causes.filter((other) => other !== cause);
            if (!alone.includes(cause) && !isJoint && !opens(others))
              throw new Error(`${what}: ${told(cause)} has no part`);
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

function isOpen(head: Cluster, causes: readonly Cause[], base: Cluster, flow: Witnessed): boolean {
  const reverted = causes.reduce((cluster, cause) => revert(cluster, cause, base), head);
  const end = (text: string): Endpoint | undefined => {
    const pod = podOf(reverted, text);
    return pod === undefined ? undefined : { kind: "pod", pod };
  };
  return allowed(reverted, { src: end(flow.src), dst: end(flow.dst) }, flow.protocol, flow.port);
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
