import { describe, expect, it } from "vitest";
import { type LabelSet, type Operator, satisfies } from "../../src/model/labels.ts";

const LACKS: LabelSet = new Map([["other", "x"]]);
const A: LabelSet = new Map([["k", "a"]]);
const B: LabelSet = new Map([["k", "b"]]);
const ABC: LabelSet = new Map([["k", "abc"]]);
/** A value that no manifest tells. */
const UNKNOWN: LabelSet = new Map([["k", undefined]]);

describe("a requirement on a label", () => {
  it.each<[Operator, readonly string[], Record<"lacks" | "a" | "b" | "abc" | "unknown", boolean>]>([
    ["In", ["a"], { lacks: false, a: true, b: false, abc: false, unknown: false }],
    ["In", ["a", "b"], { lacks: false, a: true, b: true, abc: false, unknown: false }],
    ["NotIn", ["a"], { lacks: true, a: false, b: true, abc: true, unknown: true }],
    ["Exists", [], { lacks: false, a: true, b: true, abc: true, unknown: true }],
    ["DoesNotExist", [], { lacks: true, a: false, b: false, abc: false, unknown: false }],
    ["contains", ["b"], { lacks: false, a: false, b: true, abc: true, unknown: false }],
    ["startsWith", ["a"], { lacks: false, a: true, b: false, abc: true, unknown: false }],
    ["startsWith", ["b"], { lacks: false, a: false, b: true, abc: false, unknown: false }],
    ["endsWith", ["c"], { lacks: false, a: false, b: false, abc: true, unknown: false }],
    ["endsWith", ["a"], { lacks: false, a: true, b: false, abc: false, unknown: false }],
  ])("%s %j", (operator, values, expected) => {
    const of = (labels: LabelSet) => satisfies(labels, { key: "k", operator, values });
    expect({ lacks: of(LACKS), a: of(A), b: of(B), abc: of(ABC), unknown: of(UNKNOWN) }).toEqual(expected);
  });
});
