import { describe, expect, it } from "vitest";
import { ANY_POD, breakers, type Cube, cubesOf, join } from "../../src/engine/cubes.ts";
import type { Operator, Requirement } from "../../src/model/labels.ts";
import { and, not, or, type Predicate } from "../../src/model/predicate.ts";

const need = (key: string, operator: Operator = "In", values: readonly string[] = ["x"]): Requirement => ({
  key,
  operator,
  values: operator === "Exists" || operator === "DoesNotExist" ? [] : values,
});
const pod = (key: string, operator?: Operator): Predicate => ({ op: "podLabels", requirement: need(key, operator) });
const inside = (name: string): Predicate => ({ op: "namespace", name });
const cube = (...podRequirements: readonly Requirement[]): Cube => ({ ...ANY_POD, podRequirements });
const [a, b] = [pod("a"), pod("b")];

describe("the alternatives of a predicate", () => {
  it.each<[string, Predicate, readonly Cube[]]>([
    ["and", and(a, b), [cube(need("a"), need("b"))]],
    ["or", or(a, b), [cube(need("a")), cube(need("b"))]],
    ["not and", not(and(a, b)), [cube(need("a", "NotIn")), cube(need("b", "NotIn"))]],
    ["not or", not(or(a, b)), [cube(need("a", "NotIn"), need("b", "NotIn"))]],
    ["not not", { op: "not", of: { op: "not", of: a } }, [cube(need("a"))]],
    ["not Exists", not(pod("a", "Exists")), [cube(need("a", "DoesNotExist"))]],
    ["not DoesNotExist", not(pod("a", "DoesNotExist")), [cube(need("a", "Exists"))]],
    ["not NotIn", not(pod("a", "NotIn")), [cube(need("a"))]],
    ["two namespaces", and(inside("one"), inside("two")), []],
    ["one namespace", and(inside("one"), a), [{ ...cube(need("a")), namespace: "one" }]],
    ["nothing", not({ op: "pods" }), []],
  ])("%s", (_, predicate, expected) => {
    expect(cubesOf(predicate)).toEqual(expected);
  });

  it("too many are none", () => {
    const either = (i: number) => or(pod(`a${i}`), pod(`b${i}`));
    expect(cubesOf(and(...[0, 1, 2, 3, 4, 5].map(either)))).toHaveLength(64);
    expect(cubesOf(and(...[0, 1, 2, 3, 4, 5, 6].map(either)))).toBeUndefined();
  });

  it("two names of one thing exclude each other, a name and none do not", () => {
    const robot = { ...ANY_POD, serviceAccount: "robot" };
    expect(join(robot, { ...ANY_POD, serviceAccount: "human" })).toBeUndefined();
    expect(join(robot, { ...ANY_POD, namespace: "one" })).toEqual({ ...robot, namespace: "one" });
  });
});

describe("the ways to break negative conditions", () => {
  it("are every key that they speak of, with any value and with each that they exclude", () => {
    const ways = breakers([need("a", "NotIn", ["1", "2"]), need("b", "DoesNotExist"), need("c")], 100);
    expect(ways.map((way) => way.map(({ key, values }) => `${key}=${values.join()}`).join(" ")).sort()).toEqual(
      ["", "b=", "a=", "a= b=", "a=1", "a=1 b=", "a=2", "a=2 b="].sort(),
    );
  });
});
