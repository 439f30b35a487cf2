import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { NO_CONFIG, type RootsConfig } from "../../src/roots/config-types.ts";
import type { Deployed, DeployedCluster } from "../../src/roots/deployed.ts";
import { plan } from "../../src/roots/plan.ts";
import { directoryTree } from "../../src/tree/directory.ts";
import { hasHelm, hasKustomize, objects, run } from "./folders.ts";

const shared = resolve(process.env.NETPOL_SHARED_DIR ?? "../shared", "real");
const isThere = existsSync(shared);
const why = !isThere
  ? " (skipped: no real trees)"
  : hasKustomize && hasHelm
    ? ""
    : " (skipped: kustomize or helm is not in PATH)";

const cluster = {
  render: "auto",
  namespace: undefined,
  kubeVersion: undefined,
  apiVersions: [],
  remotes: "refuse",
  from: ["flux", "argocd"],
} as const;
const kustomize = (...patterns: readonly string[]): Partial<RootsConfig> => ({
  clusters: [{ ...cluster, name: "one", manifests: patterns.map((pattern) => ({ kind: "kustomize", pattern })) }],
});

async function pair(name: string, config: Partial<RootsConfig> = {}): Promise<Deployed> {
  const tree = (side: string) => directoryTree(join(shared, name, side), { label: side });
  return run(plan(tree("base"), tree("head"), { ...NO_CONFIG, ...config }));
}

async function chart(name: string, path: string, release: { name: string; namespace: string }): Promise<Deployed> {
  const values = join(shared, "rendered", name);
  const [base, head] = ["base", "head"].map((side) => {
    const tree = directoryTree(join(values, side), { label: side });
    const beside = directoryTree(join(values, "values.yaml"), { label: side });
    const read: typeof tree.read = (entries, visit) => {
      tree.read(
        entries.filter((entry) => entry.path !== "values.yaml"),
        visit,
      );
      beside.read(
        entries.filter((entry) => entry.path === "values.yaml"),
        visit,
      );
    };
    return { ...tree, entries: [...tree.entries, ...beside.entries], read };
  });
  if (base === undefined || head === undefined) throw new Error("no trees");
  const manifests = [
    { kind: "helm", chart: path, release: release.name, namespace: release.namespace, values: ["values.yaml"] },
  ] as const;
  const clusters = [{ ...cluster, kubeVersion: "1.30.0", name: "one", manifests }];
  return run(plan(base, head, { ...NO_CONFIG, clusters }));
}

const shape = ({ clusters }: Deployed): unknown[] =>
  clusters.map(({ name, base, head }) => [name, base.rendered, head.rendered]);
const policies = (side: DeployedCluster["head"] | undefined): string[] =>
  (side === undefined ? [] : objects(side)).filter((text) => text.startsWith("NetworkPolicy"));
const quiet = ({ clusters }: Deployed): unknown[] => clusters.flatMap(({ issues }) => [...issues.base, ...issues.head]);

describe.skipIf(why !== "")(`real pairs${why}`, () => {
  test("eso: two overlays are two clusters, and production inherits eight policies", async () => {
    const found = await pair("rendered/eso-production-inherits-policies");
    expect(shape(found)).toEqual([
      ["components/external-secrets-operator/production", 21, 29],
      ["components/external-secrets-operator/staging", 29, 29],
    ]);
    expect(policies(found.clusters[0]?.base)).toEqual([]);
    expect(policies(found.clusters[0]?.head)).toHaveLength(8);
    expect(policies(found.clusters[0]?.head)[0]).toBe(
      "NetworkPolicy external-secrets-operator/allow-cert-controller-webhook-egress components/external-secrets-operator/base/networkpolicy-allow-egress.yaml:61",
    );
    expect(quiet(found)).toEqual([]);
  });

  test("member operator: only the outer root is deployed, and gives the placeholder namespace its name", async () => {
    const found = await pair("rendered/member-operator-system-namespace");
    expect(shape(found)).toEqual([["", 15, 14]]);
    expect(policies(found.clusters[0]?.base)).toEqual([
      expect.stringMatching(
        /^NetworkPolicy toolchain-member-operator\/\S+ components\/sandbox\/toolchain-member-operator\/base\/monitoring\/\S+:\d+$/,
      ),
    ]);
    expect(found.clusters[0]?.base.documents.find(({ overruled }) => overruled === "system")).toBeDefined();
    expect(policies(found.clusters[0]?.head)).toEqual([]);
    expect(quiet(found)).toEqual([]);
  });

  test("nslister: a patch is no second object", async () => {
    const found = await pair("rendered/nslister-egress-added");
    expect(shape(found)).toEqual([["", 8, 9]]);
    expect(found.clusters[0]?.head.raw).toEqual([]);
    expect(policies(found.clusters[0]?.head)).toEqual([
      "NetworkPolicy namespace-lister/namespace-lister-allow-from-konfluxui konflux-ci/namespace-lister/network_policy_allow_from_konfluxui.yaml:2",
      "NetworkPolicy namespace-lister/namespace-lister-allow-to-apiserver konflux-ci/namespace-lister/network_policy_allow_to_apiserver.yaml:2",
    ]);
  });

  test("seaweedfs: the kustomization places policy and workload, and the third `from` is found in its file", async () => {
    const found = await pair("rendered/seaweedfs-same-namespace-port");
    expect(shape(found)).toEqual([["", 7, 7]]);
    const policy = found.clusters[0]?.head.documents.find(({ source }) =>
      source.file.endsWith("seaweedfs-networkpolicy.yaml"),
    );
    expect(policy?.transformedBy.map(({ file }) => file)).toContain(
      "applications/pipeline/upstream/third-party/seaweedfs/base/kustomization.yaml",
    );
    const spec = policy?.node.entries.get("spec")?.value;
    const ingress = spec?.kind === "map" ? spec.entries.get("ingress")?.value : undefined;
    const rule = ingress?.kind === "seq" ? ingress.items[2] : undefined;
    expect([ingress?.kind === "seq" && ingress.items.length, rule?.line]).toEqual([3, 23]);
  });

  test.each([
    ["argocd-chart-dead-rule-removed", "charts/argo-cd", { name: "argocd", namespace: "argocd" }, 55, 55],
    [
      "ingress-nginx-chart-policies-reworked",
      "charts/ingress-nginx",
      { name: "ing", namespace: "ingress-nginx" },
      undefined,
      undefined,
    ],
    ["tempo-chart-or-to-and", "charts/tempo", { name: "tempo", namespace: "tracing" }, 5, 5],
  ])("%s: the chart renders with its values", async (name, path, release, base, head) => {
    const found = await chart(name, path, release);
    if (base !== undefined) expect(shape(found)).toEqual([["one", base, head]]);
    expect(policies(found.clusters[0]?.head).length).toBeGreaterThan(0);
    expect(quiet(found)).toEqual([]);
  });

  test("ingress-nginx: hooks are there, and each policy names its template and line", async () => {
    const found = await chart("ingress-nginx-chart-policies-reworked", "charts/ingress-nginx", {
      name: "ing",
      namespace: "ingress-nginx",
    });
    const head = found.clusters[0]?.head;
    expect(head === undefined ? [] : objects(head).filter((text) => text.startsWith("Job "))).toHaveLength(2);
    expect(policies(head)).toEqual([
      "NetworkPolicy ingress-nginx/ing-ingress-nginx-admission charts/ingress-nginx/templates/admission-webhooks/job-patch/networkpolicy.yaml:3",
      "NetworkPolicy ingress-nginx/ing-ingress-nginx-controller charts/ingress-nginx/templates/controller-networkpolicy.yaml:3",
      "NetworkPolicy ingress-nginx/ing-ingress-nginx-defaultbackend charts/ingress-nginx/templates/default-backend-networkpolicy.yaml:3",
    ]);
  });

  test("kubeflow: the namespace transformer overrules what six policies say", async () => {
    const found = await pair(
      "kubeflow-namespace-transformer-neutralizes",
      kustomize(
        "common/networkpolicies/base",
        "common/dex/overlays/oauth2-proxy",
        "common/oauth2-proxy/overlays/m2m-dex-only",
        "common/kubeflow-namespace/base",
        "applications/centraldashboard/overlays/oauth2-proxy",
      ),
    );
    expect(shape(found)).toEqual([["one", 62, 68]]);
    const before = new Set(policies(found.clusters[0]?.base));
    const added = policies(found.clusters[0]?.head).filter((text) => !before.has(text));
    expect(added).toHaveLength(6);
    expect(added.every((text) => text.startsWith("NetworkPolicy kubeflow/"))).toBe(true);
    const overruled = found.clusters[0]?.head.documents.flatMap((one) => one.overruled ?? []) ?? [];
    expect(overruled).toEqual(
      expect.arrayContaining(["auth", "cert-manager", "istio-system", "knative-serving", "oauth2-proxy"]),
    );
  });

  test("boutique: components and inline patches are what kustomize makes of them", async () => {
    const found = await pair("boutique-new-workload-under-deny-all");
    const cluster = found.clusters.find(({ name }) => name === "kustomize/tests/memorystore-with-all-components");
    expect([cluster?.base.rendered, cluster?.head.rendered]).toEqual([46, 49]);
    const deployments = (side: DeployedCluster["head"] | undefined): number =>
      (side === undefined ? [] : objects(side)).filter((text) => text.startsWith("Deployment ")).length;
    expect([deployments(cluster?.base), deployments(cluster?.head)]).toEqual([11, 12]);
    expect(policies(cluster?.head)).toHaveLength(13);
  });

  test("deedee: Flux gives the namespace, also to policies of roots that cannot be rendered", async () => {
    const found = await pair("deedee-cilium-specs-egress");
    const raw = found.clusters[0]?.head.raw.filter(({ entry }) => entry.path.endsWith("networkpolicy.yaml"));
    expect(raw?.map(({ entry, namespace, policiesOnly }) => [entry.path, namespace, policiesOnly])).toEqual(
      ["frigate", "home-assistant", "zigbee2mqtt"].map((app) => [
        `kubernetes/apps/home/${app}/networkpolicy.yaml`,
        { name: "home", forced: true },
        true,
      ]),
    );
    const at = found.clusters[0]?.issues.head[0]?.at;
    expect(at).toEqual({ file: "kubernetes/clusters/deedee/apps/home/frigate.yaml", line: 9 });
    expect(found.coverage.unread).toHaveLength(4);
  });

  test("pairs that are read raw stay raw", async () => {
    for (const name of [
      "argocd-ingress-policies-added",
      "kubeprom-version-bump-noop",
      "moj-wrong-namespace-fixed",
      "npapi-anp-deny-added",
      "sockshop-label-rename",
    ]) {
      const found = await pair(name);
      expect(shape(found)).toEqual([["", 0, 0]]);
      expect(found.clusters[0]?.head.raw.length).toBeGreaterThan(0);
      expect(quiet(found)).toEqual([]);
    }
  });
});
