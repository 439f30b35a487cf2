import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

describe("the package as npm's users get it", () => {
  it("has nothing that publint objects to", async () => {
    const { messages } = await publint({ pkgDir: ROOT, strict: true });
    expect(messages.map((message) => formatMessage(message, manifest, { color: false }))).toEqual([]);
  });

  it("holds bundles, licences and schemas, and nothing of the workshop", () => {
    const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--dry-run", "--json"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    const [{ files }] = JSON.parse(packed);
    const paths = files.map(({ path }: { readonly path: string }) => path);
    for (const path of ["dist/cli.js", "dist/licenses.txt", "schema/config.schema.json", "LICENSE", "README.md"]) {
      expect(paths).toContain(path);
    }
    expect(paths.filter((path: string) => /^(src|__tests__|docs|node_modules)\//.test(path))).toEqual([]);
  });
});
