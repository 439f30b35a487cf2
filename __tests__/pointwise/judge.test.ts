import { describe, expect, it } from "vitest";
import { type Action, type Policy, term } from "../../src/model/policy.ts";
import { ANYTHING, PODS, type Predicate } from "../../src/model/predicate.ts";
import { judge } from "../../src/pointwise/judge.ts";
import { EVERYTHING } from "../../src/sets/conn.ts";
import { workload } from "../gate/world.ts";

const source = { file: "policy.yaml", line: 1 };
const admin = (name: string, rank: number, order: number, action: Action): Policy => ({
  object: { group: "", kind: "Test", namespace: "", name },
  source,
  direction: "ingress",
  tier: String(rank),
  rank,
  order: [order, name],
  subject: PODS,
  isolates: false,
  rules: [{ action, peer: ANYTHING, conn: term(EVERYTHING), source, path: "ingress[0]" }],
});

/** Who decides the flow from one pod to another. */
function decider(...policies: readonly Policy[]): string | undefined {
  const [src, dst] = [workload("shop/web"), workload("shop/db")].map(({ pod }) => ({ kind: "pod", pod }) as const);
  if (src === undefined || dst === undefined) return undefined;
  return judge(policies, { src, dst, protocol: "TCP", port: 80 }).ingress.rule?.policy.object.name;
}

describe("the policy that decides", () => {
  const [early, late, next] = [
    admin("early", 1, 1, "deny"),
    admin("late", 1, 2, "allow"),
    admin("next", 2, 0, "allow"),
  ];

  it.each<[string, readonly Policy[], string]>([
    ["is the first of its tier by order", [early, late], "early"],
    ["is the same however the policies are given", [late, early], "early"],
    ["is of the first tier", [next, late], "late"],
    ["is of the next tier after a pass", [next, admin("pass", 1, 0, "pass")], "next"],
  ])("%s", (_, policies, expected) => {
    expect(decider(...policies)).toBe(expected);
  });
});

describe("a pod in its node's network", () => {
  it.each<[string, Predicate]>([
    ["pods", PODS],
    ["everybody", ANYTHING],
  ])("is governed by no policy on %s", (_, subject) => {
    const flow = (hostNetwork: boolean) => {
      const [src, dst] = [workload("shop/web"), workload("shop/db", { hostNetwork })];
      const ends = { src: { kind: "pod", pod: src.pod }, dst: { kind: "pod", pod: dst.pod } } as const;
      return judge([{ ...admin("deny", 1, 1, "deny"), subject }], { ...ends, protocol: "TCP", port: 80 }).allowed;
    };
    expect([flow(true), flow(false)]).toEqual([true, false]);
  });
});
