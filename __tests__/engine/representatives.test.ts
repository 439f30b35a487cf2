import { describe, expect, it } from "vitest";
import { universe } from "../../src/engine/universe.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import type { Policy } from "../../src/model/policy.ts";
import { and, type Predicate } from "../../src/model/predicate.ts";
import { cluster, podsWith, policy, workload } from "../gate/world.ts";

const OPTIONS = { representatives: true, spoken: [], limit: 5000 };
const web = workload("shop/web");
const inTeam = (...values: readonly string[]): Predicate =>
  and({ op: "pods" }, { op: "namespaceLabels", requirement: { key: "team", operator: "In", values } });
const named = (namespace: string): Predicate => ({
  op: "namespaceLabels",
  requirement: { key: "kubernetes.io/metadata.name", operator: "In", values: [namespace] },
});
const notIn = (op: "podLabels" | "namespaceLabels"): Predicate =>
  and({ op: "pods" }, { op, requirement: { key: "team", operator: "NotIn", values: ["x"] } });

/** The undeclared pods that a review of these policies speaks of. */
function strangers(base: readonly Policy[], head: readonly Policy[]): readonly string[] {
  const tree = (policies: readonly Policy[]) => cluster({ workloads: [web], policies });
  return strangersOf(tree(base), tree(head));
}

function strangersOf(base: Cluster, head: Cluster): readonly string[] {
  return universe(base, head, OPTIONS)
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
      "a namespace that only a selector names by its label",
      from(and(named("batch"), podsWith({ app: "job" }))),
      ["batch/[pod with {app=job}]"],
    ],
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

  it("are in a namespace that only one selector names, also beside one that means any namespace", () => {
    const anywhere = policy("ingress", "shop/any", { app: "web" }, [{ peer: inTeam("a") }]);
    const found = strangers([], [anywhere, from(podsWith({ app: "job" }, "batch"))]);
    expect(found).toContain("batch/[pod with {app=job}]");
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

describe("the conjunctions that a change can open", () => {
  const fromJobs = from(podsWith({ app: "job" }, "shop"));
  const isolated = (subject: Readonly<Record<string, string>>) => policy("egress", "shop/closed", subject, []);
  const front = policy("egress", "shop/front", { tier: "front" }, [{ peer: podsWith({ app: "web" }, "shop") }]);

  it.each<[string, readonly Policy[], Policy, string]>([
    ["a new admission, and who may go out", [isolated({}), front], fromJobs, "app=job,tier=front"],
    ["a new way out of a closed namespace, and who is admitted", [isolated({}), fromJobs], front, "app=job,tier=front"],
    ["a new way out, and whom another policy isolated", [isolated({ role: "x" })], front, "role=x,tier=front"],
    ["both of these at once", [isolated({ role: "x" }), fromJobs], front, "app=job,role=x,tier=front"],
  ])("%s", (_, standing, added, labels) => {
    expect(strangers(standing, standing)).not.toContain(`shop/[pod with {${labels}}]`);
    expect(strangers(standing, [...standing, added])).toContain(`shop/[pod with {${labels}}]`);
  });

  it("a policy that did not change, and labels that its namespace got", () => {
    const admitting = from(and(inTeam("a"), podsWith({ app: "job" })));
    const tree = (namespaceLabels: Readonly<Record<string, string>>) =>
      cluster({ workloads: [web, workload("batch/run", { namespaceLabels })], policies: [admitting] });
    expect(strangersOf(tree({}), tree({}))).not.toContain("batch/[pod with {app=job}]");
    expect(strangersOf(tree({}), tree({ team: "a" }))).toContain("batch/[pod with {app=job}]");
  });

  describe("that policies of other namespaces mean", () => {
    const theirs = policy("egress", "far/out", {}, [{ peer: and({ op: "pods" }, ...labelled("tier", "y")) }]);
    const own = (name: string, app: string) =>
      policy("ingress", `shop/${name}`, { app }, [{ peer: podsWith({ app: "job" }, "shop") }]);

    it("count where a policy begins or ceases to isolate", () => {
      const found = strangers([theirs, policy("ingress", "shop/deny", {}, [])], [theirs]);
      expect(found).toContain("shop/[pod with {tier=y}]");
    });

    it("do not count where rules alone change, and speak of one namespace", () => {
      const after = policy("ingress", "shop/in", { app: "web" }, [{ peer: podsWith({ app: "cron" }, "shop") }]);
      const found = strangers([theirs, own("in", "web")], [theirs, after]);
      expect(found).toContain("shop/[pod with {app=cron}]");
      expect(found.filter((text) => text.includes("tier"))).toEqual([]);
    });

    it("do not count where a policy comes for pods that another one isolates already", () => {
      const deny = policy("ingress", "shop/deny", {}, []);
      const found = strangers([theirs, deny], [theirs, deny, own("more", "web")]);
      expect(found.filter((text) => text.includes("tier"))).toEqual([]);
      expect(strangers([theirs], [theirs, own("more", "web")]).filter((text) => text.includes("tier"))).not.toEqual([]);
    });
  });
});

function labelled(key: string, value: string): readonly Predicate[] {
  return [{ op: "podLabels", requirement: { key, operator: "In", values: [value] } }];
}
