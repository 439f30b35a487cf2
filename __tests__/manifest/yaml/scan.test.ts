import { describe, expect, test } from "vitest";
import { scanDocuments } from "../../../src/manifest/yaml/scan.ts";
import { sourceOf } from "../../../src/manifest/yaml/source.ts";

function scan(text: string) {
  return scanDocuments(sourceOf(Buffer.from(text)));
}

function kinds(text: string): readonly (string | undefined)[] {
  return scan(text).map(({ kind }) => kind);
}

describe("the kind of a document is told", () => {
  test.each([
    ["apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n", "Pod"],
    ["kind: Pod\napiVersion: v1\n", "Pod"],
    ["# note\n\nkind:   Pod  \n", "Pod"],
    ["kind: Pod\r\napiVersion: v1\r\n", "Pod"],
    ["kind: Pod", "Pod"],
    ["kind: Pod\nspec:\n  kind: Other\n  x: |\n    kind: Third\n", "Pod"],
    ["items:\n- kind: Pod\n", undefined],
    ["apiVersion: v1\nkind: Secret\nitems: []\n", undefined],
    ["apiVersion: v1\nkind: Secret\nitems : []\n", undefined],
    ["apiVersion: v1\nkind: Secret\ndata:\n  items: []\n", "Secret"],
    ["apiVersion: v1\nkind: Secret\nitemsized: []\n", "Secret"],
    ["kinds: x\nkind2: y\n", ""],
    ["# kind: Pod\n", ""],
    ['"a": 1\n', ""],
    ["- a\n", ""],
    ['{"a": 1}', ""],
  ])("%j: %j", (text, kind) => {
    expect(kinds(text)).toEqual([kind]);
  });
});

describe("no claim is made where only parsing can tell", () => {
  test.each([
    ['kind: "Pod"\n'],
    ["kind: Pod # note\n"],
    ["kind : Pod\n"],
    ["kind:\n  Pod\n"],
    ["kind: Pod\n  continued\n"],
    ["kind: List\n"],
    ["kind: ConfigMapList\n"],
    ["kind: Pod\nkind: Secret\n"],
    ['kind: Pod\n"kind": Secret\n'],
    ["kind: Pod\n? kind\n: Secret\n"],
    ["kind: Pod\n<<: *x\n"],
    ["kind: &a Pod\n"],
    ["&a kind: Pod\n"],
    ["  kind: Pod\n"],
    ["metadata: {}\nkind: Pod\n"],
    ['a: "\nkind: Pod\n"\n'],
    ["{kind: Pod}\n"],
    ['{"kind": "Pod"}'],
    ['{"k\\u0069nd": "Pod"}'],
    ['"\\x6bind": Pod\n'],
    ["{{ if x }}\nkind: Pod\n"],
    ["apiVersion: v1\rkind: Pod\n"],
    ["apiVersion: v1\u0085kind: Pod\n"],
    ["kind: Pod\n\tx: 1\n"],
  ])("%j", (text) => {
    expect(kinds(text)).toEqual([undefined]);
  });
});

describe("documents end", () => {
  test("at `---` in column 0, wherever it stands", () => {
    const [first, second, ...more] = scan("a: |\n  x\n---\n  y\n---  # note\nkind: Pod\n");
    expect([first?.line, second?.line, more.length]).toEqual([1, 4, 1]);
    expect(more[0]).toMatchObject({ line: 6, kind: "Pod" });
  });

  test("not at an indented `---`, and empty ones do not count", () => {
    expect(scan("---\n---\na: |\n  ---\n---\n")).toHaveLength(1);
  });

  test("not where text follows the dashes: there `kubectl` stops", () => {
    expect(scan("kind: Pod\n--- x\nkind: Pod\n---\nb: 1\n")).toMatchObject([
      { badSeparator: 2 },
      { badSeparator: 0, line: 5 },
    ]);
  });

  test("nowhere in JSON", () => {
    expect(scan('{"a": 1}\n---\nb: 1\n')).toMatchObject([{ json: true, line: 1 }]);
  });
});
