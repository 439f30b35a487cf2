import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const ROOT = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "netpol-review-command-"));
const program = join(folder, "cli.js");

await build({
  absWorkingDir: ROOT,
  entryPoints: ["src/cli.ts"],
  outfile: program,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  logLevel: "error",
  define: { __VERSION__: JSON.stringify("1.0.0") },
  // Bundled CommonJS packages ask for `require`.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
});
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');

/** What one run of the command leaves behind. */
export type Ended = { readonly exit: number; readonly stdout: string; readonly stderr: string };

/** Runs the bundled command as a child process in `cwd`. */
export function netpolReview(cwd: string, ...args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: "1" },
    maxBuffer: 100_000_000,
  });
  return { exit: status ?? -1, stdout, stderr };
}
