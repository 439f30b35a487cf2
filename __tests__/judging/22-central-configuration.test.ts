import { describe, expect, test } from "vitest";
import { mergeCentral } from "../../src/config/merge-central.ts";
import { configOf } from "../gate/rules.ts";
import { DB_INGRESS } from "./story.ts";

const central = configOf(`mode: enforce\nexclude: [examples/**]\n${DB_INGRESS}`);
const merged = (own: string) => mergeCentral(central, configOf(own));

describe("judging 22: a central configuration is a floor", () => {
  test("the repository's own file adds rules, exceptions to them, and what describes the repository", () => {
    const { config, issues } = merged(
      `
clusters: [{ name: production, manifests: [k8s/**] }]
namespaces: { monitoring: { labels: { team: platform } } }
cni: calico
protected: [{ name: web, to: { workload: web } }]
exceptions: [{ rule: web, from: { external: true }, until: 2030-01-01, reason: open }]
`.replace("cni: calico\n", ""),
    );
    expect(issues).toEqual([]);
    expect(config.rules.map(({ name }) => name)).toEqual(["db-ingress", "web"]);
    expect(config.exceptions).toHaveLength(1);
    expect(config.clusters.map(({ name }) => name)).toEqual(["production"]);
    expect(config.namespaces.get("monitoring")).toEqual(new Map([["team", "platform"]]));
  });

  test("it cannot take the name of a central rule", () => {
    const { config, issues } = merged("protected: [{ name: db-ingress, to: { workload: db }, severity: warning }]");
    expect(config.rules.map(({ severity }) => severity)).toEqual(["error"]);
    expect(issues.map(({ message }) => message)).toEqual([
      "rule `db-ingress` does not count beside the central configuration `netpol-review.yml`: change it there",
    ]);
  });

  test("it may except from annotations of its own workloads, and from no central rule", () => {
    const exception = (rule: string) => `exceptions: [{ rule: ${JSON.stringify(rule)}, until: 2030-01-01, reason: x }]`;
    expect(merged(exception("annotation a/b[Deployment]")).config.exceptions).toHaveLength(1);
    const own = { ...configOf(""), exceptions: configOf(`${DB_INGRESS}${exception("db-ingress")}`).exceptions };
    expect(mergeCentral(central, own).config.exceptions).toEqual([]);
    expect(mergeCentral(central, own).issues.map(({ subject }) => subject)).toEqual(["the exception to `db-ingress`"]);
  });

  test.each([
    ["mode: warn", "mode"],
    ["exclude: [k8s/**]", "exclude"],
    ["accept-unread: ['**']", "accept-unread"],
    ["paths: [docs]", "paths"],
    ["prerendered: true", "prerendered"],
    ["staged: enforce", "staged"],
  ])("`%s` does not count and is told", (own, setting) => {
    const { config, issues } = merged(own);
    expect(config).toEqual(central);
    expect(issues.map(({ subject }) => subject)).toEqual([`\`${setting}\``]);
  });

  test("it may be stricter", () => {
    const lax = mergeCentral(configOf(`mode: warn\n${DB_INGRESS}`), configOf("mode: enforce\nconfigChanges: error"));
    expect(lax.config.mode).toBe("enforce");
    expect(lax.config.configChanges).toBe("error");
    expect(lax.issues).toEqual([]);
  });
});
