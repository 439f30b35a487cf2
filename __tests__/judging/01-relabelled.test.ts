import { describe, expect, test } from "vitest";
import { rulesOf } from "../gate/rules.ts";
import { judgeWorld, policy, workload, world } from "../gate/world.ts";
import { api, DB, DB_INGRESS, dbPolicy, production, web } from "./story.ts";

describe("judging 1: the protected pod is relabelled", () => {
  const relabelled = workload("production/db", { kind: "StatefulSet", labels: { app: "database" } });

  test("a workload that matches in base only is still the subject, and what relabelling opens is a finding", () => {
    const { findings, conclusion } = judgeWorld(
      world(production(), production([web, api, relabelled], [dbPolicy])),
      rulesOf(DB_INGRESS),
    );
    const widened = findings.find(({ kind }) => kind === "widened");
    expect(widened?.message).toContain(`\`${DB}\``);
    expect(
      widened?.blocks.flatMap(({ src }) => (src.kind === "peers" ? src.peers.map(({ text }) => text) : [])),
    ).toContain("production/web[Deployment]");
    expect(conclusion).toBe("failure");
  });

  test("a workload that matches in head only is a subject too", () => {
    const other = workload("production/cache", { labels: { app: "cache" } });
    const joins = workload("production/cache", { labels: { app: "db" } });
    const { findings } = judgeWorld(
      world(production([web, api, other], [dbPolicy]), production([web, api, joins], [])),
      rulesOf(DB_INGRESS),
    );
    expect(findings.filter(({ kind }) => kind === "widened")).toEqual([]);
    const denied = policyOn("cache");
    const opened = judgeWorld(
      world(production([web, api, other], [denied]), production([web, api, joins], [])),
      rulesOf(DB_INGRESS),
    );
    expect(opened.findings.map(({ kind }) => kind)).toContain("widened");
  });

  test("relabelling that opens nothing loses the subject of the rule and is a finding", () => {
    const wider = { ...dbPolicy, subject: policyOn("database").subject };
    const { findings } = judgeWorld(
      world(production(), production([web, api, relabelled], [wider])),
      rulesOf(DB_INGRESS),
    );
    expect(findings.map(({ kind, severity }) => [kind, severity])).toEqual([["subject-lost", "error"]]);
  });
});

function policyOn(app: string) {
  return policy("ingress", `production/${app}`, { app }, []);
}
