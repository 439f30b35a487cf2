import { describe, expect, test } from "vitest";
import { rulesOf } from "../gate/rules.ts";
import { block, judgeWorld, podsWith, policy, tcp, world } from "../gate/world.ts";
import { api, db, dbPolicy, production, web } from "./story.ts";

const RULE = `
protected:
  - name: db-ingress
    to: { namespace: production, pods: { app: db } }
    allowed: [{ from: { namespace: production, pods: { app: api } } }, { from: { external: true } }]
`;
const admits = (cidr: string, matchesPods = false) =>
  policy("ingress", "production/db-block", { app: "db" }, [{ peer: block(cidr, matchesPods), conn: tcp(3306) }]);
const kinds = (head: ReturnType<typeof admits>, podRangesKnown: boolean, base = production()) =>
  judgeWorld(world(base, production([web, api, db], [dbPolicy, head])), {
    ...rulesOf(RULE),
    podRangesKnown,
  }).findings.map(({ kind, severity }) => `${kind} ${severity}`);

describe("judging 15: private ipBlocks without `podCIDRs`", () => {
  test("one that is new in head and reaches a subject is a warning that says what to configure", () => {
    const { findings } = judgeWorld(
      world(production(), production([web, api, db], [dbPolicy, admits("10.1.0.0/16")])),
      {
        ...rulesOf(RULE),
        podRangesKnown: false,
      },
    );
    expect(findings.map(({ kind, severity }) => [kind, severity])).toEqual([["private-block", "warning"]]);
    expect(findings[0]?.message).toContain("`10.1.0.0/16` is private");
    expect(findings[0]?.message).toContain("set `podCIDRs`");
    expect(findings[0]?.at).toEqual({ file: "production/db-block.policy.yaml", line: 10 });
  });

  test.each([
    ["with `podCIDRs`", admits("10.1.0.0/16"), true],
    ["that base has too", admits("10.1.0.0/16"), false, production([web, api, db], [dbPolicy, admits("10.0.0.0/9")])],
    ["of public addresses", admits("203.0.113.0/24"), false],
    ["that matches pods anyway", admits("10.0.0.0/8", true), false],
  ])("a block %s is none", (_, head, known, base = production()) => {
    expect(kinds(head, known, base).filter((kind) => kind.startsWith("private"))).toEqual([]);
  });

  test("a block that reaches other pods only is none", () => {
    const other = policy("ingress", "production/web", { app: "web" }, [
      { peer: podsWith({}), conn: tcp(80) },
      { peer: block("10.1.0.0/16") },
    ]);
    expect(kinds(other, false)).toEqual([]);
  });
});
