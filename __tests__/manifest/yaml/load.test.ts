import { describe, expect, test } from "vitest";
import { loadFile } from "../../../src/manifest/yaml/load.ts";
import { toPlain } from "../../../src/manifest/yaml/plain.ts";
import { couldBeManifest } from "../../../src/manifest/yaml/text.ts";
import { wantedPaths } from "../../../src/manifest/yaml/wanted.ts";

const NEED = {
  needed: (kind: string) => kind === "Pod" || kind.endsWith("List"),
  wanted: () => wantedPaths("kind", "metadata.name"),
};

function load(text: string | Buffer, options: { exact?: boolean; reached?: boolean } = {}) {
  return loadFile(Buffer.from(text), "k8s/a.yaml", { ...NEED, exact: false, ...options });
}

const POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  uid: b\n";

describe("a file is loaded", () => {
  test.each([
    [false, { kind: "Pod", metadata: { name: "a" } }],
    [true, { apiVersion: "v1", kind: "Pod", metadata: { name: "a", uid: "b" } }],
  ])("with what is wanted, or with all of it (exact: %s)", (exact, expected) => {
    const { documents, issues, skipped } = load(`kind: Secret\n---\n${POD}`, { exact });
    expect(documents.map(({ node }) => toPlain(node))).toEqual([expected]);
    expect({ issues, skipped, line: documents[0]?.line }).toEqual({ issues: [], skipped: 1, line: 3 });
  });

  test.each([
    ['{"kind": "Pod"}{"kind": "Secret"}', 1],
    ['kind: "Pod"\n', 1],
    ["items: []\nkind: PodList\n", 1],
    ["metadata:\n  name: x\nkind: Secret\n", 0],
    ["- kind: Pod\n", 0],
  ])("also where only parsing tells its kind: %j", (text, count) => {
    expect(load(text).documents).toHaveLength(count);
    expect(load(text, { exact: true }).documents).toHaveLength(count);
  });
});

describe("a file that is no manifest", () => {
  test.each([
    ["{% for x in y %}\n- {{ x }}\n{% endfor %}\n"],
    ["- name: task\n  k8s:\n    definition:\n      kind: {{ x }}\n"],
    ['{"a": '],
    ["a: [\n"],
  ])("is never an issue: %j", (text) => {
    expect(load(text, { exact: true })).toEqual({ documents: [], issues: [], skipped: 0 });
    expect(load(text, { exact: true, reached: true }).issues).toEqual([]);
  });

  test("with one of the lines matters where something names it", () => {
    expect(load("kind: {{ x }}\na: [\n").issues).toEqual([]);
    expect(load("kind: {{ x }}\na: [\n", { reached: true }).issues).toMatchObject([{ code: "TEMPLATE", hides: true }]);
  });
});

describe("a file that could be one and cannot be read", () => {
  test.each([
    ["YAML_SYNTAX", "apiVersion: v1\nkind: Pod\na: [\n"],
    ["TEMPLATE", "{{- if x }}\napiVersion: v1\nkind: Pod\n{{- end }}\n"],
    ["YAML_SYNTAX", '{"apiVersion": "v1", "kind": "Pod"'],
    ["LFS_POINTER", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"],
    ["BINARY", "\0GITCRYPT\0"],
  ])("is one issue %s that hides objects", (code, text) => {
    expect(load(text).issues).toMatchObject([{ code, severity: "error", hides: true, at: { file: "k8s/a.yaml" } }]);
  });
});

describe("a manifest shows", () => {
  test.each([
    ["apiVersion: v1\nkind: Pod\n", true, true],
    ["a: 1\r\nkind: Pod\r\napiVersion: v1\r\n", true, true],
    ['{"apiVersion": "v1",\n "kind" : "Pod"}', true, true],
    ["kind: Pod\n", false, true],
    ["apiVersion: v1\n", false, true],
    ["  kind: Pod\n  apiVersion: v1\n", false, false],
    ["mankind: x\n", false, false],
    ["", false, false],
  ])("in its lines: %j", (text, plain, reached) => {
    expect(couldBeManifest(Buffer.from(text))).toBe(plain);
    expect(couldBeManifest(Buffer.from(text), true)).toBe(reached);
  });
});
