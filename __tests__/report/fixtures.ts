import type { Arrival, Block, Cause, Change, FlowDiff, Group, Witness } from "../../src/diff/flow-diff.ts";
import type { Issue } from "../../src/errors.ts";
import type { Finding, Judgement } from "../../src/gate/finding.ts";
import { type Cluster, formatWorkload, type Workload } from "../../src/model/cluster.ts";
import type { Pod } from "../../src/model/endpoint.ts";
import type { End, Peer, RepresentativePeer, WorkloadPeer } from "../../src/model/peer.ts";
import type { Policy } from "../../src/model/policy.ts";
import { and, type Predicate } from "../../src/model/predicate.ts";
import type { ReportInput } from "../../src/report/build.ts";
import type { ClusterInput } from "../../src/report/build-cluster.ts";
import type { Context } from "../../src/report/report.ts";
import { formatAddresses } from "../../src/sets/address-text.ts";
import type { AddressSet } from "../../src/sets/addresses.ts";
import { ALL, type Conn, NONE, ports, subtract } from "../../src/sets/conn.ts";

export const tcp = (port: number): Conn => ports("TCP", port);

/** A pod with `app: name` in its namespace. */
function pod(namespace: string, labels: Readonly<Record<string, string>>): Pod {
  return {
    namespace,
    labels: new Map(Object.entries(labels)),
    namespaceLabels: new Map([["kubernetes.io/metadata.name", namespace]]),
    serviceAccount: "default",
    serviceAccountLabels: new Map(),
    ports: [],
    hostNetwork: false,
  };
}

export function workload(namespace: string, name: string, more: Partial<Workload> = {}): Workload {
  return {
    namespace,
    name,
    kind: "Deployment",
    pod: pod(namespace, { app: name }),
    replicas: 1,
    source: { file: `k8s/${namespace}/${name}.yaml`, line: 2 },
    labelLines: new Map(),
    protected: [],
    templateDigest: name,
    declaredPorts: "",
    ...more,
  };
}

/** A workload on both sides, or on one. */
export function peer(of: Workload, sides: "both" | "base" | "head" = "both"): WorkloadPeer {
  return {
    kind: "workload",
    text: formatWorkload(of),
    base: sides === "head" ? undefined : of,
    head: sides === "base" ? undefined : of,
  };
}

export const ANY_POD: RepresentativePeer = {
  kind: "representative",
  text: "entire-cluster",
  base: pod("", {}),
  head: pod("", {}),
  namespace: undefined,
  namespaceTerms: "",
  podTerms: "",
};

export const peers = (...list: readonly Peer[]): End => ({ kind: "peers", peers: list });
export const outside = (addresses: AddressSet): End => ({ kind: "addresses", addresses });

export function block(src: End, dst: End, base: Conn, head: Conn, more: Partial<Block> = {}): Block {
  const size = (end: End) => (end.kind === "peers" ? end.peers.length : 1);
  return {
    src,
    dst,
    base,
    head,
    opened: subtract(head, base),
    closed: subtract(base, head),
    narrowed: undefined,
    selfOnly: false,
    pairs: size(src) * size(dst),
    ...more,
  };
}

export function cause(more: Partial<Cause> = {}): Cause {
  return {
    object: "NetworkPolicy production/db",
    at: { file: "k8s/production/db.yaml", line: 14 },
    side: "head",
    rule: "ingress[0]",
    kind: "rule",
    text: "now allows",
    ...more,
  };
}

export function witness(src: string, dst: string, port: number | string = 3306): Witness {
  return { src, dst, protocol: "TCP", port };
}

/** A group named after its ends, unless `more` says otherwise. */
export function group(of: Block, more: Partial<Group> = {}): Group {
  const src = endText(of.src);
  const dst = endText(of.dst);
  return {
    src,
    dst,
    block: of,
    note: "",
    type: of.base === NONE ? "added" : of.head === NONE ? "removed" : "changed",
    causes: [cause()],
    witness: witness(src, dst),
    ...more,
  };
}

function endText(end: End): string {
  return end.kind === "peers" ? end.peers.map(({ text }) => text).join(" and ") : formatAddresses(end.addresses);
}

function pairs(of: Group): Change[] {
  const ends = (end: End) =>
    end.kind === "peers"
      ? end.peers.map((each) => ({ text: each.text, peer: each }))
      : [{ text: formatAddresses(end.addresses), peer: undefined }];
  const { base, head, opened, closed, narrowed } = of.block;
  const { type, note, causes, witness: shown } = of;
  return ends(of.block.src).flatMap((src) =>
    ends(of.block.dst).map((dst) => ({
      src,
      dst,
      base,
      head,
      opened,
      closed,
      narrowed,
      type,
      note,
      causes,
      witness: shown,
    })),
  );
}

export function flowDiff(groups: readonly Group[], more: Partial<FlowDiff> = {}): FlowDiff {
  const all = groups.flatMap(pairs);
  return {
    groups,
    judged: groups.map((each) => each.block),
    peers: [],
    arrivals: [],
    universe: ALL,
    opened: all.filter(({ opened }) => opened !== NONE).length,
    closed: all.filter(({ closed }) => closed !== NONE).length,
    rows: (limit) => ({ changes: all.slice(0, limit), truncated: all.length > limit }),
    explain: () => ({ causes: [cause()], witness: witness("a", "b") }),
    assumptions: [],
    ...more,
  };
}

export function policy(namespace: string, name: string, subject: Predicate): Policy {
  return {
    object: { group: "networking.k8s.io", kind: "NetworkPolicy", namespace, name },
    source: { file: `k8s/${namespace}/${name}.yaml`, line: 2 },
    direction: "ingress",
    tier: "networkpolicy",
    rank: 1,
    order: [0, ""],
    subject: and({ op: "namespace", name: namespace }, subject),
    isolates: true,
    rules: [],
  };
}

export function cluster(more: Partial<Cluster> = {}): Cluster {
  return {
    namespaces: new Map(),
    workloads: [],
    policies: [policy("production", "db", { op: "pods" })],
    plugin: { name: undefined, reason: "", enforces: true },
    deviations: [],
    issues: [],
    assumptions: [],
    entities: [],
    fqdns: [],
    counts: { files: 14, documents: 20, skipped: 0, workloads: 12, policies: 5 },
    ...more,
  };
}

export function finding(more: Partial<Finding> = {}): Finding {
  return {
    rule: "db-ingress",
    kind: "widened",
    severity: "error",
    description: "only the API may talk to the database",
    owner: "@acme/data",
    message: "`any pod in the cluster` may now connect to `production/db[StatefulSet]` on TCP 3306",
    at: { file: "k8s/production/db.yaml", line: 14 },
    blocks: [],
    about: undefined,
    causes: [cause()],
    witness: witness("production/web[Deployment]", "production/db[StatefulSet]"),
    allowedBefore: "`production/api[Deployment]`",
    excepted: undefined,
    ...more,
  };
}

const EXTERNAL = { kind: "external" } as const;

export function judgement(
  conclusion: Judgement["conclusion"],
  findings: readonly Finding[] = [],
  issues: readonly Issue[] = [],
): Judgement {
  return { conclusion, findings, issues, idle: { rules: [], exceptions: [] } };
}

export const CONTEXT: Context = {
  version: "1.0.0",
  mode: "enforce",
  setting: "pull-request",
  base: { label: "main", commit: "abc1234abc1234abc1234abc1234abc1234abc12" },
  head: { label: "feature", commit: "def5678def5678def5678def5678def5678def56" },
  rules: 1,
  config: ".github/netpol-review.yml",
  reproduce: "netpol-review review --base abc1234 --head def5678",
  links: {
    server: "https://github.com",
    repository: "acme/shop",
    base: "abc1234abc1234abc1234abc1234abc1234abc12",
    head: "def5678def5678def5678def5678def5678def56",
  },
};

export function clusterInput(more: Partial<ClusterInput> = {}): ClusterInput {
  return {
    name: "",
    base: cluster(),
    head: cluster(),
    diff: flowDiff([]),
    judgement: judgement("success"),
    excerpts: [],
    read: "",
    subjects: [],
    standing: [],
    ruleOf: ({ rule }) =>
      rule === "db-ingress" ? { at: { file: ".github/netpol-review.yml", line: 3 }, to: EXTERNAL } : undefined,
    exceptionFor: () => undefined,
    notOpened: () => [],
    ...more,
  };
}

export function reportInput(clusters: readonly ClusterInput[], more: Partial<ReportInput> = {}): ReportInput {
  return {
    shape: "diff",
    context: CONTEXT,
    clusters,
    issues: [],
    configChanges: [],
    conclusion: "success",
    maxPairs: 100_000,
    ...more,
  };
}

export function arrival(of: Workload, more: Partial<Arrival> = {}): Arrival {
  return { workload: of, side: "head", governed: { ingress: false, egress: false }, successor: undefined, ...more };
}
