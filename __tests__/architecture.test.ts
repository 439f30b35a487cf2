import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const CONFIG = ".dependency-cruiser.cjs";
const LONGEST = 350;

type Cruise = {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
};

/** What dependency-cruiser's own command finds in `folder`/src under the rules of the house. */
function cruise(folder: string): Cruise {
  const program = join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const parameters = [program, "--config", CONFIG, "--output-type", "json", "src"];
  const text = execFileSync(process.execPath, parameters, { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 28 });
  return JSON.parse(text);
}

const broken = ({ summary }: Cruise): readonly string[] =>
  summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`).sort();

const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => `src/${path.replaceAll("\\", "/")}`)
  .sort();

describe("the house", () => {
  const found = cruise(ROOT);

  it("is seen whole: the cruiser counts every source file", () => {
    const seen = new Set(found.modules.map(({ source }) => source));
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter((path) => !seen.has(path))).toEqual([]);
  });

  it("keeps the table of who may import what, without a cycle", () => {
    expect(broken(found)).toEqual([]);
  });

  it(`has no source file of ${LONGEST} lines or more`, () => {
    const lines = (path: string) => readFileSync(join(ROOT, path), "utf8").split("\n").length - 1;
    expect(sources.filter((path) => lines(path) >= LONGEST)).toEqual([]);
  });

  it("has a row for each folder in the table of docs/architecture.md", () => {
    const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
    const rows = [...page.matchAll(/^\| `([a-z]+)` \|/gm)].map(([, name = ""]) => name);
    const folders = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((each) => each.isDirectory());
    expect(rows.toSorted()).toEqual(folders.map(({ name }) => name).sort());
  });
});

describe("a house that is not kept", () => {
  it("is found out: a cycle, a wrong direction, a package and a process where they do not belong", () => {
    const folder = mkdtempSync(join(tmpdir(), "netpol-house-"));
    const files = {
      "src/sets/a.ts": 'import { b } from "../model/b.ts";\nexport const a = (): unknown => b;\n',
      "src/model/b.ts": 'import { a } from "../sets/a.ts";\nexport const b = (): unknown => a;\n',
      "src/engine/c.ts": 'import { judge } from "../pointwise/judge.ts";\nexport const c = judge;\n',
      "src/pointwise/judge.ts": 'import { readFileSync } from "node:fs";\nexport const judge = readFileSync;\n',
    };
    try {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
      for (const name of [CONFIG, "tsconfig.json"]) copyFileSync(join(ROOT, name), join(folder, name));
      expect(broken(cruise(folder))).toEqual([
        "engine-imports: src/engine/c.ts",
        "no-cycles: src/model/b.ts",
        "processes-and-files-in-tree: src/pointwise/judge.ts",
        "sets-imports: src/sets/a.ts",
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
