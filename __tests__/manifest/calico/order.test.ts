import { describe, expect, test } from "vitest";
import type { Cluster } from "../../../src/model/cluster.ts";
import { judge } from "../../../src/pointwise/judge.ts";
import { clusterOf, endpoint, pods, point } from "../cluster-of.ts";

const PODS = pods("prod/db app=db", "prod/api app=api", "dev/web app=web");

/** Objects in few words: `np` is a NetworkPolicy v1, `cnp` and `gnp` are Calico's, each with its spec. */
const WRITE = {
  np: (name: string, spec: string) =>
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: prod}\nspec: ${spec}\n`,
  cnp: (name: string, spec: string) =>
    `apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: prod}\nspec: ${spec}\n`,
  gnp: (name: string, spec: string) =>
    `apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`,
  tier: (name: string, spec: string) =>
    `apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: ${name}}\nspec: ${spec}\n`,
};

function under(...texts: readonly string[]): Cluster {
  return clusterOf([...texts, PODS], { cni: "calico", podCidrs: ["10.244.0.0/16"] });
}

function open(cluster: Cluster, src: string, dst: string, what = "TCP 80"): boolean {
  return judge(cluster.policies, { src: endpoint(cluster, src), dst: endpoint(cluster, dst), ...point(what) }).allowed;
}

const { np, cnp, gnp, tier } = WRITE;
const FROM_API = np(
  "k",
  "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]}",
);
const DENY = (order: string) => cnp("c", `{${order}selector: app == "db", ingress: [{action: Deny}]}`);

describe("NetworkPolicy v1 is a policy of order 1000 in the tier `default`", () => {
  test.each([
    ["order: 500, ", false],
    ["order: 2000, ", true],
    ["", true],
  ])("a Deny with `%s` lets its allow stand: %s", (order, stands) => {
    expect(open(under(FROM_API, DENY(order)), "prod/api", "prod/db")).toBe(stands);
  });

  test("an Allow of a later order opens what it isolates", () => {
    const allow = gnp("c", '{order: 2000, selector: app == "db", ingress: [{action: Allow}]}');
    expect([open(under(FROM_API), "dev/web", "prod/db"), open(under(FROM_API, allow), "dev/web", "prod/db")]).toEqual([
      false,
      true,
    ]);
  });

  test("of equal order the name decides, over both kinds", () => {
    const deny = (name: string) => cnp(name, '{order: 1000, selector: app == "db", ingress: [{action: Deny}]}');
    expect([
      open(under(FROM_API, deny("a")), "prod/api", "prod/db"),
      open(under(FROM_API, deny("z")), "prod/api", "prod/db"),
    ]).toEqual([false, true]);
  });

  test("egress rules alone isolate ingress too, in a policy of Calico they do not", () => {
    const kubernetes = np("k", "{podSelector: {matchLabels: {app: db}}, egress: [{}]}");
    const calico = cnp("c", '{selector: app == "db", egress: [{action: Allow}]}');
    expect([open(under(kubernetes), "dev/web", "prod/db"), open(under(calico), "dev/web", "prod/db")]).toEqual([
      false,
      true,
    ]);
  });
});

describe("order within and between tiers", () => {
  const pass = "{action: Pass}";
  const all = (rules: string, more = "") => `{${more}selector: app == "db", ingress: [${rules}]}`;
  const allowAll = gnp("z", all("{action: Allow}"));

  test("without an order a policy is the last of its tier", () => {
    const cluster = under(gnp("a", all("{action: Allow}")), gnp("b", all("{action: Deny}", "order: 5000000, ")));
    expect(open(cluster, "dev/web", "prod/db")).toBe(false);
  });

  test("a tier ends in Deny for whom one of its policies selects in this direction, unless it says Pass", () => {
    const only = gnp("s.p", all("{action: Allow, source: {selector: app == 'api'}}", "tier: s, "));
    const ends = (spec: string) => under(tier("s", spec), only, allowAll);
    expect([
      open(ends("{order: 1}"), "dev/web", "prod/db"),
      open(ends("{order: 1, defaultAction: Pass}"), "dev/web", "prod/db"),
    ]).toEqual([false, true]);
    expect([open(ends("{order: 1}"), "prod/db", "dev/web"), open(ends("{order: 1}"), "dev/web", "prod/api")]).toEqual([
      true,
      true,
    ]);
  });

  test("Pass leaves the tier at once; out of the last tier it allows", () => {
    const tiered = under(
      tier("s", "{order: 1}"),
      gnp("s.a", all(pass, "tier: s, order: 1, ")),
      gnp("s.b", all("{action: Deny}", "tier: s, order: 2, ")),
      allowAll,
    );
    expect(open(tiered, "dev/web", "prod/db")).toBe(true);
    const last = under(gnp("p", all("{action: Pass, protocol: TCP}")));
    expect([open(last, "dev/web", "prod/db"), open(last, "dev/web", "prod/db", "UDP 80")]).toEqual([true, false]);
  });

  test("tiers are asked by order, not by name", () => {
    const cluster = under(
      tier("a", "{order: 2}"),
      tier("b", "{order: 1}"),
      gnp("a.p", all("{action: Allow}", "tier: a, ")),
      gnp("b.p", all("{action: Deny}", "tier: b, ")),
    );
    expect(open(cluster, "dev/web", "prod/db")).toBe(false);
  });

  test("`Log` decides nothing", () => {
    expect(open(under(gnp("p", all("{action: Log}, {action: Allow}"))), "dev/web", "prod/db")).toBe(true);
  });

  test("admin policies stand in the tier `kube-admin`, before the tier `default`", () => {
    const admin =
      "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: a}\nspec: {tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}\n";
    const early = [tier("s", "{order: 900}"), gnp("s.p", all("{action: Allow}", "tier: s, "))];
    expect([
      open(under(admin, allowAll), "dev/web", "prod/db"),
      open(under(admin, ...early), "dev/web", "prod/db"),
    ]).toEqual([false, true]);
  });
});

describe("whom a rule speaks of", () => {
  const rule = (source: string, kind = cnp) =>
    under(kind("p", `{selector: app == "db", ingress: [{action: Allow, source: {${source}}}]}`));
  const who = ["prod/api", "dev/web", "203.0.113.1"];
  const admitted = (cluster: Cluster) => who.filter((each) => open(cluster, each, "prod/db"));

  test.each([
    ["nothing at all is everybody", "", cnp, who],
    ["`all()` is the own namespace in a policy of one", "selector: all()", cnp, ["prod/api"]],
    [
      "`all()` is every endpoint in a global policy, and no other address",
      "selector: all()",
      gnp,
      ["prod/api", "dev/web"],
    ],
    ["a lone `notSelector` is bound to the namespace", "notSelector: app == 'x'", cnp, ["prod/api"]],
    [
      "a lone `notSelector` in a global policy is everybody else",
      "notSelector: app == 'api'",
      gnp,
      ["dev/web", "203.0.113.1"],
    ],
    ["a namespaceSelector lifts the namespace", "selector: app == 'web', namespaceSelector: all()", cnp, ["dev/web"]],
    ["`global()` is no pod", "namespaceSelector: global()", cnp, []],
    ["the namespace by its name", "namespaceSelector: projectcalico.org/name == 'dev'", cnp, ["dev/web"]],
    ["blocks match pods by their addresses", "nets: [10.244.0.0/16]", cnp, ["prod/api", "dev/web"]],
    ["a selector and a block must both hold", "selector: app == 'api', nets: [203.0.113.0/24]", cnp, []],
    ["service accounts", "serviceAccounts: {names: [default]}, namespaceSelector: all()", cnp, ["prod/api", "dev/web"]],
  ])("%s", (_title, source, kind, expected) => {
    expect(admitted(rule(source, kind))).toEqual(expected);
  });

  test("a rule that names both sides narrows the subject for itself alone", () => {
    const cluster = under(cnp("p", '{ingress: [{action: Allow, destination: {selector: app == "db"}}]}'));
    expect([open(cluster, "dev/web", "prod/db"), open(cluster, "dev/web", "prod/api")]).toEqual([true, false]);
  });
});
