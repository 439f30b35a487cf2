import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { formatMarkdown } from "../../src/report/markdown.ts";
import { formatText } from "../../src/report/text.ts";
import { reviewFolders } from "../conformance/review-folders.ts";

const here = import.meta.dirname;
const scenarios = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** What a person reads of each step; rewritten with `npx vitest run __tests__/scenarios --update`, and read again. */
describe("the three-tier story", () => {
  it("has every step", () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(15);
  });

  it.each(scenarios)("%s reads as expected", async (name) => {
    const report = await reviewFolders(path.join(here, name, "base"), path.join(here, name, "head"));
    const text = formatText(report, { color: false, width: 100 });
    const { text: markdown } = formatMarkdown(report, { budget: 60_000, runUrl: "" });
    await expect(text).toMatchFileSnapshot(path.join(name, "expected.txt"));
    await expect(markdown).toMatchFileSnapshot(path.join(name, "expected.md"));
  });
});
