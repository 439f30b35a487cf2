import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/manifest/yaml/limits.ts";
import type { YamlNode } from "../../../src/manifest/yaml/node.ts";
import { toPlain } from "../../../src/manifest/yaml/plain.ts";
import { type ReadOptions, readDocuments } from "../../../src/manifest/yaml/read.ts";
import type { Need } from "../../../src/manifest/yaml/wanted.ts";

const POLICY: Need = { needed: (kind) => kind === "NetworkPolicy", wanted: () => "all" };

function read(text: string | Buffer, options: ReadOptions = {}) {
  return readDocuments(Buffer.from(text), "k8s/db.yaml", options);
}

function values(text: string | Buffer, options: ReadOptions = {}): unknown[] {
  return read(text, options).documents.map(({ node }) => toPlain(node));
}

function issues(text: string | Buffer, options: ReadOptions = {}) {
  return read(text, options).issues.map(({ code, severity, at, hides }) => [code, severity, at?.line, hides]);
}

/** `path:line` of every key and `path=line` of every value. */
function lines(node: YamlNode, path = ""): string[] {
  const own = [`${path}=${node.line}`];
  switch (node.kind) {
    case "scalar":
      return own;
    case "seq":
      return [...own, ...node.items.flatMap((item, index) => lines(item, `${path}[${index}]`))];
    case "map":
      return [
        ...own,
        ...[...node.entries].flatMap(([key, { keyLine, value }]) => [
          `${path}.${key}:${keyLine}`,
          ...lines(value, `${path}.${key}`),
        ]),
      ];
  }
}

describe("places", () => {
  test("every key and value knows its line in the file", () => {
    const [document] = read("a: 1\n---\n# c\nb:\n  - x: 1\n    z:\n  -\nc: |\n  t\n", {}).documents.slice(1);
    expect(document).toMatchObject({ line: 3, index: 1 });
    expect(document === undefined ? [] : lines(document.node)).toEqual([
      "=4",
      ".b:4",
      ".b=5",
      ".b[0]=5",
      ".b[0].x:5",
      ".b[0].x=5",
      ".b[0].z:6",
      ".b[0].z=6",
      ".b[1]=7",
      ".c:8",
      ".c=8",
    ]);
  });

  test("merged and aliased parts keep the lines of their anchor", () => {
    const [document] = read("a: &x\n  c: 1\nb:\n  <<: *x\n  d: 2\ne: *x\n").documents;
    expect(document === undefined ? [] : lines(document.node)).toEqual([
      ...["=1", ".a:1", ".a=2", ".a.c:2", ".a.c=2"],
      ...[".b:3", ".b=4", ".b.c:2", ".b.c=2", ".b.d:5", ".b.d=5"],
      ...[".e:6", ".e=2", ".e.c:2", ".e.c=2"],
    ]);
  });

  test("the text of a scalar is what stands in the file", () => {
    const [document] = read("a: 1.10\nb: 'it''s'\nc: \"80\"\nd: on\n").documents;
    const entries = document?.node.kind === "map" ? [...document.node.entries.values()] : [];
    expect(entries.map(({ value }) => (value.kind === "scalar" ? value.text : ""))).toEqual([
      "1.10",
      "'it''s'",
      '"80"',
      "on",
    ]);
  });

  test("the lines of JSON count, too", () => {
    const [first, second] = read('{"a":\n 1}\n\n{"b": [2,\n{}]}').documents;
    expect(first === undefined ? [] : lines(first.node)).toEqual(["=1", ".a:1", ".a=2"]);
    expect(second === undefined ? [] : lines(second.node)).toEqual(["=4", ".b:4", ".b=4", ".b[0]=4", ".b[1]=5"]);
  });
});

describe("encodings", () => {
  const text = "a: é\n---\nb: 2\n";

  test.each([
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${text}`)],
    ["UTF-16, little end first", Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16, big end first", Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
    ["CRLF", Buffer.from(text.replaceAll("\n", "\r\n"))],
    ["no newline at the end", Buffer.from(text.trimEnd())],
  ])("%s is read without a word", (_, bytes) => {
    expect(values(bytes)).toEqual([{ a: "é" }, { b: 2 }]);
    expect(issues(bytes)).toEqual([]);
  });

  test("git-crypt and other binary content is one issue", () => {
    expect(read("\0GITCRYPT\0abc").issues).toMatchObject([
      { code: "BINARY", message: "encrypted with git-crypt", hides: true },
    ]);
    expect(issues(Buffer.from([0x50, 0x4b, 0, 1, 2]))).toEqual([["BINARY", "error", 0, true]]);
  });

  test("a byte that is no UTF-8 is told with its line", () => {
    expect(issues(Buffer.from("a: 1\nb: \xe9\n", "latin1"))).toEqual([["ENCODING", "error", 2, true]]);
  });
});

describe("what cannot be read", () => {
  test("ends the file where kubectl stops", () => {
    expect(values("a: 1\n---\nb: [\n---\nc: 3\n")).toEqual([{ a: 1 }]);
    expect(issues("a: 1\n---\nb: [\n---\nc: 3\n")).toEqual([["YAML_SYNTAX", "error", 3, true]]);
  });

  test("is skipped where nobody needs it, and what follows is read", () => {
    const text = "kind: ConfigMap\na: [\n---\nkind: NetworkPolicy\n";
    expect(values(text, { need: POLICY })).toEqual([{ kind: "NetworkPolicy" }]);
    expect(issues(text, { need: POLICY })).toEqual([["YAML_SYNTAX", "warning", 2, false]]);
  });

  test.each([
    ["kind: NetworkPolicy\na: [\n"],
    ["kind: ConfigMap\na: [\nkind: NetworkPolicy\n"],
    ["  kind: NetworkPolicy\n a: 1\n"],
    ['"kind": "NetworkPolicy"\na: [\n'],
    ["kind: {{ .Values.kind }}\na: [\n"],
  ])("hides objects where it looks like one that is needed: %j", (text) => {
    expect(read(`${text}---\nkind: NetworkPolicy\n`, { need: POLICY })).toMatchObject({
      documents: [],
      issues: [{ severity: "error", hides: true }],
    });
  });

  test("text behind a separator is named with the separator's line, and takes the document before it along", () => {
    expect(values("a: 1\n--- x\nb: 2\n---\nc: 3\n")).toEqual([]);
    expect(issues("a: 1\n--- x\nb: 2\n")).toEqual([["YAML_SYNTAX", "error", 2, true]]);
  });

  test.each([
    ["a: {{ .Values.a }}\n", 1],
    ["a: 1\n{{- if x }}\nb: 2\n{{- end }}\n", 2],
    ["a: 1\n{% if x %}\nb: 2\n", 2],
    ["{{ .Values.a }}: 1\n", 1],
  ])("a template is called one: %j", (text, line) => {
    expect(issues(text)).toEqual([["TEMPLATE", "error", line, true]]);
  });

  test("a template in quotes is text", () => {
    expect(values(`a: "{{ .Values.a }}"\nb: $\{VAR}\n`)).toEqual([{ a: "{{ .Values.a }}", b: `$\{VAR}` }]);
  });

  test("text behind `...` is told, as nobody reads it", () => {
    expect(issues("a: 1\n...\nb: 2\n")).toEqual([["YAML_SYNTAX", "warning", 3, false]]);
    expect(issues("a: 1\n...\n# done\n")).toEqual([]);
  });
});

/** YAML 1.2 reads these, and the parser that `kubectl` uses does not. */
describe("what only YAML 1.2 takes is refused", () => {
  test.each([
    ["cidr: [::/0]\n"],
    ["a: [b?c]\n"],
    ["a: {b:,c: 1}\n"],
    ["a: {b :,}\n"],
    ["a: {b\n: 1}\n"],
    ["a\n: 1\n"],
    ["a: !x!y 1\n"],
    ["a: &b.c 1\n"],
    ["a: 'it''\n"],
    ['a: "it\\"\n'],
    ['a: "\\/"\n'],
    ["a: >\n  \tx\n"],
    ["a: 1\n\t"],
    ["a:\n  -\n\t- 1\n"],
    ["%YAML 1.2\n---\na: 1\n"],
    ["...\na: 1\n"],
    ["---# note\na: 1\n"],
  ])("%j", (text) => {
    expect(read(text)).toMatchObject({ documents: [], issues: [{ code: "YAML_SYNTAX", severity: "error" }] });
  });

  test("and lines inside quotes and brackets may stand as far left as they like", () => {
    const text = "a:\n  b: [\n# note\nx, {c: z,\n\nw: \"q\nr\"}\n]\nd:\n- 'e\n\nf'\ng: 1\n";
    const [document] = read(text).documents;
    expect(document === undefined ? [] : toPlain(document.node)).toEqual({
      a: { b: ["x", { c: "z", w: "q r" }] },
      d: ["e\nf"],
      g: 1,
    });
    expect(document === undefined ? [] : lines(document.node)).toContain(".g:13");
    expect(issues('a:\n  b: "x\ny\n')).toEqual([["YAML_SYNTAX", "error", 3, true]]);
  });

  test("and what only YAML 1.1 takes is read: comments close to what they follow", () => {
    expect(values("a: 'x'#note\nb: [c,#note\n d]\n")).toEqual([{ a: "x", b: ["c", "d"] }]);
  });
});

describe("keys", () => {
  test("given twice: the last one counts, and is an issue with its line", () => {
    const file = read("m:\n  a: 1\n  b: 2\n  a: 3\n");
    expect(file.issues).toMatchObject([{ code: "DUPLICATE_KEY", severity: "warning", at: { line: 4 } }]);
    expect(file.issues[0]?.message).toContain("`m.a`");
    expect(issues('{"a": 1, "a": 2}')).toEqual([["DUPLICATE_KEY", "warning", 1, false]]);
  });

  test("given twice where nobody looks are no issue", () => {
    const need: Need = { needed: () => true, wanted: () => new Map([["m", new Map([["b", "all" as const]])]]) };
    expect(issues("m:\n  a: 1\n  a: 2\n", { need })).toEqual([]);
    expect(issues("m:\n  b: 1\n  b: 2\n", { need })).toEqual([["DUPLICATE_KEY", "warning", 3, false]]);
  });

  test("that a merge brings are not given twice", () => {
    expect(issues("a: &x {c: 1}\nb:\n  <<: *x\n  c: 2\n")).toEqual([]);
  });

  test("of JavaScript's own objects are keys like others", () => {
    const [value] = values("__proto__: {polluted: 1}\nconstructor: 2\n");
    expect(Object.keys(value ?? {})).toEqual(["__proto__", "constructor"]);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});

describe("limits", () => {
  const limits = { ...DEFAULT_LIMITS, fileBytes: 100, documents: 3, aliases: 2, depth: 4 };

  test.each([
    ["fileBytes", "x".repeat(101), 0],
    ["documents", "a: 1\n---\n".repeat(4), 0],
    ["aliases", "a: &x 1\nb: *x\nc: *x\nd: *x\n", 4],
    ["depth", "a:\n  b:\n    c:\n      d:\n        e: 1\n", 5],
    ["depth", "a: [[[[[]]]]]\n", 1],
    ["depth", '{"a": [[[[[]]]]]}', 1],
  ])("%s is named where it is passed", (name, text, line) => {
    const { documents, issues } = read(text, { limits });
    expect(documents).toEqual([]);
    expect(issues).toMatchObject([{ code: "LIMIT", severity: "error", hides: true, at: { line } }]);
    expect(issues[0]?.message).toContain(`\`limits: ${name}\``);
  });

  test("what stays within them is read", () => {
    expect(values("a:\n  b:\n    c: [1]\n---\nb: &x 1\nc: *x\nd: *x\n", { limits })).toHaveLength(2);
  });

  test.each([
    ["brackets", `a: ${"[".repeat(50_000)}${"]".repeat(50_000)}`],
    ["dashes", `${"- ".repeat(20_000)}a`],
    ["JSON", `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`],
    ["explicit keys", "? ".repeat(5_000)],
  ])("hold for nested %s without running out of stack", (_, text) => {
    expect(issues(text)).toMatchObject([["LIMIT", "error", 1, true]]);
  });

  test("aliases of aliases take neither time nor memory", () => {
    const bomb = ["a0: &a0 [x, x]", ...Array.from({ length: 90 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`)];
    expect(values(`${bomb.join("\n")}\n`)).toHaveLength(1);
    const doubling = [
      "a0: &a0 [x, x]",
      ...Array.from({ length: 45 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`),
    ];
    expect(issues(`${doubling.join("\n")}\n`)).toMatchObject([["YAML_SYNTAX", "error", 10, true]]);
  });
});

describe("what is skipped", () => {
  const text = "kind: Secret\n---\n# nothing\n---\na: 1\n---\nkind: NetworkPolicy\n";

  test.each([[true], [false]])("is counted, and keeps its number (exact: %s)", (exact) => {
    const { documents, skipped } = read(text, { need: POLICY, exact });
    expect(documents.map(({ index, line }) => [index, line])).toEqual([[3, 7]]);
    expect(skipped).toBe(1);
  });

  test("is not parsed where the bytes show it, unless every fault is to be told", () => {
    expect(issues("kind: Secret\na: [\n", { need: POLICY, exact: false })).toEqual([]);
    expect(issues("kind: Secret\na: [\n", { need: POLICY, exact: true })).toEqual([
      ["YAML_SYNTAX", "warning", 2, false],
    ]);
  });
});
