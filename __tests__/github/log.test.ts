import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { annotate } from "../../src/github/annotations.ts";
import { openLog, safeLine } from "../../src/github/log.ts";
import type { Annotation } from "../../src/github/outcome.ts";
import { outputLines } from "../../src/github/outputs.ts";
import { fenced, oneLine, visible } from "../../src/github/visible.ts";

function printed(work: (log: ReturnType<typeof openLog>) => void): string {
  const lines: string[] = [];
  work(openLog((line) => lines.push(line)));
  return lines.join("");
}

/** Whether the runner would take a line for a command, in either of its two forms. */
function isCommand(line: string): boolean {
  return line.trimStart().startsWith("::") || line.includes("##[");
}

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "::",
        "::error::",
        "##[",
        "##[error]",
        "\r",
        "\n",
        "\r\n",
        "\u001b[31m",
        " ",
        "\t",
        "\u00a0",
        "\u202e",
        "\u2028",
        "\u0085",
        "\ufeff",
        "%0A",
        ":",
        "#",
        "[",
        "\u{e0001}",
        "\ud800",
      ),
      fc.string({ unit: "binary" }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

describe("no line of text can become a workflow command", () => {
  it.each([
    ["::error::x", "\\u003a:error::x"],
    ["  ::set-output name=a::b", "  \\u003a:set-output name=a::b"],
    ["\u00a0::stop-commands::x", "\u00a0\\u003a:stop-commands::x"],
    ["text ##[error]x", "text ##\\u005berror]x"],
    ["a\rb", "a\\u000db"],
    ["\u001b[31mred", "\\u001b[31mred"],
    ["\u202edlrow", "\\u202edlrow"],
    ["::/0 => production/db : TCP", "\\u003a:/0 => production/db : TCP"],
    ["2001:db8::/32", "2001:db8::/32"],
    [":single", ":single"],
    ["namespace/ünï", "namespace/ünï"],
  ])("%j", (line, expected) => {
    expect(safeLine(line)).toBe(expected);
  });

  it("whatever the text is", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const output = printed((log) => log.info(text));
        expect(output.endsWith("\n")).toBe(true);
        for (const line of output.split("\n")) {
          expect(isCommand(line)).toBe(false);
          expect(visible(line)).toBe(line);
        }
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("a remark is exactly one command, whatever is in it", () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (title, message, file) => {
        const output = printed((log) => log.annotate({ severity: "error", title, message, file, line: 3 }));
        const [line, rest] = output.split("\n");
        expect(rest).toBe("");
        expect(line).toMatch(/^::error (?:file=[^:,]*,line=3,)?title=[^:,]*::/);
        expect(line).not.toMatch(/##\[/);
        expect(visible(line ?? "")).toBe(line);
      }),
      { seed: 2, numRuns: 2000 },
    );
  });

  it("a group holds only text", () => {
    expect(printed((log) => log.group("a\n::b", "::endgroup::\nc"))).toBe(
      "::group::a ::b\n\\u003a:endgroup::\nc\n::endgroup::\n",
    );
  });
});

describe("annotations", () => {
  const one = (severity: Annotation["severity"], n: number): Annotation => ({
    severity,
    title: "widened",
    message: `flow ${n}`,
    file: "k8s/db.yaml",
    line: n,
  });

  it("stand at file and line", () => {
    expect(printed((log) => annotate(log, [one("error", 14)]))).toBe(
      "::error file=k8s/db.yaml,line=14,title=widened::flow 14\n",
    );
  });

  it("escape what the runner would read as syntax", () => {
    const odd = { ...one("warning", 0), file: "a,b:c%.yaml", title: "x: y, z", message: "50% of `a::b`\nnext" };
    expect(printed((log) => annotate(log, [odd]))).toBe(
      "::warning file=a%2Cb%3Ac%25.yaml,title=x%3A y%2C z::50%25 of `a::b` next\n",
    );
  });

  it("without a place where the head has none, or its name cannot be written", () => {
    expect(printed((log) => annotate(log, [{ ...one("error", 1), file: undefined }]))).toBe(
      "::error title=widened::flow 1\n",
    );
    expect(printed((log) => annotate(log, [{ ...one("error", 1), file: "a\nb" }]))).toBe(
      "::error title=widened::flow 1\n",
    );
  });

  it("are at most ten errors and ten warnings, and the rest is counted", () => {
    const many = Array.from({ length: 15 }, (_, n) => [one("error", n + 1), one("warning", n + 1)]).flat();
    const lines = printed((log) => annotate(log, many))
      .trim()
      .split("\n");
    expect(lines.filter((line) => line.startsWith("::error"))).toHaveLength(10);
    expect(lines.filter((line) => line.startsWith("::warning"))).toHaveLength(10);
    expect(lines.at(-1)).toBe("10 more remarks are in the job summary");
  });
});

describe("outputs", () => {
  it("are written with a delimiter of their own", () => {
    expect(outputLines({ conclusion: "failure", findings: 2 }, "D")).toBe(
      "conclusion<<D\nfailure\nD\nfindings<<D\n2\nD\n",
    );
  });

  it("a value that holds the delimiter is left out", () => {
    expect(outputLines({ path: "x\nD\nevil<<E" }, "D")).toBe("path<<D\n\nD\n");
  });
});

describe("text for people", () => {
  it("one line is cut between characters", () => {
    expect(oneLine("a\n b\t\tc")).toBe("a b c");
    expect(oneLine("😀".repeat(5), 3)).toBe("😀😀…");
  });

  it("a fence is longer than any in the text", () => {
    expect(fenced("a\n```\nb````")).toBe("`````text\na\n```\nb````\n`````");
  });
});
