import { describe, expect, it } from "vitest";
import { answer, type Effect, internEffects } from "../../src/engine/effects.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import { type Action, type Policy, type Rule, term } from "../../src/model/policy.ts";
import { ANYTHING, PODS } from "../../src/model/predicate.ts";
import { type Conn, EVERYTHING, NONE, numeric, ports, subtract, union } from "../../src/sets/conn.ts";
import { workload } from "../gate/world.ts";

const [web, other] = [workload("shop/web").pod, workload("shop/other").pod];
const peer: Endpoint = { kind: "pod", pod: other };
const ALL = numeric(EVERYTHING);
const HTTP = ports("TCP", 80);
const source = { file: "policy.yaml", line: 1 };

const rule = (action: Action, conn: Conn, more: Partial<Rule> = {}): Rule => ({
  action,
  peer: ANYTHING,
  conn: term(conn),
  source,
  path: "ingress[0]",
  ...more,
});
const policy = (rank: number, isolates: boolean, ...rules: readonly Rule[]): Policy => ({
  object: { group: "", kind: "Test", namespace: "", name: `p${rank}` },
  source,
  direction: "ingress",
  tier: String(rank),
  rank,
  order: [0, ""],
  subject: PODS,
  isolates,
  rules,
});

/** The effect of these policies on `web`; each policy means something else. */
function effectOf(policies: readonly Policy[]): Effect {
  return effects(policies).of("ingress", policies, web);
}

function effects(policies: readonly Policy[]) {
  return internEffects({ of: (each) => policies.indexOf(each), changed: () => false });
}

describe("what an effect allows", () => {
  it.each<[string, readonly Policy[], Conn]>([
    ["nothing selects", [], ALL],
    ["isolation without a rule", [policy(1, true)], NONE],
    ["a rule", [policy(1, true, rule("allow", HTTP))], HTTP],
    [
      "the first rule decides",
      [policy(1, true, rule("deny", HTTP), rule("allow", ports("TCP", 80, 81)))],
      ports("TCP", 81),
    ],
    ["no isolation: the rest goes on", [policy(1, false, rule("deny", HTTP))], subtract(ALL, HTTP)],
    ["an isolating policy of a tier isolates it", [policy(1, true), policy(1, false, rule("allow", HTTP))], HTTP],
    ["a pass meets the next tier", [policy(1, false, rule("pass", HTTP)), policy(2, true)], NONE],
    ["a pass out of the last tier is allowed", [policy(1, true, rule("pass", HTTP))], HTTP],
    [
      "a pass passes the denials of its own tier",
      [policy(1, false, rule("pass", HTTP), rule("deny", EVERYTHING)), policy(2, true, rule("allow", EVERYTHING))],
      HTTP,
    ],
    ["tiers are asked one by one", [policy(1, true, rule("pass", HTTP)), policy(2, false, rule("deny", HTTP))], NONE],
  ])("%s", (_, policies, expected) => {
    expect(answer(effectOf(policies), peer).conn).toBe(expected);
  });

  it("what a rule without a restriction allows as well is not restricted", () => {
    const narrow = rule("allow", union(HTTP, ports("TCP", 443)), { narrowed: "http" });
    const both = answer(effectOf([policy(1, true, narrow, rule("allow", HTTP))]), peer);
    expect(both.conn).toBe(union(HTTP, ports("TCP", 443)));
    expect(both.restricted).toBe(ports("TCP", 443));
  });
});

describe("equal effects", () => {
  it("are one, but not for pods that a rule of its own tells apart", () => {
    const local = { op: "podLabels", requirement: { key: "app", operator: "In", values: ["web"] } } as const;
    const plain = [policy(1, true, rule("allow", HTTP))];
    const split = [policy(1, true, rule("allow", HTTP, { local }))];
    const [same, told] = [effects(plain), effects(split)];
    expect(same.of("ingress", plain, web)).toBe(same.of("ingress", plain, other));
    const [own, foreign] = [told.of("ingress", split, web), told.of("ingress", split, other)];
    expect([answer(own, peer).conn, answer(foreign, peer).conn]).toEqual([HTTP, NONE]);
  });
});
