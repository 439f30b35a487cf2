import { describe, expect, test } from "vitest";
import { type Files, makeFolder, makeRepo } from "../tree/repo.ts";
import { netpolReview } from "./command.ts";

const pods = (name: string, namespace = "shop", more = "") => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { ${more}containers: [{ name: main, image: ${name}:1 }] }
`;
const policy = (name: string, spec: string, namespace = "shop") => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
const DENY = policy("deny", "{ podSelector: {}, policyTypes: [Ingress] }");
const WORKFLOW = ".github/workflows/review.yml";
const USES =
  "steps: [{ uses: netpol-review/netpol-review@v1 }]\njobs:\n  a:\n    steps:\n      - uses: netpol-review/netpol-review@v1\n";

type Doctor = {
  readonly schema: string;
  readonly files: { named: number; raw: number; rendered: number; excluded: number; undeployed: string[] };
  readonly documents: { read: number; rendered: number; skipped: number };
  readonly roots: readonly { label: string; kind: string; rendered: boolean }[];
  readonly unread: readonly { code: string; at: { file: string } }[];
  readonly fixtures: readonly { glob: string; files: number }[];
  readonly clusters: readonly {
    readonly name: string;
    readonly namespaces: readonly { name: string; denies: { ingress: boolean; egress: boolean } }[];
    readonly unselected: readonly string[];
    readonly ungoverned: readonly string[];
    readonly idle: readonly { object: string; rule: string; at: { file: string; line: number } }[];
  }[];
  readonly trust: { readonly level: string; readonly workflows: string[]; readonly unowned: string[] };
};

function doctor(files: Files, ...args: readonly string[]): Doctor {
  const { stdout, stderr, exit } = netpolReview(makeFolder(files), "doctor", "-o", "json", ...args);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  return JSON.parse(stdout);
}

describe("what netpol-review doctor says of a tree", () => {
  test("a default deny counts for each direction by itself", () => {
    const { clusters } = doctor({ "a.yaml": [pods("web"), pods("web", "other"), DENY].join("---\n") });
    expect(clusters[0]?.namespaces).toEqual([
      { name: "other", workloads: 1, denies: { ingress: false, egress: false } },
      { name: "shop", workloads: 1, denies: { ingress: true, egress: false } },
    ]);
  });

  test("a policy for some labels is no default deny", () => {
    const some = policy("web", "{ podSelector: { matchLabels: { app: web } } }");
    const { clusters } = doctor({ "a.yaml": `${pods("web")}---\n${pods("db")}---\n${some}` });
    expect(clusters[0]?.namespaces[0]?.denies).toEqual({ ingress: false, egress: false });
    expect(clusters[0]?.unselected).toEqual(["shop/db[Deployment]"]);
  });

  test("a workload in its node's network is told apart from one that nobody selects", () => {
    const { clusters } = doctor({ "a.yaml": pods("agent", "shop", "hostNetwork: true, ") });
    expect(clusters[0]).toMatchObject({ unselected: [], ungoverned: ["shop/agent[Deployment]"] });
  });

  test("selectors that match nothing are named with their place, of subjects and of peers", () => {
    const rule = "ingress: [{ from: [{ podSelector: { matchLabels: { app: gone } } }] }]";
    const { clusters } = doctor({
      "web.yaml": pods("web"),
      "idle.yaml": policy("idle", "{ podSelector: { matchLabels: { app: nobody } } }"),
      "peer.yaml": policy("peer", `{ podSelector: {}, ${rule} }`),
    });
    expect(clusters[0]?.idle.map(({ object, rule: path, at }) => [object, path, at.file])).toEqual([
      ["NetworkPolicy shop/idle", "", "idle.yaml"],
      ["NetworkPolicy shop/peer", "ingress[0]", "peer.yaml"],
    ]);
  });

  test("a policy whose workloads are declared elsewhere is not said to match nothing", () => {
    const { clusters } = doctor({ "a.yaml": policy("a", "{ podSelector: { matchLabels: { app: a } } }", "elsewhere") });
    expect(clusters[0]?.idle).toEqual([]);
  });

  test("what cannot be read is listed with its reason", () => {
    const { unread } = doctor({ "a.yaml": pods("web"), "broken.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {\n" });
    expect(unread.map(({ code, at }) => [code, at.file])).toEqual([["YAML_SYNTAX", "broken.yaml"]]);
  });

  test("files are counted by what became of them; one of a root that is not rendered is read for its policies", () => {
    const { files, documents } = doctor(
      {
        ".github/netpol-review.yml": "version: 1\nexclude: [docs/**]\n",
        "a.yaml": `${pods("web")}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n`,
        "docs/b.yaml": pods("b"),
        "app/kustomization.yaml": "resources: [c.yaml]\n",
        "app/c.yaml": pods("c"),
        "app/forgotten.yaml": pods("d"),
      },
      "--render",
      "never",
    );
    expect(files).toEqual({ named: 5, raw: 1, rendered: 2, excluded: 1, undeployed: ["app/forgotten.yaml"] });
    expect(documents).toMatchObject({ read: 3, rendered: 0, skipped: 1 });
  });

  test("a root that is not rendered is told", () => {
    const files = { "app/kustomization.yaml": "resources: [c.yaml]\n", "app/c.yaml": pods("c") };
    expect(doctor(files, "--render", "never").roots).toEqual([{ label: "app", kind: "kustomize", rendered: false }]);
  });

  test("folders of fixtures are offered for `exclude:` once each", () => {
    const { fixtures } = doctor({
      "a/testdata/x/1.yaml": pods("a"),
      "a/testdata/2.yaml": pods("b"),
      "latest/3.yaml": pods("c"),
    });
    expect(fixtures).toEqual([{ glob: "a/testdata/**", files: 2 }]);
  });
});

describe("how far a green check can be trusted", () => {
  const trust = (files: Files) => doctor(files).trust;
  const owners = (text: string): Files => ({ [WORKFLOW]: USES, ".github/CODEOWNERS": text });

  test.each<[string, Files, string]>([
    ["no workflow runs the review", { [WORKFLOW]: "on: push\n" }, "none"],
    ["nobody owns the workflow", { [WORKFLOW]: USES }, "editable"],
    ["somebody owns the folder", owners("/.github/ @acme/security\n"), "owned"],
    ["somebody owns everything", owners("* @acme/all\n"), "owned"],
    ["a later line takes it back", owners("* @acme/all\n/.github/workflows/\n"), "editable"],
    ["the configuration is not owned", owners("/.github/workflows/ @a\n/.github/CODEOWNERS @a\n"), "editable"],
    [
      "all three are owned",
      owners("/.github/workflows/ @a\n/.github/CODEOWNERS @a\n/.github/netpol-review.yml b@c.d # us\n"),
      "owned",
    ],
    ["only a comment names somebody", owners("* # @acme/all\n"), "editable"],
  ])("%s", (_, files, level) => expect(trust(files).level).toBe(level));
});

describe("netpol-review doctor for people", () => {
  test("says what is missing in words, and lists at most ten", () => {
    const many = Array.from({ length: 12 }, (_, i) => pods(`w${i}`)).join("---\n");
    const { stdout, exit } = netpolReview(makeFolder({ "a.yaml": many }), "doctor", ".");
    expect(exit).toBe(0);
    expect(stdout).toContain("12 workloads that no policy selects:");
    expect(stdout).toContain("  … and 2 more");
    expect(stdout).toContain("No workflow here runs the review");
  });

  test("names that hold control characters reach no terminal", () => {
    const { stdout } = netpolReview(
      makeFolder({ "a\u001b[31m.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {\n" }),
      "doctor",
    );
    expect(stdout).toContain("\\u001b");
    expect(stdout).not.toContain("\u001b");
  });

  test("reads a repository as it would be committed", () => {
    const repo = makeRepo();
    repo.commit({ ".gitignore": "out/\n", "a.yaml": pods("web") });
    repo.write({ "out/b.yaml": pods("b") });
    expect(netpolReview(repo.dir, "doctor").stdout).toContain("1 file under the names of manifests");
  });

  test("a configuration that is invalid ends with 2", () => {
    const { exit, stderr } = netpolReview(makeFolder({ ".github/netpol-review.yml": "version: 2\n" }), "doctor");
    expect(exit).toBe(2);
    expect(stderr).toContain(".github/netpol-review.yml:1:");
  });

  test("a cluster that is not there is named with those that are", () => {
    const { exit, stderr } = netpolReview(makeFolder({ "a.yaml": pods("web") }), "doctor", "--cluster", "moon");
    expect(exit).toBe(2);
    expect(stderr).toContain("there is no cluster `moon`");
  });
});

describe("--help", () => {
  test.each(["clusters", "merge", "init", "doctor"])("lists `%s` and shows examples of it", (name) => {
    const dir = makeFolder();
    expect(netpolReview(dir, "--help").stdout).toMatch(new RegExp(`^  ${name} `, "m"));
    const { stdout, exit } = netpolReview(dir, name, "--help");
    expect(exit).toBe(0);
    expect(stdout).toContain(`Examples:\n  netpol-review ${name}`);
  });
});
