import { describe, expect, test } from "vitest";
import { nameEnd } from "../../src/gate/words.ts";
import { rulesOf } from "../gate/rules.ts";
import { judgeWorld, pods, policy, workload, world } from "../gate/world.ts";
import { api, DB, DB_INGRESS, db, dbPolicy, production, web } from "./story.ts";

const renamed = workload("production/database", {
  kind: "StatefulSet",
  labels: { app: "database" },
  digest: db.templateDigest,
});
const kinds = (findings: readonly { readonly kind: string; readonly severity: string }[]) =>
  findings.map(({ kind, severity }) => `${kind} ${severity}`);

describe("judging 2: the protected workload is renamed, moved, or deleted and added again", () => {
  test("a new workload is held against what base's policies give the same pod", () => {
    const second = workload("production/db2", { labels: { app: "db" } });
    const same = judgeWorld(world(production(), production([web, api, db, second])), rulesOf(DB_INGRESS));
    expect(kinds(same.findings)).toEqual([]);
    const opened = judgeWorld(world(production(), production([web, api, db, second], [])), rulesOf(DB_INGRESS));
    const reached = opened.findings.flatMap(({ blocks }) => blocks.map(({ dst }) => nameEnd(dst)));
    expect(reached).toContain("production/db2[Deployment]");
    expect(opened.conclusion).toBe("failure");
  });

  test("a workload under a new name and new labels is judged as its predecessor", () => {
    const { findings, conclusion } = judgeWorld(
      world(production(), production([web, api, renamed])),
      rulesOf(DB_INGRESS),
    );
    expect(kinds(findings)).toContain("widened error");
    expect(findings[0]?.allowedBefore).toBe("`production/api[Deployment]`");
    expect(conclusion).toBe("failure");
  });

  test("a successor under a policy of its own widens nothing; that the rule no longer speaks of it is a warning", () => {
    const policies = [dbPolicy, policy("ingress", "production/database", { app: "database" }, [])];
    const { findings } = judgeWorld(
      world(production(), production([web, api, renamed], policies)),
      rulesOf(DB_INGRESS),
    );
    expect(kinds(findings)).toEqual(["subject-lost warning"]);
    expect(findings[0]?.message).toContain("`production/db[StatefulSet]` became `production/database[StatefulSet]`");
  });

  test("a successor that still matches the rule is no finding", () => {
    const kept = workload("production/database", {
      kind: "StatefulSet",
      labels: { app: "db" },
      digest: db.templateDigest,
    });
    const { findings } = judgeWorld(world(production(), production([web, api, kept])), rulesOf(DB_INGRESS));
    expect(findings).toEqual([]);
  });

  test("a protected workload that head no longer has is a warning", () => {
    const second = workload("production/db2", { labels: { app: "db" } });
    const { findings } = judgeWorld(
      world(production([web, api, db, second]), production([web, api, second])),
      rulesOf(DB_INGRESS),
    );
    expect(kinds(findings)).toEqual(["subject-removed warning"]);
    expect(findings[0]?.message).toBe(`\`${DB}\` is gone`);
  });

  test("a rule that matched in base and matches nothing in head has lost its subject", () => {
    const { findings, conclusion } = judgeWorld(world(production(), production([web, api])), rulesOf(DB_INGRESS));
    expect(kinds(findings)).toEqual(["subject-lost error"]);
    expect(conclusion).toBe("failure");
  });

  test("what opens for the undeclared twin of a removed workload stays a finding", () => {
    const twin = pods("production", { app: "db" });
    const { findings } = judgeWorld(world(production(), production([web, api], []), [twin]), rulesOf(DB_INGRESS));
    expect(findings.find(({ kind }) => kind === "widened")?.message).toContain("production/[pod with {app=db}]");
  });
});
