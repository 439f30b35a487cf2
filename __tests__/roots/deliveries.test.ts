import { describe, expect, test } from "vitest";
import type { Plan, Root } from "../../src/roots/plan-types.ts";
import { deploy, type Files, hasHelm, hasKustomize, kustomization, objects, planOf, policy } from "./folders.ts";

const flux = (name: string, spec: string, namespace = "flux-system"): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`;
const argo = (name: string, spec: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: ${name}, namespace: argocd}\nspec: ${spec}\n`;
const app = { "apps/web/kustomization.yaml": kustomization("np.yaml"), "apps/web/np.yaml": policy("a") };
const rootsOf = (plan: Plan): readonly Root[] => plan.clusters.flatMap((cluster) => cluster.roots);
const errors = (plan: Plan): string[] =>
  plan.issues.head.filter((issue) => issue.severity === "error").map((issue) => issue.message);

describe("a Flux Kustomization", () => {
  test("names the root of its path and forces its namespace", () => {
    const [root, ...rest] = rootsOf(
      planOf({}, { ...app, "cluster/web.yaml": flux("web", "{path: ./apps/web, targetNamespace: prod}") }),
    );
    expect(rest).toEqual([]);
    expect(root?.label).toBe("apps/web (Kustomization flux-system/web)");
    expect(root?.head?.request).toMatchObject({ tool: "kustomize", path: "apps/web", namespace: "prod" });
  });

  test("is read wherever it stands, in lists too, and twice where two name one path", () => {
    const list = `kind: List\napiVersion: v1\nitems:\n- ${flux("one", "{path: apps/web, targetNamespace: a}").trim().replaceAll("\n", "\n  ")}\n- ${flux("two", "{path: /apps/web/, targetNamespace: b}").trim().replaceAll("\n", "\n  ")}\n`;
    const roots = rootsOf(planOf({}, { ...app, "x.yaml": list }));
    expect(roots.map((root) => root.head?.request?.tool === "kustomize" && root.head.request.namespace)).toEqual([
      "a",
      "b",
    ]);
  });

  test("finds a path below the folder that its source publishes, where only one folder ends so", () => {
    const files = {
      "kubernetes/apps/web/kustomization.yaml": kustomization(),
      "f.yaml": flux("web", "{path: ./apps/web}"),
    };
    expect(rootsOf(planOf({}, files))[0]?.path).toBe("kubernetes/apps/web");
    const twice = { ...files, "other/apps/web/kustomization.yaml": kustomization() };
    expect(errors(planOf({}, twice))).toEqual([
      "`Kustomization flux-system/web` applies what is not in this tree, or made when it runs",
    ]);
  });

  test("belongs to the root whose files hold it", () => {
    const files = {
      ...app,
      "cluster/kustomization.yaml": kustomization("web.yaml"),
      "cluster/web.yaml": flux("web", "{path: apps/web}"),
    };
    const [web, cluster] = rootsOf(planOf({}, files));
    expect([web?.parent, cluster?.id]).toEqual(["kustomize:cluster", "kustomize:cluster"]);
  });

  const controls: readonly (readonly [name: string, before: string | undefined, after: string, told: boolean])[] = [
    ["an interval", "{path: apps/web}", "{path: apps/web, interval: 1h, prune: true, dependsOn: [{name: x}]}", false],
    ["a target namespace", "{path: apps/web}", "{path: apps/web, targetNamespace: b}", false],
    ["kubeConfig", "{path: apps/web}", "{path: apps/web, kubeConfig: {secretRef: {name: x}}}", true],
    [
      "substituteFrom",
      "{path: apps/web}",
      "{path: apps/web, postBuild: {substituteFrom: [{kind: ConfigMap, name: x}]}}",
      true,
    ],
    ["another source", "{path: apps/web, sourceRef: {name: a}}", "{path: apps/web, sourceRef: {name: b}}", true],
    ["suspend", "{path: apps/web}", "{path: apps/web, suspend: true}", true],
    ["resume", "{path: apps/web, suspend: true}", "{path: apps/web}", true],
    ["a field that nobody knows", "{path: apps/web}", "{path: apps/web, magic: 1}", true],
    ["a new object with its source", undefined, "{path: apps/web, sourceRef: {name: a}}", false],
    ["a new object with kubeConfig", undefined, "{path: apps/web, kubeConfig: {secretRef: {name: x}}}", true],
  ];
  test.each(controls)("%s: what is not followed is told where it changes", (_, before, after, told) => {
    const base: Files = before === undefined ? app : { ...app, "f.yaml": flux("web", before) };
    expect(errors(planOf(base, { ...app, "f.yaml": flux("web", after) }))).toHaveLength(told ? 1 : 0);
    expect(errors(planOf({ ...app, "f.yaml": flux("web", after) }, { ...app, "f.yaml": flux("web", after) }))).toEqual(
      [],
    );
  });

  test("that moves to another file is the same", () => {
    const spec = "{path: apps/web, sourceRef: {name: a}, kubeConfig: {secretRef: {name: x}}}";
    const plan = planOf({ ...app, "f.yaml": flux("web", spec) }, { ...app, "moved/g.yaml": flux("web", spec) });
    const roots = rootsOf(plan);
    expect([errors(plan), roots.length, roots[0]?.base?.key === roots[0]?.head?.key]).toEqual([[], 1, true]);
  });

  test("that says `reconcile: disabled` from now on is told", () => {
    const head = flux("web", "{path: apps/web}").replace(
      "metadata: {",
      "metadata: {annotations: {kustomize.toolkit.fluxcd.io/reconcile: disabled}, ",
    );
    expect(
      errors(planOf({ ...app, "f.yaml": flux("web", "{path: apps/web}") }, { ...app, "f.yaml": head })),
    ).not.toEqual([]);
  });

  describe.skipIf(!hasKustomize)(`rendered${hasKustomize ? "" : " (skipped: no kustomize in PATH)"}`, () => {
    test("components, patches, prefixes and literal variables are applied", async () => {
      const files = {
        "apps/web/kustomization.yaml": kustomization("np.yaml", "ns.yaml"),
        "apps/web/np.yaml": policy(`\${APP}`, "old"),
        "apps/web/ns.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: left\n  annotations:\n    kustomize.toolkit.fluxcd.io/substitute: disabled\ndata: {a: '\${APP}'}\n`,
        "parts/extra/kustomization.yaml":
          "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [np.yaml]\n",
        "parts/extra/np.yaml": policy("extra"),
        "f.yaml": flux(
          "web",
          `{path: apps/web, targetNamespace: prod, namePrefix: x-, components: [../../parts/extra], commonMetadata: {labels: {team: a}},
            patches: [{patch: "- {op: replace, path: /spec/policyTypes, value: [Egress]}", target: {kind: NetworkPolicy}}],
            postBuild: {substitute: {APP: web}}}`,
        ),
      };
      const { clusters, coverage } = await deploy({}, files);
      expect(coverage.unread).toEqual([]);
      expect(objects(clusters[0]?.head ?? { raw: [], documents: [], rendered: 0 })).toEqual([
        "ConfigMap prod/x-left apps/web/ns.yaml:2",
        "NetworkPolicy prod/x-extra parts/extra/np.yaml:2",
        "NetworkPolicy prod/x-web apps/web/np.yaml:2",
      ]);
      const texts = clusters[0]?.head.documents.map((one) => one.text).join("\n") ?? "";
      expect(texts).toContain(`a: \${APP}`);
      expect(texts.match(/- Egress/g)).toHaveLength(2);
      expect(texts.match(/team: a/g)).toHaveLength(3);
    });

    test("a folder without kustomization is applied with every manifest below it", async () => {
      const files = {
        "apps/web/np.yaml": policy("a"),
        "apps/web/deep/np.yaml": policy("b"),
        "apps/web/own/kustomization.yaml": kustomization("np.yaml"),
        "apps/web/own/np.yaml": policy("c"),
        "apps/web/values.yaml": "a: 1",
        "f.yaml": flux("web", "{path: ./apps/web, targetNamespace: prod}"),
      };
      const { clusters } = await deploy({}, files);
      expect(objects(clusters[0]?.head ?? { raw: [], documents: [], rendered: 0 })).toEqual([
        "NetworkPolicy prod/a apps/web/np.yaml:2",
        "NetworkPolicy prod/b apps/web/deep/np.yaml:2",
        "NetworkPolicy prod/c apps/web/own/np.yaml:2",
      ]);
      expect(clusters[0]?.head.raw.map(({ entry }) => entry.path)).toEqual(["apps/web/values.yaml", "f.yaml"]);
    });

    test("a component that is missing is told at the line of the Flux object", async () => {
      const { clusters } = await deploy(
        {},
        { ...app, "f.yaml": flux("web", "\n  path: apps/web\n  components:\n  - ../gone") },
      );
      expect(clusters[0]?.issues.head.map(({ at, severity }) => [at, severity])).toEqual([
        [{ file: "f.yaml", line: 7 }, "error"],
      ]);
    });
  });
});

describe("an Argo CD Application", () => {
  const chart = {
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/values.yaml": "name: own\n",
    "charts/web/prod.yaml": "name: prod\n",
    "charts/web/templates/np.yaml": policy("{{ .Release.Name }}-{{ .Values.name }}-{{ .Values.kind }}"),
  };

  test("names a folder of plain files, with its namespace for those that name none", () => {
    const files = {
      "web/np.yaml": policy("a"),
      "web/deep/np.yaml": policy("b"),
      "a.yaml": argo("web", "{source: {repoURL: x, path: web}, destination: {namespace: prod}}"),
    };
    const [root] = rootsOf(planOf({}, files));
    expect(root?.kind).toBe("folder");
    expect(root?.head?.plain.map(({ entry, namespace }) => [entry.path, namespace])).toEqual([
      ["web/np.yaml", { name: "prod", forced: false }],
    ]);
    const deep = {
      ...files,
      "a.yaml": argo("web", "{source: {path: web, directory: {recurse: true, exclude: 'np.yaml'}}}"),
    };
    expect(rootsOf(planOf({}, deep))[0]?.head?.plain.map(({ entry }) => entry.path)).toEqual(["web/deep/np.yaml"]);
  });

  test.each([
    ["a chart from elsewhere", "{source: {chart: web, repoURL: x, targetRevision: 1.0.0}}"],
    ["a path that is not here", "{source: {path: gone}}"],
    ["an Application without source", "{project: default}"],
  ])("%s is not analysed", (_, spec) => {
    const plan = planOf({}, { ...chart, "a.yaml": argo("web", spec) });
    expect(plan.issues.head.map(({ code, at }) => [code, at])).toEqual([["NOT_ANALYSED", { file: "a.yaml", line: 2 }]]);
  });

  test("a generator is not analysed", () => {
    const plan = planOf(
      {},
      { "a.yaml": argo("web", "{generators: []}").replace("kind: Application", "kind: ApplicationSet") },
    );
    expect(plan.issues.head.map(({ code, severity }) => [code, severity])).toEqual([["NOT_ANALYSED", "error"]]);
  });

  test("a cluster that a configuration keeps from Argo CD does not hear it", () => {
    const one = {
      name: "one",
      render: "auto",
      manifests: [{ kind: "paths", pattern: "." }],
      namespace: undefined,
      kubeVersion: undefined,
      apiVersions: [],
      remotes: "refuse",
    } as const;
    const files = { ...app, "a.yaml": argo("web", "{source: {path: apps/web}, destination: {namespace: prod}}") };
    const labels = (from: readonly ("flux" | "argocd")[]): string[] =>
      rootsOf(planOf(files, files, { clusters: [{ ...one, from }] })).map((root) => root.label);
    expect(labels([])).toEqual(["apps/web"]);
    expect(labels(["argocd"])).toEqual(["apps/web (Application argocd/web)"]);
  });

  test.skipIf(!hasHelm)("releases a chart with its value files, values and parameters (needs helm)", async () => {
    const spec = `{source: {path: charts/web, helm: {releaseName: shop, valueFiles: [prod.yaml, /env/more.yaml, gone.yaml], ignoreMissingValueFiles: true, valuesObject: {kind: x}, parameters: [{name: kind, value: "np"}]}}, destination: {namespace: prod}}`;
    const { clusters } = await deploy({}, { ...chart, "env/more.yaml": "name: more\n", "a.yaml": argo("web", spec) });
    expect(objects(clusters[0]?.head ?? { raw: [], documents: [], rendered: 0 })).toEqual([
      "NetworkPolicy shop-more-np charts/web/templates/np.yaml:2",
    ]);
    expect(clusters[0]?.head.documents[0]?.namespace).toEqual({ name: "prod", forced: false });
    expect(clusters[0]?.issues.head).toEqual([]);
  });

  test("a value file that is not there, or leads outside, is a problem at its line", () => {
    const spec =
      "\n  source:\n    path: charts/web\n    helm:\n      valueFiles:\n      - gone.yaml\n      - ../../../x.yaml";
    const [root] = rootsOf(planOf({}, { ...chart, "a.yaml": argo("web", spec) }));
    expect(root?.head?.problems.map(({ message, at }) => [message, at?.line])).toEqual([
      ["the values file `gone.yaml` is not there", 9],
      ["the values file `../../../x.yaml` leads outside the repository", 10],
    ]);
  });

  test.skipIf(!hasKustomize)("puts its namespace and patches into a kustomization (needs kustomize)", async () => {
    const spec = `{source: {path: apps/web, kustomize: {namespace: forced, nameSuffix: -x}}, destination: {namespace: prod}}`;
    const { clusters } = await deploy({}, { ...app, "a.yaml": argo("web", spec) });
    expect(objects(clusters[0]?.head ?? { raw: [], documents: [], rendered: 0 })).toEqual([
      "NetworkPolicy forced/a-x apps/web/np.yaml:2",
    ]);
  });
});
