import fc from "fast-check";
import type { Cluster, Namespace, Workload } from "../../src/model/cluster.ts";
import type { ContainerPort, Pod } from "../../src/model/endpoint.ts";
import type { Requirement } from "../../src/model/labels.ts";
import {
  type Action,
  type ConnTerm,
  comparePolicies,
  type Direction,
  type Policy,
  type Rule,
} from "../../src/model/policy.ts";
import { ANYTHING, and, NOTHING, not, or, PODS, type Predicate } from "../../src/model/predicate.ts";
import { parseCidr } from "../../src/sets/address-text.ts";
import { NO_ADDRESS } from "../../src/sets/addresses.ts";
import { type Conn, EVERYTHING, NONE, ports, wholeProtocol } from "../../src/sets/conn.ts";

/** What a random cluster may contain. */
export type Features = { readonly tiers: boolean; readonly dialects: boolean };

const KEYS = ["app", "tier"];
const VALUES = ["a", "b", ""];
export const NAMESPACES = ["one", "two", "three"];
const NAMES = ["http", "dns"];
const BLOCKS = ["10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "2001:db8::/32", "::/0", "192.0.2.7/32"];

const label = fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES));
export const labels = fc.array(label, { maxLength: 2 }).map((pairs) => new Map<string, string | undefined>(pairs));

const plainRequirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({
    key: fc.constantFrom(...KEYS),
    operator: fc.constantFrom("In" as const, "NotIn" as const),
    values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    key: fc.constantFrom(...KEYS),
    operator: fc.constantFrom("Exists" as const, "DoesNotExist" as const),
    values: fc.constant([]),
  }),
);

const dialectRequirement: fc.Arbitrary<Requirement> = fc.record({
  key: fc.constantFrom(...KEYS),
  operator: fc.constantFrom("contains" as const, "startsWith" as const, "endsWith" as const),
  values: fc.constantFrom(["a"], ["b"], [""], ["a", "b"]),
});

const selector = (op: "podLabels" | "namespaceLabels" | "serviceAccountLabels"): fc.Arbitrary<Predicate> =>
  fc
    .array(plainRequirement, { maxLength: 2 })
    .map((list) => and(...list.map((each): Predicate => ({ op, requirement: each }))));

const blockPeer: fc.Arbitrary<Predicate> = fc.tuple(fc.constantFrom(...BLOCKS), fc.boolean()).map(([text, pods]) => ({
  op: "addresses",
  set: parseCidr(text)?.set ?? NO_ADDRESS,
  pods,
}));

const simplePeer: fc.Arbitrary<Predicate> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...NAMESPACES), selector("podLabels"))
    .map(([name, pods]) => and(PODS, { op: "namespace", name }, pods)),
  fc.tuple(selector("namespaceLabels"), selector("podLabels")).map(([ns, pods]) => and(PODS, ns, pods)),
  blockPeer,
  fc.constant(ANYTHING),
);

const peerOf = (features: Features): fc.Arbitrary<Predicate> =>
  features.dialects
    ? fc.oneof(
        simplePeer,
        fc.tuple(simplePeer, simplePeer).map(([a, b]) => or(a, b)),
        fc.tuple(simplePeer, simplePeer).map(([a, b]) => and(a, not(b))),
        fc.constantFrom<Predicate>(
          { op: "entity", name: "kube-apiserver" },
          { op: "fqdn", pattern: "*.example.com" },
          NOTHING,
        ),
        fc.constant<Predicate>({ op: "serviceAccount", names: ["robot"] }),
        selector("serviceAccountLabels"),
        dialectRequirement.map((requirement): Predicate => ({ op: "podLabels", requirement })),
      )
    : fc.oneof(
        simplePeer,
        fc.tuple(simplePeer, simplePeer).map(([a, b]) => or(a, b)),
      );

const connOf = (features: Features): fc.Arbitrary<Conn> =>
  fc.oneof(
    fc.constant(EVERYTHING),
    fc.constantFrom(wholeProtocol("TCP"), wholeProtocol("UDP")),
    fc
      .tuple(
        fc.constantFrom("TCP" as const, "UDP" as const),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 3 }),
      )
      .map(([protocol, first, more]) => ports(protocol, first * 20, first * 20 + more)),
    ...(features.dialects
      ? [fc.constantFrom(wholeProtocol("ICMP"), ports("ICMP", 8 * 256, 8 * 256 + 255), wholeProtocol(47))]
      : []),
  );

const portNames = fc.array(
  fc.record({ name: fc.constantFrom(...NAMES), protocol: fc.constantFrom("TCP" as const, "UDP" as const, undefined) }),
  { maxLength: 1 },
);

const termOf = (features: Features): fc.Arbitrary<ConnTerm> =>
  fc.record({
    conn: fc.oneof(connOf(features), fc.constant(NONE)),
    names: portNames,
    notConn: features.dialects ? fc.oneof(fc.constant(NONE), connOf(features)) : fc.constant(NONE),
    notNames: features.dialects ? portNames : fc.constant([]),
  });

export const ruleOf = (features: Features, action: fc.Arbitrary<Action>): fc.Arbitrary<Rule> =>
  fc
    .record({
      action,
      peer: peerOf(features),
      conn: termOf(features),
      local: features.dialects ? fc.option(selector("podLabels"), { freq: 4, nil: undefined }) : fc.constant(undefined),
    })
    .map(({ local, ...rule }) => ({
      ...rule,
      ...(local === undefined ? {} : { local }),
      source: { file: "policy.yaml", line: 1 },
      path: "",
    }));

const networkPolicy = (features: Features): fc.Arbitrary<Policy> =>
  fc
    .record({ direction: direction(), namespace: fc.constantFrom(...NAMESPACES), subject: selector("podLabels") })
    .chain(({ direction: way, namespace, subject }) =>
      fc.array(ruleOf(features, fc.constant("allow" as const)), { maxLength: 3 }).map((rules) => ({
        ...shell(way, "networkpolicy", 2),
        object: { group: "networking.k8s.io", kind: "NetworkPolicy", namespace, name: "p" },
        order: [0, ""] as const,
        subject: and(PODS, { op: "namespace", name: namespace }, subject),
        isolates: true,
        rules,
      })),
    );

function direction(): fc.Arbitrary<Direction> {
  return fc.constantFrom("ingress" as const, "egress" as const);
}

const adminPolicy = (features: Features): fc.Arbitrary<Policy> =>
  fc
    .record({
      way: direction(),
      rank: fc.constantFrom(1, 3),
      order: fc.integer({ min: 0, max: 3 }),
      subject: fc.tuple(selector("namespaceLabels"), selector("podLabels")).map(([ns, pods]) => and(PODS, ns, pods)),
      isolates: features.dialects ? fc.boolean() : fc.constant(false),
      rules: fc.array(ruleOf(features, fc.constantFrom("allow" as const, "deny" as const, "pass" as const)), {
        maxLength: 3,
      }),
    })
    .map(({ way, rank, order, subject, isolates, rules }) => ({
      ...shell(way, rank === 1 ? "admin" : "baseline", rank),
      object: { group: "policy.networking.k8s.io", kind: "ClusterNetworkPolicy", namespace: "", name: `p${order}` },
      order: [order, ""] as const,
      subject,
      isolates,
      rules,
    }));

function shell(way: Direction, tier: string, rank: number) {
  return { direction: way, tier, rank, source: { file: "policy.yaml", line: 2 } } as const;
}

const containerPorts: fc.Arbitrary<readonly ContainerPort[]> = fc.array(
  fc.record({
    name: fc.constantFrom(...NAMES),
    protocol: fc.constantFrom("TCP" as const, "UDP" as const),
    port: fc.constantFrom(20, 40, 60),
  }),
  { maxLength: 2 },
);

const podFacts = fc.record({
  labels,
  ports: containerPorts,
  hostNetwork: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  serviceAccount: fc.constantFrom("default", "robot"),
});

const namespaceLabels = fc.tuple(labels, labels, labels);

/** A random policy of one direction. */
export function policyOf(features: Features): fc.Arbitrary<Policy> {
  return features.tiers ? fc.oneof(networkPolicy(features), adminPolicy(features)) : networkPolicy(features);
}

/** A random cluster; equal names of workloads are left out. */
export function clusters(features: Features): fc.Arbitrary<Cluster> {
  return fc
    .record({
      spaces: namespaceLabels,
      pods: fc.array(
        fc.record({
          namespace: fc.constantFrom(...NAMESPACES),
          facts: podFacts,
          replicas: fc.integer({ min: 1, max: 2 }),
        }),
        {
          maxLength: 5,
        },
      ),
      policies: fc.array(policyOf(features), { maxLength: 5 }),
    })
    .map(({ spaces, pods, policies }) => makeCluster(spaces, pods, policies));
}

/** A pod of some namespace, for the representatives' guarantee. */
export const anyPod = fc.record({ namespace: fc.constantFrom(...NAMESPACES, "elsewhere"), labels });

type PodInput = {
  readonly namespace: string;
  readonly facts: Omit<Pod, "namespace" | "namespaceLabels" | "serviceAccountLabels">;
  readonly replicas: number;
};

function makeCluster(
  spaces: readonly ReadonlyMap<string, string | undefined>[],
  pods: readonly PodInput[],
  policies: readonly Policy[],
): Cluster {
  const namespaces = new Map(
    NAMESPACES.map((name, i): [string, Namespace] => [
      name,
      {
        name,
        labels: new Map([...(spaces[i] ?? []), ["kubernetes.io/metadata.name", name]]),
        declared: true,
        source: { file: "namespaces.yaml", line: i + 1 },
      },
    ]),
  );
  const workloads = pods.map(
    ({ namespace, facts, replicas }, i): Workload => ({
      namespace,
      name: `w${i}`,
      kind: "Deployment",
      replicas,
      source: { file: "workloads.yaml", line: i + 1 },
      labelLines: new Map(),
      protected: [],
      templateDigest: `t${i}`,
      declaredPorts: "",
      pod: {
        namespace,
        namespaceLabels: namespaces.get(namespace)?.labels ?? new Map(),
        serviceAccountLabels: facts.serviceAccount === "robot" ? new Map([["app", "a"]]) : new Map(),
        ...facts,
      },
    }),
  );
  return withParts({ namespaces, workloads, policies: policies.map((policy, i) => placed(policy, `p${i}`, i * 100)) });
}

/** `policy` under a name of its own, each rule on a line of its own from `line` on. */
export function placed(policy: Policy, name: string, line: number): Policy {
  return {
    ...policy,
    object: { ...policy.object, name },
    order: [policy.order[0], name],
    source: { file: "policy.yaml", line },
    rules: policy.rules.map((rule, i) => ({
      ...rule,
      source: { file: "policy.yaml", line: line + 1 + i },
      path: `${policy.direction}[${i}]`,
    })),
  };
}

/** A cluster of these parts. */
export function withParts(parts: Pick<Cluster, "namespaces" | "workloads" | "policies">): Cluster {
  return {
    ...parts,
    policies: [...parts.policies].sort(comparePolicies),
    plugin: { name: undefined, reason: "", enforces: true },
    deviations: [],
    issues: [],
    assumptions: [],
    entities: ["kube-apiserver", "host"],
    fqdns: ["api.example.com"],
    counts: { files: 0, documents: 0, skipped: 0, workloads: parts.workloads.length, policies: parts.policies.length },
  };
}
