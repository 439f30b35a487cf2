import { describe, expect, test } from "vitest";
import { idleIssues } from "../../src/gate/idle-issues.ts";
import { rulesOf } from "../gate/rules.ts";
import { judgeWorld, pods, world } from "../gate/world.ts";
import { api, DB_INGRESS, dbPolicy, production, web } from "./story.ts";

const TODAY = "2026-06-15";
const without = production([web, api]);

describe("judging 6: a rule that protects nothing", () => {
  test("is an issue on every report, with the line of the rule", () => {
    const { idle, conclusion } = judgeWorld(world(without, without), rulesOf(DB_INGRESS));
    expect(idleIssues([idle], TODAY)).toMatchObject([
      { code: "RULE_IDLE", severity: "warning", at: { file: "netpol-review.yml", line: 4 } },
    ]);
    expect(conclusion).toBe("success");
  });

  test("is none once `declared: elsewhere` says that it is meant", () => {
    const { idle } = judgeWorld(world(without, without), rulesOf(`${DB_INGRESS}    declared: elsewhere\n`));
    expect(idle.rules).toEqual([]);
  });

  test("is none while another cluster has what it protects", () => {
    const rules = rulesOf(DB_INGRESS);
    const here = judgeWorld(world(production(), production()), rules);
    const there = judgeWorld(world(without, without), rules);
    expect(idleIssues([here.idle, there.idle], TODAY)).toEqual([]);
    expect(idleIssues([there.idle, there.idle], TODAY)).toHaveLength(1);
  });

  test.each(["", "    declared: elsewhere\n"])("is judged all the same by its representatives (%j)", (extra) => {
    const twin = pods("production", { app: "db" });
    const { findings, conclusion } = judgeWorld(
      world(production([web, api], [dbPolicy]), production([web, api], []), [twin]),
      rulesOf(DB_INGRESS + extra),
    );
    expect(findings.map(({ kind, severity }) => [kind, severity])).toEqual([["widened", "error"]]);
    expect(conclusion).toBe("failure");
  });
});
