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
  /** By label; filled when somebody first asks a namespace that has more than a few workloads. */
  byLabel: Map<string, Map<string, Indexed[]>> | undefined;
};

/** Number of workloads that are asked one by one. */
const FEW = 32;

/** The index of some workloads; `asPods`: those in their node's network count as if they had addresses of their own. */
export function indexWorkloads(workloads: readonly Workload[], asPods = false): WorkloadIndex {
  const all: Indexed[] = [];
  const byNamespace = new Map<string, InNamespace>();
  for (const workload of workloads) {
    const pod = asPods ? { ...workload.pod, hostNetwork: false } : workload.pod;
    const entry: Indexed = { workload, endpoint: { kind: "pod", pod } };
    all.push(entry);
    const there = byNamespace.get(workload.namespace);
    if (there === undefined) byNamespace.set(workload.namespace, { all: [entry], byLabel: undefined });
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
  there.byLabel ??= labelsOf(there.all);
  let best: readonly Indexed[] = there.all;
  for (const part of predicate.of) {
    if (part.op !== "podLabels" || part.requirement.operator !== "In") continue;
    const byValue = there.byLabel.get(part.requirement.key);
    const found = part.requirement.values.flatMap((value) => byValue?.get(value) ?? []);
    if (found.length < best.length) best = found;
  }
  return best;
}

function labelsOf(entries: readonly Indexed[]): Map<string, Map<string, Indexed[]>> {
  const out = new Map<string, Map<string, Indexed[]>>();
  for (const entry of entries) {
    for (const [label, value] of entry.workload.pod.labels) {
      if (value === undefined) continue;
      const byValue = out.get(label) ?? new Map<string, Indexed[]>();
      out.set(label, byValue);
      const list = byValue.get(value);
      if (list === undefined) byValue.set(value, [entry]);
      else list.push(entry);
    }
  }
  return out;
}
