import { describe, expect, test } from "vitest";
import { toPlain } from "../../../src/manifest/yaml/plain.ts";
import { readDocuments } from "../../../src/manifest/yaml/read.ts";
import { missing, readShared } from "../shared.ts";

type Case = {
  readonly name: string;
  readonly text: string;
  readonly documents: readonly unknown[];
  readonly fails: boolean;
};

const PATH = "conformance/yaml/cases.json";
const ABSENT = missing(PATH);

/** Where the file cannot hold what the case is about, its bytes. */
const BYTES: ReadonlyMap<string, Buffer> = new Map([
  // JSON has no place for a byte that is no UTF-8; the text shows U+FFFD instead, which is a valid character.
  ["invalid utf8", Buffer.from([0x61, 0x3a, 0x20, 0x78, 0xff, 0x79, 0x0a])],
]);

function cases(): readonly Case[] {
  const rows = ABSENT === undefined ? readShared(PATH) : [];
  return Array.isArray(rows) ? rows.map(decoded) : [];
}

function decoded(row: Record<string, unknown>): Case {
  const documents = Array.isArray(row.documents) ? row.documents : [];
  return {
    name: String(row.name),
    text: String(row.text),
    // Documents that hold nothing are not handed on: nobody can say anything of them.
    documents: documents.filter((document) => document !== null),
    fails: row.error !== undefined,
  };
}

describe.skipIf(ABSENT !== undefined)(`what kubectl reads is what is read${ABSENT ?? ""}`, () => {
  test("206 texts are there", () => {
    expect(cases()).toHaveLength(206);
  });

  test.each(cases())("$name", ({ name, text, documents, fails }) => {
    const file = readDocuments(BYTES.get(name) ?? Buffer.from(text), "case.yaml");
    expect(file.documents.map(({ node }) => toPlain(node))).toEqual(documents);
    expect(file.issues.filter(({ severity }) => severity === "error")).toHaveLength(fails ? 1 : 0);
    for (const { severity, hides, at } of file.issues) {
      if (severity === "error") expect({ hides, file: at?.file }).toEqual({ hides: true, file: "case.yaml" });
    }
  });
});
