import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const CLI = resolve(import.meta.dirname, "../../dist/cli.js");

/** Runs `dist/cli.js`, as somebody does who has just cloned the repository. */
export function shippedCommand(
  cwd: string,
  ...args: readonly string[]
): { readonly exit: number; readonly stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, [CLI, ...args], { cwd, encoding: "utf8" });
  return { exit: status ?? -1, stdout };
}
