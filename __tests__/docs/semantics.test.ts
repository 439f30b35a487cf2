import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

type Row = {
  readonly page: string;
  readonly id: string;
  readonly sentence: string;
  readonly source: string;
  readonly file: string;
  readonly test: string;
};

const PAGES = readdirSync(join(ROOT, "docs"))
  .filter((name) => /^semantics.*\.md$/.test(name))
  .sort();
const ROWS = PAGES.flatMap(rowsOf);

/** Rows of the tables with the columns id, sentence, source, file, test; `\|` is a bar inside a cell. */
function rowsOf(page: string): readonly Row[] {
  const lines = readFileSync(join(ROOT, "docs", page), "utf8").split("\n");
  return lines.flatMap((line) => {
    if (!/^\| [A-Z]+\d+ \|/.test(line)) return [];
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
    const [, id = "", sentence = "", source = "", file = "", test = ""] = cells;
    return [{ page, id, sentence, source, file, test }];
  });
}

const texts = new Map<string, string>();

function textOf(path: string): string {
  const known = texts.get(path) ?? (existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), "utf8") : "");
  texts.set(path, known);
  return known;
}

/** Titles as they stand in a test file: quotes and template signs are escaped there. */
function holdsTitle(path: string, title: string): boolean {
  const text = textOf(path).replaceAll('\\"', '"').replaceAll("\\`", "`").replaceAll("\\\\", "\\");
  return text.includes(title);
}

describe("the pages of semantics", () => {
  it("hold every rule in a row with five cells", () => {
    expect(PAGES).toContain("semantics.md");
    expect(ROWS.length).toBeGreaterThan(60);
    const incomplete = ROWS.filter((row) => Object.values(row).some((cell) => cell === ""));
    expect(incomplete).toEqual([]);
  });

  it("give each rule an id of its own on its page", () => {
    const ids = ROWS.map(({ page, id }) => `${page} ${id}`);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it("name files that exist", () => {
    expect(
      ROWS.filter(({ file }) => !existsSync(join(ROOT, file))).map(({ page, id, file }) => `${page} ${id}: ${file}`),
    ).toEqual([]);
  });

  it("name tests that exist", () => {
    const wrong = ROWS.filter(({ test }) => {
      const [path = "", ...rest] = test.split(": ");
      return rest.length === 0 || !holdsTitle(path, rest.join(": "));
    });
    expect(wrong.map(({ page, id, test }) => `${page} ${id}: ${test}`)).toEqual([]);
  });

  it("are what the source refers to", () => {
    const known = new Set(ROWS.map(({ page, id }) => `docs/${page} ${id}`));
    const references = sources("src").flatMap((path) =>
      [...textOf(path).matchAll(/`(docs\/semantics[a-z-]*\.md)`, ([A-Z]+\d+)/g)].map(([, page, id]) => `${page} ${id}`),
    );
    expect(references.length).toBeGreaterThan(5);
    expect(references.filter((each) => !known.has(each))).toEqual([]);
  });
});

function sources(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sources(path);
    return path.endsWith(".ts") ? [path] : [];
  });
}
