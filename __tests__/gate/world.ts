import type { Arrival, Block, FlowDiff } from "../../src/diff/flow-diff.ts";
import type { ConcludeInput } from "../../src/gate/conclusion.ts";
import type { ExposureChange } from "../../src/gate/exposure.ts";
import type { Judgement } from "../../src/gate/finding.ts";
import { checkTree, judge } from "../../src/gate/judge.ts";
import type { Exception, Rule } from "../../src/gate/rule.ts";
import type { Standing } from "../../src/gate/standing.ts";
import { type Cluster, formatWorkload, hasTwins, type Namespace, type Workload } from "../../src/model/cluster.ts";
import type { ContainerPort, Endpoint, Pod } from "../../src/model/endpoint.ts";
import { type End, type Peer, podOf, type RepresentativePeer, type Side } from "../../src/model/peer.ts";
import { type Direction, type Policy, type Rule as PolicyRule, resolve, term } from "../../src/model/policy.ts";
import { ANYTHING, and, type Predicate } from "../../src/model/predicate.ts";
import { judge as evaluate } from "../../src/pointwise/judge.ts";
import { parseCidr } from "../../src/sets/address-text.ts";
import {
  type AddressSet,
  ALL_ADDRESSES,
  intersectAddresses,
  NO_ADDRESS,
  someAddress,
  subtractAddresses,
} from "../../src/sets/addresses.ts";
import {
  ALL,
  type Conn,
  EVERYTHING,
  intersect,
  NONE,
  numeric,
  pointsOf,
  ports,
  subtract,
  union,
  wholeProtocol,
} from "../../src/sets/conn.ts";
import type { Protocol } from "../../src/sets/protocol.ts";

/** Clusters by hand, and their diff as the definition (`pointwise`) gives it, pair by pair. */

type Labels = Readonly<Record<string, string>>;

export type WorkloadSpec = {
  readonly labels?: Labels;
  readonly namespaceLabels?: Labels;
  readonly kind?: string;
  readonly replicas?: number | undefined;
  readonly hostNetwork?: boolean;
  readonly ports?: readonly ContainerPort[];
  readonly protects?: readonly Direction[];
  readonly digest?: string;
  readonly otherNetworks?: readonly string[];
};

const at = (file: string, line = 1) => ({ file, line });

export function workload(path: string, spec: WorkloadSpec = {}): Workload {
  const [namespace = "", name = ""] = path.split("/");
  const labels = spec.labels ?? { app: name };
  const file = `${namespace}/${name}.yaml`;
  return {
    namespace,
    name,
    kind: spec.kind ?? "Deployment",
    pod: {
      namespace,
      labels: new Map(Object.entries(labels)),
      namespaceLabels: namespaceLabels(namespace, spec.namespaceLabels),
      serviceAccount: "default",
      serviceAccountLabels: new Map(),
      ports: spec.ports ?? [],
      hostNetwork: spec.hostNetwork ?? false,
    },
    replicas: "replicas" in spec ? spec.replicas : 1,
    source: at(file),
    labelLines: new Map(Object.keys(labels).map((key, i) => [key, 10 + i])),
    protected: spec.protects ?? [],
    templateDigest: spec.digest ?? `template of ${path}`,
    declaredPorts: "",
    otherNetworks: spec.otherNetworks ?? [],
  };
}

function namespaceLabels(namespace: string, labels: Labels = {}): ReadonlyMap<string, string> {
  return new Map([...Object.entries(labels), ["kubernetes.io/metadata.name", namespace]]);
}

/** Pods that nobody declares: in a namespace by name, or (`""`) anywhere. */
export function pods(
  namespace: string,
  labels: Labels = {},
  spaces?: { base: Labels; head: Labels },
): RepresentativePeer {
  const terms = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const pod = (own: Labels | undefined): Pod => ({
    namespace,
    labels: new Map(Object.entries(labels)),
    namespaceLabels:
      namespace === ""
        ? new Map<string, string | undefined>([
            ...Object.entries(own ?? {}),
            ["kubernetes.io/metadata.name", undefined],
          ])
        : namespaceLabels(namespace, own),
    serviceAccount: "default",
    serviceAccountLabels: new Map(),
    ports: undefined,
    hostNetwork: false,
  });
  const where = namespace === "" ? "[any namespace]" : namespace;
  const text =
    namespace === "" && terms === ""
      ? "entire-cluster"
      : `${where}/[${terms === "" ? "all pods" : `pod with {${terms}}`}]`;
  return {
    kind: "representative",
    text,
    base: pod(spaces?.base),
    head: pod(spaces?.head),
    namespace: namespace === "" ? undefined : namespace,
    namespaceTerms: "",
    podTerms: terms,
  };
}

/** What a policy admits: a predicate and, else all, connections. */
export type Admit = { readonly peer: Predicate; readonly conn?: Conn };

export function policy(direction: Direction, path: string, subject: Labels, admits: readonly Admit[]): Policy {
  const [namespace = "", name = ""] = path.split("/");
  const file = `${namespace}/${name}.policy.yaml`;
  return {
    object: { group: "networking.k8s.io", kind: "NetworkPolicy", namespace, name },
    source: at(file),
    direction,
    tier: "networkpolicy",
    rank: 0,
    order: [0, ""],
    subject: and({ op: "pods" }, { op: "namespace", name: namespace }, podsWith(subject)),
    isolates: true,
    rules: admits.map(
      ({ peer, conn }, i): PolicyRule => ({
        action: "allow",
        peer,
        conn: term(conn ?? EVERYTHING),
        source: at(file, 10 + i),
        path: `${direction}[${i}]`,
      }),
    ),
  };
}

export function podsWith(labels: Labels, namespace?: string): Predicate {
  const parts = Object.entries(labels).map(
    ([key, value]): Predicate => ({ op: "podLabels", requirement: { key, operator: "In", values: [value] } }),
  );
  return and(
    { op: "pods" },
    ...parts,
    ...(namespace === undefined ? [] : [{ op: "namespace", name: namespace } as const]),
  );
}

export function block(cidr: string, matchesPods = false): Predicate {
  return { op: "addresses", set: parseCidr(cidr)?.set ?? NO_ADDRESS, pods: matchesPods };
}

export const tcp = (first: number, last = first): Conn => ports("TCP", first, last);
export { ANYTHING };

export type ClusterSpec = {
  readonly workloads: readonly Workload[];
  readonly policies?: readonly Policy[];
  /** Namespaces that stand in the tree besides those of the workloads. */
  readonly namespaces?: readonly string[];
  readonly plugin?: string;
  readonly enforces?: boolean;
};

export function cluster({ workloads, policies = [], namespaces = [], plugin, enforces = true }: ClusterSpec): Cluster {
  const all = new Map<string, Namespace>();
  for (const name of namespaces) all.set(name, namespaceOf(name, namespaceLabels(name)));
  for (const { namespace, pod } of workloads) all.set(namespace, namespaceOf(namespace, pod.namespaceLabels));
  for (const { object } of policies)
    if (!all.has(object.namespace))
      all.set(object.namespace, namespaceOf(object.namespace, namespaceLabels(object.namespace)));
  return {
    namespaces: all,
    workloads,
    policies,
    plugin: { name: plugin, reason: "", enforces },
    deviations: [],
    issues: [],
    assumptions: [],
    entities: [],
    fqdns: [],
    counts: { files: 0, documents: 0, skipped: 0, workloads: workloads.length, policies: policies.length },
  };
}

function namespaceOf(name: string, labels: Namespace["labels"]): Namespace {
  return { name, labels, declared: true, source: at(`${name}/namespace.yaml`) };
}

export type World = {
  readonly diff: FlowDiff;
  readonly standing: Standing;
  readonly base: Cluster;
  readonly head: Cluster;
};

/** The diff of two clusters with these undeclared pods, every pair a block of its own. */
export function world(base: Cluster, head: Cluster, undeclared: readonly RepresentativePeer[] = []): World {
  const arrivals = arrivalsOf(base, head);
  const peers: readonly Peer[] = [...pair(base, head), ...undeclared];
  const cuts = addressAtoms([...base.policies, ...head.policies]);
  const ends: readonly End[] = [
    ...peers.map((peer): End => ({ kind: "peers", peers: [peer] })),
    ...cuts.map((addresses): End => ({ kind: "addresses", addresses })),
  ];
  const judgedBase = (peer: Peer) => standIn(peer, arrivals);
  const blocks = (asJudged: boolean): readonly Block[] =>
    ends.flatMap((src) =>
      ends.flatMap(
        (dst) => blockOf(src, dst, { base, head }, asJudged ? judgedBase : (peer) => podOf(peer, "base")) ?? [],
      ),
    );
  const explain = () => ({ causes: [], witness: undefined });
  const judged = blocks(true).filter(({ opened, closed }) => opened !== NONE || closed !== NONE);
  const diff: FlowDiff = {
    groups: [],
    judged,
    peers,
    arrivals,
    universe: ALL,
    opened: judged.filter(({ opened }) => opened !== NONE).length,
    closed: judged.filter(({ closed }) => closed !== NONE).length,
    rows: () => ({ changes: [], truncated: false }),
    explain: () => ({ causes: [], witness: { src: "", dst: "", protocol: "TCP", port: 1 } }),
    assumptions: [],
  };
  return { diff, base, head, standing: { blocks: () => blocks(false), explain } };
}

function pair(base: Cluster, head: Cluster): readonly Peer[] {
  const key = (each: Workload) => formatWorkload(each);
  const after = new Map(head.workloads.map((each) => [key(each), each]));
  const before = new Map(base.workloads.map((each) => [key(each), each]));
  return [...new Set([...before.keys(), ...after.keys()])].map((text) => ({
    kind: "workload",
    text,
    base: before.get(text),
    head: after.get(text),
  }));
}

function arrivalsOf(base: Cluster, head: Cluster): readonly Arrival[] {
  const key = (each: Workload) => formatWorkload(each);
  const inBase = new Set(base.workloads.map(key));
  const inHead = new Set(head.workloads.map(key));
  const gone = base.workloads.filter((each) => !inHead.has(key(each)));
  const came = head.workloads.filter((each) => !inBase.has(key(each)));
  const governed = { ingress: false, egress: false };
  const twin = (one: Workload, among: readonly Workload[]) =>
    among.find(({ templateDigest }) => templateDigest === one.templateDigest);
  return [
    ...gone.map((each): Arrival => ({ workload: each, side: "base", governed, successor: twin(each, came) })),
    ...came.map((each): Arrival => ({ workload: each, side: "head", governed, successor: twin(each, gone) })),
  ];
}

/** The pod of base that the gate holds a peer of head against. */
function standIn(peer: Peer, arrivals: readonly Arrival[]): Pod | undefined {
  const own = podOf(peer, "base");
  if (own !== undefined || peer.kind !== "workload") return own;
  const arrival = arrivals.find(({ side, workload: each }) => side === "head" && each === peer.head);
  return arrival?.successor?.pod ?? peer.head?.pod;
}

function blockOf(
  src: End,
  dst: End,
  clusters: Readonly<Record<Side, Cluster>>,
  podInBase: (peer: Peer) => Pod | undefined,
): Block | undefined {
  if (src.kind === "addresses" && dst.kind === "addresses") return undefined;
  const own = src.kind === "peers" && dst.kind === "peers" && src.peers[0] === dst.peers[0] ? src.peers[0] : undefined;
  const sideConn = (side: Side): Conn => {
    const twin = own?.kind === "workload" ? own[side] : undefined;
    if (own?.kind === "workload" && (twin === undefined || !hasTwins(twin))) return NONE;
    const pod = (peer: Peer) => (side === "base" ? podInBase(peer) : podOf(peer, "head"));
    const from = endpointOf(src, pod);
    const to = endpointOf(dst, pod);
    return from === undefined || to === undefined ? NONE : connOf(clusters[side].policies, from, to);
  };
  const base = sideConn("base");
  const head = sideConn("head");
  if (base === NONE && head === NONE) return undefined;
  return {
    src,
    dst,
    base,
    head,
    opened: subtract(head, base),
    closed: subtract(base, head),
    narrowed: undefined,
    selfOnly: own?.kind === "workload" && own.base !== undefined && own.head !== undefined && !hasTwins(own.base),
    pairs: 1,
  };
}

function endpointOf(end: End, pod: (peer: Peer) => Pod | undefined): Endpoint | undefined {
  if (end.kind === "addresses") {
    const address = someAddress(end.addresses);
    return address === undefined ? undefined : { kind: "address", address };
  }
  const peer = end.peers[0];
  const found = peer === undefined ? undefined : pod(peer);
  return found === undefined ? undefined : { kind: "pod", pod: found };
}

const BASIC: readonly Protocol[] = ["SCTP", "TCP", "UDP"];

function connOf(policies: readonly Policy[], src: Endpoint, dst: Endpoint): Conn {
  const universe = dst.kind === "pod" && dst.pod.ports === undefined ? ALL : numeric(ALL);
  let cells: readonly Conn[] = BASIC.map((protocol) => intersect(universe, wholeProtocol(protocol)));
  for (const rule of policies.flatMap(({ rules }) => rules)) {
    const conn = resolve(rule.conn, dst);
    cells = cells.flatMap((cell) => [intersect(cell, conn), subtract(cell, conn)]).filter((cell) => cell !== NONE);
  }
  let allowed: Conn = NONE;
  for (const cell of cells) {
    for (const protocol of BASIC) {
      const point = pointsOf(cell, protocol)[0]?.[0];
      if (point === undefined) continue;
      if (evaluate(policies, { src, dst, protocol, port: point }).allowed) allowed = union(allowed, cell);
    }
  }
  return allowed;
}

function addressAtoms(policies: readonly Policy[]): readonly AddressSet[] {
  const named = (predicate: Predicate): readonly AddressSet[] => {
    if (predicate.op === "addresses") return [predicate.set];
    if (predicate.op === "and" || predicate.op === "or") return predicate.of.flatMap(named);
    return predicate.op === "not" ? named(predicate.of) : [];
  };
  let atoms: readonly AddressSet[] = [ALL_ADDRESSES];
  for (const set of policies.flatMap(({ rules }) => rules.flatMap(({ peer }) => named(peer))))
    atoms = atoms
      .flatMap((atom) => [intersectAddresses(atom, set), subtractAddresses(atom, set)])
      .filter((atom) => atom !== NO_ADDRESS);
  return atoms;
}

const NOTHING_ELSE: Omit<ConcludeInput, "findings" | "rules" | "changed"> = {
  issues: { both: [], differing: [], repaired: [] },
  fatal: [],
  configChanges: undefined,
  atBest: "success",
};

export type Asked = {
  readonly rules: readonly Rule[];
  readonly exceptions?: readonly Exception[];
  readonly today?: string;
  readonly exposures?: readonly ExposureChange[];
  readonly podRangesKnown?: boolean;
  readonly outcome?: Partial<ConcludeInput>;
};

/** The judgement of base against head. */
export function judgeWorld({ diff, base, head, standing }: World, asked: Asked): Judgement {
  const changed = diff.judged.length > 0 || diff.arrivals.length > 0;
  return judge({
    diff,
    base,
    head,
    standing,
    rules: asked.rules,
    exceptions: asked.exceptions ?? [],
    today: asked.today ?? "2026-06-15",
    exposures: asked.exposures ?? [],
    podRangesKnown: asked.podRangesKnown ?? true,
    outcome: { ...NOTHING_ELSE, changed, ...asked.outcome },
  });
}

/** The judgement of one tree by itself. */
export function checkWorld({ diff, head, standing }: World, asked: Asked): Judgement {
  return checkTree({
    diff,
    head,
    standing,
    rules: asked.rules,
    exceptions: asked.exceptions ?? [],
    today: asked.today ?? "2026-06-15",
    outcome: { ...NOTHING_ELSE, changed: false, ...asked.outcome },
  });
}
