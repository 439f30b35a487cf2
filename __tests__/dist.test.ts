import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");
const built = mkdtempSync(join(tmpdir(), "netpol-review-dist-"));

afterAll(() => rmSync(built, { recursive: true, force: true }));

describe("dist/", () => {
  it("is byte for byte what the source builds; `npm run build` brings it up to date", () => {
    execFileSync(process.execPath, [join(ROOT, "scripts/build.mjs"), built], { cwd: ROOT, stdio: "pipe" });
    expect(readdirSync(DIST).sort()).toEqual(readdirSync(built).sort());
    const stale = readdirSync(built).filter(
      (name) => !readFileSync(join(DIST, name)).equals(readFileSync(join(built, name))),
    );
    expect(stale).toEqual([]);
  });

  it("holds the Action, the command and the licences of what is inside, and names no place of this machine", () => {
    expect(readdirSync(DIST).sort()).toEqual(["cli.js", "index.js", "licenses.txt", "package.json"]);
    for (const name of readdirSync(DIST)) expect(readFileSync(join(DIST, name), "utf8")).not.toContain(ROOT);
  });
});
