import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { templateQuestions } from "../../src/roots/chart-questions.ts";
import { coverageText } from "../../src/roots/coverage-text.ts";
import { readMaps } from "../../src/roots/documents.ts";
import { at, digest, plain } from "../../src/roots/fields.ts";
import { pathMatcher } from "../../src/roots/match.ts";
import { controlIssues, controlled } from "../../src/roots/object-controls.ts";
import { resolvePath } from "../../src/roots/paths.ts";
import { flowContent } from "../../src/roots/relevant.ts";
import { reline } from "../../src/roots/reline.ts";
import { helmSource, splitStream } from "../../src/roots/stream.ts";
import { isLeftAlone, substitute } from "../../src/roots/substitute.ts";
import { treeOf } from "./folders.ts";

const map = (text: string) => {
  const found = readMaps(text).maps[0];
  if (found === undefined) throw new Error("no map");
  return found;
};

describe("Flux's variables", () => {
  const values = new Map([
    ["APP", "web"],
    ["EMPTY", ""],
    ["NESTED", "$" + "{APP}"],
  ]);
  test.each([
    ["{APP}", "web", "web"],
    ["{APP:-x}", "web", "web"],
    ["{EMPTY:-x}", "x", "$" + "{EMPTY:-x}"],
    ["{EMPTY-x}", "", ""],
    ["{GONE}", "", "$" + "{GONE}"],
    ["{GONE:=db}", "db", "$" + "{GONE:=db}"],
    ["{NESTED}", "$" + "{APP}", "$" + "{APP}"],
    ["{APP/w/W}", "$" + "{APP/w/W}", "$" + "{APP/w/W}"],
    ["APP", "$APP", "$APP"],
    ["$" + "{APP}", "$" + "{APP}", "$" + "{APP}"],
    ["{__proto__}", "", "$" + "{__proto__}"],
  ])("$%s", (text, complete, incomplete) => {
    expect(substitute(`$${text}`, { values, isComplete: true })).toBe(complete);
    expect(substitute(`$${text}`, { values, isComplete: false })).toBe(incomplete);
  });

  test("an object can ask to be left alone", () => {
    expect(isLeftAlone("metadata:\n  annotations:\n    kustomize.toolkit.fluxcd.io/substitute: disabled\n")).toBe(true);
    expect(isLeftAlone("data:\n  a: kustomize.toolkit.fluxcd.io/substitute is disabled\n")).toBe(false);
  });
});

describe("lines of a rendered object", () => {
  const source = map(
    "# head\nkind: NetworkPolicy\nmetadata:\n  name: a\nspec:\n  ingress:\n  - from:\n    - podSelector: {}\n  - ports:\n    - port: 80\n",
  );

  test("are those of the same value in the source", () => {
    const rendered = map(
      "kind: NetworkPolicy\nmetadata:\n  name: x-a\n  namespace: b\nspec:\n  ingress:\n  - from:\n    - podSelector: {}\n  - ports:\n    - port: 80\n",
    );
    const found = reline(rendered, source);
    const ingress = at(found, "spec", "ingress");
    expect([at(found, "metadata", "name")?.line, at(found, "metadata", "namespace")?.line]).toEqual([4, 4]);
    expect(ingress?.kind === "seq" && ingress.items.map((item) => item.line)).toEqual([7, 9]);
  });

  test("are those of equal items where a patch took one away", () => {
    const ingress = at(
      reline(map("kind: NetworkPolicy\nspec:\n  ingress:\n  - ports:\n    - port: 80\n"), source),
      "spec",
      "ingress",
    );
    expect(ingress?.kind === "seq" && ingress.items.map((item) => item.line)).toEqual([9]);
  });

  test("never change what it says, and never lie outside the source", () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(1, "a", true, null),
        fc.array(tie("node"), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom("a", "b", "name", "c"), tie("node")),
      ),
    })).node;
    const object = fc.dictionary(fc.constantFrom("kind", "spec", "x"), value, { minKeys: 1 });
    fc.assert(
      fc.property(object, object, (one, other) => {
        const from = map(JSON.stringify(other, undefined, 1));
        const found = reline(map(JSON.stringify(one)), from);
        expect(digest(found)).toBe(digest(map(JSON.stringify(one))));
        const last = JSON.stringify(other, undefined, 1).split("\n").length;
        const check = (node: typeof found | NonNullable<ReturnType<typeof at>>): void => {
          expect(node.line).toBeLessThanOrEqual(last);
          if (node.kind === "seq") node.items.forEach(check);
          if (node.kind === "map") for (const entry of node.entries.values()) check(entry.value);
        };
        check(found);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe("a rendered stream", () => {
  test("splits where a document begins and nowhere else", () => {
    const parts = splitStream(
      "---\n# Source: web/templates/a.yaml\na: |\n  ---\n  b\n---\n# only a comment\n--- \n\nc: 1\n",
    );
    expect(parts.map((part) => [part.firstLine, helmSource(part)])).toEqual([
      [2, "web/templates/a.yaml"],
      [9, undefined],
    ]);
  });

  test("a template cannot name another source below its own line", () => {
    expect(
      helmSource({ text: "# Source: web/templates/a.yaml\n# Source: web/templates/b.yaml\na: 1", firstLine: 1 }),
    ).toBe("web/templates/a.yaml");
    expect(helmSource({ text: "a: 1\n# Source: x", firstLine: 1 })).toBeUndefined();
  });
});

describe("patterns", () => {
  test.each([
    ["k8s", "k8s/a/b.yaml", true],
    ["k8s/", "k8s/a.yaml", true],
    ["./k8s/**", "k8s/.hidden/a.yaml", true],
    ["k8s", "k8s2/a.yaml", false],
    ["apps/*", "apps/web/deep/a.yaml", true],
    ["**/testdata/**", "a/testdata/x.yaml", true],
    ["**/testdata", "a/testdata/x.yaml", true],
    [".", "anything", true],
    ["a(1).yaml", "a(1).yaml", true],
  ])("`%s` and `%s`: %s", (pattern, path, expected) => expect(pathMatcher([pattern])(path)).toBe(expected));

  test("a later pattern takes back what an earlier one named", () => {
    const matches = pathMatcher(["k8s", "!k8s/test", "k8s/test/keep.yaml"]);
    expect(["k8s/a", "k8s/test/a", "k8s/test/keep.yaml", "b"].map(matches)).toEqual([true, false, true, false]);
  });
});

describe("paths", () => {
  test("never lead out of the tree", () => {
    const part = fc.constantFrom("..", ".", "a", "b", "", "...");
    fc.assert(
      fc.property(fc.array(part), fc.array(part), (folder, relative) => {
        const clean = folder.filter((one) => one === "a" || one === "b").join("/");
        const found = resolvePath(clean, relative.join("/"));
        if (found !== undefined) expect(found.split("/")).not.toContain("..");
      }),
      { seed: 2 },
    );
    expect(resolvePath("a/b", "../../../x")).toBeUndefined();
    expect(resolvePath("a/b", "/x")).toBeUndefined();
  });
});

describe("what of an object decides flows", () => {
  const pod = (text: string) =>
    flowContent(
      map(
        `kind: Deployment\nmetadata: {name: a}\nspec: {template: {metadata: {labels: {a: b}, annotations: {checksum: "${text}"}}, spec: {containers: [{image: "${text}", ports: [{containerPort: 80}]}]}}}`,
      ),
    );
  test("images and annotations do not, ports and labels do", () => {
    expect(pod("one")).toBe(pod("two"));
    expect(pod("one")).not.toBe(pod("one").replace("80", "81"));
    const labelled = (label: string) =>
      flowContent(map(`kind: Pod\nmetadata: {name: a, labels: {a: ${label}}}\nspec: {}`));
    expect(labelled("x")).not.toBe(labelled("y"));
  });
});

describe("annotations that keep an object from being applied", () => {
  const object = (kind: string, annotations: string) =>
    controlled(
      map(`kind: ${kind}\nmetadata: {name: a, annotations: {${annotations}}}\nspec: {}`),
      { file: "a.yaml", line: 1 },
      "prod",
    );
  const skip = "argocd.argoproj.io/hook: Skip";
  test.each([
    ["comes", object("NetworkPolicy", ""), object("NetworkPolicy", skip), 1],
    ["goes", object("NetworkPolicy", skip), object("NetworkPolicy", ""), 1],
    ["stays", object("NetworkPolicy", skip), object("NetworkPolicy", skip), 0],
    ["comes with its object", [], object("NetworkPolicy", "kustomize.toolkit.fluxcd.io/reconcile: disabled"), 1],
    ["is on a Job", [], object("Job", "helm.sh/hook: pre-install"), 0],
    ["is on what decides no flow", [], object("ConfigMap", skip), 0],
  ] as const)("one %s", (_, base, head, count) => expect(controlIssues(base, head)).toHaveLength(count));
});

describe("what templates ask", () => {
  test("is found in actions only", () => {
    const tree = treeOf({
      "c/templates/a.yaml": 'now: lookup randAlpha\nb: {{ .Capabilities.APIVersions.Has "x/v1" }} {{- /* now */ -}}\n',
      "c/templates/b.yaml": "{{- if .Release.IsInstall }}a{{ end }}{{ now | date }}",
      "c/values.yaml": "{{ lookup }}",
    });
    expect(templateQuestions(tree, tree.entries)).toEqual({
      asksUpgrade: true,
      asksChance: true,
      capabilities: ["x/v1"],
      lookups: new Set(),
    });
  });
});

test("values keep hostile keys as keys", () => {
  expect(Object.keys(Object(plain(map('{"__proto__": {"a": 1}, "constructor": 2}'))))).toEqual([
    "__proto__",
    "constructor",
  ]);
});

describe("what was read, in one line", () => {
  const none = {
    kustomize: { roots: 0, twice: 0 },
    helm: { charts: 0, withDefaults: [] },
    tools: [],
    rawFiles: 0,
    unread: [],
    ms: 0,
  };
  test.each([
    [none, "0 files"],
    [
      { ...none, rawFiles: 1, helm: { charts: 1, withDefaults: ["a"] }, tools: ["helm 3.21.4"] },
      "1 chart, 1 with default values (helm 3.21.4), 1 file",
    ],
    [
      {
        ...none,
        kustomize: { roots: 636, twice: 12 },
        helm: { charts: 2, withDefaults: [] },
        tools: ["kustomize 5.8.1"],
        rawFiles: 41,
        unread: ["a", "b", "c"],
      },
      "12 of 636 kustomize roots rendered twice (kustomize 5.8.1), 2 charts, 41 files; not read: 3",
    ],
  ])("%#", (coverage, text) => expect(coverageText(coverage)).toBe(text));
});
