import { describe, expect, test } from "vitest";
import { type Files, reviewFiles } from "../manifest/review-files.ts";

const policy = (version: string, chart: string, more = "") => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: a }
spec:
  podSelector: { matchLabels: { app: db, app.kubernetes.io/version: "${version}" } }
  policyTypes: [Ingress]
  ingress: [{ from: [{ podSelector: { matchLabels: { app: api, helm.sh/chart: "${chart}" } } }] }]
${more}`;
const pod = (name: string, labels: string) => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: a, labels: { ${labels} } }
spec: { containers: [{ name: c, image: "i:1" }] }
`;
const db = (version: string) => pod("db", `app: db, app.kubernetes.io/version: "${version}"`);

async function outcome(base: Files, head: Files) {
  const report = await reviewFiles(base, head);
  const rows = report.clusters.flatMap(({ groups }) => groups.map(({ src, dst }) => `${src} → ${dst}`));
  return { conclusion: report.conclusion, rows, read: report.clusters.map(({ read }) => read).join() };
}

describe("judging 25: a version in selectors is no difference between undeclared pods", () => {
  test("where only its value changes nothing is reported, and one folded line says so", async () => {
    const { conclusion, rows, read } = await outcome(
      { "p.yaml": policy("1.0", "c-1") },
      { "p.yaml": policy("2.0", "c-2") },
    );
    expect([conclusion, rows]).toEqual(["success", []]);
    expect(read).toContain("selectors ask for app.kubernetes.io/version 2.0 instead of 1.0");
    expect(read).toContain("selectors ask for helm.sh/chart c-2 instead of c-1");
  });

  test("a declared pod that goes along changes nothing either", async () => {
    const { conclusion, rows } = await outcome(
      { "p.yaml": policy("1.0", "c-1"), "db.yaml": db("1.0") },
      { "p.yaml": policy("2.0", "c-1"), "db.yaml": db("2.0") },
    );
    expect([conclusion, rows]).toEqual(["success", []]);
  });

  test("a declared pod that keeps the old version is no longer selected, and is told", async () => {
    const { conclusion, rows } = await outcome(
      { "p.yaml": policy("1.0", "c-1"), "db.yaml": db("1.0") },
      { "p.yaml": policy("2.0", "c-1"), "db.yaml": db("1.0") },
    );
    expect(conclusion).toBe("changed");
    expect(rows.some((row) => row.endsWith("→ a/db[Pod]"))).toBe(true);
  });

  test("where a rule speaks of the pods both versions count", async () => {
    const rules = "version: 1\nprotected: [{ name: r, to: { namespace: a, pods: { app: db } } }]\n";
    const { conclusion } = await outcome(
      { "p.yaml": policy("1.0", "c-1"), ".github/netpol-review.yml": rules },
      { "p.yaml": policy("2.0", "c-1"), ".github/netpol-review.yml": rules },
    );
    expect(conclusion).toBe("failure");
  });

  test("another label, or a version that another selector keeps, is told", async () => {
    const other = await outcome(
      { "p.yaml": policy("1.0", "c") },
      { "p.yaml": policy("1.0", "c").replace("app: api", "app: web") },
    );
    expect(other.conclusion).toBe("changed");
    const kept = `---\n${policy("1.0", "c").replace("name: p", "name: q")}`;
    const two = await outcome(
      { "p.yaml": policy("1.0", "c"), "q.yaml": kept },
      { "p.yaml": policy("2.0", "c"), "q.yaml": kept },
    );
    expect(two.conclusion).toBe("changed");
  });

  test("what changes beside the version is told", async () => {
    const wider = policy("2.0", "c-2").replace("[{ from", "[{ ports: [{ port: 1 }], from");
    const { conclusion, rows } = await outcome({ "p.yaml": policy("1.0", "c-1") }, { "p.yaml": wider });
    expect([conclusion, rows.length > 0]).toEqual(["changed", true]);
  });
});

const job = (name: string, image: string) => `apiVersion: batch/v1
kind: Job
metadata: { name: ${name}, namespace: a }
spec: { template: { metadata: { labels: { app: migrate } }, spec: { restartPolicy: Never, containers: [{ name: c, image: "${image}" }] } } }
`;

describe("judging 25: a Job under a new hash or version is the same Job", () => {
  test.each([
    ["a hash", "migrate-5f3a9c1b", "migrate-9e8d7c6b"],
    ["a version", "migrate-v1.2.3", "migrate-v1.3.0"],
    ["a number", "migrate-41", "migrate-42"],
  ])("%s", async (_, before, after) => {
    const { conclusion, rows } = await outcome({ "j.yaml": job(before, "i:1") }, { "j.yaml": job(after, "i:2") });
    expect([conclusion, rows]).toEqual(["success", []]);
  });

  test.each([
    ["another name", ["migrate-backup"], ["migrate-restore"]],
    ["two that it could be", ["migrate-41"], ["migrate-42", "migrate-43"]],
  ])("%s is another Job", async (_, before, after) => {
    const files = (names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [`${name}.yaml`, job(name, "i:1")]));
    const report = await reviewFiles(files(before), { ...files(after), "p.yaml": policy("1", "c") });
    expect(report.clusters.flatMap(({ arrivals }) => arrivals).length).toBeGreaterThan(0);
  });
});
