import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../errors.ts";
import { causeOf } from "./disk.ts";
import { requireGit } from "./git.ts";

/** A git repository on disk; nothing that it says is trusted to be run. */
export type Repository = {
  /** Its `.git`, absolute; of the worktree, where there are several. */
  readonly gitDir: string;
  /** Where its objects and refs are: the same, but for linked worktrees. */
  readonly commonDir: string;
  /** Where its files are checked out; undefined for a bare repository. */
  readonly workTree: string | undefined;
};

/** The repository that `dir` lies in, found by walking upwards; none, or no git to read it with, is an `InputError`. */
export function openRepository(dir: string): Repository {
  const start = real(dir);
  for (let at = start; ; at = dirname(at)) {
    const found = repositoryAt(at);
    if (found !== undefined) {
      requireGit();
      return found;
    }
    if (dirname(at) === at) throw new InputError("BAD_PATH", undefined, `\`${dir}\` is not inside a git repository`);
  }
}

/** The repository whose work tree, or whose bare folder, is exactly `dir`. */
export function repositoryAt(dir: string): Repository | undefined {
  const inner = gitDirectory(join(dir, ".git"));
  if (inner !== undefined) return { ...inner, workTree: dir };
  const bare = gitDirectory(dir);
  if (bare === undefined) return undefined;
  return { ...bare, workTree: basename(dir) === ".git" ? dirname(dir) : undefined };
}

/**
 * Arguments that name the repository to git for reading objects and refs, so that it neither searches for one, nor
 * asks who owns it, nor heeds a work tree that its configuration names.
 */
export function repositoryArgs(repository: Repository): readonly string[] {
  return [`--git-dir=${repository.gitDir}`, `--work-tree=${repository.gitDir}`];
}

/** The same for commands that look at the files in `workTree`. */
export function workTreeArgs(repository: Repository, workTree: string): readonly string[] {
  return ["-C", workTree, `--git-dir=${repository.gitDir}`, `--work-tree=${workTree}`];
}

/** The repository's history was cut: parents of some commits are missing on purpose. */
export function isShallow(repository: Repository): boolean {
  return shallowCommits(repository).size > 0;
}

/** The commits whose parents were left out when the repository was fetched. */
export function shallowCommits(repository: Repository): ReadonlySet<string> {
  const path = join(repository.commonDir, "shallow");
  if (!existsSync(path)) return new Set();
  return new Set(
    readFileSync(path, "latin1")
      .split("\n")
      .filter((line) => /^[0-9a-f]{40,64}$/.test(line)),
  );
}

/** Objects were left out when the repository was fetched (`--filter`), with a promise to fetch them when needed. */
export function isPartial(repository: Repository): boolean {
  const packs = join(repository.commonDir, "objects", "pack");
  return existsSync(packs) && readdirSync(packs).some((name) => name.endsWith(".promisor"));
}

function real(dir: string): string {
  try {
    return realpathSync(dir);
  } catch (error) {
    throw new InputError("BAD_PATH", undefined, `\`${dir}\` ${causeOf(error)}`);
  }
}

/** `path` as a git directory, or as the file that points to one. */
function gitDirectory(path: string): Pick<Repository, "gitDir" | "commonDir"> | undefined {
  const stat = existsSync(path) ? statSync(path) : undefined;
  if (stat?.isDirectory()) return asGitDirectory(path);
  if (!stat?.isFile()) return undefined;
  const target = /^gitdir: (.+?)\s*$/.exec(readText(path) ?? "")?.[1];
  return target === undefined ? undefined : asGitDirectory(resolve(dirname(path), target));
}

function asGitDirectory(gitDir: string): Pick<Repository, "gitDir" | "commonDir"> | undefined {
  if (!existsSync(join(gitDir, "HEAD"))) return undefined;
  const common = readText(join(gitDir, "commondir"))?.trim();
  const commonDir = common === undefined ? gitDir : resolve(gitDir, common);
  return existsSync(join(commonDir, "objects")) ? { gitDir, commonDir } : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
