import { describe, expect, it } from "vitest";
import { changedWithin, reachesFar } from "../../src/engine/within.ts";
import type { Workload } from "../../src/model/cluster.ts";
import type { Policy } from "../../src/model/policy.ts";
import { ANYTHING, block, cluster, podsWith, policy, workload } from "../gate/world.ts";

const web = workload("shop/web", { labels: { app: "web" } });
const deny = policy("ingress", "shop/deny", {}, []);
const from = (peer: Policy["rules"][number]["peer"], subject: Readonly<Record<string, string>> = { app: "web" }) =>
  policy("ingress", "shop/in", subject, [{ peer }]);
const inShop = from(podsWith({ app: "job" }, "shop"));
const inBatch = from(podsWith({ app: "job" }, "batch"));

const tree = (policies: readonly Policy[], workloads: readonly Workload[] = [web]) => cluster({ workloads, policies });
const namesOf = (base: readonly Policy[], head: readonly Policy[]) => {
  const found = changedWithin(tree(base), tree(head));
  return found === undefined ? undefined : [...found].sort().join();
};

describe("the namespaces between whose pods flows can differ", () => {
  it.each<[string, readonly Policy[], readonly Policy[], string | undefined]>([
    ["none, where nothing does", [inShop], [inShop], ""],
    ["those that rules which differ name", [inShop], [inBatch], "batch,shop"],
    ["that of the policy, for addresses that hold no pods", [inShop], [from(block("192.0.2.0/24"))], "shop"],
    ["any, for addresses that hold pods", [inShop], [from(block("10.0.0.0/8", true))], undefined],
    ["any, for a rule that admits everybody", [inShop], [from(ANYTHING)], undefined],
    ["any, for pods of any namespace", [inShop], [from(podsWith({ app: "job" }))], undefined],
    ["any, where a policy comes that isolates", [], [inShop], undefined],
    ["any, where a policy goes that isolates", [inShop], [], undefined],
    ["that of a policy that comes for pods which another one isolates", [deny], [deny, inShop], "shop"],
    [
      "any, where that one isolates in the other direction",
      [{ ...deny, direction: "egress" }],
      [{ ...deny, direction: "egress" }, inShop],
      undefined,
    ],
    [
      "any, where that one isolates other pods",
      [from(podsWith({}, "shop"), { app: "db" })],
      [from(podsWith({}, "shop"), { app: "db" }), inShop],
      undefined,
    ],
    [
      "that of a policy that selects other pods, where all are isolated",
      [deny, inShop],
      [deny, from(podsWith({ app: "job" }, "shop"), { app: "db" })],
      "shop",
    ],
  ])("%s", (_, base, head, expected) => {
    expect(namesOf(base, head)).toBe(expected);
  });

  it("any, where a pod, or the label of a namespace without pods, differs", () => {
    const other = workload("shop/web", { labels: { app: "other" } });
    expect(changedWithin(tree([]), tree([], [other]))).toBeUndefined();
    expect(changedWithin(tree([]), tree([], []))).toBeUndefined();
    const one = cluster({ workloads: [web], namespaces: ["empty"] });
    const relabelled = new Map(one.namespaces);
    for (const [name, namespace] of one.namespaces)
      if (name === "empty") relabelled.set(name, { ...namespace, labels: new Map([["team", "b"]]) });
    expect(changedWithin(one, { ...one })?.size).toBe(0);
    expect(changedWithin(one, { ...one, namespaces: relabelled })).toBeUndefined();
  });
});

describe("a part of what differs", () => {
  it("shows that a change reaches far, or leaves it open", () => {
    expect(reachesFar(tree([inShop]), tree([from(ANYTHING)]))).toBe(true);
    expect(reachesFar(tree([]), tree([inShop]))).toBe(false);
    expect(reachesFar(tree([]), tree([], [workload("shop/web", { labels: { app: "other" } })]))).toBe(true);
  });
});
