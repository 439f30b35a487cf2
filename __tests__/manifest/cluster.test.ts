import { describe, expect, it } from "vitest";
import { buildCluster } from "../../src/manifest/cluster.ts";
import { comparePaths } from "../../src/manifest/duplicates.ts";
import { formatWorkload } from "../../src/model/cluster.ts";
import { parseCidr } from "../../src/sets/address-text.ts";
import { NO_ADDRESS } from "../../src/sets/addresses.ts";
import { EVERYTHING } from "../../src/sets/conn.ts";
import { formatConn } from "../../src/sets/conn-text.ts";
import { clusterOf, OPTIONS, objectsOf } from "./context.ts";

const POD = (name: string, namespace = "prod", labels = "{app: web}", spec = "") =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: ${labels}}\nspec: {${spec}containers: [{name: c, image: i, ports: [{name: http, containerPort: 80}]}]}\n---\n`;
const NP = (name: string, namespace: string, spec = "{}") =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n---\n`;
const NS = (name: string, labels = "{}") =>
  `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: ${labels}}\n---\n`;

const issues = (text: string) =>
  clusterOf({ "a.yaml": text }).issues.map(({ code, severity, message }) => `${code} ${severity} ${message}`);

describe("namespaces", () => {
  it("a declared one has its labels and its true name, whatever name it claims", () => {
    const { namespaces, issues: found } = clusterOf({
      "a.yaml": NS("evil", "{team: x1, kubernetes.io/metadata.name: monitoring}"),
    });
    expect([...(namespaces.get("evil")?.labels ?? [])]).toEqual([
      ["team", "x1"],
      ["kubernetes.io/metadata.name", "evil"],
    ]);
    expect(found.map(({ code, severity }) => `${code} ${severity}`)).toEqual(["SUSPECT warning"]);
  });

  it("one that an object merely stands in has its name and what the configuration says of it", () => {
    const namespaceLabels = new Map([
      ["prod", new Map([["tier", "one"]])],
      ["far", new Map([["tier", "two"]])],
    ]);
    const { namespaces } = clusterOf({ "a.yaml": POD("p") + NS("own") }, { namespaceLabels });
    const shown = [...namespaces.values()].map(({ name, declared, labels }) => [name, declared, [...labels].join(";")]);
    expect(shown).toEqual([
      ["own", true, "kubernetes.io/metadata.name,own"],
      ["prod", false, "tier,one;kubernetes.io/metadata.name,prod"],
      ["far", false, "tier,two;kubernetes.io/metadata.name,far"],
    ]);
  });

  it("objects that name none stand in the configured one", () => {
    const text = POD("p").replace(", namespace: prod", "");
    expect(clusterOf({ "a.yaml": text }, { namespace: "team" }).workloads.map(formatWorkload)).toEqual(["team/p[Pod]"]);
  });

  it("a policy in a namespace that is not declared is told once where others are declared", () => {
    expect(issues(NS("prod") + NP("a", "prdo") + NP("b", "prdo"))).toEqual([
      "SUSPECT warning `NetworkPolicy prdo/a` stands in the namespace `prdo`, which is not declared, though others are",
    ]);
    expect(issues(NP("a", "prdo"))).toEqual([]);
  });
});

describe("duplicates", () => {
  it("the last in path order counts, component by component, and a warning names both places", () => {
    const files = { "b/x.yaml": POD("p", "prod", "{v: first}"), "b.yaml": POD("p", "prod", "{v: last}") };
    const { workloads, issues: found } = clusterOf(files);
    expect(workloads[0]?.pod.labels.get("v")).toBe("last");
    expect(found[0]).toMatchObject({ code: "DUPLICATE_OBJECT", severity: "warning", at: { file: "b.yaml", line: 2 } });
    expect(found[0]?.message).toBe(
      "`Pod prod/p` is also defined at b/x.yaml:2, differently: the definition here counts",
    );
    expect(["b.yaml", "a/z", "b/x.yaml", "a", "b"].sort(comparePaths)).toEqual(["a", "a/z", "b", "b/x.yaml", "b.yaml"]);
  });

  it("the order in which files come does not matter, and equal definitions are called equal", () => {
    const same = clusterOf({ "z.yaml": POD("p"), "a.yaml": POD("p") }).issues[0];
    expect([same?.at?.file, same?.message]).toEqual([
      "z.yaml",
      "`Pod prod/p` is also defined at a.yaml:2, with the same content: the definition here counts",
    ]);
  });

  it("objects with a generated name are never the same", () => {
    const job = `apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: run-, namespace: prod}\nspec: {template: {spec: {containers: [{name: c, image: i}]}}}\n---\n`;
    const { workloads, issues: found } = clusterOf({ "a.yaml": job + job });
    expect([workloads.map(formatWorkload), found]).toEqual([["prod/run-[Job]", "prod/run-(2)[Job]"], []]);
  });

  it("objects of one name and another kind or namespace are no duplicates", () => {
    expect(issues(NP("a", "one") + NP("a", "two") + POD("a", "one"))).toEqual([]);
  });
});

describe("the plugin", () => {
  const calico = `apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: g}\nspec: {selector: all()}\n---\n`;
  const cilium = `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c, namespace: prod}\nspec: {endpointSelector: {}, ingress: [{}]}\n---\n`;

  it("is the configured one, else that of the policies in the tree, else the specification", () => {
    expect(clusterOf({ "a.yaml": NP("a", "prod") }).plugin).toMatchObject({ name: undefined, enforces: true });
    expect(clusterOf({ "a.yaml": calico }).plugin).toMatchObject({
      name: "calico",
      reason: expect.stringContaining("a.yaml:2"),
    });
    expect(clusterOf({ "a.yaml": cilium }).plugin.name).toBe("cilium");
    expect(clusterOf({ "a.yaml": calico }, { cni: "kube-router" }).plugin).toMatchObject({
      name: "kube-router",
      reason: "configured",
    });
    expect(clusterOf({}, { cni: "flannel" }).plugin.enforces).toBe(false);
  });

  it("is the one that the tree installs, before the one whose policies it holds", () => {
    const daemonSet = `apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: weave-net, namespace: kube-system}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}\n---\n`;
    expect(clusterOf({ "a.yaml": calico + daemonSet }).plugin).toMatchObject({ name: "weave-net" });
  });

  it("decides what is enforced: nothing under Flannel, the first port of a range under Weave Net", () => {
    const text = NP("a", "prod", "{ingress: [{ports: [{port: 80, endPort: 90}]}]}");
    const conn = (cni: string | undefined) => {
      const rule = clusterOf({ "a.yaml": text }, { cni }).policies[0]?.rules[0];
      return rule === undefined ? undefined : formatConn(rule.conn.conn, EVERYTHING);
    };
    expect([conn(undefined), conn("weave-net"), conn("flannel")]).toEqual(["TCP 80-90", "TCP 80", undefined]);
    expect(clusterOf({ "a.yaml": text }, { cni: "weave-net" }).deviations).toHaveLength(1);
  });

  it("policies of another plugin are not enforced, which is told", () => {
    const { policies, issues: found } = clusterOf({ "a.yaml": calico + cilium }, { cni: "cilium" });
    expect(policies.map(({ object }) => object.kind)).not.toContain("GlobalNetworkPolicy");
    expect(found.map(({ code, subject }) => `${code} ${subject}`)).toContain("NOT_ENFORCED GlobalNetworkPolicy g");
  });

  it("places NetworkPolicy among the tiers", () => {
    const tier = (cni: string | undefined) => clusterOf({ "a.yaml": NP("a", "prod") }, { cni }).policies[0]?.tier;
    expect([tier(undefined), tier("calico"), tier("canal"), tier("cilium"), tier("weave-net")]).toEqual([
      "networkpolicy",
      "default",
      "default",
      "policy",
      "networkpolicy",
    ]);
  });

  it("decides whether blocks hold pods: not under Cilium, and never with external-only", () => {
    const text = NP("a", "prod", "{ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}");
    const pods = (options: Parameters<typeof clusterOf>[1]) => {
      const peer = clusterOf({ "a.yaml": text }, options).policies[0]?.rules[0]?.peer;
      return peer?.op === "addresses" ? peer.pods : peer?.op;
    };
    expect(pods({})).toBe(true);
    expect(pods({ ipBlocks: "external-only" })).toBe(false);
    expect(pods({ podCidrs: parseCidr("10.0.0.0/8")?.set ?? NO_ADDRESS })).toBe(true);
    expect(pods({ cni: "cilium", ipBlocks: "match-pods" })).not.toBe(false);
  });
});

describe("what is odd", () => {
  it("a policy that appears to select a pod in its node's network", () => {
    expect(
      issues(POD("agent", "prod", "{app: agent}", "hostNetwork: true, ") + NP("a", "prod") + NP("b", "prod")),
    ).toEqual([
      "HOST_NETWORK warning `NetworkPolicy prod/a` appears to select `prod/agent[Pod]`, which has `hostNetwork: true`: no policy governs it",
    ]);
  });

  it("a policy that selects nothing in a namespace with workloads", () => {
    const missing = NP("a", "prod", "{podSelector: {matchLabels: {app: wbe}}}");
    expect(issues(POD("p") + missing)).toEqual([
      "UNMATCHED_SELECTOR warning `NetworkPolicy prod/a` selects none of the workloads that are declared in `prod`",
    ]);
    expect(issues(missing)).toEqual([]);
    expect(issues(POD("p") + NP("a", "prod"))).toEqual([]);
  });

  it("a policy is matched with its pods in a namespace of many", () => {
    const pods = Array.from({ length: 50 }, (_, i) => POD(`p${i}`, "prod", `{app: a${i}}`)).join("");
    const policy = (app: string) => NP(app, "prod", `{podSelector: {matchLabels: {app: ${app}}}}`);
    expect(issues(pods + policy("a7") + policy("a50")).map((text) => text.split(" selects")[0])).toEqual([
      "UNMATCHED_SELECTOR warning `NetworkPolicy prod/a50`",
    ]);
  });

  it("a port name that no pod declares where the rule leads", () => {
    const ingress = (port: string) => NP("a", "prod", `{ingress: [{ports: [${port}]}]}`);
    expect(issues(POD("p") + ingress("{port: http}"))).toEqual([]);
    expect(issues(POD("p") + ingress("{port: htpt}"))).toEqual([
      "UNMATCHED_NAMED_PORT warning in `NetworkPolicy prod/a`, no declared pod that `ingress[0]` leads to has a port named `htpt` for TCP",
    ]);
    expect(issues(POD("p") + ingress("{port: http, protocol: UDP}"))[0]).toContain("`prod/p[Pod]` declares it for TCP");
  });

  it("a port name of an egress rule is looked for on the peers", () => {
    const egress = (peer: string) =>
      NP("a", "prod", `{egress: [{to: [${peer}], ports: [{port: http}]}], policyTypes: [Egress]}`);
    const pods = POD("p") + POD("q", "other").replace("name: http", "name: web");
    expect(issues(pods + egress("{podSelector: {}}"))).toEqual([]);
    expect(
      issues(pods + egress("{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}")),
    ).toHaveLength(1);
    expect(issues(pods + egress("{ipBlock: {cidr: 8.8.8.8/32}}"))).toEqual([]);
  });
});

describe("what base and head share", () => {
  it("the same objects give the same namespaces, workloads and policies", () => {
    const { objects, issues: found } = objectsOf(NS("prod") + POD("p") + NP("a", "prod"));
    const input = { objects, issues: found, counts: { files: 1, documents: 3, skipped: 0 } };
    const [base, head] = [buildCluster(input, OPTIONS), buildCluster({ ...input, objects: [...objects] }, OPTIONS)];
    expect(head.workloads[0]).toBe(base.workloads[0]);
    expect(head.policies[0]).toBe(base.policies[0]);
    expect(head.namespaces.get("prod")).toBe(base.namespaces.get("prod"));
    expect(base.counts).toEqual({ files: 1, documents: 3, skipped: 0, workloads: 1, policies: 1 });
  });

  it("the same pod under other labels of its namespace is another one", () => {
    const counts = { files: 1, documents: 2, skipped: 0 };
    const pod = objectsOf(POD("p")).objects;
    const labelled = (labels: string) =>
      buildCluster({ objects: [...objectsOf(NS("prod", labels)).objects, ...pod], issues: [], counts }, OPTIONS);
    const teams = ["{team: a}", "{team: b}", "{}"].map((labels) =>
      labelled(labels).workloads.map((each) => each.pod.namespaceLabels.get("team")),
    );
    expect(teams).toEqual([["a"], ["b"], [undefined]]);
  });
});
