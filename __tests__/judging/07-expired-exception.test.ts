import { describe, expect, test } from "vitest";
import { idleIssues } from "../../src/gate/idle-issues.ts";
import { rulesOf } from "../gate/rules.ts";
import { checkWorld, judgeWorld, podsWith, policy, tcp, world } from "../gate/world.ts";
import { api, DB_INGRESS, db, dbPolicy, production, web } from "./story.ts";

const EXCEPTED = `${DB_INGRESS}
exceptions:
  - rule: db-ingress
    from: { namespace: production, workload: web }
    until: 2026-06-30
    reason: one-off import, ticket OPS-311
`;
const webToo = policy("ingress", "production/db-web", { app: "db" }, [
  { peer: podsWith({ app: "web" }, "production"), conn: tcp(3306) },
]);
const closed = production();
const open = production([web, api, db], [dbPolicy, webToo]);
const on = (today: string) => ({ ...rulesOf(EXCEPTED), today });

describe("judging 7: an exception outlives its reason", () => {
  test("on its last day it covers what opens", () => {
    const { findings, conclusion } = judgeWorld(world(closed, open), on("2026-06-30"));
    expect(findings.map(({ kind, excepted }) => [kind, excepted])).toEqual([
      ["widened", { reason: "one-off import, ticket OPS-311", until: "2026-06-30" }],
    ]);
    expect(conclusion).toBe("changed");
  });

  test("the day after it covers nothing", () => {
    const { findings, conclusion } = judgeWorld(world(closed, open), on("2026-07-01"));
    expect(findings.map(({ kind, excepted }) => [kind, excepted])).toEqual([["widened", undefined]]);
    expect(conclusion).toBe("failure");
  });

  test("flows that only it allowed and that are still open are a warning in each review", () => {
    const { findings, conclusion, idle } = judgeWorld(world(open, open), on("2026-07-01"));
    expect(findings.map(({ kind, severity }) => [kind, severity])).toEqual([["expired", "warning"]]);
    expect(findings[0]?.message).toBe(
      "`production/web[Deployment]` may still connect to `production/db[StatefulSet]` on TCP 3306: " +
        "the exception ended on `2026-06-30`",
    );
    expect(findings[0]?.at).toEqual({ file: "netpol-review.yml", line: 10 });
    expect(conclusion).toBe("changed");
    expect(idle.exceptions).toEqual([]);
  });

  test("and violations in `check`", () => {
    expect(checkWorld(world(open, open), on("2026-06-30")).conclusion).toBe("success");
    const { findings, conclusion } = checkWorld(world(open, open), on("2026-07-01"));
    expect(findings.map(({ kind, severity }) => [kind, severity])).toEqual([["violated", "error"]]);
    expect(conclusion).toBe("failure");
  });

  test("an expired one with nothing open, and one without use, are issues", () => {
    const ended = judgeWorld(world(closed, closed), on("2026-07-01"));
    const unused = judgeWorld(world(closed, closed), on("2026-06-01"));
    const used = judgeWorld(world(open, open), on("2026-06-01"));
    expect(idleIssues([ended.idle], "2026-07-01")[0]?.message).toContain("ended on `2026-06-30`; remove it");
    expect(idleIssues([unused.idle], "2026-06-01")[0]?.message).toContain("covers no flow");
    expect(idleIssues([used.idle], "2026-06-01")).toEqual([]);
  });
});
