import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const TESTS = resolve(import.meta.dirname, "..");
const PAGE = readFileSync(resolve(TESTS, "../SECURITY.md"), "utf8");

/** Tests that the page names, as folder/file and title. */
const named = PAGE.split("\n")
  .filter((line) => /^\| .* \| .* \| .* \|$/.test(line))
  .flatMap((line) => (line.slice(0, -2).split(" | ").at(-1) ?? "").split("<br>"))
  .flatMap((cell) => {
    const found = /^([\w-]+\/[\w-]+): (.+)$/.exec(cell);
    return found === null ? [] : [{ file: found[1] ?? "", title: found[2] ?? "" }];
  });

describe("SECURITY.md", () => {
  it("has a test in each row about an attack", () => {
    const rows = PAGE.split("\n").filter(
      (line) => /^\| .* \| .* \| .* \|$/.test(line) && !/^\| (?:attack|---)/.test(line),
    );
    expect(rows.filter((row) => !/ \| [\w-]+\/[\w-]+: /.test(row))).toEqual([]);
    expect(rows.length).toBeGreaterThan(30);
  });

  it.each(named)("$file has the test “$title”", ({ file, title }) => {
    const path = join(TESTS, `${file}.test.ts`);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, "utf8")).toContain(JSON.stringify(title).slice(1, -1));
  });

  it("names every attack that is tested", () => {
    for (const name of readdirSync(import.meta.dirname).filter((each) => each.endsWith(".test.ts"))) {
      const text = readFileSync(join(import.meta.dirname, name), "utf8");
      for (const [, title = ""] of text.matchAll(/^ {2}scenario\(\s*"([^"]+)",/gm)) {
        expect(named).toContainEqual({ file: `attackers/${name.replace(".test.ts", "")}`, title });
      }
    }
  });
});
