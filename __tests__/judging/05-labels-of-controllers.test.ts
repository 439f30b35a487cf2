import { describe, expect, test } from "vitest";
import type { Workload } from "../../src/model/cluster.ts";
import { rulesOf } from "../gate/rules.ts";
import { judgeWorld, workload, world } from "../gate/world.ts";
import { api, DB_INGRESS, production, web } from "./story.ts";

describe("judging 5: labels that templates do not show", () => {
  const plain = workload("production/db", { kind: "StatefulSet" });
  const hashed: Workload = {
    ...plain,
    pod: { ...plain.pod, labels: new Map([...plain.pod.labels, ["controller-revision-hash", undefined]]) },
  };

  test.each([
    ["Exists", "", 1],
    ["DoesNotExist", "", 0],
    ["In", ", values: [abc]", 0],
    ["NotIn", ", values: [abc]", 1],
  ])("`%s` on a label with an unknown value decides whether the rule speaks of the pod", (operator, values, lost) => {
    const rule = `
protected:
  - name: db
    to: { podSelector: { matchExpressions: [{ key: controller-revision-hash, operator: ${operator}${values} }], matchLabels: { app: db } } }
`;
    const { findings } = judgeWorld(world(production([web, api, hashed]), production([web, api])), rulesOf(rule));
    expect(findings.filter(({ kind }) => kind === "subject-lost")).toHaveLength(lost);
  });

  test("they do not hide a subject from a rule on the template's own labels", () => {
    const { findings } = judgeWorld(
      world(production([web, api, hashed]), production([web, api, hashed], [])),
      rulesOf(DB_INGRESS),
    );
    expect(findings.map(({ kind }) => kind)).toEqual(["widened"]);
  });
});
