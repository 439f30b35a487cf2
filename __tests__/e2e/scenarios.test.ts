import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const PAGE = resolve(import.meta.dirname, "../../docs/scenarios.md");
const OTHERS = new Set(["scenarios.test.ts", "real.test.ts"]);

/** Titles of all scenarios. */
function titles(): readonly string[] {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".test.ts") && !OTHERS.has(name));
  return files.flatMap((file) => {
    const text = readFileSync(join(import.meta.dirname, file), "utf8");
    return [...text.matchAll(/^ {2}scenario\(\s*"([^"]+)",/gm)].map(([, title = ""]) => title);
  });
}

/** Titles in the last column of the page's tables. */
function named(): readonly string[] {
  const rows = readFileSync(PAGE, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---") && !line.startsWith("| situation"));
  return rows.flatMap((row) => (row.split(" | ").at(-1) ?? "").replace(/ \|$/, "").split("<br>"));
}

describe("docs/scenarios.md", () => {
  it("names every scenario that is tested, once, and no other", () => {
    expect([...named()].sort()).toEqual([...titles()].sort());
  });

  it("has enough of them to be worth a page", () => {
    expect(titles().length).toBeGreaterThan(80);
  });
});
