import type { Arrival, Block } from "../diff/flow-diff.ts";
import { type Cluster, formatWorkload, type Workload } from "../model/cluster.ts";
import type { End } from "../model/peer.ts";
import type { Policy } from "../model/policy.ts";
import { holds } from "../model/predicate.ts";
import { NONE } from "../sets/conn.ts";
import { byArrival } from "./order.ts";
import type { ArrivalRow } from "./report.ts";

export type ArrivalInput = {
  readonly arrivals: readonly Arrival[];
  readonly head: Cluster;
  readonly blocks: readonly Block[];
  /** Peers that a rule protects from what comes in. */
  readonly subjects: readonly string[];
};

/** What to say of workloads that came or went; the neighbours are looked at only where nothing selects a new one. */
export function arrivalRows({ arrivals, head, blocks, subjects }: ArrivalInput): readonly ArrivalRow[] {
  const neighbours = new Map<string, readonly Workload[]>();
  const rows = arrivals.map((arrival): ArrivalRow => {
    const { workload, side, governed, successor } = arrival;
    const text = formatWorkload(workload);
    const policies = exposes(arrival) ? policiesIn(head, workload.namespace) : [];
    const exposed = policies.length > 0;
    return {
      workload: text,
      side,
      namespace: workload.namespace,
      at: workload.source,
      governed,
      declaredPorts: workload.declaredPorts,
      successor: successor === undefined ? "" : formatWorkload(successor),
      exposed,
      others: exposed ? others(neighbours, head, policies, workload) : { total: 0, governed: 0 },
      refusedBy: exposed ? refusals(text, blocks, subjects) : [],
    };
  });
  return rows.sort(byArrival);
}

/** A new workload that nothing selects, and that is no old one under another name. */
function exposes({ side, governed, successor, workload }: Arrival): boolean {
  if (side !== "head" || successor !== undefined || workload.pod.hostNetwork) return false;
  return !governed.ingress && !governed.egress;
}

/** Policies that somebody wrote for pods of this namespace. */
function policiesIn(cluster: Cluster, namespace: string): readonly Policy[] {
  return cluster.policies.filter((policy) => policy.object.namespace === namespace);
}

function others(
  known: Map<string, readonly Workload[]>,
  cluster: Cluster,
  policies: readonly Policy[],
  workload: Workload,
): ArrivalRow["others"] {
  const { namespace } = workload;
  const there = known.get(namespace) ?? cluster.workloads.filter((each) => each.namespace === namespace);
  known.set(namespace, there);
  const rest = there.filter((each) => each.name !== workload.name || each.kind !== workload.kind);
  const governed = rest.filter(({ pod }) => policies.some(({ subject }) => holds(subject, { kind: "pod", pod })));
  return { total: rest.length, governed: governed.length };
}

/** Subjects to which nothing opens from this workload: what base did not know, and head does not allow. */
function refusals(text: string, blocks: readonly Block[], subjects: readonly string[]): readonly string[] {
  const open = new Set<string>();
  for (const block of blocks) {
    if (block.opened === NONE || !contains(block.src, text) || block.dst.kind !== "peers") continue;
    for (const peer of block.dst.peers) open.add(peer.text);
  }
  return [...new Set(subjects)].filter((subject) => subject !== text && !open.has(subject)).sort();
}

function contains(end: End, text: string): boolean {
  return end.kind === "peers" && end.peers.some((peer) => peer.text === text);
}
