import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolder } from "../tree/repo.ts";

const ROOT = resolve(import.meta.dirname, "../..");

function npm(cwd: string, ...args: string[]): string {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

describe("the packed package", () => {
  it("installs by itself, without a network, and its command works", () => {
    const folder = makeFolder({ "package.json": '{ "private": true }\n' });
    npm(ROOT, "pack", "--ignore-scripts", "--pack-destination", folder);
    const [packed = ""] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
    npm(folder, "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", join(folder, packed));
    expect(readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
      "netpol-review",
    ]);
    const command = join(folder, "node_modules/.bin/netpol-review");
    const sides = ["base", "head"].map((side) => join(ROOT, "examples/three-tier", side));
    let status = 0;
    try {
      execFileSync(command, ["diff", ...sides], { stdio: "pipe" });
    } catch (error) {
      status = Number(Object(error).status);
    }
    expect(status).toBe(1);
  });
});
