import { mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { codeOf } from "./disk.ts";
import { failed, git, requireGit, tryGit } from "./git.ts";
import { isPartial, type Repository, repositoryAt, shallowCommits } from "./repository.ts";

/** Where a run keeps what it fetches, and where it fetches it from. */
export type StoreOptions = {
  /** The folder that a checkout may lie in; it is read and never written. */
  readonly workspace: string | undefined;
  /** A folder for files of this run, `RUNNER_TEMP`. */
  readonly tempDir: string;
  /** `https://github.com`, or that of an own server. */
  readonly serverUrl: string;
  /** `owner/name`. */
  readonly repository: string;
  /** Sent to `serverUrl` alone, in a header that git takes from its environment; empty for none. */
  readonly token: string;
  readonly timeoutMs?: number;
};

/** A bare repository of our own that borrows the workspace's objects. Its `workTree` is the workspace's, to read from. */
export type ObjectStore = Repository & {
  /** Where `fetch` goes, without credentials. */
  readonly url: string;
  readonly tempDir: string;
  /** Runs `git fetch`; the complaint where git ended with a status other than 0 or ran out of time. */
  readonly fetch: (request: FetchRequest) => string | undefined;
};

/** One `git fetch` from the store's `url`. */
type FetchRequest = {
  /** The bare repository to fetch into. */
  readonly gitDir: string;
  readonly options: readonly string[];
  readonly specs: readonly string[];
  /** Tell the server nothing of what is there already. */
  readonly afresh: boolean;
};

/**
 * Creates an empty bare repository below `tempDir`. Objects of a repository in `workspace` are borrowed through
 * `objects/info/alternates`, along with the boundaries of its history, unless it is a partial clone.
 */
export function objectStore(options: StoreOptions): ObjectStore {
  requireGit();
  const url = remoteUrl(options);
  const gitDir = createBare(options.tempDir, "objects-");
  const workspace = options.workspace === undefined ? undefined : repositoryAt(options.workspace);
  if (workspace !== undefined && !isPartial(workspace)) borrow(gitDir, workspace);
  const fetch = fetcher(options, url);
  return { gitDir, commonDir: gitDir, workTree: workspace?.workTree, url, tempDir: options.tempDir, fetch };
}

/** A bare repository without hooks, below `tempDir`. */
export function createBare(tempDir: string, prefix: string): string {
  const gitDir = makeFolder(tempDir, prefix);
  git({ repository: [], args: ["init", "--bare", "--quiet", "--template=", gitDir] });
  return gitDir;
}

const TIMEOUT_MS = 120_000;

function makeFolder(tempDir: string, prefix: string): string {
  try {
    return realpathSync(mkdtempSync(join(tempDir, `netpol-review-${prefix}`)));
  } catch (error) {
    const cause = codeOf(error) === "ENOENT" ? "does not exist" : `cannot be written (${codeOf(error)})`;
    throw new InputError("BAD_PATH", undefined, `the folder for temporary files, \`${tempDir}\`, ${cause}`);
  }
}

/** Without these boundaries git would believe that whole histories are there, and would not ask for what is missing. */
function borrow(gitDir: string, workspace: Repository): void {
  const objects = join(workspace.commonDir, "objects");
  if (/["\n]/.test(objects)) return;
  writeFileSync(join(gitDir, "objects", "info", "alternates"), `${objects}\n`);
  const cut = [...shallowCommits(workspace)];
  if (cut.length > 0) writeFileSync(join(gitDir, "shallow"), `${cut.join("\n")}\n`);
}

function remoteUrl(options: StoreOptions): string {
  const { serverUrl, repository } = options;
  const server = URL.canParse(serverUrl) ? new URL(serverUrl) : undefined;
  if (server === undefined || !/^https?:$/.test(server.protocol) || server.username !== "" || server.password !== "") {
    throw failed(`\`${serverUrl}\` is not the address of a GitHub server`);
  }
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw failed(`\`${repository}\` is not a repository's \`owner/name\``);
  return `${server.origin}${server.pathname.replace(/\/+$/, "")}/${repository}`;
}

function fetcher(options: StoreOptions, url: string): ObjectStore["fetch"] {
  const { token, timeoutMs = TIMEOUT_MS } = options;
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  const header: Setting = [`http.${url}.extraheader`, `AUTHORIZATION: basic ${basic}`];
  const protocols = new URL(url).protocol.slice(0, -1);
  return (request) => {
    const afresh: Setting = ["fetch.negotiationAlgorithm", "noop"];
    const env = settings([...(token === "" ? [] : [header]), ...(request.afresh ? [afresh] : [])]);
    const args = ["fetch", ...FETCH_OPTIONS, ...request.options, url, ...request.specs];
    const repository = [`--git-dir=${request.gitDir}`];
    try {
      const done = tryGit({ repository, args, protocols, env, timeoutMs, secrets: [token, basic] });
      return done.status === 0 ? undefined : done.complaint || `git ended with status ${done.status}`;
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
  };
}

type Setting = readonly [key: string, value: string];

/** Settings as an environment, where no list of processes and no file shows them. */
function settings(list: readonly Setting[]): Record<string, string> {
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(list.length) };
  list.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return env;
}

const FETCH_OPTIONS: readonly string[] = [
  "--quiet",
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
  "--update-shallow",
];
