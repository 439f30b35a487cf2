import { describe, expect, it } from "vitest";
import { assignments } from "../../src/engine/assignment.ts";
import type { Operator, Requirement } from "../../src/model/labels.ts";

const need = (key: string, operator: Operator, ...values: readonly string[]): Requirement => ({
  key,
  operator,
  values,
});
const A_B = need("k", "In", "a", "b");

describe("labels that satisfy a conjunction", () => {
  it.each<[string, readonly Requirement[], boolean, readonly string[]]>([
    ["nothing asked", [], true, [" :"]],
    ["one value", [need("k", "In", "a")], true, ["k=a : k=a"]],
    ["several that somebody tells apart", [A_B], true, ["k=a : k=a", "k=b : k=b"]],
    ["several that nobody tells apart", [A_B], false, ["k=a : k in (a,b)"]],
    ["two lists", [A_B, need("k", "In", "b", "c")], true, ["k=b : k=b"]],
    ["lists without a common value", [A_B, need("k", "In", "c")], true, []],
    ["a list less a value", [A_B, need("k", "NotIn", "a")], true, ["k=b : k=b"]],
    ["a list that may not be there", [A_B, need("k", "DoesNotExist")], true, []],
    ["the key", [need("k", "Exists")], true, ["k : k"]],
    ["the key and its absence", [need("k", "Exists"), need("k", "DoesNotExist")], true, []],
    ["the key, but not one value", [need("k", "Exists"), need("k", "NotIn", "a")], true, ["k : k,k!=a"]],
    ["its absence", [need("k", "DoesNotExist")], true, [" : !k"]],
    ["not one value", [need("k", "NotIn", "a")], true, [" : k!=a"]],
  ])("%s", (_, requirements, told, expected) => {
    const found = assignments(requirements, () => told).map(({ labels, terms }) => {
      const list = [...labels].map(([key, value]) => (value === undefined ? key : `${key}=${value}`));
      return `${list.join()} : ${terms}`;
    });
    expect(found.map((text) => text.trimEnd())).toEqual(expected.map((text) => text.trimEnd()));
  });
});
