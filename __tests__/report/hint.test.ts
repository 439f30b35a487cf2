import { describe, expect, it } from "vitest";
import { hintOf } from "../../src/report/hint.ts";

const hint = (...lines: readonly string[]) => hintOf({ file: "db.yaml", line: 1, text: `${lines.join("\n")}\n` });
const ALONE = "`namespaceSelector: {}` is every namespace; with no `podSelector` beside it, every pod there";

describe("added lines that newcomers misread are explained", () => {
  it.each([
    ["alone in its item", ["-    - podSelector: {}", "+    - namespaceSelector: {}", "     ports:"], ALONE],
    ["alone before another item", ["+    - namespaceSelector: {}", "     - podSelector: {}"], ALONE],
    [
      "a pod selector beside it",
      ["+    - namespaceSelector: {}", "+      podSelector:", "+        matchLabels:"],
      "`namespaceSelector: {}` is every namespace",
    ],
    [
      "a pod selector that went is not beside it",
      ["+    - namespaceSelector: {}", "-      podSelector:", "     ports:"],
      ALONE,
    ],
    ["the lines end there: nobody knows", ["+    - namespaceSelector: {}"], ""],
    ["something else beside it", ["+    - namespaceSelector: {}", "+      other: 1"], ""],
    ["not added", ["     - namespaceSelector: {}", "     ports:"], ""],
    ["with labels", ["+    - namespaceSelector: { matchLabels: {} }", "     ports:"], ""],
    ["every IPv4 address", ["+    - ipBlock:", "+        cidr: 0.0.0.0/0"], "`0.0.0.0/0` is every IPv4 address"],
    ["every IPv6 address", ['+    - ipBlock: { cidr: "::/0" }'], "`::/0` is every IPv6 address"],
    ["some addresses", ["+        cidr: 10.0.0.0/8"], ""],
  ])("%s", (_, lines, text) => expect(hint(...lines)).toBe(text));

  it("nothing where there are no lines", () => expect(hintOf(undefined)).toBe(""));
});
