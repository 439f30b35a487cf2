import { describe, expect, test } from "vitest";
import { keyText, resolvePlain, resolveTagged } from "../../../src/manifest/yaml/scalar.ts";

const CORE = "tag:yaml.org,2002:";

describe("a scalar without quotes", () => {
  test.each([
    ["", null],
    ["~", null],
    ["Null", null],
    ["nULL", "nULL"],
    ["y", true],
    ["n", false],
    ["On", true],
    ["oN", "oN"],
    ["0", 0],
    ["-0", 0],
    ["-0.0", 0],
    ["007", 7],
    ["+0x1F", 31],
    ["0B11", 3],
    ["0b-1", -1],
    ["0o17", 15],
    ["1_2_3", 123],
    ["10000000000000000000", 1e19],
    ["1e400", "1e400"],
    ["._5", "._5"],
    [".5_0", ".5_0"],
    ["-.5e1", -5],
    ["1.5.0", "1.5.0"],
    ["10.0.0.0/8", "10.0.0.0/8"],
    ["::1", "::1"],
    ["-", "-"],
    ["+", "+"],
    ["1:20", "1:20"],
    ["é", "é"],
    [".inf", Number.POSITIVE_INFINITY],
  ])("`%s` is %j", (text, value) => {
    expect(resolvePlain(text)).toBe(value);
  });

  test("`.nan` is no number", () => {
    expect(resolvePlain(".nan")).toBeNaN();
  });
});

describe("a key is found under", () => {
  test.each([
    ["on", "true"],
    ["0x50", "80"],
    ["9007199254740993", "9007199254740993"],
    ["1.10", "1.1"],
    ["1e5", "100000"],
    ["1234567.0", "1.234567e+06"],
    ["0.00001", "1e-05"],
    [".nan", ".nan"],
    ["-.inf", "-.inf"],
    ["app", "app"],
  ])("`%s` under `%s`", (text, key) => {
    expect(keyText(resolvePlain(text), text)).toEqual({ key });
  });

  test.each(["~", "18446744073709551615"])("`%s` under nothing", (text) => {
    expect(keyText(resolvePlain(text), text)).toHaveProperty("problem");
  });
});

describe("a tag", () => {
  test.each([
    ["int", "5", { value: 5 }],
    ["int", "5.0", { problem: "`5.0` is no !!int" }],
    ["float", "1", { value: 1 }],
    ["float", "x", { problem: "`x` is no !!float" }],
    ["bool", "yes", { value: true }],
    ["null", "x", { problem: "`x` is no !!null" }],
    ["str", "5", { value: "5" }],
    ["binary", "aGk=", { value: "hi" }],
    ["binary", "aGk", { problem: "!!binary value is no base64" }],
    ["timestamp", "2020-01-01", { value: "2020-01-01" }],
  ])("!!%s reads `%s`", (name, text, resolution) => {
    expect(resolveTagged(`${CORE}${name}`, text)).toEqual(resolution);
  });

  test("of somebody else leaves the text", () => {
    expect(resolveTagged("!secret", "yes")).toEqual({ value: "yes" });
  });
});
