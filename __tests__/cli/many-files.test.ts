import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { node24 } from "../e2e/node24.ts";

const CLI = resolve(import.meta.dirname, "../../dist/cli.js");
const account = (name: string) =>
  `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ${name}\n  namespace: shop\n`;

/** A repository of so many files, one of which its last commit changed. */
function repository(files: number): string {
  const dir = mkdtempSync(join(tmpdir(), "many-files-"));
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      cwd: dir,
      stdio: "ignore",
    });
  git("init", "--quiet");
  for (let i = 0; i < files; i++) writeFileSync(join(dir, `${i}.yaml`), account(`a${i}`));
  git("add", "--all");
  git("commit", "--quiet", "--message", "one");
  writeFileSync(join(dir, "0.yaml"), account("other"));
  git("commit", "--quiet", "--all", "--message", "two");
  return dir;
}

it("a review of many files says nothing beside its report, on this Node and on the Action's", {
  timeout: 120_000,
}, () => {
  const dir = repository(320);
  try {
    for (const node of [process.execPath, node24()]) {
      const args = [CLI, "review", "--base", "HEAD~1", "--head", "HEAD", "--repo", dir, "--output", "json"];
      const { status, stderr, stdout } = spawnSync(node, args, { encoding: "utf8" });
      expect([status, stderr, JSON.parse(stdout).conclusion]).toEqual([0, "", "success"]);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});
