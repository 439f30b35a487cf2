import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { compileDiffSchema, compileSchema, diffTarget, target } from "../../scripts/build-schema.mjs";
import { parseConfig } from "../../src/config.ts";

const schema: object = JSON.parse(readFileSync(new URL("../../schema/config.schema.json", import.meta.url), "utf8"));

describe("the published schema", () => {
  test("is what the committed validator was compiled from", () => {
    expect(readFileSync(target, "utf8")).toBe(compileSchema());
    expect(readFileSync(diffTarget, "utf8")).toBe(compileDiffSchema());
  });

  test("is valid draft 2020-12 in ajv's strict mode", () => {
    const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, formats: { date: true } });
    expect(ajv.validateSchema(schema)).toBe(true);
    expect(() => ajv.compile(schema)).not.toThrow();
  });

  test("describes every setting, so that editors and messages can", () => {
    const bare: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null) return;
      if (path.endsWith("/properties") && !/\/(oneOf|anyOf|not)\//.test(path))
        for (const [key, each] of Object.entries(value)) if (!describes(each)) bare.push(`${path}/${key}`);
      for (const [key, each] of Object.entries(value)) visit(each, `${path}/${key}`);
    };
    visit(schema, "");
    expect(bare).toEqual([]);
  });

  test("takes what the command takes, and nothing that it refuses for its form", () => {
    const ajv = new Ajv2020({ strict: false, formats: { date: true } });
    const validate = ajv.compile(schema);
    const texts: readonly (readonly [string, boolean])[] = [
      ["version: 1", true],
      ["version: 1\nprotected: [{ name: a, to: { external: true } }]", true],
      ["version: 1\nprotected: [{ name: a }]", false],
      ["version: 1\nnamespaces: { Up: { labels: {} } }", false],
      ["version: 2", false],
    ];
    for (const [text, valid] of texts) {
      expect(validate(parse(text))).toBe(valid);
      expect(parseConfig(new TextEncoder().encode(text), "c.yml", []).config !== undefined).toBe(valid);
    }
  });
});

function describes(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("description" in value || "$ref" in value);
}
