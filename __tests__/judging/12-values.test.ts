import { describe, expect, test } from "vitest";
import { CLOSED, hasHelm, pods, verdict } from "./rendered.ts";

const chart = (template: string, values = "") => ({
  "app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\n",
  "app/values.yaml": values,
  "app/templates/db.yaml": pods("db"),
  "app/templates/p.yaml": template,
});
const guarded = (condition: string) => `{{- if ${condition} }}\n${CLOSED}{{- end }}\n`;
const why = hasHelm ? "" : " (skipped: no helm in PATH)";

describe.skipIf(!hasHelm)(`judging 12: what a render does not show leaves no answer where it changes${why}`, () => {
  test("a value that closes the policy is seen", async () => {
    const template = guarded(".Values.protect");
    expect((await verdict(chart(template, "protect: true\n"), chart(template, "protect: false\n")))[0]).toBe("failure");
  });

  test.each([
    ["asks the cluster", '(lookup "v1" "Namespace" "" "a")'],
    ["asks chance", '(eq (randAlpha 1) "a")'],
    ["asks the clock", '(eq (now | date "2006") "2020")'],
    ["asks for an API", '(.Capabilities.APIVersions.Has "example.com/v1")'],
  ])("a policy that %s from now on", async (_, condition) => {
    expect((await verdict(chart(CLOSED), chart(guarded(condition))))[0]).toMatch(/^(?:error|failure)$/);
  });

  test("a policy that only an install has is no protection of what is upgraded", async () => {
    expect((await verdict(chart(CLOSED), chart(guarded(".Release.IsInstall"))))[0]).toMatch(/^(?:error|failure)$/);
  });
});
