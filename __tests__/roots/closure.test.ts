import { describe, expect, test } from "vitest";
import { closureOf } from "../../src/roots/closure.ts";
import { newMemo, survey } from "../../src/roots/inventory.ts";
import { looksRemote } from "../../src/roots/remote.ts";
import { type Files, kustomization, policy, treeOf } from "./folders.ts";

const closure = (files: Files, folder = "k") =>
  closureOf(
    survey(treeOf(files), () => false, newMemo()),
    folder,
  );
const head = "kind: Kustomization\n";

describe("the closure of a kustomization", () => {
  test("holds every file that any field names, and nothing else", () => {
    const found = closure({
      "k/kustomization.yaml": `${head}resources: [a.yaml, ../base]
bases: [../older]
components: [../part]
crds: [crd.json]
configurations: [names.yaml]
openapi: { path: schema.json }
patches: [{ path: p1.yaml }, { patch: "- {op: remove, path: /x}", target: { kind: Pod } }]
patchesStrategicMerge: [p2.yaml, "kind: Pod\\nmetadata: {name: a}"]
patchesJson6902: [{ path: p3.yaml, target: { kind: Pod, name: a, version: v1 } }]
replacements: [{ path: r.yaml }]
configMapGenerator: [{ name: c, files: [key=data/x.cfg, y.cfg], envs: [e.env], literals: [a=b] }]
secretGenerator: [{ name: s, env: s.env }]
transformers: [t.yaml]
`,
      "base/kustomization.yaml": kustomization("b.yaml"),
      "older/kustomization.yaml": kustomization("o.yaml"),
      "part/kustomization.yaml": "kind: Component\nresources: [c.yaml]\n",
      "k/t.yaml": "apiVersion: builtin\nkind: PatchTransformer\nmetadata: { name: t }\npath: p4.yaml\n",
      ...Object.fromEntries(
        [
          "k/a.yaml",
          "base/b.yaml",
          "older/o.yaml",
          "part/c.yaml",
          "k/crd.json",
          "k/names.yaml",
          "k/schema.json",
          "k/p1.yaml",
          "k/p2.yaml",
        ].map((path) => [path, policy("x")]),
      ),
      ...Object.fromEntries(
        ["k/p3.yaml", "k/p4.yaml", "k/r.yaml", "k/data/x.cfg", "k/y.cfg", "k/e.env", "k/s.env", "k/unused.yaml"].map(
          (path) => [path, "a"],
        ),
      ),
    });
    expect(found.problems).toEqual([]);
    expect([...found.files].sort()).toEqual(
      [
        "base/b.yaml,base/kustomization.yaml,k/a.yaml,k/crd.json,k/data/x.cfg,k/e.env,k/kustomization.yaml,k/names.yaml",
        "k/p1.yaml,k/p2.yaml,k/p3.yaml,k/p4.yaml,k/r.yaml,k/s.env,k/schema.json,k/t.yaml,k/y.cfg",
        "older/kustomization.yaml,older/o.yaml,part/c.yaml,part/kustomization.yaml",
      ].flatMap((line) => line.split(",")),
    );
  });

  test("holds a vendored chart without its schema, under either name of its folder", () => {
    const chart = {
      "Chart.yaml": "name: app\nversion: 1.0.0\n",
      "templates/np.yaml": policy("a"),
      "values.schema.json": "{}",
    };
    const files = (folder: string): Files =>
      Object.fromEntries(Object.entries(chart).map(([path, text]) => [`${folder}/${path}`, text]));
    const listed = `${head}helmCharts: [{ name: app, version: 1.0.0, repo: https://charts.example.com, valuesFile: v.yaml }]\n`;
    for (const folder of ["k/charts/app", "k/charts/app-1.0.0/app"]) {
      const found = closure({ "k/kustomization.yaml": listed, "k/v.yaml": "a: 1", ...files(folder) });
      expect(found.problems).toEqual([]);
      expect([...found.files].sort()).toEqual([
        `${folder}/Chart.yaml`,
        `${folder}/templates/np.yaml`,
        "k/kustomization.yaml",
        "k/v.yaml",
      ]);
      expect(found.hasCharts).toBe(true);
    }
  });

  test("puts the outermost namespace over the files of a root", () => {
    const found = closure({
      "k/kustomization.yaml": `${head}namespace: outer\nresources: [../base]\n`,
      "base/kustomization.yaml": `${head}namespace: inner\nresources: [np.yaml]\n`,
      "base/np.yaml": policy("a"),
    });
    expect([...found.plain]).toEqual([["base/np.yaml", "outer"]]);
  });

  const faults: readonly (readonly [name: string, files: Files, code: string, line: number, message: string])[] = [
    [
      "a missing file",
      { "k/kustomization.yaml": `${head}resources:\n- a.yaml\n` },
      "RENDER_FAILED",
      3,
      "`resources` names `a.yaml`, which is not there",
    ],
    [
      "a folder without kustomization",
      { "k/kustomization.yaml": `${head}resources: [../b]\n`, "b/a.yaml": "" },
      "RENDER_FAILED",
      2,
      "`resources` names the folder `../b`, which has no kustomization",
    ],
    [
      "a path out of the repository",
      { "k/kustomization.yaml": `${head}resources: [../../x]\n` },
      "RENDER_FAILED",
      2,
      "`resources` names `../../x`, which leads outside the repository",
    ],
    [
      "an absolute path",
      { "k/kustomization.yaml": `${head}resources: [/etc/passwd]\n` },
      "RENDER_FAILED",
      2,
      "`resources` names `/etc/passwd`, which leads outside the repository",
    ],
    [
      "an empty kustomization",
      { "k/kustomization.yaml": "# nothing\n" },
      "RENDER_FAILED",
      1,
      "`k/kustomization.yaml` is empty",
    ],
    [
      "a kustomization that is no YAML",
      { "k/kustomization.yaml": "resources: [\n" },
      "RENDER_FAILED",
      1,
      "`k/kustomization.yaml` is no YAML",
    ],
    [
      "a link that leaves the tree",
      { "k/kustomization.yaml": `${head}resources: [out/np.yaml]\n`, "k/out": "-> /etc" },
      "SYMLINK",
      2,
      "`resources` names `out/np.yaml`, but `k/out` is a link that leaves the tree",
    ],
    [
      "a program as a generator",
      {
        "k/kustomization.yaml": `${head}generators: [g.yaml]\n`,
        "k/g.yaml": "apiVersion: example.com/v1\nkind: Exec\nmetadata:\n  name: g\n",
      },
      "RENDER_FAILED",
      1,
      "`k/g.yaml` asks for the plugin `Exec`, and plugins are not run",
    ],
    [
      "a container as a transformer",
      {
        "k/kustomization.yaml": `${head}transformers:\n- |\n  apiVersion: builtin\n  kind: Fn\n  metadata: {name: f, annotations: {config.kubernetes.io/function: "exec: {path: x}"}}\n`,
      },
      "RENDER_FAILED",
      3,
      "asks for the plugin `Fn`, and plugins are not run",
    ],
    [
      "a chart without its dependency",
      {
        "k/kustomization.yaml": `${head}helmCharts: [{ name: app }]\n`,
        "k/charts/app/Chart.yaml": "name: app\nversion: 1.0.0\ndependencies:\n- name: redis\n  version: 1.0.0\n",
      },
      "RENDER_REMOTE",
      4,
      "the chart depends on `redis`",
    ],
  ];
  test.each(faults)("%s is a problem at its line", (_, files, code, line, message) => {
    const [problem, ...rest] = closure(files).problems;
    expect(rest).toEqual([]);
    expect([problem?.code, problem?.at?.line, problem?.hides]).toEqual([code, line, true]);
    expect(problem?.message).toContain(message);
  });

  test("a chart that is not there would be fetched", () => {
    const [remote] = closure({
      "k/kustomization.yaml": `${head}helmCharts:\n- name: app\n  repo: https://charts.example.com\n`,
    }).remotes;
    expect([remote?.code, remote?.at?.line]).toEqual(["RENDER_REMOTE", 3]);
  });

  test("what looks like a host is a folder where the tree has it", () => {
    const found = closure({
      "k/kustomization.yaml": `${head}resources: [imageregistry.operator.openshift.io/configs]\n`,
      "k/imageregistry.operator.openshift.io/configs/kustomization.yaml": kustomization(),
    });
    expect([found.problems, found.remotes]).toEqual([[], []]);
  });
});

describe("a reference that names nothing of the tree", () => {
  test.each([
    "https://example.com/x.yaml",
    "github.com/org/repo",
    "github.com/org/repo//deploy?ref=v1",
    "git@github.com:org/repo.git",
    "git::https://example.com/repo",
    "ssh://git@example.com/repo",
    "gitlab.example.com:8443/org/repo/deploy",
    "../x?ref=main",
  ])("`%s` would be fetched", (text) => expect(looksRemote(text)).toBe(true));

  test.each(["a.yaml", "../base", "deploy/x", "v1.2/np.yaml", "./github.com/x", "example.com"])(
    "`%s` is a missing file",
    (text) => expect(looksRemote(text)).toBe(false),
  );
});
