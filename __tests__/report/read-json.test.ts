import { describe, expect, test } from "vitest";
import { formatDiffJson } from "../../src/report/json.ts";
import { formatMarkdown } from "../../src/report/markdown.ts";
import { readDiffJson } from "../../src/report/read-json.ts";
import { formatText } from "../../src/report/text.ts";
import { STORIES, story } from "./stories.ts";

const diffs = [...STORIES.keys()].filter((name) => story(name).shape === "diff");

describe("a report that was written as JSON", () => {
  test.each(diffs)("is the same when it is read: %s", (name) => {
    const report = story(name);
    const { report: read, fault } = readDiffJson(formatDiffJson(report));
    expect(fault).toBeUndefined();
    if (read === undefined) return;
    expect(formatDiffJson(read)).toBe(formatDiffJson(report));
    const options = { budget: 60_000, runUrl: "" };
    expect(formatMarkdown(read, options)).toEqual(formatMarkdown(report, options));
    const style = { color: false, width: undefined };
    expect(formatText(read, style)).toBe(formatText(report, style));
  });
});

describe("what is no report is told in one clause", () => {
  const edited = (edit: (document: Record<string, unknown>) => unknown): string | undefined => {
    const document: Record<string, unknown> = JSON.parse(formatDiffJson(story(diffs[0] ?? "")));
    return readDiffJson(JSON.stringify(edit(document))).fault;
  };

  test("a key that is missing or has another type", () => {
    expect(edited(({ context: _, ...rest }) => rest)).toContain("must have required property 'context'");
    expect(edited((all) => ({ ...all, groups: 1 }))).toContain("`/groups` must be array");
  });

  test("a row of a cluster that is not listed", () => {
    expect(edited((all) => ({ ...all, clusters: [] }))).toMatch(
      /^it speaks of the cluster `.*`, which it does not list$/,
    );
  });

  test("an issue of a code that this version does not know", () => {
    const issues = [{ code: "FROM_LATER", severity: "error", message: "x" }];
    expect(edited((all) => ({ ...all, issues }))).toBe("this version does not know the issue `FROM_LATER`");
  });

  test("keys of later versions are read over", () => {
    expect(edited((all) => ({ ...all, later: true }))).toBeUndefined();
  });
});
