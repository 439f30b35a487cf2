import { describe, expect, test } from "vitest";
import { buildCluster } from "../../../src/manifest/cluster.ts";
import { type Applied, applyProfile } from "../../../src/manifest/plugins/apply.ts";
import { asRead } from "../../../src/manifest/plugins/objects.ts";
import { PROFILES, profileNamed } from "../../../src/manifest/plugins/profiles.ts";
import { judge } from "../../../src/pointwise/judge.ts";
import { OPTIONS, objectsOf } from "../context.ts";

const PODS = `
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: prod, labels: {app: db}}
spec: {containers: [{name: c, image: x, ports: [{name: sql, containerPort: 5432}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: prod, labels: {app: api}}
spec: {containers: [{name: c, image: x}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: prod, labels: {app: web}}
spec: {containers: [{name: c, image: x}]}
---
apiVersion: v1
kind: Pod
metadata: {name: prom, namespace: mon, labels: {app: prom}}
spec: {containers: [{name: c, image: x}]}
`;

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

/** The policies of a text under a plugin, as a review applies it. */
function under(plugin: string, text: string) {
  const profile = profileNamed(plugin);
  if (profile === undefined) throw new Error(plugin);
  const read = asRead([...objectsOf(PODS, "pods.yaml").objects, ...objectsOf(text, "p.yaml").objects], profile);
  const counts = { files: 1, documents: 0, skipped: 0 };
  const cluster = buildCluster({ objects: read.objects, issues: [], counts }, { ...OPTIONS, cni: plugin });
  const applied = applyProfile(cluster.policies, cluster.workloads, profile);
  return { ...applied, cluster, deviations: [...read.deviations, ...applied.deviations] };
}

type Under = ReturnType<typeof under>;

function open(
  { policies, cluster }: Pick<Under, "policies" | "cluster">,
  src: string,
  port: number,
  dst = "db",
): boolean {
  const pod = (name: string) => cluster.workloads.find((each) => each.name === name)?.pod;
  const [from, to] = [pod(src), pod(dst)];
  if (from === undefined || to === undefined) throw new Error(src);
  const flow = {
    src: { kind: "pod" as const, pod: from },
    dst: { kind: "pod" as const, pod: to },
    protocol: "TCP" as const,
    port,
  };
  return judge(policies, flow).allowed;
}

function texts({ deviations }: Pick<Applied, "deviations">): readonly string[] {
  return deviations.map(({ at, text }) => `${at.line}: ${text}`);
}

const NAMED = policy(`
podSelector: {matchLabels: {app: db}}
ingress:
- from: [{podSelector: {matchLabels: {app: api}}}]
  ports: [{port: sql}]
`);

describe("what a plugin makes of a policy", () => {
  test("Flannel enforces nothing: every flow is allowed, and one issue says so", () => {
    const result = under("flannel", policy("podSelector: {}\npolicyTypes: [Ingress, Egress]"));
    expect(result.policies).toEqual([]);
    expect(open(result, "prom", 1)).toBe(true);
    expect(result.issues.map(({ code, message }) => [code, message])).toEqual([
      ["NOT_ENFORCED", "`flannel` enforces no policy: every flow is allowed, whatever 1 policies say"],
    ]);
  });

  test("Weave Net rejects a policy with a port name as a whole, and keeps the others", () => {
    const result = under("weave-net", `${NAMED}---\n${policy("podSelector: {matchLabels: {app: web}}", "other")}`);
    expect(result.policies.map(({ object }) => object.name)).toEqual(["other"]);
    expect(open(result, "prom", 9)).toBe(true);
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
    expect([8000, 8001, 8100, 9000, 9001].map((port) => open(result, "api", port))).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
    expect(texts(result)).toEqual(["7: Weave Net opens the first port of the range alone: it does not know `endPort`"]);
    expect(open(under("calico", range), "api", 8001)).toBe(true);
  });

  test("a range that the API server rejects stays rejected under Weave Net", () => {
    const { cluster } = under("weave-net", policy("podSelector: {}\ningress: [{ports: [{port: 90, endPort: 80}]}]"));
    expect(cluster.issues.map(({ code }) => code)).toEqual(["REJECTED"]);
  });

  test("OVN-Kubernetes opens the whole protocol for a rule with names alone", () => {
    const result = under("ovn-kubernetes", NAMED);
    expect([open(result, "api", 5432), open(result, "api", 22), open(result, "web", 22)]).toEqual([true, true, false]);
    expect(texts(result)).toEqual([
      expect.stringMatching(
        /^7: OVN-Kubernetes \(OpenShift\) opens this rule to every port of the protocol: over-permissive/,
      ),
    ]);
    const mixed = policy("podSelector: {matchLabels: {app: db}}\ningress: [{ports: [{port: sql}, {port: 80}]}]");
    expect([80, 5432, 22].map((port) => open(under("ovn-kubernetes", mixed), "api", port))).toEqual([
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
    expect([open(result, "api", 1), open(result, "web", 1), open(result, "prom", 1)]).toEqual([true, true, false]);
    expect(open(result, "db", 1, "web")).toBe(true);
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
    expect([open(result, "web", 1), open(result, "prom", 1)]).toEqual([true, false]);
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
    expect(open(result, "api", 5432)).toBe(true);
    expect(texts(result)).toEqual([
      expect.stringMatching(/^7: kube-router .* reads a port by name in part: spec.containers only/),
    ]);
  });

  test("what nobody read changes no answer and is noted", () => {
    const sctp = policy("podSelector: {matchLabels: {app: db}}\ningress: [{ports: [{protocol: SCTP, port: 7}]}]");
    const result = under("kube-router", sctp);
    expect(result.policies).toEqual(result.cluster.policies);
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
    expect([open(kubeRouter, "api", 1), open(ovn, "api", 1), open(antrea, "api", 1)]).toEqual([true, false, false]);
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
  ports: [{port: 5432}]
`);
      const result = under(name, plain);
      const asApi = [true, false, false];
      const flows = [open(result, "api", 5432), open(result, "api", 1), open(result, "prom", 5432)];
      expect(flows).toEqual(name === "flannel" ? [true, true, true] : asApi);
      expect(open(result, "web", 5432)).toBe(name === "flannel" || name === "romana");
    },
  );

  test("equal policies stay equal objects, so that base and head share them", () => {
    const profile = profileNamed("ovn-kubernetes");
    const { cluster } = under("ovn-kubernetes", NAMED);
    const once = profile && applyProfile(cluster.policies, [], profile).policies;
    const again = profile && applyProfile(cluster.policies, [], profile).policies;
    expect(once?.[0]).toBe(again?.[0]);
    expect(once?.[0]).not.toBe(cluster.policies[0]);
  });
});
