import { describe, expect, test } from "vitest";
import { rulesOf } from "../gate/rules.ts";
import { checkWorld, cluster, judgeWorld, workload, world } from "../gate/world.ts";
import { api, DB_INGRESS, db, web } from "./story.ts";

const flannel = cluster({ workloads: [web, api, db], plugin: "flannel", enforces: false });
const violate = `${DB_INGRESS}    on: violate\n`;

describe("judging 14: under a plugin that enforces nothing every rule is a finding", () => {
  test.each([
    ["widen", DB_INGRESS, "warning", "changed"],
    ["violate", violate, "error", "failure"],
    ["violate with severity warning", `${violate}    severity: warning\n`, "warning", "changed"],
  ])("of `%s`", (_, text, severity, conclusion) => {
    const judgement = judgeWorld(world(flannel, flannel), rulesOf(text));
    expect(judgement.findings.map(({ kind, severity: own }) => [kind, own])).toEqual([["unenforced", severity]]);
    expect(judgement.findings[0]?.message).toBe(
      "the network plugin `flannel` enforces no policy: nothing protects `production/[pod with {app=db}]`",
    );
    expect(judgement.conclusion).toBe(conclusion);
  });

  test("`check` takes the severity of the rule", () => {
    const { findings } = checkWorld(world(flannel, flannel), rulesOf(DB_INGRESS));
    expect(findings.map(({ kind, severity }) => [kind, severity])).toEqual([["unenforced", "error"]]);
  });

  test("the annotation of a workload is such a rule too", () => {
    const protectedDb = workload("production/db", { kind: "StatefulSet", protects: ["ingress"] });
    const tree = cluster({ workloads: [web, api, protectedDb], plugin: "flannel", enforces: false });
    const { findings } = judgeWorld(world(tree, tree), { rules: [] });
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([
      ["annotation production/db[StatefulSet]", "warning"],
    ]);
  });
});
