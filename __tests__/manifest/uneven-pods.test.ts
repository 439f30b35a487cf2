import { describe, expect, test } from "vitest";
import { clusterOf } from "./context.ts";

const pod = (name: string, app: string) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${app}, team: x }, ownerReferences: [{ kind: ReplicaSet, name: web, controller: true }] }
spec: { containers: [{ name: a, image: a }] }
---`;
const policy = (requirement: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p }
spec: { podSelector: { matchExpressions: [${requirement}] }, policyTypes: [Ingress] }
`;
const seen = (requirement: string) => {
  const { workloads, issues } = clusterOf({ "a.yaml": pod("a", "one") + pod("b", "two") + policy(requirement) });
  return {
    app: workloads[0]?.pod.labels.get("app"),
    uneven: issues.filter(({ message }) => /differ in/.test(message)).length,
  };
};

describe("pods of one owner that differ in a label", () => {
  test.each([
    "{ key: app, operator: In, values: [one, two] }",
    "{ key: app, operator: NotIn, values: [three] }",
    "{ key: app, operator: Exists }",
    "{ key: app, operator: DoesNotExist }",
    "{ key: team, operator: In, values: [x] }",
  ])("count as the first where every selector gives all of them one answer: %s", (requirement) => {
    expect(seen(requirement)).toEqual({ app: "one", uneven: 0 });
  });

  test.each(["{ key: app, operator: In, values: [one] }", "{ key: app, operator: NotIn, values: [two, three] }"])(
    "have an unknown value, and an error says so, where one selector tells them apart: %s",
    (requirement) => {
      expect(seen(requirement)).toEqual({ app: undefined, uneven: 1 });
    },
  );
});
