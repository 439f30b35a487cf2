import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { formatMarkdown } from "../../src/report/markdown.ts";
import { formatText } from "../../src/report/text.ts";
import { commitTree } from "../../src/tree/commit-tree.ts";
import { resolveRef } from "../../src/tree/refs.ts";
import { openRepository } from "../../src/tree/repository.ts";
import { issuesOf, reviewFiles, reviewFolders, writeFiles } from "./review-files.ts";

const np = (name: string, spec = "{ policyTypes: [Ingress] }") =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: ${name}, namespace: a }\nspec: ${spec}\n`;
const pod = (name: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: a, labels: { app: ${name} } }\nspec: { containers: [{ name: c, image: i }] }\n`;
const configMap = (text: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c, namespace: a }\ndata:\n  x: |\n${text.replace(/^/gm, "    ")}\n`;
const utf16 = (text: string, order: "le" | "be") => {
  const bytes = Buffer.from(`\uFEFF${text}`, "utf16le");
  return order === "le" ? bytes : bytes.swap16();
};
const GIT_CRYPT = Buffer.concat([Buffer.from("\0GITCRYPT\0"), Buffer.from([1, 2, 3, 250, 251, 0, 10, 255])]);

/** What one file gives beside the others of a tree: workloads, policies, and issues as `code severity line`. */
type Row = readonly [title: string, file: string | Uint8Array, expected: Outcome, path?: string];
type Outcome = { readonly workloads?: number; readonly policies?: number; readonly issues?: readonly string[] };

const READ: readonly Row[] = [
  ["UTF-16 little endian with a mark", utf16(np("p"), "le"), { policies: 1 }],
  ["UTF-16 big endian with a mark", utf16(np("p"), "be"), { policies: 1 }],
  ["UTF-8 with a mark", `\uFEFF${np("p")}`, { policies: 1 }],
  ["CRLF", np("p").replaceAll("\n", "\r\n"), { policies: 1 }],
  ["a tab at the end of every line", np("p").replaceAll("\n", "\t\n"), { policies: 1 }],
  ["tabs inside a block scalar", `${configMap("a:\n\tb: 1\n\t\tkind: x")}---\n${np("p")}`, { policies: 1 }],
  ["no line end at the end, and a lone `---`", `${np("p")}---`, { policies: 1 }],
  ["an empty file", "", {}],
  ["a file of blank lines and separators", "\n\n---\n\n---\n", {}],
  ["a file of comments alone", "# kind: NetworkPolicy\n# nothing\n", {}],
  [
    "documents of comments among real ones",
    `# first\n---\n${np("p")}---\n# between\n---\n${pod("x")}`,
    { policies: 1, workloads: 1 },
  ],
  [
    "a whole policy commented out with its `# ---`",
    `${pod("x")}# ---\n${np("p").replace(/^(?=.)/gm, "# ")}`,
    { workloads: 1 },
  ],
  ["an end marker `...`", `${np("p")}...\n---\n${pod("x")}...\n`, { policies: 1, workloads: 1 }],
];

async function outcomeOf(file: string | Uint8Array, at = "odd.yaml"): Promise<Required<Outcome>> {
  const report = await reviewFiles(undefined, { "other.yaml": pod("other"), [at]: file });
  const [cluster] = report.clusters;
  return {
    workloads: (cluster?.counts.workloads ?? 0) - 1,
    policies: cluster?.counts.policies ?? 0,
    issues: issuesOf(report).map(({ code, severity, at }) => `${code} ${severity} ${at?.line ?? "-"}`),
  };
}
const full = (expected: Outcome): Required<Outcome> => ({ workloads: 0, policies: 0, issues: [], ...expected });

const holds = (rows: readonly Row[]) =>
  test.each(rows.map((row) => ({ title: row[0], file: row[1], expected: row[2], at: row[3] })))(
    "$title",
    async ({ file, expected, at }) => {
      expect(await outcomeOf(file, at)).toEqual(full(expected));
    },
  );

describe("bytes and documents", () => holds(READ));

const LISTS: readonly Row[] = [
  [
    "`kind: List`",
    `apiVersion: v1\nkind: List\nitems:\n- ${np("p").trim().replaceAll("\n", "\n  ")}\n- ${pod("x").trim().replaceAll("\n", "\n  ")}\n`,
    { policies: 1, workloads: 1 },
  ],
  [
    "a typed list whose items have no type of their own",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicyList\nitems:\n- metadata: { name: p, namespace: a }\n  spec: {}\n",
    { policies: 1 },
  ],
  [
    "a typed list of kinds that do not matter",
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleList\nitems:\n- apiVersion: rbac.authorization.k8s.io/v1\n  kind: Role\n  metadata: { name: NetworkPolicy }\n",
    {},
  ],
  ["an empty list", "apiVersion: v1\nkind: List\nitems: []\n", {}],
  ["a list of nothing", "apiVersion: v1\nkind: List\nitems: null\n", {}],
  [
    "null among the items of a list",
    `apiVersion: v1\nkind: List\nitems:\n- null\n- ${pod("x").trim().replaceAll("\n", "\n  ")}\n`,
    { workloads: 1 },
  ],
  [
    "a JSON manifest",
    '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"p","namespace":"a"},"spec":{}}',
    { policies: 1 },
    "odd.json",
  ],
  [
    "concatenated JSON",
    '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"p","namespace":"a"},"spec":{}}\n{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"q","namespace":"a"},"spec":{}}\n',
    { policies: 2 },
    "odd.json",
  ],
  [
    "an OpenShift Template with objects and parameters that have defaults",
    `apiVersion: template.openshift.io/v1\nkind: Template\nmetadata: { name: t }\nparameters:\n- { name: NAME, value: p }\nobjects:\n- apiVersion: networking.k8s.io/v1\n  kind: NetworkPolicy\n  metadata: { name: "\${NAME}" }\n  spec: {}\n`,
    { policies: 1, issues: ["TEMPLATE warning 2"] },
  ],
  [
    "an OpenShift Template whose parameter has no default",
    `apiVersion: template.openshift.io/v1\nkind: Template\nmetadata: { name: t }\nparameters:\n- { name: NAME, required: true }\nobjects:\n- apiVersion: networking.k8s.io/v1\n  kind: NetworkPolicy\n  metadata: { name: "\${NAME}" }\n  spec: {}\n`,
    { issues: ["TEMPLATE error 9"] },
  ],
];
describe("lists, JSON and templates of OpenShift", () => holds(LISTS));

const NESTED: readonly Row[] = [
  ["manifests in a ConfigMap are text", configMap(pod("x")), {}],
  ["`---` in a block scalar is text", configMap(`---\n${pod("x")}---\n${pod("y")}`), {}],
  [
    "manifests in a workflow template of Argo are text",
    `apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\nmetadata: { name: w, namespace: a }\nspec:\n  templates:\n  - name: t\n    resource:\n      manifest: |\n        ---\n${np("p").replace(/^(?=.)/gm, "        ")}`,
    {},
  ],
  [
    "a generator of Kyverno is no policy",
    `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: { name: k }\nspec:\n  rules:\n  - generate:\n      apiVersion: networking.k8s.io/v1\n      kind: NetworkPolicy\n      name: deny\n      data: { spec: {} }\n`,
    { issues: ["NOT_ANALYSED error 2"] },
  ],
  [
    "a SelectorSyncSet of Hive is listed where it holds policies",
    "apiVersion: hive.openshift.io/v1\nkind: SelectorSyncSet\nmetadata: { name: s }\nspec:\n  resources:\n  - apiVersion: networking.k8s.io/v1\n    kind: NetworkPolicy\n    metadata: { name: p, namespace: a }\n",
    { issues: ["NOT_ANALYSED error 2"] },
  ],
  [
    "a patch is no object",
    "$patch: delete\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: p, namespace: a }\n",
    { issues: ["PATCH warning 3"] },
  ],
];
describe("objects inside objects, and patches", () => holds(NESTED));

const NAMES: readonly Row[] = [
  [
    "`generateName` without a name",
    "apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: run-, namespace: a }\nspec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: i }] } } }\n",
    { workloads: 1 },
  ],
  [
    "a key given twice: the last one holds",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: p\n  name: q\n  namespace: a\nspec: {}\n",
    { policies: 1, issues: ["DUPLICATE_KEY warning 5"] },
  ],
  [
    "an object given twice: the last one holds",
    `${np("p")}---\n${np("p", "{}")}`,
    { policies: 1, issues: ["DUPLICATE_OBJECT warning 7"] },
  ],
  [
    "names that hold the word: three kinds of others",
    [
      "nmstate.io/v1 NodeNetworkConfigurationPolicy",
      "kguardian.dev/v1alpha1 AuditClusterNetworkPolicy",
      "apiextensions.k8s.io/v1 CustomResourceDefinition",
    ]
      .map(
        (type) =>
          `apiVersion: ${type.split(" ")[0]}\nkind: ${type.split(" ")[1]}\nmetadata: { name: n }\nspec: { names: { kind: NetworkPolicy } }\n`,
      )
      .join("---\n"),
    {},
  ],
  [
    "a policy of OpenShift SDN",
    "apiVersion: network.openshift.io/v1\nkind: EgressNetworkPolicy\nmetadata: { name: e, namespace: a }\nspec: { egress: [] }\n",
    { issues: ["NOT_ANALYSED error 2"] },
  ],
  [
    "a NetworkPolicy of a group that nobody knows",
    "apiVersion: example.com/v1\nkind: NetworkPolicy\nmetadata: { name: e, namespace: a }\nspec: {}\n",
    { issues: ["UNKNOWN_KIND error 2"] },
  ],
];
describe("names and kinds", () => holds(NAMES));

const YAML: readonly Row[] = [
  [
    "anchors and aliases",
    "apiVersion: v1\nkind: Pod\nmetadata: { name: &n x, namespace: a, labels: { app: *n } }\nspec: { containers: [{ name: *n, image: i }] }\n",
    { workloads: 1 },
  ],
  [
    "merge keys",
    "apiVersion: v1\nkind: Pod\nmetadata:\n  labels: &l { app: x }\n  name: x\n  namespace: a\n  annotations: { <<: *l, more: b }\nspec: { containers: [{ name: c, image: i }] }\n",
    { workloads: 1 },
  ],
  [
    "the same anchor twice",
    "apiVersion: v1\nkind: Pod\nmetadata: { name: &n x1, namespace: a, labels: { one: *n, two: &n x2, app: *n } }\nspec: { containers: [{ name: c, image: i }] }\n",
    { workloads: 1 },
  ],
  [
    "tags of others in a file that is no manifest",
    "version: 1\nentries:\n- key: !Find [a, b]\n  value: !env_var X\n",
    {},
  ],
  [
    "a tag of others in a manifest that does not matter",
    "apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { x: !secret y }\n",
    {},
  ],
  ["a syntax error in a policy", `${np("p")}  wrong: [\n`, { issues: ["YAML_SYNTAX error 5"] }],
  ["a syntax error in a file that is no manifest", "a: [\n", {}],
];
describe("the language", () => holds(YAML));

const PLACEHOLDERS: readonly Row[] = [
  [
    "`{{` in texts that decide nothing",
    "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: { name: r }\nspec: { groups: [{ summary: '{{ $labels.pod }}' }] }\n",
    {},
  ],
  [
    "`{{` in the arguments of a workload",
    pod("x").replace("image: i", "image: i, args: ['{{ .Value }}']"),
    { workloads: 1 },
  ],
  ["`{{` that does not parse", `{{- if .Values.policy }}\n${np("p")}{{- end }}\n`, { issues: ["TEMPLATE error 1"] }],
  [
    "`{{` that parses into a mapping as a key",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: p\n  namespace: {{ .Release.Namespace }}\nspec: {}\n",
    { issues: ["TEMPLATE error 5"] },
  ],
  [
    "`{{` as a label that a selector asks for",
    np("p", "{ podSelector: { matchLabels: { app: '{{ name }}' } } }"),
    { issues: ["TEMPLATE error 4"] },
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what Flux substitutes
  ["`${VAR}` in a name", np('"${APP}-metrics"'), { issues: ["TEMPLATE error 3"] }],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is a shell script
  ["`${VAR}` of a shell script in a ConfigMap", configMap("echo ${HOME}"), {}],
  ["Jinja that does not parse", `{% if policy %}\n${np("p")}{% endif %}\n`, { issues: ["TEMPLATE error 1"] }],
  ["Jinja that is no manifest", "{% for a in b %}\na: {{ a }}\n{% endfor %}\n", {}],
  [
    "a secret of SOPS",
    "apiVersion: v1\nkind: Secret\nmetadata: { name: s }\ndata: { a: 'ENC[AES256_GCM,data:xyz]' }\nsops: { mac: 'ENC[AES256_GCM,data:abc]' }\n",
    {},
  ],
];
describe("placeholders", () => holds(PLACEHOLDERS));

describe("what cannot be read", () => {
  holds([["a blob of git-crypt under a YAML name", GIT_CRYPT, { issues: ["BINARY error 0"] }]]);

  test("a link to nowhere and one out of the tree are told once each; one inside the tree is read once", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "netpol-review-links-"));
    try {
      writeFiles(folder, { "tree/real.yaml": pod("x"), "outside.yaml": pod("secret") });
      symlinkSync("real.yaml", path.join(folder, "tree/again.yaml"));
      symlinkSync("missing.yaml", path.join(folder, "tree/nowhere.yaml"));
      symlinkSync("../outside.yaml", path.join(folder, "tree/out.yaml"));
      const report = await reviewFolders(undefined, path.join(folder, "tree"));
      expect(report.clusters[0]?.counts.workloads).toBe(1);
      expect(issuesOf(report).map(({ code, at }) => [code, at?.file])).toEqual([
        ["SYMLINK", "nowhere.yaml"],
        ["SYMLINK", "out.yaml"],
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("a submodule is told once, and what is in it is not read", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "netpol-review-submodule-"));
    try {
      const git = (...args: readonly string[]) =>
        execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { cwd: folder, stdio: "pipe" });
      writeFiles(folder, { "x.yaml": pod("x") });
      git("init", "-q");
      git("add", "x.yaml");
      git("update-index", "--add", "--cacheinfo", "160000,0123456789012345678901234567890123456789,sub");
      git("commit", "-q", "-m", "x");
      const repository = openRepository(folder);
      const { issues, entries } = commitTree(repository, resolveRef(repository, "HEAD"), { label: "HEAD" });
      expect(issues.map(({ code, at }) => [code, at?.file])).toEqual([["SUBMODULE", "sub"]]);
      expect(entries.filter(({ kind }) => kind === "file").map((entry) => entry.path)).toEqual(["x.yaml"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("where files are", () => {
  test("folders of tests and fixtures are read like others, until `exclude:` names them", async () => {
    const files = { "a/testdata/x.yaml": pod("x"), ".chainsaw-test/w.yaml": pod("w"), "z.yaml": pod("z") };
    const all = await reviewFiles(undefined, files);
    expect(all.clusters[0]?.counts.workloads).toBe(3);
    const config = "version: 1\nexclude: ['**/testdata/**', .chainsaw-test/**]\n";
    const some = await reviewFiles(undefined, { ...files, ".github/netpol-review.yml": config });
    expect(some.clusters[0]?.counts.workloads).toBe(1);
    expect(issuesOf(some)).toEqual([]);
  });
});

describe("in a review, what is odd on both sides is one warning, and what changed decides", () => {
  const oddities = { "t.yaml": `{{- if x }}\n${np("t")}{{- end }}\n`, "s.yaml": GIT_CRYPT };
  const config = "version: 1\nprotected: [{ name: r, to: { namespace: a, pods: { app: x } } }]\n";
  const tree = { ...oddities, "x.yaml": pod("x"), ".github/netpol-review.yml": config };

  test("equal on both sides: the check passes, each is told once", async () => {
    const report = await reviewFiles(tree, tree);
    expect(report.conclusion).toBe("success");
    expect(issuesOf(report).map(({ code, severity, standing }) => [code, severity, standing])).toEqual([
      ["BINARY", "warning", true],
      ["TEMPLATE", "warning", true],
    ]);
  });

  test("changed: no answer, and the other files are still answered", async () => {
    const more = { "new.yaml": np("new"), "t.yaml": `{{- if y }}\n${np("t")}{{- end }}\n` };
    const report = await reviewFiles(tree, { ...tree, ...more });
    expect(report.conclusion).toBe("error");
    expect(report.clusters.flatMap(({ groups }) => groups).length).toBeGreaterThan(0);
    const errors = issuesOf(report).filter(({ severity }) => severity === "error");
    expect(errors.map(({ code, at }) => [code, at?.file])).toEqual([["TEMPLATE", "t.yaml"]]);
  });

  test("text that holds policies in a ConfigMap or a workflow template is told where it changes", async () => {
    const template = (name: string) =>
      `apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\nmetadata: { name: w }\nspec:\n  manifest: |\n${np(name).replace(/^/gm, "    ")}\n`;
    for (const text of [template, (name: string) => configMap(np(name))]) {
      const report = await reviewFiles({ ...tree, "c.yaml": text("p") }, { ...tree, "c.yaml": text("q") });
      expect(report.conclusion).toBe("error");
      const errors = issuesOf(report).filter(({ severity }) => severity === "error");
      expect(errors.map(({ code, at }) => [code, at?.file])).toEqual([["NOT_ANALYSED", "c.yaml"]]);
    }
  });

  test("a policy that is commented out whole is a policy that is gone", async () => {
    const commented = `# ---\n${np("p").replace(/^(?=.)/gm, "# ")}`;
    const report = await reviewFiles(
      { "x.yaml": pod("x"), "p.yaml": np("p") },
      { "x.yaml": pod("x"), "p.yaml": commented },
    );
    expect(report.clusters.flatMap(({ groups }) => groups.map(({ effect }) => effect))).toContain("opened");
  });
});

describe("ten thousand of one fault", () => {
  test("are counted beyond ten in every format for people", async () => {
    const rejected = (i: number) => np(`p${i}`, "{ podSelectr: {} }");
    const text = Array.from({ length: 5000 }, (_, i) => rejected(i)).join("---\n");
    const more = Array.from({ length: 5000 }, (_, i) => rejected(5000 + i)).join("---\n");
    const report = await reviewFiles(undefined, { "a.yaml": text, "b.yaml": more });
    expect(issuesOf(report)).toHaveLength(10_000);
    const style = { color: false, width: 100 };
    for (const shown of [formatText(report, style), formatMarkdown(report, { budget: 60_000, runUrl: "" }).text]) {
      expect(shown.match(/podSelectr/g)).toHaveLength(10);
      expect(shown).toContain("And 9,990 more in 2 files");
      expect(shown.length).toBeLessThan(10_000);
    }
  });
});
