import { describe, expect, test } from "vitest";
import type { Issue } from "../../src/errors.ts";
import { type ConcludeInput, conclude, gravest } from "../../src/gate/conclusion.ts";
import type { Finding } from "../../src/gate/finding.ts";

const issue: Issue = {
  code: "UNREADABLE",
  severity: "error",
  at: { file: "a.yaml", line: 1 },
  message: "no",
  hides: true,
};
const finding = (severity: Finding["severity"], excepted?: Finding["excepted"]): Finding => ({
  rule: "a",
  kind: "widened",
  severity,
  description: "",
  owner: "",
  message: "",
  at: undefined,
  blocks: [],
  about: undefined,
  causes: [],
  witness: undefined,
  allowedBefore: "",
  excepted,
});
const open = { both: [], differing: [issue], repaired: [] };
const excepted = { reason: "x", until: "2030-01-01" };

const verdict = (input: Partial<ConcludeInput>) =>
  conclude({
    findings: [],
    rules: true,
    changed: false,
    issues: { both: [], differing: [], repaired: [] },
    fatal: [],
    configChanges: undefined,
    atBest: "success",
    ...input,
  }).conclusion;

describe("the conclusion", () => {
  test.each<[string, Partial<ConcludeInput>, string]>([
    ["nothing", {}, "success"],
    ["flows that differ", { changed: true }, "changed"],
    ["a warning", { findings: [finding("warning")] }, "changed"],
    ["an error", { findings: [finding("error")] }, "failure"],
    ["an excepted error", { findings: [finding("error", excepted)] }, "success"],
    ["an error beside something unread", { findings: [finding("error")], issues: open }, "failure"],
    ["a warning beside something unread", { findings: [finding("warning")], issues: open }, "error"],
    ["something unread", { issues: open }, "error"],
    ["something unread, without rules", { issues: open, rules: false }, "success"],
    ["something unread on both sides", { issues: { ...open, both: [issue], differing: [] } }, "success"],
    [
      "a limit that both sides reach",
      { issues: { ...open, both: [{ ...issue, code: "LIMIT" }], differing: [] } },
      "error",
    ],
    ["something mended", { issues: { ...open, differing: [], repaired: [issue] } }, "changed"],
    ["an unreadable side, without rules", { fatal: [issue], rules: false }, "error"],
    ["a change to the configuration", { configChanges: "warning" }, "changed"],
    ["a change to the configuration that counts as an error", { configChanges: "error" }, "failure"],
    ["rules of head", { atBest: "changed" }, "changed"],
    ["rules of head and an error", { atBest: "changed", findings: [finding("error")] }, "failure"],
  ])("of %s", (_, input, expected) => {
    expect(verdict(input)).toBe(expected);
  });

  test("over several clusters is the gravest, success for none", () => {
    expect(gravest(["success", "changed", "error", "success"])).toBe("error");
    expect(gravest(["error", "failure", "changed"])).toBe("failure");
    expect(gravest([])).toBe("success");
  });
});
