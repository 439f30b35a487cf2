import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ISSUE_CODES } from "../../src/errors.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Rows of the tables of `page` whose first cell is a code span, in order: the span and the other cells. */
function rows(page: string): readonly (readonly string[])[] {
  return [...read(page).matchAll(/^\| `([^`]+)` \|(.*)\|$/gm)].map(([, name = "", rest = ""]) => [
    name,
    ...rest.split(" | ").map((cell) => cell.trim()),
  ]);
}

const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`),
].sort();

describe("docs/issues.md", () => {
  it("has a row for every code, in the same order, with meaning and remedy", () => {
    const found = rows("docs/issues.md");
    expect(found.map(([code]) => code)).toEqual([...ISSUE_CODES]);
    expect(found.filter((row) => row.length !== 3 || row.includes(""))).toEqual([]);
  });
});

describe("docs/dependencies.md", () => {
  it("has a row with licence, reason and size for every package, and no other", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json"));
    const licences = [...read("dist/licenses.txt").matchAll(/^(\S+) \d\S* \(/gm)].map(([, name = ""]) => name);
    const [bundled = "", rest = ""] = read("docs/dependencies.md").split("## For building and testing");
    const names = (text: string) => [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
    // The bundles need nothing beside them: who installs the package installs one package.
    expect(dependencies).toBeUndefined();
    expect([...names(bundled), ...names(rest)].sort()).toEqual(Object.keys(devDependencies).sort());
    expect(names(bundled)).toEqual(Object.keys(devDependencies).filter((name) => licences.includes(name)));
    expect(rows("docs/dependencies.md").filter((row) => row.length !== 4 || row.includes(""))).toEqual([]);
  });

  it("names the licences that the packages have", () => {
    for (const [name = "", licence = ""] of rows("docs/dependencies.md")) {
      const { license } = JSON.parse(read(`node_modules/${name}/package.json`));
      expect(`${name}: ${licence.toLowerCase()}`).toBe(`${name}: ${license.toLowerCase()}`);
    }
  });
});

describe("the pages", () => {
  it("name only scripts of the package", () => {
    const { scripts } = JSON.parse(read("package.json"));
    const named = PAGES.flatMap((page) =>
      [...read(page).matchAll(/\bnpm run ([a-z][a-z:]*)/g)].map(([, name]) => name),
    );
    expect(named.length).toBeGreaterThan(5);
    expect([...new Set(named)].filter((name) => name !== undefined && !(name in scripts))).toEqual([]);
  });

  it("are all in the index of the documentation", () => {
    const index = read("docs/README.md");
    const missing = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md") && name !== "README.md");
    expect(missing.filter((name) => !index.includes(`](${name})`))).toEqual([]);
  });

  it.each(PAGES)("%s links only to files and headings that are there", (page) => {
    const broken = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)/g)].filter(
      ([, path = "", anchor]) => {
        const target = path === "" ? page : join(dirname(page), path);
        if (!existsSync(join(ROOT, target))) return true;
        return anchor !== undefined && !anchors(target).includes(anchor);
      },
    );
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it("number the decisions without a gap", () => {
    const numbers = readdirSync(join(ROOT, "docs/decisions")).map((name) => Number(name.slice(0, 4)));
    expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, i) => i + 1));
  });
});

/** The anchors of the headings of `page`, as GitHub makes them. */
function anchors(page: string): readonly string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(
    ([, title = ""]) =>
      `#${title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-")}`,
  );
}
