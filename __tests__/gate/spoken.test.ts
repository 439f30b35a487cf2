import { describe, expect, test } from "vitest";
import { spokenOf } from "../../src/gate/spoken.ts";
import { holds } from "../../src/model/predicate.ts";
import { rulesOf } from "./rules.ts";
import { pods } from "./world.ts";

const spoken = (text: string) => {
  const { rules, exceptions } = rulesOf(text);
  return spokenOf(rules, exceptions);
};

describe("the selectors that rules speak of", () => {
  test("are those of subjects, of `allowed` and of exceptions", () => {
    const found = spoken(`
protected:
  - name: a
    to: { namespace: production, pods: { app: db } }
    allowed: [{ from: { namespaceSelector: { matchLabels: { team: x } } } }, { from: { external: true } }]
exceptions: [{ rule: a, from: { pods: { app: etl } }, until: 2030-01-01, reason: x }]
`);
    expect(found).toHaveLength(3);
    const selects = (i: number, peer: ReturnType<typeof pods>) => {
      const predicate = found[i];
      return predicate !== undefined && holds(predicate, { kind: "pod", pod: peer.head });
    };
    expect(selects(0, pods("production", { app: "db" }))).toBe(true);
    expect(selects(0, pods("staging", { app: "db" }))).toBe(false);
    expect(selects(0, pods("production"))).toBe(false);
    expect(selects(1, pods("", {}, { base: {}, head: { team: "x" } }))).toBe(true);
    expect(selects(1, pods(""))).toBe(false);
    expect(selects(2, pods("anywhere", { app: "etl" }))).toBe(true);
  });

  test("leave out what only declared workloads and addresses can be", () => {
    expect(spoken("protected: [{ name: a, to: { workload: db }, from: { cidr: [10.0.0.0/8] } }]")).toEqual([]);
  });
});
