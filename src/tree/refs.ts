import { InputError } from "../errors.ts";
import { failed, git, tryGit } from "./git.ts";
import { isShallow, type Repository, repositoryArgs, shallowCommits } from "./repository.ts";

/**
 * The full id of the commit that `ref` names, as `git rev-parse` understands it. A ref that names none, or that could
 * be taken for an option, is an `InputError` `BAD_REF` with the remedy.
 */
export function resolveRef(repository: Repository, ref: string): string {
  if (!isAskable(ref)) throw new InputError("BAD_REF", undefined, `\`${ref}\` is not a git ref`);
  const found = commitOf(repository, ref);
  if (found !== undefined) return found;
  const remote = commitOf(repository, `refs/remotes/origin/${ref}`) !== undefined;
  const hint = remote ? `; did you mean \`origin/${ref}\`?` : "";
  throw new InputError("BAD_REF", undefined, absence(repository, ref) + hint);
}

/** The same for several refs, in their order: git is started once where it knows them all. */
export function resolveRefs(repository: Repository, refs: readonly string[]): readonly string[] {
  const ids = refs.every((ref) => isAskable(ref) && !reachesToEnd(ref)) ? commitsOf(repository, refs) : [];
  return refs.map((ref, index) => ids[index] ?? resolveRef(repository, ref));
}

/** The commit is there, with its own data; its parents need not be. */
export function hasCommit(repository: Repository, commit: string): boolean {
  return commitOf(repository, commit) !== undefined;
}

/** The id of a commit's files; undefined where the commit is not there. Equal ids mean equal files. */
export function treeId(repository: Repository, commit: string): string | undefined {
  return verify(repository, `${commit}^{tree}`);
}

/** The ids of a commit's parents, as the commit itself names them, whether they are there or not. */
export function parents(repository: Repository, commit: string): readonly string[] {
  const text = run(repository, ["cat-file", "commit", commit]).toString("latin1");
  const head = text.slice(0, text.indexOf("\n\n") + 1);
  return [...head.matchAll(/^parent ([0-9a-f]{40,64})$/gm)].map((match) => match[1] ?? "");
}

/**
 * The best common ancestor of two commits; undefined where they have none, or where a shallow clone may hide it or a
 * better one.
 */
export function mergeBase(repository: Repository, a: string, b: string): string | undefined {
  const done = tryGit({ repository: repositoryArgs(repository), args: ["merge-base", a, b] });
  if (done.status > 1) throw failed(`\`git merge-base\` failed: ${done.complaint}`);
  const base = done.stdout.toString("latin1").trim();
  if (base === "") return undefined;
  return isCut(repository, [a, b, `^${base}`]) ? undefined : base;
}

/**
 * The branch that changes are meant for: what `origin` calls its head, else `origin/main`, `origin/master`, `main`,
 * `master`, whichever exists first.
 */
export function defaultBranch(repository: Repository): string | undefined {
  const format = "%(refname)%00%(symref)";
  const refs = [ORIGIN_HEAD, ...DEFAULT_BRANCHES];
  const lines = run(repository, ["for-each-ref", `--format=${format}`, ...refs])
    .toString("utf8")
    .split("\n");
  const symrefs = new Map(lines.map((line) => [line.split("\0")[0] ?? "", line.split("\0")[1] ?? ""]));
  const head = symrefs.get(ORIGIN_HEAD);
  const found = head !== undefined && head !== "" ? head : DEFAULT_BRANCHES.find((ref) => symrefs.has(ref));
  return found?.replace(/^refs\/(?:remotes|heads)\//, "");
}

const ORIGIN_HEAD = "refs/remotes/origin/HEAD";
const DEFAULT_BRANCHES: readonly string[] = [
  "refs/remotes/origin/main",
  "refs/remotes/origin/master",
  "refs/heads/main",
  "refs/heads/master",
];

/** Commits among `revisions` have parents that a shallow clone leaves out. */
function isCut(repository: Repository, revisions: readonly string[]): boolean {
  const cut = shallowCommits(repository);
  if (cut.size === 0) return false;
  const listed = run(repository, ["rev-list", ...revisions])
    .toString("latin1")
    .split("\n");
  return listed.some((commit) => cut.has(commit));
}

function run(repository: Repository, args: readonly string[]): Buffer {
  return git({ repository: repositoryArgs(repository), args });
}

function commitsOf(repository: Repository, refs: readonly string[]): readonly (string | undefined)[] {
  const done = tryGit({
    repository: repositoryArgs(repository),
    args: ["cat-file", "--batch-check=%(objectname)"],
    input: refs.map((ref) => `${ref}^{commit}\n`).join(""),
  });
  const lines = done.stdout.toString("latin1").split("\n");
  return lines.map((line) => (FULL_ID.test(line) ? line : undefined));
}

function commitOf(repository: Repository, ref: string): string | undefined {
  if (!reachesToEnd(ref)) return verify(repository, `${ref}^{commit}`);
  const found = verify(repository, ref);
  return found === undefined ? undefined : verify(repository, `${found}^{commit}`);
}

function verify(repository: Repository, revision: string): string | undefined {
  const args = ["rev-parse", "--verify", "--quiet", revision];
  const done = tryGit({ repository: repositoryArgs(repository), args });
  const id = done.stdout.toString("latin1").trim();
  return done.status === 0 && FULL_ID.test(id) ? id : undefined;
}

/** The text after `:/` reaches to the end, so that nothing can be asked of its commit in the same breath. */
function reachesToEnd(ref: string): boolean {
  return ref.startsWith(":/");
}

/** Git takes `ref` for nothing but a revision. */
function isAskable(ref: string): boolean {
  return ref !== "" && !ref.startsWith("-") && !/\p{Cc}/u.test(ref);
}

function absence(repository: Repository, ref: string): string {
  if (isShallow(repository)) {
    const remedy = "deepen it with `git fetch --deepen=100`, or check out with `fetch-depth: 0`";
    return `\`${ref}\` names no commit of this clone, which is shallow; ${remedy}`;
  }
  const remedy = FULL_ID.test(ref) ? "; bring it with `git fetch`" : "";
  return `\`${ref}\` names no commit of this repository${remedy}`;
}

const FULL_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
