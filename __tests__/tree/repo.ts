import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Files by path: text or bytes to write, `{ link }` for a symbolic link, `undefined` to delete. */
export type Files = Readonly<Record<string, string | Uint8Array | { readonly link: string } | undefined>>;

/** A real repository in a folder of its own, removed when all tests have ended. */
export type TestRepo = {
  readonly dir: string;
  /** Runs git in it and returns what it prints, trimmed. */
  readonly git: (...args: string[]) => string;
  readonly write: (files: Files) => void;
  /** Writes, adds everything and commits; returns the commit's id. */
  readonly commit: (files: Files, message?: string) => string;
  /** Makes `refs/pull/NUMBER/head` and `refs/pull/NUMBER/merge` as GitHub does, from branches; returns the merge's id. */
  readonly pullRequest: (number: number, base: string, head: string) => string;
};

/** An empty folder that is removed when all tests have ended. */
export function makeFolder(files: Files = {}): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "netpol-review-test-")));
  writeFiles(dir, files);
  return dir;
}

/** Writes files below `dir`. */
function writeFiles(dir: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const at = join(dir, path);
    mkdirSync(dirname(at), { recursive: true });
    rmSync(at, { recursive: true, force: true });
    if (content === undefined) continue;
    if (typeof content === "string" || content instanceof Uint8Array) writeFileSync(at, content);
    else symlinkSync(content.link, at);
  }
}

/** A repository on branch `main` without commits. */
export function makeRepo(): TestRepo {
  const repo = repoIn(makeFolder());
  repo.git("init", "--quiet", "--initial-branch=main");
  // A server like GitHub hands out every commit by its id, and may leave content out.
  repo.git("config", "uploadpack.allowAnySHA1InWant", "true");
  repo.git("config", "uploadpack.allowFilter", "true");
  return repo;
}

/**
 * A workspace as `actions/checkout` leaves it: a pull request's merge commit on a detached head, or a branch with its
 * remote one. `depth` 0 is the whole history of all branches.
 */
export function checkout(origin: TestRepo, options: { readonly ref: string; readonly depth: number }): TestRepo {
  const { ref, depth } = options;
  const repo = repoIn(makeFolder());
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  const local = branch === undefined ? ref.replace(/^refs\//, "refs/remotes/") : `refs/remotes/origin/${branch}`;
  repo.git("init", "--quiet");
  repo.git("remote", "add", "origin", `file://${origin.dir}`);
  repo.git("config", "--local", "gc.auto", "0");
  const all = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];
  const one = `+${origin.git("rev-parse", ref)}:${local}`;
  const specs = depth > 0 ? [one] : branch === undefined ? [...all, one] : all;
  const how = depth > 0 ? ["--no-tags", `--depth=${depth}`] : [];
  repo.git(
    "-c",
    "protocol.version=2",
    "fetch",
    "--quiet",
    "--prune",
    "--no-recurse-submodules",
    ...how,
    "origin",
    ...specs,
  );
  if (branch === undefined) repo.git("checkout", "--quiet", "--force", "--detach", local);
  else repo.git("checkout", "--quiet", "--force", "-B", branch, local);
  return repo;
}

function repoIn(dir: string): TestRepo {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: dir, encoding: "utf8", env: ENV, stdio: PIPES }).trim();
  const write = (files: Files) => writeFiles(dir, files);
  const commit = (files: Files, message = "change") => {
    write(files);
    git("add", "--all", "--force");
    git("commit", "--quiet", "--allow-empty", "--message", message);
    return git("rev-parse", "HEAD");
  };
  const pullRequest = (number: number, base: string, head: string) => {
    const [branch, tip] = [git("branch", "--show-current"), git("rev-parse", head)];
    git("checkout", "--quiet", "--detach", base);
    git("merge", "--quiet", "--no-ff", "--message", `Merge ${tip} into ${base}`, tip);
    const merge = git("rev-parse", "HEAD");
    git("checkout", "--quiet", branch);
    git("update-ref", `refs/pull/${number}/head`, head);
    git("update-ref", `refs/pull/${number}/merge`, merge);
    return merge;
  };
  return { dir, git, write, commit, pullRequest };
}

const PIPES: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];

/** The same commits get the same ids on every machine. */
const ENV = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
};
