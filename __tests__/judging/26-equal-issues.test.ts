import { describe, expect, test } from "vitest";
import type { Issue } from "../../src/errors.ts";
import { conclude } from "../../src/gate/conclusion.ts";
import { type ContentChange, pairIssues } from "../../src/gate/issue-pairs.ts";

const issue = (file: string, more: Partial<Issue> = {}): Issue => ({
  code: "YAML_SYNTAX",
  severity: "error",
  at: { file, line: 3 },
  message: "this is no YAML",
  hides: true,
  ...more,
});
const moved = (one: Issue): Issue => ({ ...one, at: { file: one.at?.file ?? "", line: 99 } });

function verdict(base: readonly Issue[], head: readonly Issue[], content: ContentChange, rules = true) {
  const issues = pairIssues(base, head, () => content);
  const { conclusion, issues: told } = conclude({
    findings: [],
    rules,
    changed: false,
    issues,
    fatal: [],
    configChanges: undefined,
    atBest: "success",
  });
  return [conclusion, ...told.map(({ severity }) => severity)];
}

describe("judging 26: issues that are equal on both sides", () => {
  const broken = issue("k8s/a.yaml");

  test.each<[string, readonly Issue[], readonly Issue[], ContentChange, readonly string[]]>([
    ["equal, moved by lines: a warning", [broken], [moved(broken)], "same", ["success", "warning"]],
    ["equal words about changed content: no answer", [broken], [broken], "changed", ["error", "error"]],
    [
      "another content: no answer",
      [{ ...broken, content: "a" }],
      [{ ...broken, content: "b" }],
      "same",
      ["error", "error"],
    ],
    ["in head alone: no answer", [], [broken], "added", ["error", "error"]],
    ["in base alone, mended in head: changed", [broken], [], "changed", ["changed", "warning"]],
    ["in base alone, removed in head: no answer", [broken], [], "removed", ["error", "error"]],
    [
      "of another kind in head: no answer, told once",
      [broken],
      [issue("k8s/a.yaml", { code: "TEMPLATE" })],
      "changed",
      ["error", "error"],
    ],
    ["one more of the same: no answer", [broken], [broken, broken], "same", ["error", "error", "warning"]],
    [
      "that hides nothing: nothing to decide",
      [],
      [issue("k8s/a.yaml", { hides: false, severity: "warning" })],
      "added",
      ["success", "warning"],
    ],
    [
      "a limit, even on both sides: no answer",
      [issue("a", { code: "LIMIT" })],
      [issue("a", { code: "LIMIT" })],
      "same",
      ["error", "error"],
    ],
  ])("%s", (_, base, head, content, expected) => {
    expect(verdict(base, head, content)).toEqual(expected);
  });

  test("without rules they are told, and the flows conclude", () => {
    expect(verdict([], [broken], "added", false)).toEqual(["success", "error"]);
  });
});
