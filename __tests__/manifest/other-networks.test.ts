import { describe, expect, test } from "vitest";
import { clusterOf } from "./context.ts";
import { reviewFiles } from "./review-files.ts";

const pod = (template: string, namespace = "") => ({
  ".github/netpol-review.yml": `version: 1
protected: [{ name: db, to: { namespace: production, pods: { app: db } } }]
`,
  "db.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: production }
spec:
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db }${template === "" ? "" : `, annotations: ${template}`} }
    spec: { containers: [{ name: db, image: db }] }
`,
  "namespace.yaml": `apiVersion: v1
kind: Namespace
metadata: { name: production, labels: {${namespace}} }
`,
  "deny.yaml": `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: production }
spec: { policyTypes: [Ingress] }
`,
});

const ATTACHED: readonly (readonly [title: string, annotations: string, shown: string])[] = [
  ["Multus", "{ k8s.v1.cni.cncf.io/networks: macvlan }", "k8s.v1.cni.cncf.io/networks=macvlan"],
  [
    "Multus in JSON over lines",
    `{ k8s.v1.cni.cncf.io/networks: "[\\n {\\"name\\": \\"a\\"}\\n]" }`,
    'k8s.v1.cni.cncf.io/networks=[ {"name": "a"} ]',
  ],
  [
    "another default network of Multus",
    "{ v1.multus-cni.io/default-network: kube-system/isolated }",
    "v1.multus-cni.io/default-network=kube-system/isolated",
  ],
  ["GKE", "{ networking.gke.io/interfaces: '[{}]' }", "networking.gke.io/interfaces=[{}]"],
  ["DANM", "{ danm.io/interfaces: '[{}]' }", "danm.io/interfaces=[{}]"],
];

describe("a protected workload that is attached to another network is ungoverned there", () => {
  test.each(ATTACHED)("%s", async (_, annotations, shown) => {
    const report = await reviewFiles(pod(""), pod(annotations));
    const findings = report.clusters.flatMap((cluster) => cluster.findings);
    expect(findings.map(({ kind, severity }) => [kind, severity])).toEqual([["ungoverned", "error"]]);
    expect(findings[0]?.message).toContain(`is attached to another network (\`${shown}\`)`);
    expect(report.conclusion).toBe("failure");
  });

  test("a user-defined network of its namespace", async () => {
    const report = await reviewFiles(pod(""), pod("", ' k8s.ovn.org/primary-user-defined-network: "" '));
    const findings = report.clusters.flatMap((cluster) => cluster.findings);
    expect(findings.map(({ kind }) => kind)).toEqual(["ungoverned"]);
    expect(findings[0]?.message).toContain("k8s.ovn.org/primary-user-defined-network");
  });

  test("a network that it leaves, keeps, or names with an empty text is no finding", async () => {
    const multus = "{ k8s.v1.cni.cncf.io/networks: macvlan }";
    for (const [before, after] of [
      [multus, ""],
      [multus, multus],
      ["", '{ k8s.v1.cni.cncf.io/networks: "" }'],
      ["", "{ prometheus.io/scrape: 'true' }"],
    ] as const) {
      const report = await reviewFiles(pod(before), pod(after));
      expect(report.clusters.flatMap(({ findings }) => findings)).toEqual([]);
    }
  });
});

test("a virtual machine of KubeVirt names its networks in its own list", () => {
  const { workloads } = clusterOf({
    "vm.yaml": `apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: { name: vm, namespace: a }
spec:
  template:
    metadata: { labels: { app: vm } }
    spec:
      networks:
        - { name: default, pod: {} }
        - { name: lan, multus: { networkName: lan } }
`,
  });
  expect(workloads.map(({ otherNetworks }) => otherNetworks)).toEqual([["multus.networkName=lan"]]);
});
