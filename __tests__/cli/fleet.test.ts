import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Files, makeFolder, makeRepo, type TestRepo } from "../tree/repo.ts";
import { netpolReview } from "./command.ts";

const workload = (name: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: ${name}:1, ports: [{ containerPort: 8080 }] }] }
`;
const policy = (from: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec:
  podSelector: { matchLabels: { app: db } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: ${from} } } }] }]
`;
const cluster = (name: string, from: string): Files => ({
  [`${name}/workloads.yaml`]: ["api", "web", "db"].map(workload).join("---\n"),
  [`${name}/policy.yaml`]: policy(from),
});
const RULES = `version: 1
clusters:
  - { name: eu, manifests: [eu/**] }
  - { name: us, manifests: [us/**] }
protected:
  - name: db-ingress
    to: { namespace: shop, pods: { app: db } }
    allowed: [{ from: { namespace: shop, pods: { app: api } } }]
`;
const CONFIG = ".github/netpol-review.yml";

/** Two clusters; the head opens `db` to `web` in those that are named. */
function fleet(...opened: readonly string[]): TestRepo {
  const repo = makeRepo();
  repo.commit({ [CONFIG]: RULES, ...cluster("eu", "api"), ...cluster("us", "api") });
  repo.git("branch", "base");
  for (const name of opened) repo.write({ [`${name}/policy.yaml`]: policy("web") });
  repo.commit({ "README.md": "" });
  return repo;
}

/** The reports of the jobs, in files that are named after their clusters. */
function reports(repo: TestRepo, ...names: readonly string[]): string {
  const folder = makeFolder();
  for (const name of names) {
    const refs = ["--base", "base", "--head", "HEAD"];
    const { stdout } = netpolReview(repo.dir, "review", ...refs, "--cluster", name, "-o", "json");
    writeFileSync(join(folder, `${name}.json`), stdout);
  }
  return folder;
}

describe("netpol-review clusters", () => {
  const matrix = (dir: string, ...args: readonly string[]) => netpolReview(dir, "clusters", ...args);

  test("prints the configured clusters of a repository as a matrix", () => {
    const { stdout, exit } = matrix(fleet("eu").dir, "--base", "base", "--head", "HEAD");
    expect(JSON.parse(stdout)).toEqual({ include: [{ cluster: "eu" }, { cluster: "us" }] });
    expect(exit).toBe(0);
  });

  test("takes base's clusters where head's configuration drops one", () => {
    const repo = fleet();
    repo.commit({ [CONFIG]: RULES.replace("  - { name: us, manifests: [us/**] }\n", "") });
    const { stdout } = matrix(repo.dir, "--base", "base", "--head", "HEAD");
    expect(JSON.parse(stdout)).toEqual({ include: [{ cluster: "eu" }, { cluster: "us" }] });
  });

  test.each<[string, Files]>([
    ["plain manifests", cluster("k8s", "api")],
    ["nothing at all", { "README.md": "" }],
  ])("never prints an empty list: %s", (_, files) => {
    const { stdout } = matrix(makeFolder(files), ".");
    expect(JSON.parse(stdout)).toEqual({ include: [{ cluster: "" }] });
  });

  test("ends with 2 where the configuration is invalid", () => {
    const { exit, stdout, stderr } = matrix(makeFolder({ [CONFIG]: "version: 2\n" }), ".");
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
    expect(stderr).toContain(".github/netpol-review.yml:1: ");
  });

  test("refuses a folder beside refs", () => {
    expect(matrix(makeFolder(), ".", "--base", "main").stderr).toContain("`.` is read as it stands");
  });
});

describe("netpol-review merge", () => {
  test("says what two clusters have in common once, and fails as the reports do", () => {
    const folder = reports(fleet("eu", "us"), "eu", "us");
    const { exit, stdout } = netpolReview(folder, "merge", "--expect", "eu", "--expect", "us", "us.json", "eu.json");
    expect(exit).toBe(1);
    expect(stdout).toContain("In eu and us:");
    expect(stdout.match(/may now connect/g)?.length).toBe(1);
  });

  test("gives what one review of all clusters gives, byte for byte", () => {
    const repo = fleet("eu");
    const folder = reports(repo, "eu", "us");
    for (const format of ["text", "markdown", "json", "csv"]) {
      const whole = netpolReview(repo.dir, "review", "--base", "base", "--head", "HEAD", "-o", format);
      const merged = netpolReview(folder, "merge", "-o", format, "eu.json", "us.json");
      expect(merged).toEqual(whole);
    }
  });

  test("reads its own output", () => {
    const folder = reports(fleet("eu"), "eu", "us");
    const { stdout } = netpolReview(folder, "merge", "-o", "json", "-f", "all.json", "eu.json", "us.json");
    expect(stdout).toBe("");
    const again = netpolReview(folder, "merge", "-o", "json", "--expect", "us", "all.json");
    expect(again.exit).toBe(1);
    expect(JSON.parse(again.stdout).clusters.map(({ name }: { name: string }) => name)).toEqual(["eu", "us"]);
  });

  test("a promised report that is missing leaves no answer", () => {
    const folder = reports(fleet(), "eu");
    writeFileSync(join(folder, "matrix.json"), '{"include":[{"cluster":"eu"},{"cluster":"us"}]}');
    const { exit, stdout } = netpolReview(folder, "merge", "-o", "json", "--matrix", "matrix.json", "eu.json");
    const { conclusion, title, issues } = JSON.parse(stdout);
    expect({ exit, conclusion, title }).toEqual({
      exit: 2,
      conclusion: "error",
      title: "no answer: 1 report missing or not usable",
    });
    expect(issues).toEqual([
      { code: "REPORT_MISSING", severity: "error", message: "there is no report of the cluster `us`; look at its job" },
    ]);
  });

  test("a failure stays one beside a missing report, which is told and ends with 2", () => {
    const folder = reports(fleet("eu"), "eu");
    const { exit, stdout } = netpolReview(folder, "merge", "-o", "json", "--expect", "us", "eu.json");
    expect({ exit, conclusion: JSON.parse(stdout).conclusion }).toEqual({ exit: 2, conclusion: "failure" });
    expect(JSON.parse(stdout).title).toContain("1 report missing");
  });

  test("reports of two runs do not go together", () => {
    const repo = fleet("eu");
    const folder = reports(repo, "eu");
    repo.commit({ "README.md": "more" });
    const later = reports(repo, "us");
    const { exit, stdout } = netpolReview(folder, "merge", "eu.json", join(later, "us.json"));
    expect(exit).toBe(2);
    expect(stdout).toContain("the reports are not of one run");
  });

  test("one report under two names is told", () => {
    const folder = reports(fleet(), "eu");
    copyFileSync(join(folder, "eu.json"), join(folder, "us.json"));
    const { exit, stdout } = netpolReview(folder, "merge", "-o", "json", "eu.json", "us.json");
    expect(exit).toBe(2);
    expect(stdout).toContain("`us.json` and `eu.json` both hold the cluster `eu`");
  });

  test.each([
    ["no JSON", "{", "it is no JSON"],
    [
      "another shape",
      '{"schema":"netpol-review/list/v1","flows":[],"issues":[]}',
      "does not fit netpol-review/diff/v1",
    ],
    ["an array", "[]", "does not fit netpol-review/diff/v1"],
    ["nothing", "", "it is no JSON"],
  ])("%s is no report", (_, text, words) => {
    const folder = makeFolder({ "x.json": text });
    const { exit, stdout } = netpolReview(folder, "merge", "-o", "json", "x.json", "absent.json");
    expect(exit).toBe(2);
    const messages = JSON.parse(stdout).issues.map(({ message }: { message: string }) => message);
    expect(messages).toEqual([
      "`absent.json` is no report: it cannot be read (ENOENT)",
      expect.stringContaining(words),
    ]);
  });

  test("an empty matrix promises nothing and is refused", () => {
    const folder = makeFolder({ "matrix.json": '{"include":[]}', "x.json": "" });
    const { exit, stderr } = netpolReview(folder, "merge", "--matrix", "matrix.json", "x.json");
    expect(exit).toBe(2);
    expect(stderr).toContain("--matrix: `matrix.json` holds no matrix");
  });
});
