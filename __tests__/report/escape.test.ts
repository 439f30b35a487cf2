import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cell, codeSpan, fence, fileUrl, looseText, plain, shorten, visible } from "../../src/report/escape.ts";

describe("what cannot be seen is shown", () => {
  it.each([
    ["a\u202eb", "a\\u202eb"],
    ["a\u200bb\ufeff", "a\\u200bb\\ufeff"],
    ["\u0000\u001b[31m\n\r\t", "\\u0000\\u001b[31m\\u000a\\u000d\\u0009"],
    ["\u{e0041}", "\\u{e0041}"],
    ["\u00a0\u3000", "\\u00a0\\u3000"],
    ["\ud800", "\\ud800"],
    ["\u3164\u034f", "\\u3164\\u034f"],
    ["naïve 名 ☂", "naïve 名 ☂"],
  ])("%j", (text, shown) => expect(visible(text)).toBe(shown));
});

describe("a long name ends in an ellipsis", () => {
  it("at the limit, never inside a code point", () => {
    expect(shorten("x".repeat(10_000), 10)).toBe(`${"x".repeat(9)}…`);
    expect(shorten("🔴🔴🔴🔴", 3)).toBe("🔴🔴…");
    expect(shorten("🔴🔴🔴", 3)).toBe("🔴🔴🔴");
    expect(shorten("short", 10)).toBe("short");
  });
});

describe("a code span holds its content", () => {
  it.each([
    ["production/db", "`production/db`"],
    ["a`b", "``a`b``"],
    ["`", "`` ` ``"],
    ["```x``", "```` ```x`` ````"],
    [" x", "`  x `"],
    ["", "(empty)"],
    ["@acme/data", "`@acme/data`"],
    ["<b>", "`<b>`"],
  ])("%j", (text, span) => expect(codeSpan(text)).toBe(span));

  it("whatever it is: the fence is longer than any run inside", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("`", "``", " ", "a", "\\", "|"), { minLength: 1 }), (parts) => {
        const span = codeSpan(parts.join(""));
        const ticks = /^`+/.exec(span)?.[0] ?? "";
        const inside = span.slice(ticks.length, -ticks.length);
        expect(span.endsWith(ticks)).toBe(true);
        expect((inside.match(/`+/g) ?? []).filter((run) => run.length === ticks.length)).toEqual([]);
        expect(/^`|`$/.test(inside)).toBe(false);
      }),
      { seed: 1 },
    );
  });
});

describe("a sentence stays words", () => {
  it.each([
    ["only the API may talk to the database", "only the API may talk to the database"],
    ["ask @acme now", "ask `@acme` now"],
    ["see #12 and acme/shop#3", "see `#12` and `acme/shop#3`"],
    ["at https://x.example/ or www.x.example", "at `https://x.example/` or `www.x.example`"],
    ["commit abc1234", "commit `abc1234`"],
    ["GH-7 :tada: $x$", "`GH-7` `:tada:` `$x$`"],
    ["**bold** _it_ [a](b) <i>", "\\*\\*bold\\*\\* \\_it\\_ \\[a\\](b) \\<i\\>"],
    ["1. - + =", "1\\. \\- \\+ \\="],
    ["TCP 8000-8100,9090", "TCP 8000-8100,9090"],
  ])("%j", (text, shown) => expect(looseText(text)).toBe(shown));
});

describe("a cell of a table", () => {
  it.each([
    ["`a|b`", "`a\\|b`"],
    ["`a\\|b`", "`a\\\\u007cb`"],
    ["\\|", "\\\\u007c"],
  ])("%j", (markdown, shown) => expect(cell(markdown)).toBe(shown));
});

describe("a fenced block", () => {
  it("is fenced by more backticks than it holds", () => {
    expect(fence("diff", ["+ ```", "+ ````"])).toEqual(["`````diff", "+ ```", "+ ````", "`````"]);
    expect(fence("yaml", ["\tx\u202e"])).toEqual(["```yaml", "  x\\u202e", "```"]);
  });
});

describe("a line of text", () => {
  it.each([
    ["##[error]x", "#\\u0023[error]x"],
    ["::error::x", ":\\u003aerror::x"],
    ["2001:db8::/32", "2001:db8::/32"],
    ["a\nb", "a\\u000ab"],
  ])("%j is no command", (text, shown) => expect(plain(text)).toBe(shown));
});

describe("the address of a file", () => {
  const links = { server: "https://github.com", repository: "acme/shop", base: "b".repeat(40), head: "h".repeat(40) };

  it("leads to a line of one side, whatever the file is called", () => {
    expect(fileUrl(links, { file: "k8s/db.yaml", line: 14 }, "head")).toBe(
      `https://github.com/acme/shop/blob/${links.head}/k8s/db.yaml#L14`,
    );
    expect(fileUrl(links, { file: "a b/(x)|`#?.yaml", line: 0 }, "base")).toBe(
      `https://github.com/acme/shop/blob/${links.base}/a%20b/%28x%29%7C%60%23%3F.yaml`,
    );
    expect(fileUrl(links, { file: "\ud800", line: 0 }, "base")).toContain("%EF%BF%BD");
    expect(fileUrl(links, { file: "x".repeat(2000), line: 0 }, "base")).toBeUndefined();
  });
});
