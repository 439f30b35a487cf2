import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { missing, readShared, SHARED } from "../shared.ts";
import { compare } from "./compare.ts";
import { edit, edited } from "./edits.ts";
import { yamlFiles } from "./files.ts";

const ABSENT = missing("conformance/yaml/cases.json");
const NO_BENCH = missing("bench/gen.mjs");
const SEED = 20_260_101;
const RUNS = Number(process.env.YAML_MUTATIONS ?? 2_000);

const OWN = [
  "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels: {app: web, tier: 'db'}\nspec:\n  containers:\n  - name: c\n    ports:\n    - containerPort: 80\n",
  'a:\n- b: "x" # note\n  c:\n  - d\n  -\n    e: |\n      text\n\n      more\n    f: 1.10\ng: [a, "b", {c: d}]\n',
  "# note\nk8s:app: x\n'quoted key': 10.0.0.0/8\nnull value:\nurl: http://x:80/y#z\nargs:\n  - --a=b\n  - -x\n",
];

function caseTexts(): string[] {
  const rows = ABSENT === undefined ? readShared("conformance/yaml/cases.json") : [];
  return Array.isArray(rows) ? rows.map((row: Record<string, unknown>) => String(row.text)) : [];
}

function compareAll(files: readonly Buffer[]) {
  let documents = 0;
  let quick = 0;
  const disagreements: string[] = [];
  for (const file of files) {
    const seen = compare(file);
    documents += seen.documents;
    quick += seen.quick;
    disagreements.push(...seen.disagreements);
  }
  return { documents, quick, disagreements };
}

describe("the quick reader says what the exact one says", () => {
  test("of plain texts, which it takes", () => {
    const { documents, quick, disagreements } = compareAll(OWN.slice(0, 1).map((text) => Buffer.from(text)));
    expect({ documents, quick, disagreements }).toEqual({ documents: 1, quick: 1, disagreements: [] });
  });

  test.skipIf(ABSENT !== undefined)(`of the texts that kubectl was asked about${ABSENT ?? ""}`, () => {
    expect(compareAll(caseTexts().map((text) => Buffer.from(text))).disagreements).toEqual([]);
  });

  test.skipIf(ABSENT !== undefined)(
    `of every YAML file of the shared folder, most of which it takes${ABSENT ?? ""}`,
    () => {
      const { documents, quick, disagreements } = compareAll(yamlFiles(SHARED).map((path) => readFileSync(path)));
      expect(disagreements).toEqual([]);
      expect(quick / documents).toBeGreaterThan(0.75);
    },
  );
});

describe.skipIf(NO_BENCH !== undefined)(`of generated trees it takes everything${NO_BENCH ?? ""}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "yaml-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("and agrees", () => {
    execFileSync(process.execPath, [join(SHARED, "bench/gen.mjs"), folder, "60", "10"]);
    const { documents, quick, disagreements } = compareAll(yamlFiles(folder).map((path) => readFileSync(path)));
    expect(disagreements).toEqual([]);
    expect(documents).toBeGreaterThan(300);
    expect(quick).toBeGreaterThan(documents * 0.8);
  });
});

/** Texts to change: our own, kubectl's, and small real files. */
function seeds(): readonly string[] {
  if (ABSENT !== undefined) return OWN;
  const real = yamlFiles(join(SHARED, "real")).filter((path) => statSync(path).size < 2_000);
  return [
    ...OWN,
    ...caseTexts().filter((text) => text.length < 500),
    ...real.map((path) => readFileSync(path, "utf8")),
  ];
}

describe("however a text is changed", () => {
  test(`no document of ${RUNS} is read differently`, () => {
    const changed = fc.tuple(fc.constantFrom(...seeds()), fc.array(edit, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(changed, ([text, edits]) => {
        expect(compare(Buffer.from(edits.reduce(edited, text))).disagreements).toEqual([]);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
});
