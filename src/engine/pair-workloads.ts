import { formatWorkload, type Workload } from "../model/cluster.ts";
import type { Pod } from "../model/endpoint.ts";
import { sameLabels } from "../model/labels.ts";
import type { WorkloadPeer } from "../model/peer.ts";
import { portsKey } from "./effects.ts";

/**
 * The workloads of both sides by namespace, kind and name; a Job whose name only differs in a hash or version at its
 * end is the same one, where no other could be meant. Source: judging, "hashed or versioned Jobs".
 */
export function pairWorkloads(base: readonly Workload[], head: readonly Workload[]): readonly WorkloadPeer[] {
  const peers = new Map<string, WorkloadPeer>();
  const texts = new Map<Workload, string>();
  const textOf = (workload: Workload): string => {
    const text = texts.get(workload) ?? formatWorkload(workload);
    texts.set(workload, text);
    return text;
  };
  for (const workload of base) {
    const text = textOf(workload);
    peers.set(text, { kind: "workload", text, base: workload, head: undefined });
  }
  const arrived: Workload[] = [];
  for (const workload of head) {
    const text = textOf(workload);
    const before = peers.get(text)?.base;
    if (before === undefined && workload.kind === "Job") arrived.push(workload);
    peers.set(text, { kind: "workload", text, base: before, head: withPodOf(before, workload) });
  }
  if (arrived.length === 0) return [...peers.values()];
  const gone = [...peers.values()].flatMap(({ base: before, head: after }) =>
    before !== undefined && after === undefined && before.kind === "Job" ? [before] : [],
  );
  for (const [before, after] of renamedJobs(gone, arrived)) {
    const text = formatWorkload(after);
    peers.delete(formatWorkload(before));
    peers.set(text, { kind: "workload", text, base: before, head: after });
  }
  return [...peers.values()];
}

/** A hash of at least five digits and letters with a digit in it, or a version. */
const SUFFIX = /[-.](?=[a-z0-9]*[0-9])[a-z0-9]{5,}$|[-.]v?[0-9]+([-.][0-9]+)*$/;

function renamedJobs(
  gone: readonly Workload[],
  arrived: readonly Workload[],
): readonly (readonly [Workload, Workload])[] {
  const before = byStem(gone);
  return [...byStem(arrived)].flatMap(([stem, after]) => {
    const old = before.get(stem);
    return old?.length === 1 && after.length === 1 && old[0] !== undefined && after[0] !== undefined
      ? [[old[0], after[0]] as const]
      : [];
  });
}

function byStem(jobs: readonly Workload[]): ReadonlyMap<string, readonly Workload[]> {
  const out = new Map<string, Workload[]>();
  for (const job of jobs) {
    const stem = job.name.replace(SUFFIX, "");
    if (stem === job.name) continue;
    const key = `${job.namespace}/${stem}`;
    out.set(key, [...(out.get(key) ?? []), job]);
  }
  return out;
}

/** Equal pods become one, so that what is known of one is known of the other: a file that changed is read anew. */
function withPodOf(before: Workload | undefined, after: Workload): Workload {
  if (before === undefined || before.pod === after.pod || !isSamePod(before.pod, after.pod)) return after;
  return { ...after, pod: before.pod };
}

function isSamePod(a: Pod, b: Pod): boolean {
  return (
    a.namespace === b.namespace &&
    a.hostNetwork === b.hostNetwork &&
    a.serviceAccount === b.serviceAccount &&
    sameLabels(a.labels, b.labels) &&
    sameLabels(a.namespaceLabels, b.namespaceLabels) &&
    sameLabels(a.serviceAccountLabels, b.serviceAccountLabels) &&
    portsKey(a) === portsKey(b)
  );
}
