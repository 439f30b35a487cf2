import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchesLabels, matchPods } from "../../../src/manifest/calico/match.ts";
import { parseSelector, type Selector } from "../../../src/manifest/calico/selector.ts";
import type { Pod } from "../../../src/model/endpoint.ts";
import { type Operator, satisfies } from "../../../src/model/labels.ts";
import { holds } from "../../../src/model/predicate.ts";

const SEED = { seed: 20260, numRuns: 2000 };

function parsed(text: string): Selector {
  const result = parseSelector(text);
  if (!result.ok) throw new Error(`${text}: ${result.column}: ${result.expected}`);
  return result.selector;
}

function label(key: string, operator: Operator, ...values: readonly string[]): Selector {
  return { op: "label", requirement: { key, operator, values } };
}

describe("Calico's selectors", () => {
  test.each<[string, Selector]>([
    ["", { op: "all" }],
    [" \t ", { op: "all" }],
    ["all()", { op: "all" }],
    ["all( )", { op: "all" }],
    ["global()", { op: "global" }],
    ["a == 'b'", label("a", "In", "b")],
    ['a=="b"', label("a", "In", "b")],
    ["a != 'b'", label("a", "NotIn", "b")],
    ["a in {'b', 'c'}", label("a", "In", "b", "c")],
    ["a in {'b',}", label("a", "In", "b")],
    ["a in {}", label("a", "In")],
    ["a not in {'b'}", label("a", "NotIn", "b")],
    ["a notin {'b'}", label("a", "NotIn", "b")],
    ["a contains 'b'", label("a", "contains", "b")],
    ["a starts with 'b'", label("a", "startsWith", "b")],
    ["a startswith 'b'", label("a", "startsWith", "b")],
    ["a ends \t with 'b'", label("a", "endsWith", "b")],
    ["has(a)", label("a", "Exists")],
    ["has( a )", label("a", "Exists")],
    ["!has(a)", { op: "not", of: label("a", "Exists") }],
    ["!!has(a)", label("a", "Exists")],
    ["! ! ! a == 'b'", { op: "not", of: label("a", "In", "b") }],
    ["(a == 'b')", label("a", "In", "b")],
    ["app.kubernetes.io/name == 'x y'", label("app.kubernetes.io/name", "In", "x y")],
    ["in in {'in'}", label("in", "In", "in")],
    ["has == 'x'", label("has", "In", "x")],
    ["contains contains 'x'", label("contains", "contains", "x")],
    [`a == "it's"`, label("a", "In", "it's")],
  ])("`%s` is read", (text, selector) => {
    expect(parsed(text)).toEqual(selector);
  });

  test("`!` binds before `&&`, and `&&` before `||`", () => {
    const [a, b, c] = ["a", "b", "c"].map((key) => label(key, "Exists"));
    expect(parsed("has(a) || has(b) && !has(c)")).toEqual({
      op: "or",
      of: [a, { op: "and", of: [b, { op: "not", of: c }] }],
    });
    expect(parsed("(has(a) || has(b)) && has(c)")).toEqual({ op: "and", of: [{ op: "or", of: [a, b] }, c] });
  });

  test.each([
    ["a = 'b'", 3, "expected `==`, not `=` alone"],
    ["a & b", 3, "expected `&&`, not `&` alone"],
    ["a == b", 6, "expected a quoted string, not `b`"],
    ["a ==", 5, "expected a quoted string, not the end"],
    ["a == 'b", 6, "the string that starts here has no closing `'`"],
    ["a", 2, "expected an operator after the label `a`, not the end"],
    ["a b", 3, "expected `==`, `!=`, `in`, `not in`, `contains`, `starts with` or `ends with` after the label `a`"],
    [
      "a inx {'b'}",
      3,
      "expected `==`, `!=`, `in`, `not in`, `contains`, `starts with` or `ends with` after the label `a`",
    ],
    ["a in 'b'", 6, "expected `{` and a list of strings, not a string"],
    ["a in {'b' 'c'}", 11, "expected `,` or `}`, not a string"],
    ["a in {'b', c}", 12, "expected `,` or `}`, not `c`"],
    ["(has(a)", 8, "expected `&&`, `||` or `)`, not the end"],
    ["has(a) has(b)", 8, "expected `&&`, `||` or the end, not `b`"],
    ["has(a) &&", 10, "expected a label, `has(…)`, `all()`, `!` or `(`, not the end"],
    ["has()", 5, "expected a label, not `)`"],
    ["has(a", 6, "expected `)` after `has(`"],
    ["all", 4, "expected an operator after the label `all`, not the end"],
    ["a == 'b'\n", 9, "expected a label, not a line break"],
    ["ä == 'b'", 1, "expected a label, not `ä`"],
    [`${"x".repeat(513)} == 'b'`, 1, "a label has at most 512 characters"],
    ["(".repeat(2000), 501, "more than 500 nested parentheses"],
  ])("`%.40s` cannot be read at character %i", (text, column, expected) => {
    expect(parseSelector(text)).toEqual({ ok: false, column, expected });
  });
});

const KEY = fc.constantFrom("a", "b", "app.kubernetes.io/name", "in", "has", "pcns.env", "pcsa.role");
const VALUE = fc.constantFrom("", "x", "y", "x y", "in", "}", "&&", "'");
const IMPLICIT = fc.constantFrom(
  "projectcalico.org/namespace",
  "projectcalico.org/orchestrator",
  "projectcalico.org/serviceaccount",
  "pcns.projectcalico.org/name",
  "pcsa.projectcalico.org/name",
);
const NAMES = fc.constantFrom("one", "two", "k8s", "default", "robot", "o");

function leaf(key: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<Selector> {
  const single = fc.constantFrom<Operator>("contains", "startsWith", "endsWith");
  const several = fc.constantFrom<Operator>("In", "NotIn");
  return fc.oneof(
    key.map((each) => label(each, "Exists")),
    fc.tuple(key, single, value).map(([each, operator, text]) => label(each, operator, text)),
    fc
      .tuple(key, several, fc.uniqueArray(value, { maxLength: 3 }))
      .map(([each, op, texts]) => label(each, op, ...texts)),
    fc.constant<Selector>({ op: "all" }),
  );
}

const { selector } = fc.letrec<{ selector: Selector }>((tie) => ({
  selector: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf(KEY, VALUE),
    leaf(IMPLICIT, NAMES),
    tie("selector").map((of): Selector => (of.op === "not" ? of.of : { op: "not", of })),
    fc
      .tuple(fc.constantFrom("and" as const, "or" as const), fc.array(tie("selector"), { minLength: 2, maxLength: 3 }))
      .map(([op, of]): Selector => ({ op, of })),
  ),
}));

/** A selector as somebody writes it. */
function written(given: Selector): string {
  switch (given.op) {
    case "all":
    case "global":
      return `${given.op}()`;
    case "not":
      return `!(${written(given.of)})`;
    case "and":
      return given.of.map((part) => `(${written(part)})`).join(" && ");
    case "or":
      return given.of.map((part) => `(${written(part)})`).join("||");
    case "label":
      return writtenLabel(given.requirement.key, given.requirement.operator, given.requirement.values.map(quoted));
  }
}

function writtenLabel(key: string, operator: Operator, values: readonly string[]): string {
  switch (operator) {
    case "Exists":
      return `has(${key})`;
    case "DoesNotExist":
      return `!has(${key})`;
    case "In":
      return values.length === 1 ? `${key} == ${values[0]}` : `${key} in { ${values.join(" , ")} }`;
    case "NotIn":
      return values.length === 1 ? `${key}!=${values[0]}` : `${key} not in {${values.join()}}`;
    case "contains":
      return `${key} contains ${values[0]}`;
    case "startsWith":
      return `${key} starts with ${values[0]}`;
    case "endsWith":
      return `${key} ends with ${values[0]}`;
  }
}

function quoted(value: string): string {
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}

const pod: fc.Arbitrary<Pod> = fc
  .record({
    namespace: fc.constantFrom("one", "two"),
    labels: fc.dictionary(fc.constantFrom("a", "b", "app.kubernetes.io/name", "in", "has"), VALUE).map(mapOf),
    namespaceLabels: fc.dictionary(fc.constantFrom("env", "zone"), VALUE).map(mapOf),
    serviceAccount: fc.constantFrom("default", "robot"),
    serviceAccountLabels: fc.dictionary(fc.constantFrom("role"), VALUE).map(mapOf),
    ports: fc.constant([]),
    hostNetwork: fc.constant(false),
  })
  .map((each) => ({
    ...each,
    namespaceLabels: new Map(each.namespaceLabels).set("kubernetes.io/metadata.name", each.namespace),
  }));

function mapOf(record: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(record));
}

/** Every label that Calico gives the endpoint of a pod. */
function allLabels({
  namespace,
  labels,
  namespaceLabels,
  serviceAccount,
  serviceAccountLabels,
}: Pod): Map<string, string> {
  const all = new Map<string, string>();
  const add = (prefix: string, from: ReadonlyMap<string, string | undefined>) => {
    for (const [key, value] of from) if (value !== undefined) all.set(prefix + key, value);
  };
  add("", labels);
  add("pcns.", namespaceLabels);
  add("pcsa.", serviceAccountLabels);
  all.set("pcns.projectcalico.org/name", namespace).set("projectcalico.org/namespace", namespace);
  all.set("pcsa.projectcalico.org/name", serviceAccount).set("projectcalico.org/serviceaccount", serviceAccount);
  return all.set("projectcalico.org/orchestrator", "k8s");
}

/** The language by its definition, apart from the code that is tried. */
function means(given: Selector, labels: ReadonlyMap<string, string>): boolean {
  if (given.op === "all") return true;
  if (given.op === "global") return false;
  if (given.op === "label") return satisfies(labels, given.requirement);
  if (given.op === "not") return !means(given.of, labels);
  return given.op === "and"
    ? given.of.every((part) => means(part, labels))
    : given.of.some((part) => means(part, labels));
}

describe("laws of Calico's selectors", () => {
  test("what is written is what is read", () => {
    fc.assert(
      fc.property(selector, pod, (given, who) => {
        const labels = allLabels(who);
        expect(matchesLabels(parsed(written(given)), labels)).toBe(means(given, labels));
      }),
      SEED,
    );
  });

  test("the predicate of a selector holds of the pods whose labels satisfy it, and of nobody else", () => {
    fc.assert(
      fc.property(selector, pod, (given, who) => {
        const predicate = matchPods(given, { serviceAccounts: ["default", "robot"] });
        expect(holds(predicate, { kind: "pod", pod: who })).toBe(means(given, allLabels(who)));
        expect(holds(predicate, { kind: "pod", pod: { ...who, hostNetwork: true } })).toBe(false);
        expect(holds(predicate, { kind: "address", address: { family: 4, value: 1 } })).toBe(false);
        expect(holds(predicate, { kind: "entity", name: "host" })).toBe(false);
      }),
      SEED,
    );
  });

  test("any text is read or refused at one of its characters", () => {
    const word = fc.constantFrom(
      "has(",
      "all()",
      "a",
      "==",
      "'b'",
      "in",
      "not in",
      "{",
      "}",
      ",",
      "(",
      ")",
      "!",
      "&&",
      "||",
      " ",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.array(word, { maxLength: 15 }).map((words) => words.join("")),
    );
    fc.assert(
      fc.property(text, (given) => {
        const result = parseSelector(given);
        if (result.ok) return;
        expect(result.column).toBeGreaterThanOrEqual(1);
        expect(result.column).toBeLessThanOrEqual(given.length + 1);
        expect(result.expected).not.toBe("");
      }),
      { ...SEED, numRuns: 20_000 },
    );
  });
});
