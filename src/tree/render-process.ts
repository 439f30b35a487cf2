import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";

/** How a foreign program is held: without network, without the runner's environment, and never for long. */
export type Cage = {
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly timeoutMs: number;
  readonly outputBytes: number;
  /** Address space of the process, in KiB. */
  readonly memoryKib: number;
  /** Path of `unshare` where it can take the network away; `undefined`: dead proxies have to do. */
  readonly unshare: string | undefined;
};

/** What a caged program came to. `lastLine` is the last thing it said on standard error. */
export type Outcome =
  | { readonly status: "done"; readonly stdout: Buffer }
  | { readonly status: "failed"; readonly lastLine: string }
  | { readonly status: "timeout" | "too-much-output" };

const STDERR_BYTES = 65_536;

/** Runs `command` in a process group of its own, which is killed as a whole when a limit is reached. */
export function run(command: readonly string[], cage: Cage): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = start(command, cage);
    const chunks: Buffer[] = [];
    let size = 0;
    let stderr = "";
    let verdict: Outcome | undefined;
    const stop = (outcome: Outcome): void => {
      verdict ??= outcome;
      killGroup(child.pid);
    };
    // What the program did while this process was busy is looked at first.
    const timer = setTimeout(() => setImmediate(() => setImmediate(() => stop({ status: "timeout" }))), cage.timeoutMs);
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > cage.outputBytes) stop({ status: "too-much-output" });
      else chunks.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString("utf8")).slice(-STDERR_BYTES);
    });
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      killGroup(child.pid);
      resolve(verdict ?? outcome);
    };
    child.on("error", (error) => settle({ status: "failed", lastLine: error.message }));
    child.on("close", (code, signal) => {
      if (code === 0) settle({ status: "done", stdout: Buffer.concat(chunks) });
      else settle({ status: "failed", lastLine: lastLine(stderr) || `ended by ${signal ?? `status ${code}`}` });
    });
  });
}

function start(command: readonly string[], cage: Cage): ChildProcessByStdio<null, Readable, Readable> {
  const limited = ["/bin/sh", "-c", `ulimit -v ${cage.memoryKib} 2>/dev/null; exec "$@"`, "sh", ...command];
  const [program, ...args] = cage.unshare === undefined ? limited : [cage.unshare, "-rn", ...limited];
  const { folder: cwd, env } = cage;
  return spawn(program ?? "", args, { cwd, env: { ...env }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}

const KUBECTL = /^E\d{4} [^\]]*\] "command failed" err="?<?/;

/**
 * What went wrong, in one line: of a Go program that dies of memory its first word on it, of others the last error with
 * the lines that belong to it, else the last line.
 */
function lastLine(stderr: string): string {
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== "");
  const fatal = lines.find((line) => line.startsWith("fatal error: ") || line.startsWith("runtime: "));
  if (fatal !== undefined) return fatal.trim();
  const error = lines.findLastIndex((line) => /^error: /i.test(line) || KUBECTL.test(line));
  const said = lines.slice(error < 0 ? -1 : error).filter((line) => !line.startsWith("Use --debug"));
  const text = said.map((line) => line.replace(KUBECTL, "Error: ").trim()).join(" ");
  return text.replace(/"$| >$/, "").replace(/ {2,}/g, " ");
}
