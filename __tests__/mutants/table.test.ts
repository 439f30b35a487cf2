import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { mutate, readMutants } from "../../scripts/mutants.mjs";

const ROOT = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const MUTANTS = readMutants(ROOT);

describe("the table of mutants", () => {
  it("replaces texts that stand in their files once, by others", () => {
    const same = MUTANTS.filter((each) => mutate(read(each.file), each) === read(each.file));
    expect(MUTANTS.length).toBeGreaterThan(0);
    expect(same).toEqual([]);
  });

  it("names rules of the pages on semantics, or words that its own page explains", () => {
    const pages = readdirSync(join(ROOT, "docs")).filter((name) => /^semantics.*\.md$/.test(name));
    const rules = pages.flatMap((name) =>
      [...read(`docs/${name}`).matchAll(/^\| ([A-Z]+\d+) \|/gm)].map(([, id]) => id),
    );
    const words = [...read("docs/mutation.md").matchAll(/^\| `([a-z]+)` \|/gm)].map(([, word]) => word);
    const known = new Set([...rules, ...words]);
    expect(MUTANTS.filter(({ rule }) => !known.has(rule))).toEqual([]);
  });
});
