import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/gate/finding.ts";
import { rulesOf } from "../gate/rules.ts";
import { judgeWorld, pods, workload, world } from "../gate/world.ts";
import { api, DB_INGRESS, db, production, web } from "./story.ts";

const kinds = (findings: readonly Finding[]) => findings.map(({ kind, severity }) => `${kind} ${severity}`);
const relabelled = workload("production/web", { labels: { app: "api" } });
const newcomer = workload("production/worker", { labels: { app: "api" } });
const joining = (join: string) => rulesOf(`${DB_INGRESS}    join: ${join}\n`);

describe("judging 3: somebody becomes the allowed", () => {
  test("a workload on both sides that matches `allowed` in head only is a finding with the flows that open for it", () => {
    const { findings, conclusion } = judgeWorld(
      world(production(), production([relabelled, api, db])),
      rulesOf(DB_INGRESS),
    );
    expect(kinds(findings)).toEqual(["joined error"]);
    expect(findings[0]?.message).toBe(
      "`production/web[Deployment]` comes to match whom the rule allows; " +
        "`production/web[Deployment]` may now connect to `production/db[StatefulSet]` on TCP 3306",
    );
    expect(findings[0]?.at).toEqual({ file: "production/web.yaml", line: 10 });
    expect(conclusion).toBe("failure");
  });

  test("it is a finding also where no flow opens yet", () => {
    const { findings } = judgeWorld(
      world(production([web, api, db], []), production([relabelled, api, db], [])),
      rulesOf(DB_INGRESS),
    );
    expect(kinds(findings)).toEqual(["joined error"]);
    expect(findings[0]?.blocks).toEqual([]);
  });

  test("a new workload that matches is a warning", () => {
    const { findings, conclusion } = judgeWorld(
      world(production(), production([web, api, db, newcomer])),
      rulesOf(DB_INGRESS),
    );
    expect(kinds(findings)).toEqual(["joined warning"]);
    expect(findings[0]?.message).toContain("`production/worker[Deployment]` is new and matches whom the rule allows");
    expect(conclusion).toBe("changed");
  });

  test("a workload that was renamed into the allowed has joined", () => {
    const moved = workload("production/backend", { labels: { app: "api" }, digest: web.templateDigest });
    const { findings } = judgeWorld(world(production(), production([moved, api, db])), rulesOf(DB_INGRESS));
    expect(kinds(findings)).toContain("joined error");
  });

  test.each([
    ["error", ["joined error"], ["joined error"]],
    ["warning", ["joined warning"], ["joined warning"]],
    ["allow", [], []],
  ])("`join: %s` holds for both", (join, existing, fresh) => {
    const first = judgeWorld(world(production(), production([relabelled, api, db])), joining(join));
    const second = judgeWorld(world(production(), production([web, api, db, newcomer])), joining(join));
    expect(kinds(first.findings)).toEqual(existing);
    expect(kinds(second.findings)).toEqual(fresh);
  });

  test("a label on a namespace makes everything in it join", () => {
    const rule = `
protected:
  - name: db-ingress
    to: { namespace: production, pods: { app: db } }
    allowed:
      - from: { namespaceSelector: { matchLabels: { team: data } } }
`;
    const inside = workload("jobs/etl", {});
    const labelled = workload("jobs/etl", { namespaceLabels: { team: "data" } });
    const twin = pods("jobs", {}, { base: {}, head: { team: "data" } });
    const { findings } = judgeWorld(
      world(production([web, api, db, inside]), production([web, api, db, labelled]), [twin]),
      rulesOf(rule),
    );
    expect(kinds(findings)).toEqual(["joined error"]);
    expect(findings[0]?.message).toContain("`jobs/etl[Deployment]`");
    expect(findings[0]?.at).toEqual({ file: "jobs/namespace.yaml", line: 1 });
  });

  test("nobody joins of whom the rule does not speak", () => {
    const between = (from: string) =>
      rulesOf(
        `protected: [{ name: a, from: ${from}, to: { workload: db }, allowed: [{ from: { pods: { app: api } } }] }]`,
      );
    const found = (from: string) =>
      kinds(judgeWorld(world(production(), production([relabelled, api, db])), between(from)).findings);
    expect(found("{ namespace: production }")).toEqual(["joined error"]);
    expect(found("{ namespace: staging }")).toEqual([]);
  });

  test("nobody joins whom a clause as wide allowed all along", () => {
    const rule = `${DB_INGRESS}      - from: { namespace: production }\n`;
    const { findings } = judgeWorld(world(production(), production([relabelled, api, db])), rulesOf(rule));
    expect(findings).toEqual([]);
  });
});
