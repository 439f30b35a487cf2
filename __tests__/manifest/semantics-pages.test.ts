import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGES = ["semantics-calico.md", "semantics-cilium.md", "semantics-plugins.md"];

type Row = { readonly id: string; readonly file: string; readonly test: string; readonly title: string };

function rows(page: string): readonly Row[] {
  return readFileSync(join(ROOT, "docs", page), "utf8")
    .split("\n")
    .filter((line) => /^\| [A-Z][0-9]+ \|/.test(line))
    .map((line) => {
      const [, id = "", , , file = "", proof = ""] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
      const colon = proof.indexOf(": ");
      return { id, file, test: proof.slice(0, colon), title: proof.slice(colon + 2).replaceAll("\\|", "|") };
    });
}

describe.each(PAGES)("%s", (page) => {
  test("each row names a file that is there and a test of that title, and no id twice", () => {
    const all = rows(page);
    const wrong = all.flatMap(({ id, file, test: path, title }) => {
      if (!existsSync(join(ROOT, file))) return [`${id}: no ${file}`];
      const text = existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), "utf8") : "";
      return text.includes(title) ? [] : [`${id}: no test \`${title}\` in ${path}`];
    });
    expect(wrong).toEqual([]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.length).toBeGreaterThan(5);
  });
});
