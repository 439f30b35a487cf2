import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fault, faults, type Schema } from "../../schema/faults.ts";

const read = (name: string): Schema =>
  JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), "utf8"));

const OPTIONS = { allErrors: true, verbose: true, strict: true, strictRequired: false, allowUnionTypes: true } as const;
const SCHEMAS = [
  { name: "config", ajv: new Ajv2020({ ...OPTIONS, formats: { date: /^\d{4}-\d{2}-\d{2}$/ } }) },
  { name: "diff", ajv: new Ajv(OPTIONS) },
] as const;

const JUNK: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1,
    1.5,
    2e12,
    Number.NaN,
    "",
    "x",
    "a".repeat(70),
    "a".repeat(600),
    "\u{1f600}".repeat(300),
  ],
  ...["2027-01-31", "LIMIT", "soon", "TCP/80", "app", "a b", "example.com/app", "/x", "1.33", "db[StatefulSet]", "In"],
  ...[[], {}, [1], ["a"], { x: 1 }, { "a/b~c": {} }, { toString: "a" }, { values: [] }],
];

const TEXTS = JUNK.filter((each) => typeof each === "string");

/** Values that fit `schema` or nearly do, the less the greater the share of `junk`. */
function near(root: Schema, given: Schema | boolean, { junk: weight, depth }: Mess): fc.Arbitrary<unknown> {
  const deeper = { junk: weight, depth: depth + 1 };
  const [, folder, name = ""] = (typeof given === "object" ? (given.$ref ?? "") : "").split("/");
  const schema = name === "" ? given : ((folder === "$defs" ? root.$defs : root.definitions)?.[name] ?? false);
  const junk = fc.constantFrom(...JUNK);
  if (typeof schema === "boolean" || depth > 9) return junk;
  const types = [schema.type].flat();
  const fitting: fc.Arbitrary<unknown>[] = [];
  if (schema.const !== undefined) fitting.push(fc.constant(schema.const));
  if (schema.enum !== undefined) fitting.push(fc.constantFrom(...schema.enum));
  if (schema.items !== undefined) fitting.push(fc.array(near(root, schema.items, deeper), { maxLength: 3 }));
  if (types.includes("object")) fitting.push(map(root, schema, deeper));
  if (types.includes("string")) fitting.push(fc.constantFrom(...TEXTS.filter((each) => fits(schema, each))));
  if (types.includes("integer")) fitting.push(fc.nat(3));
  if (types.includes("boolean")) fitting.push(fc.boolean());
  if (fitting.length === 0) return junk;
  return fc.oneof({ weight: 12, arbitrary: fc.oneof(...fitting) }, { weight, arbitrary: junk });
}

function fits({ pattern = "", minLength = 0, maxLength = 500 }: Schema, text: string): boolean {
  return text.length >= minLength && text.length <= maxLength && new RegExp(pattern, "u").test(text);
}

type Mess = { readonly junk: number; readonly depth: number };

function map(root: Schema, { properties = {}, required = [], additionalProperties }: Schema, mess: Mess) {
  const known = Object.entries(properties).map(([key, each]) => [key, near(root, each, mess)] as const);
  const usual = fc.record(Object.fromEntries(known), { requiredKeys: [...required] });
  const others = typeof additionalProperties === "object" ? near(root, additionalProperties, mess) : fc.constant(1);
  const odd = fc.dictionary(fc.constantFrom("app", "A/b", "x y", "constructor", "__proto__"), others, { maxKeys: 2 });
  const missing = fc.constantFrom(...required, "");
  return fc.tuple(usual, rarely(mess, odd, {}), rarely(mess, missing, "")).map(([all, more, left]) => {
    const entries = [...Object.entries(all), ...Object.entries(more)].filter(([key]) => key !== left);
    return Object.fromEntries(entries);
  });
}

function rarely<T>({ junk }: Mess, arbitrary: fc.Arbitrary<T>, usual: T): fc.Arbitrary<T> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: junk, arbitrary });
}

/** What both say of a fault. */
type Told = readonly [path: string, keyword: string, key: string | undefined, description: string | undefined];

/** What a reader is told, to whom it is all the same which keyword of one schema it is. */
function toldOnce(all: readonly Told[]): readonly string[] {
  return [...new Set(all.map(([path, , key, description]) => JSON.stringify([path, key, description])))];
}

function ours({ path, keyword, key, schema }: Fault): Told {
  return [path, keyword, key, schema.description];
}

/** Ajv tells of the inside of a choice too, and of a key both what is wrong with it and that something is. */
function theirs({ instancePath, schemaPath, keyword, params, propertyName, parentSchema }: ErrorObject): Told[] {
  if (/\/(oneOf|anyOf|not)\//.test(schemaPath) || keyword === "propertyNames") return [];
  const key = propertyName ?? params.missingProperty ?? params.additionalProperty;
  return [[instancePath, propertyName === undefined ? keyword : "propertyNames", key, parentSchema?.description]];
}

const TIDY: Mess = { junk: 0, depth: 0 };
const MESSY: Mess = { junk: 1, depth: 0 };

const LOOKED_AT = new Set([
  ...["$schema", "title", "description", "$ref", "type", "const", "enum", "not", "minimum", "maximum", "minLength"],
  ...["maxLength", "pattern", "format", "minItems", "items", "minProperties", "maxProperties", "required"],
  ...["propertyNames", "additionalProperties"],
]);

describe.each(SCHEMAS)("what does not fit the schema of $name", ({ name, ajv }) => {
  const schema = read(name);
  const validate = ajv.compile(schema);
  const expected = (data: unknown) => (validate(data) ? [] : (validate.errors ?? []).flatMap(theirs));

  it("is what ajv says, and readers are told it in its order", () => {
    const seen = { fitting: 0, keywords: new Set<string>() };
    fc.assert(
      fc.property(fc.oneof(near(schema, schema, TIDY), near(schema, schema, MESSY)), (data) => {
        const found = faults(schema, data).map(ours);
        expect(toldOnce(found)).toEqual(toldOnce(expected(data)));
        expect(found.map(String).sort()).toEqual(expected(data).map(String).sort());
        expect(found.length === 0).toBe(validate(data));
        if (found.length === 0) seen.fitting++;
        for (const [, keyword] of found) seen.keywords.add(keyword);
      }),
      { seed: 11, numRuns: 1500 },
    );
    expect(seen.fitting).toBeGreaterThan(5);
    const most = name === "config" ? 14 : 6;
    expect([...seen.keywords].length).toBeGreaterThanOrEqual(most);
  });

  it("uses no keyword that is not looked at", () => {
    const strange = new Set<string>();
    const visit = (value: Schema | boolean): void => {
      if (typeof value === "boolean") return;
      const { $defs = {}, definitions = {}, properties = {}, anyOf = [], oneOf = [], ...rest } = value;
      const inner = [rest.items, rest.not, rest.propertyNames, rest.additionalProperties].filter(
        (each) => each !== undefined,
      );
      for (const each of [...[$defs, definitions, properties].flatMap(Object.values), ...anyOf, ...oneOf, ...inner])
        visit(each);
      for (const key of Object.keys(rest)) if (!LOOKED_AT.has(key)) strange.add(key);
    };
    visit(schema);
    expect([...strange]).toEqual([]);
  });
});
