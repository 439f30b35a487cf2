import { describe, expect, it } from "vitest";
import { universe } from "../../src/engine/universe.ts";
import type { Policy } from "../../src/model/policy.ts";
import { and, type Predicate } from "../../src/model/predicate.ts";
import { cluster, podsWith, policy, workload } from "../gate/world.ts";

const OPTIONS = { representatives: true, spoken: [], limit: 5000 };
const web = workload("shop/web");
const inTeam = (...values: readonly string[]): Predicate =>
  and({ op: "pods" }, { op: "namespaceLabels", requirement: { key: "team", operator: "In", values } });
const notIn = (op: "podLabels" | "namespaceLabels"): Predicate =>
  and({ op: "pods" }, { op, requirement: { key: "team", operator: "NotIn", values: ["x"] } });

/** The undeclared pods that a review of these policies speaks of. */
function strangers(base: readonly Policy[], head: readonly Policy[]): readonly string[] {
  const tree = (policies: readonly Policy[]) => cluster({ workloads: [web], policies });
  return universe(tree(base), tree(head), OPTIONS)
    .peers.filter(({ kind }) => kind === "representative")
    .map(({ text }) => text)
    .sort();
}

const from = (peer: Predicate) => policy("ingress", "shop/in", { app: "web" }, [{ peer }]);

describe("undeclared pods", () => {
  it.each<[string, Policy, readonly string[]]>([
    ["any namespace with a label", from(inTeam("a")), ["[namespace with {team=a}]/[all pods]"]],
    [
      "each value of a list",
      from(inTeam("a", "b")),
      ["[namespace with {team=a}]/[all pods]", "[namespace with {team=b}]/[all pods]"],
    ],
    ["a namespace that only a selector names", from(podsWith({ app: "job" }, "batch")), ["batch/[pod with {app=job}]"]],
    [
      "whoever breaks a negative condition on namespaces",
      from(notIn("namespaceLabels")),
      ["[namespace with {team}]/[all pods]"],
    ],
    [
      "whoever breaks a negative condition on pods",
      from(notIn("podLabels")),
      ["[all namespaces]/[pod with {team}]", "[all namespaces]/[pod with {team=x}]"],
    ],
  ])("%s", (_, added, expected) => {
    const found = strangers([], [added]);
    expect(found).toContain("entire-cluster");
    expect(found).toEqual(expect.arrayContaining([...expected]));
  });

  it("stand for pods that a changed selector and the one that governs them both mean", () => {
    const isolated = policy("egress", "shop/out", { tier: "front" }, []);
    const found = strangers([isolated], [isolated, from(podsWith({ app: "job" }, "shop"))]);
    expect(found).toContain("shop/[pod with {app=job}]");
    const opened = policy("egress", "shop/out", { tier: "front" }, [{ peer: podsWith({ app: "web" }, "shop") }]);
    const both = strangers(
      [isolated, from(podsWith({ app: "job" }, "shop"))],
      [opened, from(podsWith({ app: "job" }, "shop"))],
    );
    expect(both).toContain("shop/[pod with {app=job,tier=front}]");
  });
});
