import { describe, expect, test } from "vitest";
import { CLOSED, hasKustomize, kustomization, OPEN, pods, policy, verdict } from "./rendered.ts";

const shared = { "db.yaml": pods("db"), "closed.yaml": CLOSED };
const indented = (text: string, by: number) => text.replace(/^(?=.)/gm, " ".repeat(by));
const inner = (spec: string) => policy(spec, "inner");
const kyverno = (text: string) => `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: { name: generate }
spec:
  rules:
    - name: policy
      match: { any: [{ resources: { kinds: [Namespace] } }] }
      generate:
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        name: inner
        namespace: a
        data: { spec: ${text} }
`;
const crossplane = (text: string) => `apiVersion: kubernetes.crossplane.io/v1alpha2
kind: Object
metadata: { name: wrapped }
spec:
  forProvider:
    manifest:
${indented(inner(text), 6)}`;
const resourceSet = (text: string) => `apiVersion: v1
kind: ConfigMap
metadata: { name: set, namespace: a }
data:
  policy.yaml: |
${indented(inner(text), 4)}`;

describe("judging 10: policies inside other objects are told where they change, and count as unreadable", () => {
  test.each([
    ["Kyverno generate", kyverno],
    ["Crossplane Object", crossplane],
    ["text of a ConfigMap", resourceSet],
  ])("%s", async (_, wrap) => {
    const before = { ...shared, "w.yaml": wrap("{ podSelector: {}, policyTypes: [Ingress] }") };
    const told = await verdict(before, { ...shared, "w.yaml": wrap("{ podSelector: {}, ingress: [{}] }") });
    expect(told).toEqual(["error", "NOT_ANALYSED error"]);
    expect(await verdict(before, before)).toEqual(["success"]);
  });

  test("items of any object are objects, as kubectl reads them", async () => {
    const list = (kind: string) =>
      `apiVersion: v1\nkind: ${kind}\nmetadata: { name: set, namespace: a }\nitems:\n  -\n${indented(inner("{ podSelector: {}, ingress: [{}] }"), 4)}`;
    const before = shared;
    for (const kind of ["ConfigMap", "List", "Secret"]) {
      const told = await verdict(before, { ...before, "w.yaml": list(kind) });
      expect(told[0]).toBe("failure");
    }
  });

  test.skipIf(!hasKustomize)("items of what kustomize writes are objects as well", async () => {
    const list = `apiVersion: v1\nkind: Secret\nmetadata: { name: set, namespace: a }\nitems:\n  -\n${indented(OPEN, 4)}`;
    const before = { ...shared, "kustomization.yaml": kustomization("db.yaml", "closed.yaml") };
    const after = {
      ...before,
      "kustomization.yaml": kustomization("db.yaml", "closed.yaml", "w.yaml"),
      "w.yaml": list,
    };
    expect((await verdict(before, after))[0]).toBe("failure");
  });

  test("a changed policy outside of the configured manifests is a warning", async () => {
    const rules = {
      ".github/netpol-review.yml":
        "version: 1\nclusters: [{ name: prod, manifests: [k8s/**] }]\nprotected: [{ name: db, to: { namespace: a, pods: { app: db } } }]\n",
    };
    const before = { ...rules, "k8s/db.yaml": pods("db"), "k8s/closed.yaml": CLOSED, "other/p.yaml": CLOSED };
    const told = await verdict(before, { ...before, "other/p.yaml": policy("{ podSelector: {}, ingress: [{}] }") });
    expect(told.slice(1).every((each) => each.endsWith("warning"))).toBe(true);
    expect(told.length).toBeGreaterThan(1);
  });
});
