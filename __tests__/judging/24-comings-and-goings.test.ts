import { describe, expect, test } from "vitest";
import { rulesOf } from "../gate/rules.ts";
import { cluster, judgeWorld, workload, world } from "../gate/world.ts";
import { api, DB_INGRESS, db, production, web } from "./story.ts";

describe("judging 24: workloads that come and go", () => {
  const cache = workload("production/cache");

  test("a new workload of which no rule speaks is no finding, whatever it may reach", () => {
    const { findings, conclusion } = judgeWorld(
      world(production(), production([web, api, db, cache])),
      rulesOf(DB_INGRESS),
    );
    expect(findings).toEqual([]);
    expect(conclusion).toBe("changed");
  });

  test("a workload that goes, and of which no rule speaks, is no finding", () => {
    const { findings } = judgeWorld(world(production([web, api, db, cache]), production()), rulesOf(DB_INGRESS));
    expect(findings).toEqual([]);
  });

  test("a self flow that only a changed number of replicas shows is never a finding", () => {
    const one = workload("production/db", { kind: "StatefulSet" });
    const three = workload("production/db", { kind: "StatefulSet", replicas: 3 });
    const trees = (head: typeof one) => cluster({ workloads: [head] });
    const made = world(trees(one), trees(three));
    expect(made.diff.judged).toHaveLength(1);
    expect(judgeWorld(made, rulesOf(DB_INGRESS)).findings).toEqual([]);
  });
});
