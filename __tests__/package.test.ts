import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "netpol-package-"));
const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the package as npm's users get it", () => {
  it("has nothing that publint objects to", async () => {
    const { messages } = await publint({ pkgDir: ROOT, strict: true });
    expect(messages.map((message) => formatMessage(message, manifest, { color: false }))).toEqual([]);
  });

  it("holds the command, which runs from the packed files alone", () => {
    const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
      cwd: ROOT,
      encoding: "utf8",
    });
    const [{ filename, files }] = JSON.parse(packed);
    const paths = files.map(({ path }: { readonly path: string }) => path);
    for (const path of ["dist/cli.js", "dist/licenses.txt", "schema/config.schema.json", "LICENSE", "README.md"]) {
      expect(paths).toContain(path);
    }
    expect(paths.filter((path: string) => /^(src|__tests__|docs|node_modules)\//.test(path))).toEqual([]);
    execFileSync("tar", ["-xzf", join(folder, filename), "-C", folder]);
    const command = join(folder, "package", manifest.bin["netpol-review"]);
    expect(execFileSync(process.execPath, [command, "--version"], { encoding: "utf8" }).trim()).toBe(manifest.version);
  });
});
