import { describe, expect, test } from "vitest";
import { pods, verdict } from "./rendered.ts";

const release = (more: string) => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: app, namespace: a }
spec: { interval: 1h, ${more} }
`;
const CHART = release("chartRef: { kind: OCIRepository, name: app }");
const VALUES = release(
  "chart: { spec: { chart: app, version: 1.0.0, sourceRef: { kind: HelmRepository, name: repo } } }, valuesFrom: [{ kind: ConfigMap, name: values }, { kind: Secret, name: hidden }]",
);
const REMOTE =
  "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: app, namespace: a }\nspec: { path: ./elsewhere, sourceRef: { kind: GitRepository, name: repo } }\n";
const source = (kind: string, spec: string, name = "repo") =>
  `apiVersion: source.toolkit.fluxcd.io/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: a }\nspec: { ${spec} }\n`;
const config = (kind: string, text: string, name: string) =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: a }\nstringData: {}\ndata: { values.yaml: "${text}" }\n`;

const TOLD = ["error", "NOT_ANALYSED error"];
const SAME = ["success"];

describe("judging 11: what leads to charts, manifests and values of another place leaves no answer where it changes", () => {
  test.each<[string, string, string, string, readonly string[]]>([
    [
      "the tag of a chart",
      CHART,
      source("OCIRepository", "ref: { tag: a }", "app"),
      source("OCIRepository", "ref: { tag: b }", "app"),
      TOLD,
    ],
    [
      "how often a chart is looked for",
      CHART,
      source("OCIRepository", "interval: 1h", "app"),
      source("OCIRepository", "interval: 2h", "app"),
      SAME,
    ],
    [
      "a chart that nobody uses",
      CHART,
      source("OCIRepository", "ref: { tag: a }"),
      source("OCIRepository", "ref: { tag: b }"),
      SAME,
    ],
    [
      "where charts come from",
      VALUES,
      source("HelmRepository", "url: https://a.example"),
      source("HelmRepository", "url: https://b.example"),
      TOLD,
    ],
    [
      "the revision of another repository",
      REMOTE,
      source("GitRepository", "ref: { tag: a }"),
      source("GitRepository", "ref: { tag: b }"),
      TOLD,
    ],
    ["values", VALUES, config("ConfigMap", "open: false", "values"), config("ConfigMap", "open: true", "values"), TOLD],
    ["hidden values", VALUES, config("Secret", "b3Blbg==", "hidden"), config("Secret", "Y2xvc2Vk", "hidden"), TOLD],
    ["values of another object", VALUES, config("ConfigMap", "a", "other"), config("ConfigMap", "b", "other"), SAME],
    [
      "values in another layout",
      VALUES,
      config("ConfigMap", "a", "values"),
      `# same\n${config("ConfigMap", "a", "values")}`,
      SAME,
    ],
  ])("%s", async (_, user, before, after, told) => {
    const shared = { "db.yaml": pods("db"), "user.yaml": user };
    expect(await verdict({ ...shared, "s.yaml": before }, { ...shared, "s.yaml": after })).toEqual(told);
    if (told === TOLD) expect(await verdict({ ...shared, "s.yaml": before }, shared)).toEqual(TOLD);
  });

  const OWN =
    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: app, namespace: a }\nspec: { path: ./app, sourceRef: { kind: GitRepository, name: repo }, postBuild: { substituteFrom: [{ kind: ConfigMap, name: values }] } }\n";

  test.each([
    ["variables", config("ConfigMap", "a", "values"), config("ConfigMap", "b", "values")],
    [
      "the branch that is applied",
      source("GitRepository", "ref: { branch: a }"),
      source("GitRepository", "ref: { branch: b }"),
    ],
    ["the files that are left out", source("GitRepository", ""), source("GitRepository", "ignore: /app")],
  ])("%s of a folder of this tree", async (_, before, after) => {
    const shared = { "app/db.yaml": pods("db"), "flux.yaml": OWN };
    expect(await verdict({ ...shared, "s.yaml": before }, { ...shared, "s.yaml": after })).toEqual(TOLD);
  });

  test("what comes or goes with all that use it is told of them", async () => {
    const plain = OWN.replace(/, postBuild: .*\] \}/, "");
    const parts = { "flux.yaml": plain, "s.yaml": source("GitRepository", "ref: { branch: a }") };
    const tree = { "app/db.yaml": pods("db") };
    expect(await verdict(tree, { ...tree, ...parts })).toEqual(SAME);
    expect(await verdict({ ...tree, ...parts }, tree)).toEqual(["error", "ROOT_EMPTIED error"]);
  });

  test("values that kustomize makes an object of", async () => {
    const kustomization = (more: string) =>
      `resources: [user.yaml, db.yaml]\nconfigMapGenerator: [{ name: values, files: [values.yaml=in/v.yaml]${more} }]\n`;
    const before = {
      "app/kustomization.yaml": kustomization(""),
      "app/user.yaml": VALUES,
      "app/db.yaml": pods("db"),
      "app/in/v.yaml": "open: false\n",
    };
    expect(await verdict(before, { ...before, "app/in/v.yaml": "open: true\n" })).toEqual(TOLD);
    const literal = { ...before, "app/kustomization.yaml": kustomization(", literals: [a=b]") };
    expect(await verdict(before, literal)).toEqual(TOLD);
  });
});
