import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { PLUGINS } from "../gate/rules.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const page = read("docs/configuration.md");
const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);

/** Names of every setting of the schema. */
function settings(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const own =
    "properties" in value && typeof value.properties === "object" && value.properties !== null
      ? Object.keys(value.properties)
      : [];
  return [...own, ...Object.values(value).flatMap(settings)];
}

describe("docs/configuration.md", () => {
  test("has examples", () => {
    expect(examples.length).toBeGreaterThan(8);
  });

  test.each(examples.map((text) => [text.split("\n").slice(0, 2).join(" "), text]))(
    "the example `%s` is valid",
    (_, text) => {
      const whole = text.startsWith("version:") ? text : `version: 1\n${text}`;
      expect(parseConfig(new TextEncoder().encode(whole), "c.yml", PLUGINS).issues).toEqual([]);
    },
  );

  test("every setting of the schema stands in the text and in an example", () => {
    const schema: unknown = JSON.parse(read("schema/config.schema.json"));
    const keys = [...new Set(settings(schema))];
    expect(keys.length).toBeGreaterThan(40);
    const shown = new Set(examples.flatMap((text) => text.match(/[A-Za-z-]+(?=:)/g) ?? []));
    expect(keys.filter((key) => !shown.has(key))).toEqual([]);
    expect(
      keys.filter((key) => !page.includes(`\`${key}`) && !page.includes(`{ ${key}:`) && !page.includes(`${key}: [`)),
    ).toEqual([]);
  });
});
