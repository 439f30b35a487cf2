import type { Workload } from "../model/cluster.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { holds, type Predicate } from "../model/predicate.ts";

/** A workload as an end of a connection. */
export type Indexed = { readonly workload: Workload; readonly endpoint: Endpoint };

/** Workloads by namespace, so that what a predicate selects is found without asking every pod. */
export type WorkloadIndex = {
  readonly all: readonly Indexed[];
  readonly byNamespace: ReadonlyMap<string, InNamespace>;
};

type InNamespace = {
  readonly all: Indexed[];
  /** By label, each filled when somebody first asks for it where there are more than a few workloads. */
  readonly byLabel: Map<string, ReadonlyMap<string, readonly Indexed[]>>;
};

/** Number of workloads that are asked one by one. */
const FEW = 2;

/** The index of some workloads; `asPods`: those in their node's network count as if they had addresses of their own. */
export function indexWorkloads(workloads: readonly Workload[], asPods = false): WorkloadIndex {
  const all: Indexed[] = [];
  const byNamespace = new Map<string, InNamespace>();
  for (const workload of workloads) {
    const pod = asPods ? { ...workload.pod, hostNetwork: false } : workload.pod;
    const entry: Indexed = { workload, endpoint: { kind: "pod", pod } };
    all.push(entry);
    const there = byNamespace.get(workload.namespace);
    if (there === undefined) byNamespace.set(workload.namespace, { all: [entry], byLabel: new Map() });
    else there.all.push(entry);
  }
  return { all, byNamespace };
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
  const there = index.byNamespace.get(namespace);
  if (there === undefined) return [];
  if (there.all.length <= FEW || predicate.op !== "and") return there.all;
  let best: readonly Indexed[] = there.all;
  for (const part of predicate.of) {
    if (part.op !== "podLabels" || part.requirement.operator !== "In") continue;
    const { key, values } = part.requirement;
    const byValue = there.byLabel.get(key) ?? valuesOf(there.all, key);
    there.byLabel.set(key, byValue);
    const [only] = values;
    const found =
      values.length === 1 && only !== undefined
        ? (byValue.get(only) ?? [])
        : values.flatMap((value) => byValue.get(value) ?? []);
    if (found.length < best.length) best = found;
  }
  return best;
}

/** The workloads with a label, by its value. */
function valuesOf(entries: readonly Indexed[], key: string): ReadonlyMap<string, readonly Indexed[]> {
  const out = new Map<string, Indexed[]>();
  for (const entry of entries) {
    const value = entry.workload.pod.labels.get(key);
    if (value === undefined) continue;
    const list = out.get(value);
    if (list === undefined) out.set(value, [entry]);
    else list.push(entry);
  }
  return out;
}
