import type { Workload } from "../model/cluster.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { holds, type Predicate } from "../model/predicate.ts";

/** A workload as an end of a connection. */
export type Indexed = { readonly workload: Workload; readonly endpoint: Endpoint };

/** Workloads by namespace and label, so that what a predicate selects is found without asking every pod. */
export type WorkloadIndex = {
  readonly all: readonly Indexed[];
  readonly byNamespace: ReadonlyMap<string, readonly Indexed[]>;
  readonly byLabel: ReadonlyMap<string, readonly Indexed[]>;
};

/** The index of some workloads; `asPods`: those in their node's network count as if they had addresses of their own. */
export function indexWorkloads(workloads: readonly Workload[], asPods = false): WorkloadIndex {
  const all: Indexed[] = [];
  const byNamespace = new Map<string, Indexed[]>();
  const byLabel = new Map<string, Indexed[]>();
  for (const workload of workloads) {
    const pod = asPods ? { ...workload.pod, hostNetwork: false } : workload.pod;
    const entry: Indexed = { workload, endpoint: { kind: "pod", pod } };
    all.push(entry);
    append(byNamespace, workload.namespace, entry);
    for (const [label, value] of pod.labels) {
      if (value !== undefined) append(byLabel, labelKey(workload.namespace, label, value), entry);
    }
  }
  return { all, byNamespace, byLabel };
}

/** The workloads that `predicate` selects. */
export function* selected(index: WorkloadIndex, predicate: Predicate): Generator<Indexed> {
  for (const entry of candidates(index, predicate)) if (holds(predicate, entry.endpoint)) yield entry;
}

/** True where `predicate` selects any workload. */
export function selectsAny(index: WorkloadIndex, predicate: Predicate): boolean {
  for (const entry of candidates(index, predicate)) if (holds(predicate, entry.endpoint)) return true;
  return false;
}

/** The name of the only namespace that a predicate's pods can be in, where it says so. */
export function onlyNamespace(predicate: Predicate): string | undefined {
  const parts = predicate.op === "and" ? predicate.of : [predicate];
  for (const part of parts) if (part.op === "namespace") return part.name;
  return undefined;
}

/** A short list that holds at least what `predicate` selects. */
function candidates(index: WorkloadIndex, predicate: Predicate): readonly Indexed[] {
  if (predicate.op === "nothing") return [];
  const namespace = onlyNamespace(predicate);
  if (namespace === undefined) return index.all;
  let best = index.byNamespace.get(namespace) ?? [];
  for (const part of predicate.op === "and" ? predicate.of : []) {
    if (part.op !== "podLabels" || part.requirement.operator !== "In") continue;
    const { key, values } = part.requirement;
    const found = values.flatMap((value) => index.byLabel.get(labelKey(namespace, key, value)) ?? []);
    if (found.length < best.length) best = found;
  }
  return best;
}

function labelKey(namespace: string, label: string, value: string): string {
  return `${namespace}\n${label}=${value}`;
}

function append(map: Map<string, Indexed[]>, key: string, entry: Indexed): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else list.push(entry);
}
