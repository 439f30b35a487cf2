import { describe, expect, test } from "vitest";
import { casesBelow, differences, skipReason } from "./cases.ts";
import { load } from "./load.ts";
import { byDefinition } from "./relation.ts";

describe.each(["cilium/list", "cilium/generated"])("Cilium's own code agrees on %s", (folder) => {
  const cases = casesBelow(folder);

  test.skipIf(cases.length === 0)(`every case has the expected relation${skipReason(folder)}`, () => {
    const failures = cases.flatMap((each) => {
      const cluster = load(each.manifests, { cni: "cilium", podCidrs: each.options.podCIDRs ?? [] });
      return differences(cluster, byDefinition(cluster), each).map((line) => `${each.name}: ${line}`);
    });
    expect(failures).toEqual([]);
  });

  test.skipIf(cases.length === 0)(`every refused policy is an error, and no other one${skipReason(folder)}`, () => {
    const wrong = cases.flatMap((each) => {
      const { issues } = load(each.manifests, { cni: "cilium", podCidrs: each.options.podCIDRs ?? [] });
      const errors = issues.filter(({ severity }) => severity === "error");
      const expected = each.expectedIssues ?? [];
      if (expected.length === 0) return errors.map(({ message }) => `${each.name}: ${message}`);
      return errors.some(({ at }) => at !== undefined && at.line > 0)
        ? []
        : [`${each.name}: no error, ${expected.join()}`];
    });
    expect(wrong).toEqual([]);
  });
});
