import fc from "fast-check";
import { describe, it } from "vitest";
import { diffFlows } from "../../src/diff/diff.ts";
import type { Block, FlowDiff } from "../../src/diff/flow-diff.ts";
import { universe } from "../../src/engine/universe.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import type { Endpoint, Pod } from "../../src/model/endpoint.ts";
import type { LabelSet } from "../../src/model/labels.ts";
import type { End, Peer } from "../../src/model/peer.ts";
import { includesAddress } from "../../src/sets/addresses.ts";
import { includes, namedPort } from "../../src/sets/conn.ts";
import { type Protocol, SLOT, slotOf } from "../../src/sets/protocol.ts";
import { anyPod, clusters, withParts } from "./clusters.ts";
import { edited } from "./edits.ts";
import { ADDRESSES, allowed, OPTIONS, PROBES } from "./flows.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";

const plain = { tiers: false, dialects: false };

/** Two trees with the same workloads and namespaces: what changes is policies. */
const policyChanges = fc
  .oneof(fc.tuple(clusters(plain), clusters(plain)), edited(plain, clusters(plain)))
  .map(([base, other]): [Cluster, Cluster] => [
    base,
    withParts({ ...other, namespaces: base.namespaces, workloads: base.workloads }),
  ]);

describe("for NetworkPolicy, whatever pods the tree does not declare", { timeout: TIMEOUT_MS }, () => {
  it("each flow that opens between such a pod and a declared one, or the outside, is in the report", () => {
    fc.assert(
      fc.property(policyChanges, anyPod, ([base, head], facts) => {
        const stranger = strangerOf(base, facts);
        const diff = diffFlows(universe(base, head, OPTIONS), []);
        const declared = base.workloads.map((workload) => endOf({ kind: "pod", pod: workload.pod }, workload.name));
        const outside = ADDRESSES.map((address) => endOf({ kind: "address", address }, ""));
        for (const far of [...declared, ...outside]) {
          covers(diff, [base, head], stranger, far);
          covers(diff, [base, head], far, stranger);
        }
      }),
      runs(2),
    );
  });

  it("each flow that opens between two such pods is in the report", () => {
    fc.assert(
      fc.property(policyChanges, anyPod, anyPod, ([base, head], one, other) => {
        const diff = diffFlows(universe(base, head, OPTIONS), []);
        covers(diff, [base, head], strangerOf(base, one), strangerOf(base, other));
      }),
      runs(2),
    );
  });
});

type Party = { readonly endpoint: Endpoint; readonly workload: string };

function endOf(endpoint: Endpoint, workload: string): Party {
  return { endpoint, workload };
}

type Facts = { readonly namespace: string; readonly labels: LabelSet };

function strangerOf(cluster: Cluster, { namespace, labels }: Facts): Party {
  const pod: Pod = {
    namespace,
    labels,
    namespaceLabels: cluster.namespaces.get(namespace)?.labels ?? new Map([["kubernetes.io/metadata.name", namespace]]),
    serviceAccount: "default",
    serviceAccountLabels: new Map(),
    ports: [{ name: "http", protocol: "TCP", port: 80 }],
    hostNetwork: false,
  };
  return endOf({ kind: "pod", pod }, "");
}

/** Throws where a flow opens that no opened row of `diff` covers. */
function covers(diff: FlowDiff, [base, head]: readonly [Cluster, Cluster], src: Party, dst: Party): void {
  const ends = { src: src.endpoint, dst: dst.endpoint };
  for (const [protocol, port] of PROBES) {
    if (!includes(diff.universe, protocol, port)) continue;
    if (allowed(base, ends, protocol, port) || !allowed(head, ends, protocol, port)) continue;
    const isSaid = diff.groups.some(
      ({ block }) => speaksOf(block.src, src) && speaksOf(block.dst, dst) && opens(block, dst, protocol, port),
    );
    if (!isSaid) throw new Error(`${String(protocol)} ${port} opens unseen: ${text(src)} => ${text(dst)}`);
  }
}

/** A declared port of a concrete pod counts as its name. */
function opens({ opened }: Block, dst: Party, protocol: Protocol, port: number): boolean {
  if (includes(opened, protocol, port)) return true;
  if (dst.endpoint.kind !== "pod" || dst.workload !== "") return false;
  return (dst.endpoint.pod.ports ?? []).some((declared) => {
    const point = (namedPort(declared.protocol, declared.name).points[0] ?? 0) - slotOf(declared.protocol) * SLOT;
    return declared.protocol === protocol && declared.port === port && includes(opened, protocol, point);
  });
}

function speaksOf(end: End, { endpoint, workload }: Party): boolean {
  if (end.kind === "addresses") return endpoint.kind === "address" && includesAddress(end.addresses, endpoint.address);
  if (workload !== "") return end.peers.some((peer) => peer.kind === "workload" && peer.head?.name === workload);
  return end.peers.some((peer) => matches(peer, endpoint));
}

function matches(peer: Peer, stranger: Endpoint): boolean {
  if (peer.kind !== "representative" || stranger.kind !== "pod") return false;
  const { pod } = stranger;
  if (peer.namespace !== undefined && peer.namespace !== pod.namespace) return false;
  if (peer.namespace === undefined && !within(peer.head.namespaceLabels, pod.namespaceLabels)) return false;
  return [...peer.head.labels].every(([key, value]) => {
    const listed = new RegExp(`(?:^|,)${key} in \\(([^)]*)\\)`).exec(peer.podTerms)?.[1]?.split(",");
    return pod.labels.has(key) && (value === undefined || (listed ?? [value]).includes(pod.labels.get(key) ?? ""));
  });
}

function within(few: LabelSet, many: LabelSet): boolean {
  return [...few].every(([key, value]) => many.has(key) && (value === undefined || many.get(key) === value));
}

function text({ endpoint, workload }: Party): string {
  if (workload !== "" || endpoint.kind !== "pod") return workload === "" ? "outside" : workload;
  return `${endpoint.pod.namespace}/${JSON.stringify([...endpoint.pod.labels])}`;
}
