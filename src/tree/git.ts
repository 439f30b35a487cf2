import { spawnSync } from "node:child_process";
import { devNull } from "node:os";
import { dirname } from "node:path";
import { InputError } from "../errors.ts";

/** What a git command is run with. `repository` gives the directories; the rest has defaults. */
export type GitCall = {
  /** Arguments that select the repository, see `Repository.args`; empty for none. */
  readonly repository: readonly string[];
  readonly args: readonly string[];
  readonly input?: string | Buffer;
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
  /** Protocols that git may speak, joined by `:`; none where absent. */
  readonly protocols?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Text that no message may hold, whatever git prints. */
  readonly secrets?: readonly string[];
};

/** What a git command left. `overflow`: it had more than `maxBytes` to say, and `stdout` is the beginning of it. */
export type GitResult = {
  readonly status: number;
  readonly stdout: Buffer;
  /** The last line of its complaint, fit to be shown. */
  readonly complaint: string;
  readonly overflow: boolean;
};

/** The oldest git whose behaviour is known to be safe: it honours `GIT_CONFIG_GLOBAL` and `GIT_CONFIG_COUNT`. */
export const MIN_GIT = "2.32";

/**
 * Runs git with a configuration and an environment of our own: nothing that a repository, a user or a machine has
 * configured can make it start another program, ask, write a lock, or speak to a server. Whatever status it ends with
 * is returned; git missing or out of time is an `InputError`.
 */
export function tryGit(call: GitCall): GitResult {
  const timeoutMs = call.timeoutMs ?? TIMEOUT_MS;
  const done = spawnSync("git", [...FIXED_ARGS, ...call.repository, ...call.args], {
    // A folder that no repository can put a program into: Windows looks for programs in the current one.
    cwd: dirname(process.execPath),
    env: { ...inherited(), ...FIXED_ENV, GIT_ALLOW_PROTOCOL: call.protocols ?? "none", ...call.env },
    stdio: ["pipe", "pipe", "pipe"],
    input: call.input ?? "",
    maxBuffer: call.maxBytes ?? MAX_OUTPUT_BYTES,
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    windowsHide: true,
  });
  const code = done.error !== undefined && "code" in done.error ? done.error.code : undefined;
  const verb = call.args[0] ?? "";
  if (code === "ENOENT") throw failed(`git was not found; install git ${MIN_GIT} or newer`);
  if (code === "ETIMEDOUT") throw failed(`\`git ${verb}\` took longer than ${timeoutMs / 1000} s`);
  const overflow = code === "ENOBUFS";
  // Git may end, with a status of its own, before it has read all that it was given.
  if (done.error !== undefined && !overflow && code !== "EPIPE")
    throw failed(`\`git ${verb}\` could not be started (${code})`);
  const complaint = lastLine(done.stderr.toString("utf8"), call);
  return { status: overflow ? 0 : (done.status ?? SIGNALLED), stdout: done.stdout, complaint, overflow };
}

/** The output of a git command; any status but 0 is an `InputError` with the last line that git wrote. */
export function git(call: GitCall): Buffer {
  const done = tryGit(call);
  if (done.status === 0 && !done.overflow) return done.stdout;
  const cause = done.overflow ? "wrote more than can be read" : done.complaint || `ended with status ${done.status}`;
  throw failed(`\`git ${call.args[0] ?? ""}\` failed: ${cause}`);
}

/** The error of a git command that did not do what was asked. */
export function failed(message: string): InputError {
  return new InputError("GIT_FAILED", undefined, message);
}

/** Makes sure, once in a process, that git is there and new enough; anything else is an `InputError` that says so. */
export function requireGit(): void {
  const path = process.env.PATH ?? "";
  if (path === checkedPath) return;
  const text = git({ repository: [], args: ["version"] })
    .toString("utf8")
    .trim();
  const version = /\d+\.\d+/.exec(text)?.[0];
  if (version === undefined || rank(version) < rank(MIN_GIT)) {
    throw failed(`git ${version ?? "of an unknown version"} is too old; install git ${MIN_GIT} or newer`);
  }
  checkedPath = path;
}

let checkedPath: string | undefined;

/** `2.32` as a number that grows with the version. */
function rank(version: string): number {
  const [major, minor] = version.split(".").map(Number);
  return (major ?? 0) * 1000 + (minor ?? 0);
}

const TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 1 << 30;
const SIGNALLED = 128;
const MAX_LINE = 300;

/** Later settings win over the repository's own, so that none of those can start a program or change an answer. */
const FIXED_ARGS: readonly string[] = [
  "--no-pager",
  "--literal-pathspecs",
  ...[
    "advice.graftFileDeprecated=false",
    `core.attributesFile=${devNull}`,
    "core.commitGraph=false",
    "core.fsmonitor=false",
    `core.hooksPath=${devNull}`,
    "core.untrackedCache=false",
    "credential.helper=",
    "gc.auto=0",
    "http.followRedirects=false",
    "maintenance.auto=false",
    "protocol.ext.allow=never",
    "safe.directory=*",
  ].flatMap((setting) => ["-c", setting]),
];

const FIXED_ENV: Readonly<Record<string, string>> = {
  GIT_ATTR_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_GRAFT_FILE: devNull,
  GIT_NO_LAZY_FETCH: "1",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
};

/** All that git learns of our own environment: where programs and folders are, and how the network is reached. */
const INHERITED: readonly string[] = [
  ...["PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "WINDIR", "TMPDIR", "TEMP", "TMP", "XDG_CONFIG_HOME"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"],
];

function inherited(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** One line without git's prefix, without secrets, control characters or the places of this machine's folders. */
function lastLine(stderr: string, call: GitCall): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== "" && !/^(?:hint|warning|remote): /.test(line));
  let line = lines.findLast((one) => /^(?:fatal|error): /.test(one)) ?? lines.at(-1) ?? "";
  line = line.replace(/^(?:fatal|error): /, "");
  for (const secret of call.secrets ?? []) if (secret !== "") line = line.replaceAll(secret, "***");
  for (const folder of call.repository) {
    const path = folder.replace(/^--[a-z-]+=/, "");
    if (path.length > 1) line = line.replaceAll(path, "the repository");
  }
  line = line.replace(/[\p{Cc}\p{Cf}]/gu, " ").trim();
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line;
}
