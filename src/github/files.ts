import { InputError } from "../errors.ts";
import type { GitHubClient } from "./client.ts";
import { commitAt, flagAt, textAt } from "./decode.ts";
import type { RepositoryName } from "./environment.ts";
import { GitHubFault } from "./fault.ts";
import type { PullState } from "./pull-commits.ts";
import type { BasePoint } from "./resolve.ts";

/** A file of another repository, as `owner/repo/path@ref` names it. */
export type CentralFile = RepositoryName & { readonly path: string; readonly ref: string };

const LARGEST_FILE_CHARACTERS = 1_000_000;

/** Decodes `owner/repo/path@ref`; `undefined` where `text` has no `@` after a path and so names a file of this repository. */
export function parseCentralFile(text: string): CentralFile | undefined {
  const found = /^([\w.-]+)\/([\w.-]+)\/([^@]+)@(.*)$/.exec(text);
  if (found === null) return undefined;
  const [, owner = "", repo = "", path = "", ref = ""] = found;
  if (ref === "" || /[\s~^:?*[\\]|\.\.|^-/.test(ref)) {
    throw new InputError(
      "CONFIG_MISSING",
      undefined,
      `\`${text}\` names no usable ref; end it with a tag or a commit id`,
    );
  }
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw new InputError("BAD_PATH", undefined, `\`${text}\` names no file of \`${owner}/${repo}\``);
  }
  return { owner, repo, path, ref };
}

/** The text of a central file; an `InputError` where it, its ref or the access to it is missing. */
export async function readCentralFile(github: GitHubClient, file: CentralFile): Promise<string> {
  const name = `${file.owner}/${file.repo}/${file.path}@${file.ref}`;
  const parameters = {
    owner: file.owner,
    repo: file.repo,
    path: file.path.split("/").map(encodeURIComponent).join("/"),
    ref: file.ref,
    headers: { accept: "application/vnd.github.raw+json" },
  };
  try {
    const reply = await github.send("GET /repos/{owner}/{repo}/contents/{+path}", parameters);
    const text = rawText(reply.data);
    if (/\braw\b/.test(reply.contentType) && text !== undefined && text.length <= LARGEST_FILE_CHARACTERS) return text;
  } catch (error) {
    if (!(error instanceof GitHubFault)) throw error;
    throw new InputError("CONFIG_MISSING", undefined, centralFault(name, file, error));
  }
  throw new InputError("CONFIG_MISSING", undefined, `\`${name}\` is not a text file of at most 1 MB`);
}

function rawText(data: unknown): string | undefined {
  if (typeof data === "string") return data;
  return data instanceof ArrayBuffer ? new TextDecoder().decode(data) : undefined;
}

function centralFault(name: string, file: CentralFile, fault: GitHubFault): string {
  if (fault.kind !== "missing" && fault.kind !== "forbidden" && fault.kind !== "unauthorised") {
    return `\`${name}\` could not be read from GitHub (${fault.message})`;
  }
  return `\`${name}\` is not there, or the token may not read \`${file.owner}/${file.repo}\` (${fault.message}); pass a \`token\` that can`;
}

/** The pull request as it is now; a `GitHubFault` where GitHub does not say. */
export async function readPull(github: GitHubClient, repository: RepositoryName, number: number): Promise<PullState> {
  const { data } = await github.send("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
    ...repository,
    pull_number: number,
  });
  const head = commitAt(data, "head.sha");
  const baseBranch = textAt(data, "base.ref");
  if (head === undefined || baseBranch === undefined) throw unexpected("a pull request");
  return { head, baseBranch, mergeable: flagAt(data, "mergeable"), mergeCommit: commitAt(data, "merge_commit_sha") };
}

/**
 * Asks for a pull request until GitHub knows whether it can be merged, five times at most and only while its head is
 * `head`; `undefined` where GitHub does not answer.
 */
export async function awaitPull(
  github: GitHubClient,
  repository: RepositoryName,
  { number, head }: { readonly number: number; readonly head: string },
): Promise<PullState | undefined> {
  try {
    let pull = await readPull(github, repository, number);
    for (let tries = 1; tries < 5 && pull.head === head && pull.mergeable === undefined; tries += 1) {
      await github.pause(tries);
      pull = await readPull(github, repository, number);
    }
    return pull;
  } catch (error) {
    if (error instanceof GitHubFault) return undefined;
    throw error;
  }
}

/** The merge base that GitHub's comparison names; `undefined` where the API does not have one. */
export async function compareMergeBase(
  github: GitHubClient,
  repository: RepositoryName,
  base: BasePoint,
  head: string,
): Promise<string | undefined> {
  const from = base.kind === "branch" ? base.name : base.id;
  try {
    const { data } = await github.send("GET /repos/{owner}/{repo}/compare/{basehead}", {
      ...repository,
      basehead: `${from}...${head}`,
      per_page: 1,
    });
    return commitAt(data, "merge_base_commit.sha");
  } catch (error) {
    if (error instanceof GitHubFault) return undefined;
    throw error;
  }
}

/** An answer that is not what the API promises: a proxy or another server speaks. */
export function unexpected(what: string): GitHubFault {
  return new GitHubFault("unavailable", `the answer is not ${what}; is \`GITHUB_API_URL\` a GitHub API?`);
}
