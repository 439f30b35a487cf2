import { describe, expect, it } from "vitest";
import { indexPolicies } from "../../src/engine/policy-index.ts";
import type { Policy } from "../../src/model/policy.ts";
import { policy, workload } from "../gate/world.ts";

const pod = workload("shop/web", { labels: { app: "web", tier: "front" } }).pod;
const of = (name: string, order: number, subject: Readonly<Record<string, string>>, namespace = "shop"): Policy => ({
  ...policy("ingress", `${namespace}/${name}`, subject, []),
  order: [order, name],
});

describe("the policies that select a pod", () => {
  it("come in the order in which they are asked, however they were given", () => {
    const given = [of("late", 3, {}), of("first", 1, { app: "web" }), of("middle", 2, { tier: "front" })];
    const found = indexPolicies(given).selecting(pod, "ingress");
    expect(found.map(({ object }) => object.name)).toEqual(["first", "middle", "late"]);
  });

  it("are those of its namespace, its labels and the direction", () => {
    const given = [of("own", 1, { app: "web" }), of("other", 2, { app: "db" }), of("far", 3, {}, "batch")];
    const index = indexPolicies(given);
    expect(index.selecting(pod, "ingress").map(({ object }) => object.name)).toEqual(["own"]);
    expect(index.selecting(pod, "egress")).toEqual([]);
  });
});
