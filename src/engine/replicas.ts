import type { Cluster, Workload } from "../model/cluster.ts";
import type { Policy } from "../model/policy.ts";
import { type Predicate, podRequirements } from "../model/predicate.ts";

const POD_NAME = "statefulset.kubernetes.io/pod-name";
const POD_INDEX = "apps.kubernetes.io/pod-index";
const FEW = 100;

/**
 * The workloads of both sides with each StatefulSet split where a policy of either side singles out one of its
 * replicas: the replicas that are named one by one, and the rest as one. Source: apps/v1 types, StatefulSet labels.
 */
export function splitReplicas(
  base: Cluster,
  head: Cluster,
  policies: readonly Policy[],
  predicates: readonly Predicate[],
): Workloads {
  const named = { names: new Set<string>(), indexes: new Set<string>() };
  const isSet = ({ kind }: Workload) => kind === "StatefulSet";
  const hasSets = base.workloads.some(isSet) || head.workloads.some(isSet);
  for (const policy of hasSets ? policies : []) {
    collect(policy.subject, named);
    for (const rule of policy.rules) collect(rule.peer, named);
  }
  for (const predicate of predicates) collect(predicate, named);
  if (named.names.size === 0 && named.indexes.size === 0) return { base: base.workloads, head: head.workloads };
  const singled = new Map<string, Set<number>>();
  for (const workload of [...base.workloads, ...head.workloads]) {
    if (workload.kind !== "StatefulSet") continue;
    const key = `${workload.namespace}/${workload.name}`;
    const ordinals = singled.get(key) ?? new Set<number>();
    singled.set(key, ordinals);
    for (const ordinal of ordinalsOf(workload, named)) ordinals.add(ordinal);
  }
  const split = (workloads: readonly Workload[]) =>
    workloads.flatMap((workload) => {
      const ordinals = singled.get(`${workload.namespace}/${workload.name}`);
      return workload.kind !== "StatefulSet" || ordinals === undefined ? [workload] : parts(workload, ordinals);
    });
  return { base: split(base.workloads), head: split(head.workloads) };
}

export type Workloads = { readonly base: readonly Workload[]; readonly head: readonly Workload[] };

type Named = { readonly names: Set<string>; readonly indexes: Set<string> };

function collect(predicate: Predicate, named: Named): void {
  for (const { key, values } of podRequirements(predicate)) {
    for (const value of values) {
      if (key === POD_NAME) named.names.add(value);
      if (key === POD_INDEX) named.indexes.add(value);
    }
  }
}

function ordinalsOf(workload: Workload, named: Named): readonly number[] {
  const count = Math.min(workload.replicas ?? 1, FEW);
  return Array.from({ length: count }, (_, ordinal) => ordinal).filter(
    (ordinal) => named.names.has(`${workload.name}-${ordinal}`) || named.indexes.has(String(ordinal)),
  );
}

function parts(workload: Workload, ordinals: ReadonlySet<number>): readonly Workload[] {
  const replicas = workload.replicas ?? 1;
  const own = [...ordinals].filter((ordinal) => ordinal < replicas).sort((a, b) => a - b);
  const single = own.map((ordinal): Workload => {
    const labels = new Map(workload.pod.labels);
    labels.set(POD_NAME, `${workload.name}-${ordinal}`);
    labels.set(POD_INDEX, String(ordinal));
    return { ...workload, replica: ordinal, pod: { ...workload.pod, labels } };
  });
  const rest = replicas - own.length;
  return rest > 0 ? [...single, { ...workload, replicas: rest }] : single;
}
