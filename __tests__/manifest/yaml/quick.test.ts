import { describe, expect, test } from "vitest";
import type { YamlNode } from "../../../src/manifest/yaml/node.ts";
import { toPlain } from "../../../src/manifest/yaml/plain.ts";
import { readQuick } from "../../../src/manifest/yaml/quick.ts";
import { scanDocuments } from "../../../src/manifest/yaml/scan.ts";
import { sourceOf } from "../../../src/manifest/yaml/source.ts";
import { type Wanted, wantedPaths } from "../../../src/manifest/yaml/wanted.ts";

function quick(text: string, wanted: Wanted = "all"): YamlNode | undefined {
  const source = sourceOf(Buffer.from(text));
  const [span] = scanDocuments(source);
  return span === undefined ? undefined : readQuick(source, span, wanted);
}

function value(text: string, wanted: Wanted = "all"): unknown {
  const node = quick(text, wanted);
  return node === undefined ? undefined : toPlain(node);
}

const NOTHING = wantedPaths("a");

describe("plain block YAML is read", () => {
  test.each([
    ["a: 1\nb: x y\n", { a: 1, b: "x y" }],
    ["a:\nb: ~\n", { a: null, b: null }],
    ["a: # note\n  b: x # note\n", { a: { b: "x" } }],
    ["a:\n- 1\n-\n- b: 2\n  c: on\nd: 3\n", { a: [1, null, { b: 2, c: true }], d: 3 }],
    ["a:\n  - - x\n    - z\n", { a: [["x", "z"]] }],
    ["a: \"x: y #z\"\nb: 'q'\n", { a: "x: y #z", b: "q" }],
    [
      "a: {}\nb: []\nc: [x, 'y', 1]\nd: {e: f, g: {h: i}}\n",
      { a: {}, b: [], c: ["x", "y", 1], d: { e: "f", g: { h: "i" } } },
    ],
    ["on: 1\n0x50: 2\n", { true: 1, 80: 2 }],
    ["k8s:app: x\nurl: http://x:80#y\n", { "k8s:app": "x", url: "http://x:80#y" }],
    ["name: é\n# ü\n", { name: "é" }],
    ["a: 1", { a: 1 }],
    ["- a\n- b\n", ["a", "b"]],
  ])("%j", (text, expected) => {
    expect(value(text)).toEqual(expected);
  });
});

describe("only what is wanted is there", () => {
  const text = [
    ...["kind: Deployment", "metadata:", "  name: db", "  annotations:", '    x: "a\\"b"'],
    ...["spec:", "  template:", "    spec:", "      containers:", "      - name: c", "        args:", "        - |"],
    ...[
      "          text: x",
      "",
      "           more",
      "        ports:",
      "        - containerPort: 80",
      "          name: http",
      "",
    ],
  ].join("\n");

  test("with its lines, whatever was passed over", () => {
    const node = quick(text, wantedPaths("metadata.name", "spec.template.spec.containers.ports.*"));
    expect(node === undefined ? undefined : toPlain(node)).toEqual({
      metadata: { name: "db" },
      spec: { template: { spec: { containers: [{ ports: [{ containerPort: 80, name: "http" }] }] } } },
    });
    expect(JSON.stringify(node, (_, field) => (field instanceof Map ? [...field] : field))).toContain(
      '["containerPort",{"keyLine":17',
    );
  });

  test("lists are transparent, and a value in the place of a mapping is handed on", () => {
    const wanted = wantedPaths("a.b");
    expect(value("a:\n- b: 1\n  c: 2\n- c: 3\n", wanted)).toEqual({ a: [{ b: 1 }, {}] });
    expect(value("a: text\n", wanted)).toEqual({ a: "text" });
  });

  test("two values under one key that nobody wants do not matter", () => {
    expect(value("a: 1\nb: 1\nb: 2\n", NOTHING)).toEqual({ a: 1 });
  });
});

describe("what is not plain is left to the exact reader, wanted or not", () => {
  test.each([
    ["b: &x 1\n"],
    ["b: *x\n"],
    ["b: !t 1\n"],
    ["<<: {}\n"],
    ["? b\n"],
    ["b : 1\n"],
    ["b:\t1\n"],
    ["b: 1\t\n"],
    ["b: 1\r\n"],
    ["b: x: y\n"],
    ["b: x:\n"],
    ["b: x\n  y\n"],
    ["b:\n  x\n"],
    ['b: "x\n  y"\n'],
    ['b: "\\u0041"\n'],
    ['b: "x" y\n'],
    ['b: "x"#y\n'],
    ["b: [x,\n  y]\n"],
    ["b: [x, y,]\n"],
    ["b: [x: y]\n"],
    ["b: [-]\n"],
    ["b: {x}\n"],
    ["b: {x: @y}\n"],
    ["b: @x\n"],
    ["b: %x\n"],
    ["b: - x\n"],
    ["b: .inf\n"],
    ["b: |2\n    x\n"],
    ["b: |\n\n"],
    ["b: |\n     \n  x\n"],
    ["b: |\n  x\n y\n"],
    ["b:\n  c: 1\n d: 2\n"],
    ["b:\n   c: 1\n  d: 2\n"],
    ["b:\n- x\n - y\n"],
    ["null: 1\n"],
    ["12345678901234567890: 1\n"],
    ["b: x\u0001y\n"],
    ["b: x\u0085y\n"],
    ["b: x\u2028y\n"],
    ["b: x\n...\nc: y\n"],
    ["text\n"],
    ["# nothing\n"],
    ["\ufeffb: 1\n"],
  ])("%j", (text) => {
    expect(value(text, NOTHING)).toBeUndefined();
    expect(value(text)).toBeUndefined();
  });

  test.each([["a: |\n  x\n"], ['a: "x\\ny"\n'], ["a: 'it''s'\n"], ["a: 1\na: 2\n"]])(
    "and, where it is wanted: %j",
    (text) => {
      expect(value(text)).toBeUndefined();
      expect(value(text.replaceAll("a:", "b:"), NOTHING)).toEqual({});
    },
  );
});
