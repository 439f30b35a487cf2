import { describe, expect, test } from "vitest";
import type { Plan, Side } from "../../src/roots/plan-types.ts";
import { type Files, kustomization, planOf, policy } from "./folders.ts";

const roots = (plan: Plan, side: Side = "head"): string[] =>
  plan.clusters
    .flatMap((cluster) => cluster.roots.filter((root) => root[side] !== undefined).map((root) => root.label))
    .sort();
const raw = (plan: Plan, side: Side = "head"): string[] =>
  plan.clusters.flatMap((cluster) => cluster.raw[side].map(({ entry }) => entry.path)).sort();
const messages = (plan: Plan, side: Side = "head"): string[] =>
  plan.issues[side].map((issue) => `${issue.severity} ${issue.code} ${issue.at?.file ?? ""}`);
const same = (files: Files): Plan => planOf(files, files);

describe("without configuration", () => {
  test("kustomizations that no other one references are roots, components are none", () => {
    const plan = same({
      "base/kustomization.yaml": kustomization("np.yaml"),
      "base/np.yaml": policy("a"),
      "parts/kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [x.yaml]\n",
      "parts/x.yaml": policy("x"),
      "overlays/production/kustomization.yml": kustomization("../../base"),
      "overlays/staging/Kustomization": kustomization("../../base"),
    });
    expect(roots(plan)).toEqual(["overlays/production", "overlays/staging"]);
    expect(raw(plan)).toEqual([]);
  });

  test("a file that a root lists is never raw, one below a kustomization that nobody lists is not deployed, the rest is raw", () => {
    const plan = same({
      "k/kustomization.yaml": kustomization("a.yaml"),
      "k/a.yaml": policy("a"),
      "k/deep/forgotten.yaml": policy("forgotten"),
      "raw/np.yaml": policy("b"),
      "raw/list.json": "{}",
      "notes.md": "# notes",
      ".github/workflows/ci.yaml": "on: push",
      ".hidden/np.yaml": policy("c"),
    });
    expect(raw(plan)).toEqual([".hidden/np.yaml", "raw/list.json", "raw/np.yaml"]);
  });

  test("a Flux object in a file called kustomization.yaml is no kustomization", () => {
    const plan = same({
      "flux/kustomization.yaml":
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: ./gone}\n",
    });
    expect(roots(plan)).toEqual([]);
    expect(raw(plan)).toEqual(["flux/kustomization.yaml"]);
  });

  test("a chart is a root with its own values; its parts, libraries and what others depend on are none", () => {
    const plan = same({
      "charts/app/Chart.yaml":
        "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: shared, version: 1.0.0, repository: 'file://../shared'}]\n",
      "charts/app/templates/np.yaml": policy("{{ .Release.Name }}"),
      "charts/app/charts/inner/Chart.yaml": "name: inner\nversion: 1.0.0\n",
      "charts/app/examples/np.yaml": policy("example"),
      "charts/shared/Chart.yaml": "name: shared\nversion: 1.0.0\n",
      "charts/lib/Chart.yaml": "name: lib\nversion: 1.0.0\ntype: library\n",
    });
    expect(roots(plan)).toEqual(["charts/app"]);
    expect(plan.clusters[0]?.roots[0]?.hasDefaultValues).toBe(true);
    expect(raw(plan)).toEqual([]);
  });

  test("a chart at the top of a repository leaves files beside its templates raw", () => {
    const plan = same({
      "Chart.yaml": "name: app\nversion: 1.0.0\n",
      "templates/np.yaml": policy("t"),
      "deploy/np.yaml": policy("d"),
    });
    expect(raw(plan)).toEqual(["deploy/np.yaml"]);
  });

  test("kustomizations that refer to each other in a circle are roots, so that their failure is told", () => {
    const plan = same({ "a/kustomization.yaml": kustomization("../b"), "b/kustomization.yaml": kustomization("../a") });
    expect(roots(plan)).toEqual(["a"]);
  });

  test("a folder that a link shows a second time is no second root and gives no second raw file", () => {
    const plan = same({
      "k/kustomization.yaml": kustomization("a.yaml"),
      "k/a.yaml": policy("a"),
      again: "-> k",
      "raw/np.yaml": policy("b"),
      "raw/link.yaml": "-> np.yaml",
    });
    expect(roots(plan)).toEqual(["k"]);
    expect(raw(plan)).toEqual(["raw/np.yaml"]);
  });
});

describe("over both sides", () => {
  const app = { "app/kustomization.yaml": kustomization("np.yaml"), "app/np.yaml": policy("a", "prod") };

  test("a root of the base that still exists stays a root, whatever references it now", () => {
    const plan = planOf(app, { ...app, "wrap/kustomization.yaml": kustomization("../app") });
    expect(roots(plan)).toEqual(["app", "wrap"]);
    expect(roots(plan, "base")).toEqual(["app"]);
  });

  test("a root that only the head has is looked up in the base by itself", () => {
    const before = { ...app, "wrap/kustomization.yaml": kustomization("../app") };
    expect(roots(planOf(before, app), "base")).toEqual(["app", "wrap"]);
  });

  test("a root whose files and options are equal has one key", () => {
    const other = { ...app, "other/kustomization.yaml": kustomization() };
    const found = planOf(app, other).clusters[0]?.roots.find((root) => root.path === "app");
    expect(found?.base?.key).toBe(found?.head?.key);
  });

  test("a policy that is no longer listed is told, and so is one that was never listed and changes", () => {
    const before = { ...app, "app/other.yaml": policy("b") };
    const after = { ...before, "app/kustomization.yaml": kustomization(), "app/other.yaml": policy("c") };
    expect(messages(planOf(before, after))).toEqual(["warning ORPHAN app/np.yaml", "warning ORPHAN app/other.yaml"]);
    expect(messages(planOf(after, after))).toEqual([]);
    expect(
      planOf(after, before)
        .issues.head.map((issue) => issue.message)
        .join(),
    ).toContain("is deployed from now on");
  });
});

describe("what is not analysed", () => {
  const release = (version: string): string =>
    `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: app, namespace: a}\nspec: {interval: 1h, chart: {spec: {chart: app, version: ${version}}}}\n`;
  const cases: readonly (readonly [name: string, base: Files, head: Files, expected: readonly string[]])[] = [
    [
      "a changed HelmRelease",
      { "hr.yaml": release("1.0.0") },
      { "hr.yaml": release("1.0.1") },
      ["error NOT_ANALYSED hr.yaml"],
    ],
    [
      "an unchanged HelmRelease",
      { "hr.yaml": release("1.0.0") },
      { "moved.yaml": `# moved\n${release("1.0.0")}` },
      ["warning NOT_ANALYSED moved.yaml"],
    ],
    ["changed Jsonnet", { "np.jsonnet": "{}" }, { "np.jsonnet": "{a: 1}" }, ["error NOT_ANALYSED np.jsonnet"]],
    ["removed CUE", { "np.cue": "a: 1" }, {}, ["error NOT_ANALYSED np.cue"]],
    ["a changed template of manifests", {}, { "np.yaml.j2": policy("{{ name }}") }, ["error NOT_ANALYSED np.yaml.j2"]],
    ["a changed template of anything else", {}, { "motd.j2": "hello {{ name }}" }, []],
    ["a changed .sourceignore", {}, { ".sourceignore": "*.yaml" }, ["error NOT_ANALYSED .sourceignore"]],
    [
      "changed overrides for Argo CD",
      {},
      { "app/.argocd-source-app.yaml": "kustomize: {}" },
      ["error NOT_ANALYSED app/.argocd-source-app.yaml"],
    ],
  ];
  test.each(cases)("%s", (_, base, head, expected) => {
    expect(messages(planOf(base, head))).toEqual(expected);
  });

  test("what the base accepts unread is counted, never an error", () => {
    const plan = planOf({}, { "hr.yaml": release("1.0.1") }, { acceptUnread: ["*.yaml"] });
    expect(plan.issues.head.map((issue) => [issue.severity, issue.hides])).toEqual([["warning", false]]);
  });

  test("a HelmRelease that goes away is told on the side that has it", () => {
    expect(messages(planOf({ "hr.yaml": release("1.0.0") }, {}), "base")).toEqual(["error NOT_ANALYSED hr.yaml"]);
  });
});

describe("with configuration", () => {
  const cluster = {
    render: "auto",
    namespace: undefined,
    kubeVersion: undefined,
    apiVersions: [],
    remotes: "refuse",
    from: ["flux", "argocd"],
  } as const;
  const files = {
    "base/kustomization.yaml": kustomization("np.yaml"),
    "base/np.yaml": policy("a"),
    "overlays/eu/kustomization.yaml": kustomization("../../base"),
    "overlays/us/kustomization.yaml": kustomization("../../base"),
    "all/kustomization.yaml": kustomization("../overlays/eu"),
    "raw/np.yaml": policy("b"),
    "chart/Chart.yaml": "name: app\nversion: 1.0.0\n",
    "chart/templates/np.yaml": policy("t"),
    "env/eu.yaml": "a: 1\n",
  };
  const paths = (...patterns: readonly string[]) => patterns.map((pattern) => ({ kind: "paths", pattern }) as const);
  const configured = (
    ...clusters: readonly (typeof cluster & {
      name: string;
      manifests: Plan extends never ? never : readonly ReturnType<typeof paths>[number][];
    })[]
  ): Plan => planOf(files, files, { clusters });

  test("each cluster has its own roots and files", () => {
    const plan = configured(
      { ...cluster, name: "eu", manifests: paths("overlays/eu", "raw") },
      { ...cluster, name: "us", manifests: paths("overlays/us/**") },
    );
    expect(plan.clusters.map(({ name, roots }) => [name, roots.map((root) => root.path)])).toEqual([
      ["eu", ["overlays/eu"]],
      ["us", ["overlays/us"]],
    ]);
    expect(raw(plan)).toEqual(["raw/np.yaml"]);
  });

  test("a glob names roots, a chart takes values in order", () => {
    const plan = planOf(files, files, {
      clusters: [
        {
          ...cluster,
          name: "one",
          namespace: "prod",
          manifests: [
            { kind: "kustomize", pattern: "overlays/*" },
            {
              kind: "helm",
              chart: "./chart/",
              release: "web",
              namespace: undefined,
              values: ["chart/values.yaml", "env/eu.yaml"],
            },
          ],
        },
      ],
    });
    expect(roots(plan)).toEqual(["chart", "overlays/eu", "overlays/us"]);
    const chart = plan.clusters[0]?.roots.find((root) => root.kind === "helm")?.head;
    expect(chart?.request).toMatchObject({ release: "web", namespace: "prod", values: [{ path: "env/eu.yaml" }] });
    expect(chart?.problems.map((issue) => issue.message)).toEqual(["the values file `chart/values.yaml` is not there"]);
  });

  test("`render: none` reads files as they are, a file that is named is read whatever lies around it", () => {
    expect(raw(configured({ ...cluster, render: "none", name: "a", manifests: paths("base") } as never))).toEqual([
      "base/np.yaml",
    ]);
    expect(raw(configured({ ...cluster, name: "a", manifests: paths("base/np.yaml") }))).toEqual(["base/np.yaml"]);
  });

  test("a pattern that matches nothing, and a root that is not there, are told", () => {
    const plan = planOf(files, files, {
      clusters: [{ ...cluster, name: "a", manifests: [...paths("k8s/**"), { kind: "kustomize", pattern: "gone" }] }],
    });
    expect(plan.issues.head.map((issue) => issue.message)).toEqual([
      "cluster `a` names `gone`, where neither side has a kustomization",
      "cluster `a` names `k8s/**`, which matches no file of either side",
    ]);
  });

  test("a file that two clusters claim is read in both, and said", () => {
    const plan = configured(
      { ...cluster, name: "a", manifests: paths("raw") },
      { ...cluster, name: "b", manifests: paths("raw/*.yaml") },
    );
    expect(plan.issues.head.map((issue) => issue.message)).toEqual([
      "`raw/np.yaml` belongs to the clusters `a` and `b` and is read in both",
    ]);
  });

  test("what the configuration leaves out is counted when it changes", () => {
    const head = { ...files, "raw/np.yaml": policy("changed"), "elsewhere/np.yaml": policy("new") };
    expect(planOf(files, head, { paths: ["overlays"] }).leftOut).toEqual(["elsewhere/np.yaml", "raw/np.yaml"]);
    expect(planOf(files, head, { exclude: ["raw"] }).leftOut).toEqual(["raw/np.yaml"]);
    expect(planOf(files, head).leftOut).toEqual([]);
  });

  test.each(["../other", "k8s/../../x", "/etc/.."])("`%s` leads outside the repository and is an error", (pattern) => {
    expect(() => planOf(files, files, { paths: [pattern] })).toThrow("leads outside the repository");
  });
});
