import { describe, expect, it } from "vitest";
import type { Cluster } from "../../src/model/cluster.ts";
import { formatWorkload } from "../../src/model/cluster.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import { judge } from "../../src/pointwise/judge.ts";
import { parseAddress } from "../../src/sets/address-text.ts";
import type { Protocol } from "../../src/sets/protocol.ts";
import { clusterOf } from "./context.ts";

/** Pods a and b in `one` (labelled app=a, app=b), c in `two` (app=c); ports: http on all, dns over UDP on b. */
const PODS = ["a", "b"].map((app) => pod(app, "one")).join("") + pod("c", "two") + namespace("one") + namespace("two");

function pod(app: string, where: string, port = 80, spec = ""): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: ${app}, namespace: ${where}, labels: {app: ${app}}}\nspec: {${spec}containers: [{name: c, image: i, ports: [{name: http, containerPort: ${port}}, {name: dns, containerPort: 53, protocol: UDP}]}]}\n---\n`;
}

function namespace(name: string): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {zone: ${name}}}\n---\n`;
}

function np(spec: string, name = "p"): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: one}\nspec: ${spec}\n---\n`;
}

function admin(kind: string, name: string, spec: string): string {
  const version = kind === "ClusterNetworkPolicy" ? "v1alpha2" : "v1alpha1";
  return `apiVersion: policy.networking.k8s.io/${version}\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n---\n`;
}

function endpoint(cluster: Cluster, text: string): Endpoint {
  const address = parseAddress(text);
  if (address !== undefined) return { kind: "address", address };
  const workload = cluster.workloads.find((each) => formatWorkload(each).includes(`/${text}[`));
  if (workload === undefined) throw new Error(`no workload ${text}`);
  return { kind: "pod", pod: workload.pod };
}

function allowed(cluster: Cluster, flow: string): boolean {
  const [src = "", dst = "", protocol = "TCP", port = "80"] = flow.split(" ");
  const known: Protocol = protocol === "UDP" || protocol === "SCTP" ? protocol : "TCP";
  const ends = { src: endpoint(cluster, src), dst: endpoint(cluster, dst) };
  return judge(cluster.policies, { ...ends, protocol: known, port: Number(port) }).allowed;
}

type Trap = {
  readonly title: string;
  readonly text: string;
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
};

const ALLOW_ALL = "ingress: [{}]";
const ANY = "{namespaces: {}}";

const NETWORK_POLICY: readonly Trap[] = [
  {
    title: "S01 an egress policy without policyTypes isolates ingress, too",
    text: np("{podSelector: {matchLabels: {app: a}}, egress: [{to: [{podSelector: {}}]}]}"),
    allowed: ["a b"],
    denied: ["b a", "a c"],
  },
  {
    title: "S02 an empty egress without policyTypes leaves egress alone",
    text: np("{podSelector: {matchLabels: {app: a}}, egress: []}"),
    allowed: ["a c"],
    denied: ["b a"],
  },
  {
    title: "S03 ingress rules under policyTypes Egress do nothing",
    text: np("{policyTypes: [Egress], ingress: [{}]}"),
    allowed: ["c a"],
    denied: ["a c"],
  },
  {
    title: "S04 egress rules under policyTypes Ingress do nothing",
    text: np("{policyTypes: [Ingress], egress: [{to: [{podSelector: {}}]}]}"),
    allowed: ["a c"],
    denied: ["c a"],
  },
  {
    title: "S05 an empty from allows all, an empty ingress nothing",
    text:
      np("{podSelector: {matchLabels: {app: a}}, ingress: [{from: []}]}") +
      np("{podSelector: {matchLabels: {app: b}}, ingress: []}", "q"),
    allowed: ["c a", "1.2.3.4 a"],
    denied: ["c b", "a b"],
  },
  {
    title: "S06 a port without a number is every TCP port alone",
    text: np("{ingress: [{ports: [{}]}]}"),
    allowed: ["c a TCP 1", "c a TCP 65535"],
    denied: ["c a UDP 53", "c a SCTP 80"],
  },
  {
    title: "S07 a protocol alone is all its ports and no other",
    text: np("{ingress: [{ports: [{protocol: UDP}]}]}"),
    allowed: ["c a UDP 9"],
    denied: ["c a TCP 9"],
  },
  { title: "S08 no ports includes SCTP", text: np(`{${ALLOW_ALL}}`), allowed: ["c a SCTP 5"], denied: [] },
  {
    title: "S09 two selectors in one peer are both meant, in two peers either",
    text:
      np(
        "{podSelector: {matchLabels: {app: a}}, ingress: [{from: [{namespaceSelector: {matchLabels: {zone: two}}, podSelector: {matchLabels: {app: b}}}]}]}",
      ) +
      np(
        "{podSelector: {matchLabels: {app: b}}, ingress: [{from: [{namespaceSelector: {matchLabels: {zone: two}}}, {podSelector: {matchLabels: {app: a}}}]}]}",
        "q",
      ),
    allowed: ["c b", "a b"],
    denied: ["c a", "b a"],
  },
  {
    title: "S10 a null namespaceSelector means the own namespace",
    text: np("{ingress: [{from: [{namespaceSelector: , podSelector: {}}]}]}"),
    allowed: ["b a"],
    denied: ["c a"],
  },
  {
    title: "S13 NotIn and DoesNotExist match pods without the label",
    text: np(
      "{ingress: [{from: [{podSelector: {matchExpressions: [{key: env, operator: NotIn, values: [prod]}, {key: tier, operator: DoesNotExist}]}}]}]}",
    ),
    allowed: ["b a"],
    denied: ["c a"],
  },
  {
    title: "S15 a namespace is found by its name label though no manifest says it",
    text: np("{ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: two}}}]}]}"),
    allowed: ["c a"],
    denied: ["b a"],
  },
  {
    title: "S16 a named port is the number of each destination pod",
    text: pod("d", "one", 9090) + np("{ingress: [{ports: [{port: http}]}]}"),
    allowed: ["c a TCP 80", "c d TCP 9090"],
    denied: ["c a TCP 9090", "c d TCP 80"],
  },
  {
    title: "S17 a named port must match the protocol, too",
    text: np("{ingress: [{ports: [{port: dns}]}]}"),
    allowed: [],
    denied: ["c b TCP 53", "c b UDP 53"],
  },
  {
    title: "S18 a name that nobody declares matches nothing, other entries stand",
    text: np("{ingress: [{ports: [{port: nope}, {port: 81}]}]}"),
    allowed: ["c a TCP 81"],
    denied: ["c a TCP 80"],
  },
  {
    title: "S19 an egress rule's port name is resolved on the destination, in any namespace",
    text: np("{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]}"),
    allowed: ["a c TCP 80"],
    denied: ["a c TCP 81"],
  },
  {
    title: "S20 a port name at an address matches nothing",
    text: np(
      "{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 1.2.3.0/24}}], ports: [{port: http}]}]}",
    ),
    allowed: [],
    denied: ["a 1.2.3.4 TCP 80"],
  },
  {
    title: "S26 an except holds for its own block only",
    text:
      np("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]}") +
      np("{ingress: [{from: [{ipBlock: {cidr: 10.1.2.0/24}}]}]}", "q"),
    allowed: ["10.2.0.1 a", "10.1.2.3 a"],
    denied: ["10.1.3.1 a"],
  },
  {
    title: "S30 an IPv4 block says nothing on IPv6",
    text: np("{ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}"),
    allowed: ["1.2.3.4 a", "c a"],
    denied: ["2001:db8::1 a"],
  },
  {
    title: "S31 both ends must allow",
    text:
      np("{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{}]}") +
      np("{podSelector: {matchLabels: {app: b}}}", "q"),
    allowed: ["a c"],
    denied: ["a b"],
  },
  {
    title: "S33 a pod in its node's network is no peer by its labels",
    text:
      pod("host", "one", 80, "hostNetwork: true, ") +
      np("{podSelector: {matchLabels: {app: a}}, ingress: [{from: [{podSelector: {}}]}]}"),
    allowed: ["b a"],
    denied: ["host a"],
  },
  {
    title: "S34 a pod in its node's network is no subject",
    text: pod("host", "one", 80, "hostNetwork: true, ") + np("{}"),
    allowed: ["c host"],
    denied: ["c a"],
  },
  {
    title: "S73 a port that no container declares is reachable",
    text: np("{ingress: [{ports: [{port: 9999}]}]}"),
    allowed: ["c a TCP 9999"],
    denied: ["c a TCP 80"],
  },
];

const subject = "subject: {namespaces: {}}";
const TIERS: readonly Trap[] = [
  {
    title: "S39 an admin deny beats a NetworkPolicy that allows",
    text:
      np(`{${ALLOW_ALL}}`) +
      admin("AdminNetworkPolicy", "d", `{priority: 10, ${subject}, ingress: [{action: Deny, from: [${ANY}]}]}`),
    allowed: [],
    denied: ["c a", "b a"],
  },
  {
    title: "S40 a pass skips the rest of the admin tier and meets the baseline",
    text:
      admin("AdminNetworkPolicy", "p", `{priority: 10, ${subject}, ingress: [{action: Pass, from: [${ANY}]}]}`) +
      admin("AdminNetworkPolicy", "q", `{priority: 20, ${subject}, ingress: [{action: Allow, from: [${ANY}]}]}`) +
      admin("BaselineAdminNetworkPolicy", "default", `{${subject}, ingress: [{action: Deny, from: [${ANY}]}]}`),
    allowed: ["1.2.3.4 a"],
    denied: ["c a"],
  },
  {
    title: "S41 an admin egress allow does not open the destination's ingress",
    text:
      np("{}") +
      admin("AdminNetworkPolicy", "p", `{priority: 10, ${subject}, egress: [{action: Allow, to: [${ANY}]}]}`),
    allowed: ["a c"],
    denied: ["c a"],
  },
  {
    title: "S42 a pod that only an ingress policy isolates still meets the baseline on egress",
    text:
      np("{policyTypes: [Ingress]}") +
      admin("BaselineAdminNetworkPolicy", "default", `{${subject}, egress: [{action: Deny, to: [${ANY}]}]}`),
    allowed: [],
    denied: ["a c", "c a"],
  },
  {
    title: "S43 at equal priority what allows is asked first",
    text:
      admin("AdminNetworkPolicy", "a", `{priority: 1, ${subject}, ingress: [{action: Deny, from: [${ANY}]}]}`) +
      admin("AdminNetworkPolicy", "b", `{priority: 1, ${subject}, ingress: [{action: Allow, from: [${ANY}]}]}`),
    allowed: ["c a"],
    denied: [],
  },
  {
    title: "S44 a network of every address denies pods as well",
    text: admin(
      "AdminNetworkPolicy",
      "d",
      `{priority: 10, ${subject}, egress: [{action: Allow, to: [{namespaces: {matchLabels: {zone: one}}}]}, {action: Deny, to: [{networks: [0.0.0.0/0]}]}]}`,
    ),
    allowed: ["a b"],
    denied: ["a c", "a 1.2.3.4"],
  },
  {
    title: "rules of one admin policy are asked in order",
    text: admin(
      "AdminNetworkPolicy",
      "d",
      `{priority: 10, ${subject}, ingress: [{action: Deny, from: [{namespaces: {matchLabels: {zone: two}}}]}, {action: Allow, from: [${ANY}]}]}`,
    ),
    allowed: ["b a"],
    denied: ["c a"],
  },
  {
    title: "a lower priority number is asked first",
    text:
      admin("AdminNetworkPolicy", "x", `{priority: 5, ${subject}, ingress: [{action: Deny, from: [${ANY}]}]}`) +
      admin("AdminNetworkPolicy", "a", `{priority: 6, ${subject}, ingress: [{action: Allow, from: [${ANY}]}]}`),
    allowed: [],
    denied: ["c a"],
  },
  {
    title: "a ClusterNetworkPolicy stands in the tier that it names",
    text:
      np("{}") +
      admin(
        "ClusterNetworkPolicy",
        "b",
        `{tier: Baseline, priority: 1, ${subject}, ingress: [{action: Accept, from: [${ANY}]}]}`,
      ) +
      admin(
        "ClusterNetworkPolicy",
        "c",
        `{tier: Admin, priority: 1, ${subject}, ingress: [{action: Accept, from: [{namespaces: {matchLabels: {zone: two}}}], protocols: [{tcp: {destinationPort: {number: 81}}}]}]}`,
      ),
    allowed: ["c a TCP 81"],
    denied: ["c a TCP 80", "b a TCP 80"],
  },
  {
    title: "an admin policy that only allows isolates nothing",
    text: admin(
      "AdminNetworkPolicy",
      "x",
      `{priority: 5, ${subject}, ingress: [{action: Allow, from: [{namespaces: {matchLabels: {zone: one}}}]}]}`,
    ),
    allowed: ["b a", "c a", "1.2.3.4 a"],
    denied: [],
  },
  {
    title: "a named port of an admin policy has whatever protocol the pod declares",
    text: admin(
      "AdminNetworkPolicy",
      "x",
      `{priority: 5, ${subject}, ingress: [{action: Deny, from: [${ANY}], ports: [{namedPort: dns}]}]}`,
    ),
    allowed: ["c b TCP 53"],
    denied: ["c b UDP 53"],
  },
];

function check({ text, allowed: open, denied }: Trap): void {
  const cluster = clusterOf({ "a.yaml": PODS + text });
  expect(cluster.issues.filter(({ severity }) => severity === "error")).toEqual([]);
  for (const flow of open) expect([flow, allowed(cluster, flow)]).toEqual([flow, true]);
  for (const flow of denied) expect([flow, allowed(cluster, flow)]).toEqual([flow, false]);
}

describe("traps of NetworkPolicy", () => {
  it.each(NETWORK_POLICY.map((trap) => [trap.title, trap] as const))("%s", (_, trap) => check(trap));
});

describe("traps of tiers", () => {
  it.each(TIERS.map((trap) => [trap.title, trap] as const))("%s", (_, trap) => check(trap));
});
