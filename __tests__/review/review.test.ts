import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { formatDiffJson } from "../../src/report/json.ts";
import { formatMarkdown } from "../../src/report/markdown.ts";
import { CONFIG_PATH, factsInTrees } from "../../src/review/config-facts.ts";
import { review } from "../../src/review.ts";
import { directoryTree } from "../../src/tree/directory.ts";
import { reviewInput } from "./input.ts";

const EXAMPLE = resolve(import.meta.dirname, "../../examples/three-tier");

/** Everything that a review of the example says on one day, under a limit of files. */
async function said(today: string, files = 1000): Promise<string> {
  const base = directoryTree(`${EXAMPLE}/base`, { label: "base" });
  const head = directoryTree(`${EXAMPLE}/head`, { label: "head" });
  const facts = factsInTrees(base, head, CONFIG_PATH, false);
  const choice = { ...facts.choice, config: { ...facts.choice.config, limits: { files } } };
  const report = await review({ ...reviewInput(base, head, { ...facts, choice }), today });
  return formatMarkdown(report, { budget: 60_000, runUrl: "" }).text + formatDiffJson(report);
}

describe("the same review on another day", () => {
  it("gives the same bytes within a month", async () => {
    const first = await said("2026-12-01");
    expect(first).toContain("until: 2027-01-31");
    expect(await said("2026-12-31")).toBe(first);
  });

  it("offers an exception of one to two months", async () => {
    expect(await said("2027-01-31")).toContain("until: 2027-02-28");
    expect(await said("2028-01-01")).toContain("until: 2028-02-29");
  });
});

describe("a tree with more files than the configuration allows", () => {
  it("is not judged, and the message names the limit", async () => {
    await expect(said("2026-12-01", 2)).rejects.toThrow("`base` holds more than 2 files");
    await expect(said("2026-12-01", 3)).resolves.toContain("db-ingress");
  });
});
