import { describe, expect, test } from "vitest";
import { type Files, issuesOf, reviewFiles } from "../manifest/review-files.ts";

const RULES = "version: 1\nprotected: [{ name: db, to: { namespace: a, pods: { app: db } } }]\n";
const pods = `apiVersion: v1
kind: Pod
metadata: { name: db, namespace: a, labels: { app: db } }
spec: { containers: [{ name: c, image: i }] }
`;
const policy = (spec: string) =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: p, namespace: a }\nspec: ${spec}\n`;
const closed = policy("{ policyTypes: [Ingress] }");
const open = policy("{ ingress: [{}] }");
const admin = (name: string, action: string, label = "db") => `apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: ${name} }
spec:
  priority: 5
  subject: { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: ${label} } } } }
  ingress: [{ action: ${action}, from: [{ namespaces: {} }] }]
`;

async function verdict(base: Files | undefined, head: Files, rules = RULES) {
  const shared = { "db.yaml": pods, ".github/netpol-review.yml": rules };
  const report = await reviewFiles(base === undefined ? undefined : { ...shared, ...base }, { ...shared, ...head });
  const told = issuesOf(report).map(({ code, severity }) => `${code} ${severity}`);
  return [report.conclusion, ...told];
}

describe("judging 13: an object that is defined twice", () => {
  test("twice in head, with different effects, and once in base: no answer with rules", async () => {
    expect(await verdict({ "p.yaml": closed }, { "p.yaml": closed, "q.yaml": open })).toEqual([
      "failure",
      "DUPLICATE_OBJECT error",
    ]);
    expect(await verdict({ "q.yaml": closed }, { "p.yaml": open, "q.yaml": closed })).toEqual([
      "error",
      "DUPLICATE_OBJECT error",
    ]);
  });

  test("without rules it is told, and the last one counts", async () => {
    const none = "version: 1\n";
    expect(await verdict({ "q.yaml": closed }, { "p.yaml": open, "q.yaml": closed }, none)).toEqual([
      "success",
      "DUPLICATE_OBJECT warning",
    ]);
  });

  test("an old one is read as the last in path order, wherever its lines and files go", async () => {
    const old = { "p.yaml": open, "q.yaml": closed };
    expect(await verdict(old, old)).toEqual(["success", "DUPLICATE_OBJECT warning"]);
    expect(await verdict(old, { "p.yaml": `# a comment\n${open}`, "r.yaml": closed })).toEqual([
      "success",
      "DUPLICATE_OBJECT warning",
    ]);
  });

  test("an old one of which one definition changes leaves no answer", async () => {
    const narrow = policy("{ ingress: [{ ports: [{ port: 1 }] }] }");
    expect(await verdict({ "p.yaml": open, "q.yaml": closed }, { "p.yaml": narrow, "q.yaml": closed })).toEqual([
      "error",
      "DUPLICATE_OBJECT error",
    ]);
  });

  test("twice with the same content is told, and answers", async () => {
    expect(await verdict({ "p.yaml": closed }, { "p.yaml": closed, "q.yaml": closed })).toEqual([
      "success",
      "DUPLICATE_OBJECT warning",
    ]);
  });

  test("one that head resolves was read all the same, and says nothing", async () => {
    expect(await verdict({ "p.yaml": open, "q.yaml": closed }, { "q.yaml": closed })).toEqual(["success"]);
    expect(await verdict({ "p.yaml": closed, "q.yaml": closed }, { "p.yaml": closed })).toEqual(["success"]);
  });

  test("in one tree by itself it is an issue, and the answer stands", async () => {
    expect(await verdict(undefined, { "p.yaml": open, "q.yaml": closed })).toEqual([
      "success",
      "DUPLICATE_OBJECT warning",
    ]);
  });
});

describe("two admin policies of one priority that disagree", () => {
  const both = { "a.yaml": admin("a", "Allow"), "b.yaml": admin("b", "Deny") };

  test("are a warning where neither changed", async () => {
    expect(await verdict(both, both)).toEqual(["success", "PRIORITY_CONFLICT warning"]);
    expect(await verdict(both, { ...both, "a.yaml": `# a comment\n${admin("a", "Allow")}` })).toEqual([
      "success",
      "PRIORITY_CONFLICT warning",
    ]);
    expect(await verdict(undefined, both)).toEqual(["failure", "PRIORITY_CONFLICT warning"]);
  });

  test("leave no answer where one of them is new or changed and rules are configured", async () => {
    expect(await verdict({ "a.yaml": both["a.yaml"] }, both)).toEqual(["error", "PRIORITY_CONFLICT error"]);
    expect((await verdict(both, { "a.yaml": both["a.yaml"] }))[0]).toBe("error");
    const changed = { ...both, "a.yaml": admin("a", "Pass") };
    expect((await verdict(both, changed))[0]).toBe("error");
    expect(await verdict({ "a.yaml": both["a.yaml"] }, both, "version: 1\n")).toEqual([
      "success",
      "PRIORITY_CONFLICT warning",
    ]);
  });
});
