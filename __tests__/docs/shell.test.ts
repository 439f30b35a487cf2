import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseConfig } from "../../src/config.ts";
import { PLUGINS } from "../gate/rules.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGES = [
  ...["README.md", "CONTRIBUTING.md"],
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
/** A line that stands for any lines. */
const ANYTHING = "…";

type Block = { readonly page: string; readonly language: string; readonly text: string };

const BLOCKS: readonly Block[] = PAGES.flatMap((page) =>
  [...readFileSync(join(ROOT, page), "utf8").matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = "", text = ""]) => ({ page, language, text }),
  ),
);

/** Commands of a `console` block with what they are shown to print. */
const SHOWN = BLOCKS.filter(({ language }) => language === "console").flatMap(({ page, text }) =>
  text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = "", ...output] = part.trimEnd().split("\n");
      return { page, command, output };
    }),
);

/** Lines of `sh` blocks, without what is said about them. */
const TOLD = BLOCKS.filter(({ language }) => language === "sh").flatMap(({ page, text }) =>
  text
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, ""))
    .filter((line) => line !== "")
    .map((command) => ({ page, command })),
);

function shell(command: string): { readonly status: number | null; readonly stdout: string } {
  return spawnSync("sh", ["-c", command], { cwd: ROOT, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
}

describe("commands that a page shows with their output", () => {
  it("are there, so that this test tests something", () => {
    expect(SHOWN.length).toBeGreaterThan(0);
  });

  it.each(SHOWN)("$page: `$command` prints it", ({ command, output }) => {
    const { status, stdout } = shell(command);
    expect([0, 1]).toContain(status);
    const pattern = output.map((line) => (line === ANYTHING ? "[\\s\\S]*" : `${escaped(line)}\n`));
    expect(stdout).toMatch(new RegExp(`^${pattern.join("")}$`));
  });
});

describe("commands that a page names", () => {
  const scripts: Readonly<Record<string, string>> = JSON.parse(
    readFileSync(join(ROOT, "package.json"), "utf8"),
  ).scripts;

  it.each(TOLD)("$page: `$command` is one of ours", ({ command }) => {
    const [program = "", ...rest] = command.split(" ");
    if (program === "npm" && rest[0] === "run") expect(Object.keys(scripts)).toContain(rest[1]);
    else if (program === "npm") expect(["ci", "cit", "test"]).toContain(rest[0]);
    else if (program === "node") expect([0, 1]).toContain(shell(command).status);
    else expect(["npx vitest", ".ci/run"].some((known) => command.startsWith(known))).toBe(true);
  });
});

describe("configurations in the README", () => {
  const configurations = BLOCKS.filter(
    ({ page, language, text }) => page === "README.md" && language === "yaml" && text.startsWith("version:"),
  );

  it("are valid, and the first is the one of the example", () => {
    expect(configurations.length).toBeGreaterThan(0);
    for (const { text } of configurations) {
      expect(parseConfig(new TextEncoder().encode(text), "c.yml", PLUGINS).issues).toEqual([]);
    }
    const example = readFileSync(join(ROOT, "examples/three-tier/base/.github/netpol-review.yml"), "utf8");
    expect(parse(configurations[0]?.text ?? "")).toEqual(parse(example));
  });
});

function escaped(line: string): string {
  return line.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
