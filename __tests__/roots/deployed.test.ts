import { describe, expect, test } from "vitest";
import type { Deployed } from "../../src/roots/deployed.ts";
import {
  deploy,
  deployment,
  type Files,
  hasHelm,
  hasKustomize,
  kustomization,
  objects,
  planOf,
  policy,
  run,
} from "./folders.ts";

const shape = ({ clusters }: Deployed): unknown[] =>
  clusters.map(({ name, base, head }) => [name, base.rendered + base.raw.length, head.rendered + head.raw.length]);
const issues = ({ clusters }: Deployed, side: "base" | "head" = "head"): string[] =>
  clusters.flatMap((cluster) => cluster.issues[side].map(({ severity, code }) => `${severity} ${code}`));
const app = (name: string, ...texts: readonly string[]): Files => ({
  [`${name}/kustomization.yaml`]: kustomization(...texts.map((_, index) => `${index}.yaml`)),
  ...Object.fromEntries(texts.map((text, index) => [`${name}/${index}.yaml`, text])),
});

const why = hasKustomize ? "" : " (skipped: no kustomize in PATH)";
describe.skipIf(!hasKustomize)(`clusters that nobody configured${why}`, () => {
  test("roots that define different things are one cluster, with the raw files", async () => {
    expect(
      shape(await deploy({ ...app("a", policy("a")), ...app("b", deployment("b")), "raw.yaml": policy("c") })),
    ).toEqual([["", 3, 3]]);
  });

  test("roots that define one object twice are a cluster each, named after their paths, and raw files are another", async () => {
    const files = {
      ...app("eu", deployment("web"), policy("p")),
      ...app("us", deployment("web")),
      "raw.yaml": policy("c"),
    };
    expect(shape(await deploy(files))).toEqual([
      ["eu", 2, 2],
      ["us", 1, 1],
      ["files outside of roots", 1, 1],
    ]);
  });

  test("a namespace that two roots declare splits nothing", async () => {
    const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: prod}\n";
    expect(shape(await deploy({ ...app("a", namespace, policy("a")), ...app("b", namespace, policy("b")) }))).toEqual([
      ["", 4, 4],
    ]);
  });

  test("the head cannot split what the base joins by defining an object in a second old root", async () => {
    const base = { ...app("a", policy("a")), ...app("b", policy("b")) };
    expect(shape(await deploy(base, { ...base, ...app("b", policy("b"), policy("a")) }))).toEqual([["", 2, 3]]);
  });

  test("a new root that defines what is there already is a cluster of its own beside the old one", async () => {
    const base = { ...app("a", policy("a")), ...app("b", policy("b")) };
    expect(shape(await deploy(base, { ...base, ...app("copy", policy("a")) }))).toEqual([
      ["", 2, 2],
      ["copy", 0, 1],
    ]);
  });

  test("a new root that defines something new joins", async () => {
    const base = app("a", policy("a"));
    expect(shape(await deploy(base, { ...base, ...app("b", policy("b")) }))).toEqual([["", 1, 2]]);
  });

  test("what Flux delivers from a cluster's folder stays with that cluster", async () => {
    const flux = (cluster: string): string =>
      `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web, namespace: ${cluster}}\nspec: {path: ./apps/web, targetNamespace: prod}\n`;
    const files = {
      ...app("apps/web", policy("a")),
      ...app("clusters/eu", flux("eu")),
      ...app("clusters/us", flux("us")),
    };
    expect(shape(await deploy(files))).toEqual([
      ["clusters/eu", 2, 2],
      ["clusters/us", 2, 2],
    ]);
  });

  test("a configuration keeps roots together that define one object", async () => {
    const files = { ...app("eu", policy("a")), ...app("us", policy("a")) };
    const one = {
      name: "all",
      render: "auto",
      namespace: "prod",
      kubeVersion: undefined,
      apiVersions: [],
      remotes: "refuse",
      from: [],
    } as const;
    const found = await deploy(files, files, {
      clusters: [{ ...one, manifests: [{ kind: "kustomize", pattern: "*" }] }],
    });
    expect([shape(found), found.clusters[0]?.namespace]).toEqual([[["all", 2, 2]], "prod"]);
  });
});

describe.skipIf(!hasKustomize)(`roots that cannot be rendered${why}`, () => {
  const good = app("a", policy("a", "x"));
  const bad = { ...good, "a/kustomization.yaml": `namespace: prod\n${kustomization("0.yaml", "gone.yaml")}` };

  test("in the head only: an error, and its policies are read as they stand in its literal namespace", async () => {
    const found = await deploy(good, bad);
    expect(issues(found)).toEqual(["error RENDER_FAILED"]);
    expect(
      found.clusters[0]?.head.raw.map(({ entry, namespace, policiesOnly }) => [entry.path, namespace, policiesOnly]),
    ).toEqual([["a/0.yaml", { name: "prod", forced: true }, true]]);
  });

  test("in the base only: a warning, and what it allows was unknown before", async () => {
    const found = await deploy(bad, good);
    expect([issues(found, "base"), issues(found), found.clusters[0]?.unknownBefore]).toEqual([
      ["warning RENDER_FAILED"],
      [],
      ["a"],
    ]);
  });

  test("on both sides and unchanged: a warning", async () => {
    const found = await deploy(bad, { ...bad, "other.yaml": policy("b") });
    expect([issues(found, "base"), issues(found)]).toEqual([["warning RENDER_FAILED"], ["warning RENDER_FAILED"]]);
    expect(found.coverage.unread).toEqual(["a"]);
  });

  test("on both sides and changed: an error", async () => {
    expect(issues(await deploy(bad, { ...bad, "a/0.yaml": policy("changed") }))).toEqual(["error RENDER_FAILED"]);
  });

  test("what kustomize itself refuses is told in its words", async () => {
    const found = await deploy(good, {
      ...good,
      "a/kustomization.yaml":
        "kind: Kustomization\nresources: [0.yaml]\npatches: [{patch: '{', target: {kind: NetworkPolicy}}]\n",
    });
    expect(found.clusters[0]?.issues.head[0]?.message).toMatch(
      /^kustomize build of `a` failed: Error: trouble configuring builtin PatchTransformer/,
    );
  });

  test("the rest of the repository is still answered", async () => {
    const found = await deploy(good, { ...bad, ...app("b", deployment("b")), "raw.yaml": policy("c") });
    expect(found.clusters[0]?.head.documents).toHaveLength(1);
    expect(found.clusters[0]?.head.raw.map(({ entry }) => entry.path)).toEqual(["raw.yaml", "a/0.yaml"]);
  });

  test("a remote base is refused before anything runs, without a tool too", async () => {
    const remote = { ...good, "a/kustomization.yaml": kustomization("0.yaml", "https://example.com/x.yaml") };
    const found = await run(planOf(good, remote), { kustomize: undefined, helm: undefined, unshare: undefined });
    expect(issues(found)).toEqual(["error RENDER_REMOTE"]);
    expect(issues(found, "base")).toEqual(["error RENDER_TOOL_MISSING"]);
  });

  test("with rendering switched off no process runs, and every root is listed", async () => {
    const found = await deploy(good, { ...good, "a/0.yaml": policy("b") }, { render: "never" });
    expect([issues(found), found.coverage.tools]).toEqual([["error NOT_ANALYSED"], []]);
  });

  test("a root under a new name is the same root, with its changes", async () => {
    const many = [policy("a"), policy("b"), policy("c")];
    const before = { ...app("overlays/eu", ...many), ...app("overlays/us", ...many) };
    const after = {
      ...app("envs/eu", ...many),
      ...app("overlays/us", ...many),
      ...app("envs/eu", policy("a"), policy("b")),
    };
    const found = await deploy(before, { ...after, "envs/eu/2.yaml": "" });
    expect(shape(found).sort()).toEqual([
      ["envs/eu", 3, 2],
      ["overlays/us", 3, 3],
    ]);
    expect(issues(found)).toEqual([]);
  });

  test("a root with objects before and none now is an error", async () => {
    const both = { ...good, ...app("b", policy("b")) };
    expect(issues(await deploy(both, { ...good, "b/kustomization.yaml": kustomization() }))).toEqual([
      "error ROOT_EMPTIED",
    ]);
    expect(issues(await deploy(both, good))).toEqual(["error ROOT_EMPTIED"]);
  });
});

describe.skipIf(!hasKustomize)(`as much as an answer needs${why}`, () => {
  const review = (base: Files, head: Files) => run(planOf(base, head), undefined, false);
  const three = { ...app("eu", deployment("web")), ...app("us", deployment("web")), ...app("asia", deployment("web")) };

  test("clusters in which nothing differs are named and not rendered", async () => {
    const found = await review(three, { ...three, ...app("us", deployment("api")) });
    expect([shape(found), found.unchanged]).toEqual([[["us", 1, 1]], ["eu", "asia"].sort()]);
  });

  test("where nothing differs at all nothing is rendered", async () => {
    const found = await review(three, { ...three, "README.md": "# new" });
    expect([found.clusters, found.coverage.tools]).toEqual([[], []]);
  });

  test("roots that share a cluster with a changed file are rendered", async () => {
    const files = { ...app("a", policy("a")), ...app("b", deployment("b")) };
    expect(shape(await review(files, { ...files, "raw.yaml": policy("c") }))).toEqual([["", 2, 3]]);
  });

  test("what one cluster delivers is rendered with it", async () => {
    const flux =
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web}\nspec: {path: ./apps/web, targetNamespace: X}\n";
    const files = {
      ...app("apps/web", policy("a")),
      ...app("clusters/eu", flux.replace("X", "eu")),
      ...app("clusters/us", flux.replace("X", "eu")),
    };
    const found = await review(files, { ...files, ...app("clusters/us", flux.replace("X", "us")) });
    expect([shape(found), found.unchanged]).toEqual([[["clusters/us", 2, 2]], ["clusters/eu"]]);
  });

  test("a cluster of a configuration that nothing touches is left out", async () => {
    const one = {
      render: "auto",
      namespace: undefined,
      kubeVersion: undefined,
      apiVersions: [],
      remotes: "refuse",
      from: [],
    } as const;
    const clusters = ["eu", "us"].map((name) => ({
      ...one,
      name,
      manifests: [{ kind: "kustomize", pattern: name }] as const,
    }));
    const found = await run(
      planOf(three, { ...three, ...app("us", deployment("api")) }, { clusters }),
      undefined,
      false,
    );
    expect([shape(found), found.unchanged]).toEqual([[["us", 1, 1]], ["eu"]]);
  });
});

describe.skipIf(!hasKustomize)(`what is rendered${why}`, () => {
  test("equal inputs are rendered once", async () => {
    const files = app("a", policy("a"));
    const planned = planOf(files, { ...files, ...app("b", policy("b")) });
    const found = await run(planned);
    expect(found.clusters[0]?.base.documents[0]).toBe(found.clusters[0]?.head.documents[0]);
    expect(found.coverage.kustomize).toEqual({ roots: 2, twice: 0 });
  });

  test("a hostile overlay that wraps a root does not take its place", async () => {
    const base = app("a", policy("a", "prod"));
    const head = { ...base, "wrap/kustomization.yaml": `namespace: elsewhere\n${kustomization("../a")}` };
    const found = await deploy(base, head);
    const heads = found.clusters.flatMap((cluster) => objects(cluster.head));
    expect(heads).toEqual(["NetworkPolicy elsewhere/a a/0.yaml:2", "NetworkPolicy prod/a a/0.yaml:2"]);
  });

  test("names that look like programs stay names", async () => {
    const found = await deploy(
      {},
      { ...app("a $(touch x);'\"`b", policy("a")), ...app("--help", policy("b")), ...app("-o", policy("c")) },
    );
    expect(found.clusters.flatMap((cluster) => objects(cluster.head))).toHaveLength(3);
  });
});

const chart = (template: string, more: Files = {}): Files => ({
  "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "chart/values.yaml": "open: true\n",
  "chart/templates/np.yaml": template,
  ...more,
});

describe.skipIf(!hasHelm)(
  `charts that ask what nobody can answer${hasHelm ? "" : " (skipped: no helm in PATH)"}`,
  () => {
    const asks = (what: string): string => policy(`{{ if ${what} }}yes{{ else }}no{{ end }}`);
    const cases: readonly (readonly [name: string, template: string, question: RegExp | undefined])[] = [
      ["an upgrade", asks(".Release.IsUpgrade"), /install or an upgrade/],
      ["the APIs of the cluster", asks('.Capabilities.APIVersions.Has "cilium.io/v2"'), /APIs the cluster has/],
      ["objects of the cluster", policy('{{ if lookup "v1" "Secret" "" "x" }}yes{{ else }}no{{ end }}'), /`lookup`/],
      ["chance", policy("a{{ randAlphaNum 8 | lower }}"), /clock or chance/],
      ["chance in an annotation only", policy('a\n  annotations: {x: "{{ randAlphaNum 8 }}"}'), undefined],
      ["the version of Kubernetes", asks('semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version'), undefined],
      ["`lookup` in a comment", policy('{{/* lookup "v1" */}}a'), undefined],
    ];
    test.each(cases)("%s", async (_, template, question) => {
      const found = await deploy(chart(policy("old")), chart(template));
      const told = found.clusters.flatMap((cluster) =>
        cluster.issues.head.map(({ code, message, severity }) => `${severity} ${code} ${message}`),
      );
      if (question === undefined) expect(told).toEqual([]);
      else {
        expect(told.length).toBeGreaterThan(0);
        expect(told.every((text) => text.startsWith("error NOT_ANALYSED") && question.test(text))).toBe(true);
      }
    });

    test("a helper that asks makes only the templates that include it dependent, and only where they change", async () => {
      const helper = {
        "chart/templates/_h.tpl":
          '{{ define "h" }}{{ if lookup "v1" "Secret" "" "x" }}yes{{ else }}no{{ end }}{{ end }}',
        "chart/templates/b.yaml": policy("b"),
      };
      const before = chart(policy('{{ include "h" . }}'), helper);
      const unrelated = { ...before, "chart/templates/b.yaml": policy("c") };
      expect(issues(await deploy(before, unrelated))).toEqual(["warning NOT_ANALYSED"]);
      const related = chart(policy('{{ include "h" . }}').replace("[Ingress]", "[Egress]"), helper);
      expect(issues(await deploy(before, related))).toEqual(["error NOT_ANALYSED"]);
    });

    test("a rule of a template is found in its file", async () => {
      const template = `${policy("{{ .Release.Name }}")}  {{- if .Values.open }}\n  ingress:\n    - from:\n        - podSelector: {}\n  {{- end }}\n`;
      const found = await deploy({}, chart(template));
      const [document] = found.clusters[0]?.head.documents ?? [];
      const spec = document?.node.entries.get("spec")?.value;
      expect([document?.source, spec?.kind === "map" && spec.entries.get("ingress")?.keyLine]).toEqual([
        { file: "chart/templates/np.yaml", line: 2 },
        9,
      ]);
      expect(found.coverage.helm).toEqual({ charts: 1, withDefaults: ["chart"] });
    });

    test("a chart without its dependency is told before anything runs", async () => {
      const files = chart(policy("a"), {
        "chart/Chart.yaml":
          "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: redis, version: 1.0.0, repository: https://charts.example.com}\n",
      });
      expect(issues(await deploy({}, files))).toEqual(["error RENDER_REMOTE"]);
    });
  },
);
