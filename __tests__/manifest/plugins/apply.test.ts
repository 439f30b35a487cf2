import { describe, expect, test } from "vitest";
import { applyProfile } from "../../../src/manifest/plugins/apply.ts";
import { PROFILES, profileNamed } from "../../../src/manifest/plugins/profiles.ts";
import type { Cluster } from "../../../src/model/cluster.ts";
import { judge } from "../../../src/pointwise/judge.ts";
import { clusterOf, endpoint, pods } from "../cluster-of.ts";

const PODS = pods("prod/db app=db", "prod/api app=api", "prod/web app=web", "mon/prom app=prom");

function policy(spec: string, name = "p"): string {
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: prod}
spec:
${spec
  .trim()
  .split("\n")
  .map((line) => `  ${line}`)
  .join("\n")}
`;
}

/** The cluster of a text in `1.yaml` under a plugin; `undefined`: under none. */
function under(plugin: string | undefined, text: string): Cluster {
  return clusterOf([PODS, text], { cni: plugin });
}

function open(cluster: Cluster, src: string, port: number, dst = "prod/db"): boolean {
  const flow = { src: endpoint(cluster, src), dst: endpoint(cluster, dst), protocol: "TCP" as const, port };
  return judge(cluster.policies, flow).allowed;
}

function texts({ deviations }: Cluster): readonly string[] {
  return deviations.map(({ at, text }) => `${at.line}: ${text}`);
}

const NAMED = policy(`
podSelector: {matchLabels: {app: db}}
ingress:
- from: [{podSelector: {matchLabels: {app: api}}}]
  ports: [{port: http}]
`);

describe("what a plugin makes of a policy", () => {
  test("Flannel enforces nothing: every flow is allowed, and one issue says so", () => {
    const result = under("flannel", policy("podSelector: {}\npolicyTypes: [Ingress, Egress]"));
    expect(result.policies).toEqual([]);
    expect(open(result, "mon/prom", 1)).toBe(true);
    expect(result.issues.map(({ code, message }) => [code, message])).toEqual([
      ["NOT_ENFORCED", "`flannel` enforces no policy: every flow is allowed, whatever the one policy says"],
    ]);
  });

  test("Weave Net rejects a policy with a port name as a whole, and keeps the others", () => {
    const result = under("weave-net", `${NAMED}---\n${policy("podSelector: {matchLabels: {app: web}}", "other")}`);
    expect(result.policies.map(({ object }) => object.name)).toEqual(["other"]);
    expect(open(result, "mon/prom", 9)).toBe(true);
    expect(texts(result)).toEqual([
      expect.stringMatching(/^7: Weave Net rejects all of `NetworkPolicy prod\/p` for a port by name: one named port/),
    ]);
  });

  test("Weave Net opens the first port of a range alone", () => {
    const range = policy(`
podSelector: {matchLabels: {app: db}}
ingress:
- ports: [{port: 8000, endPort: 8100}, {port: 9000}, {port: 9001}]
`);
    const result = under("weave-net", range);
    expect([8000, 8001, 8100, 9000, 9001].map((port) => open(result, "prod/api", port))).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
    expect(texts(result)).toEqual(["7: Weave Net opens the first port of the range alone: it does not know `endPort`"]);
    expect(open(under("calico", range), "prod/api", 8001)).toBe(true);
  });

  test("a range that the API server rejects stays rejected under Weave Net", () => {
    const cluster = under("weave-net", policy("podSelector: {}\ningress: [{ports: [{port: 90, endPort: 80}]}]"));
    expect(cluster.issues.map(({ code }) => code)).toEqual(["REJECTED"]);
  });

  test("OVN-Kubernetes opens the whole protocol for a rule with names alone", () => {
    const result = under("ovn-kubernetes", NAMED);
    expect([open(result, "prod/api", 8080), open(result, "prod/api", 22), open(result, "prod/web", 22)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(texts(result)).toEqual([
      expect.stringMatching(
        /^7: OVN-Kubernetes \(OpenShift\) opens this rule to every port of the protocol: over-permissive/,
      ),
    ]);
    const mixed = policy("podSelector: {matchLabels: {app: db}}\ningress: [{ports: [{port: http}, {port: 80}]}]");
    expect([80, 8080, 22].map((port) => open(under("ovn-kubernetes", mixed), "prod/api", port))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("Romana leaves egress open and reads a peer as its whole namespace", () => {
    const both = policy(`
podSelector: {matchLabels: {app: db}}
policyTypes: [Ingress, Egress]
ingress:
- from: [{podSelector: {matchLabels: {app: api}}}]
`);
    const result = under("romana", both);
    expect([open(result, "prod/api", 1), open(result, "prod/web", 1), open(result, "mon/prom", 1)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(open(result, "prod/db", 1, "prod/web")).toBe(true);
    expect(texts(result).map((text) => text.slice(0, 60))).toEqual([
      "8: Romana opens this rule to the whole namespace: reads exte",
      "2: Romana does not enforce egress: what `NetworkPolicy prod/",
    ]);
  });

  test("Romana reads an ipBlock as the whole own namespace", () => {
    const block = policy(
      "podSelector: {matchLabels: {app: db}}\ningress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]",
    );
    const result = under("romana", block);
    expect([open(result, "prod/web", 1), open(result, "mon/prom", 1)]).toEqual([true, false]);
  });

  test("Azure NPM rejects a policy with an IPv6 block as a whole", () => {
    const block = policy(
      "podSelector: {matchLabels: {app: db}}\ningress: [{from: [{ipBlock: {cidr: '2001:db8::/32'}}]}]",
    );
    expect(under("azure-npm", block).policies).toEqual([]);
    expect(under("calico", block).policies).toHaveLength(1);
  });

  test("a rule that is narrowed counts in full, with a note", () => {
    const result = under("kube-router", NAMED);
    expect(open(result, "prod/api", 8080)).toBe(true);
    expect(texts(result)).toEqual([
      expect.stringMatching(/^7: kube-router .* reads a port by name in part: spec.containers only/),
    ]);
  });

  test("what nobody read changes no answer and is noted", () => {
    const sctp = policy("podSelector: {matchLabels: {app: db}}\ningress: [{ports: [{protocol: SCTP, port: 7}]}]");
    const result = under("kube-router", sctp);
    expect(result.policies).toEqual(under(undefined, sctp).policies);
    expect(texts(result)).toEqual([
      expect.stringMatching(/^6: what kube-router \(also in k3s\) does with SCTP is not known/),
    ]);
  });

  test("a plugin ignores the kinds that it does not know", () => {
    const admin = `apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: deny}
spec:
  priority: 1
  subject: {namespaces: {}}
  ingress: [{action: Deny, from: [{namespaces: {}}]}]
`;
    const [kubeRouter, ovn, antrea] = [
      under("kube-router", admin),
      under("ovn-kubernetes", admin),
      under("antrea", admin),
    ];
    expect([open(kubeRouter, "prod/api", 1), open(ovn, "prod/api", 1), open(antrea, "prod/api", 1)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(texts(kubeRouter)).toEqual([
      "2: kube-router (also in k3s) does not know the kind `AdminNetworkPolicy`: `AdminNetworkPolicy deny` is ignored",
    ]);
    expect(texts(ovn)).toEqual([]);
    expect(texts(antrea)).toEqual([
      "2: Antrea reads `AdminNetworkPolicy` in part: since 1.13, feature gate, deprecated",
    ]);
  });

  test.each(PROFILES.map(({ name }) => name))(
    "%s leaves a plain policy with selectors and numbers alone, or opens it",
    (name) => {
      const plain = policy(`
podSelector: {matchLabels: {app: db}}
ingress:
- from: [{podSelector: {matchLabels: {app: api}}}]
  ports: [{port: 8080}]
`);
      const result = under(name, plain);
      const asApi = [true, false, false];
      const flows = [open(result, "prod/api", 8080), open(result, "prod/api", 1), open(result, "mon/prom", 8080)];
      expect(flows).toEqual(name === "flannel" ? [true, true, true] : asApi);
      expect(open(result, "prod/web", 8080)).toBe(name === "flannel" || name === "romana");
    },
  );

  test("equal policies stay equal objects, so that base and head share them", () => {
    const profile = profileNamed("ovn-kubernetes");
    const cluster = under(undefined, NAMED);
    const once = profile && applyProfile(cluster.policies, [], profile).policies;
    const again = profile && applyProfile(cluster.policies, [], profile).policies;
    expect(once?.[0]).toBe(again?.[0]);
    expect(once?.[0]).not.toBe(cluster.policies[0]);
  });
});
