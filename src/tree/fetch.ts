import { rmSync } from "node:fs";
import { InputError } from "../errors.ts";
import { failed } from "./git.ts";
import { hasCommit, mergeBase, parents, resolveRef } from "./refs.ts";
import { isShallow, type Repository } from "./repository.ts";
import { createBare, type ObjectStore } from "./store.ts";

/** A commit by its full id or by a ref of the remote, and how much of its history is needed: 1 is the commit alone. */
export type Wanted = ({ readonly commit: string } | { readonly ref: string }) & { readonly depth: 1 | 2 };

/**
 * The id of a commit that is in the store afterwards, with its files and, at depth 2, its parents and theirs. A commit
 * that is there already is not fetched; a ref always is. What the remote does not have is an `InputError` `BAD_REF`;
 * any other failure is `GIT_FAILED`, and names the checkout that does without fetching.
 */
export function ensureCommit(store: ObjectStore, wanted: Wanted): string {
  const name = "commit" in wanted ? wanted.commit : wanted.ref;
  const isId = FULL_ID.test(name);
  if ("commit" in wanted ? !isId : !isFetchable(name))
    throw new InputError("BAD_REF", undefined, `\`${name}\` is not a git ref`);
  if (isId && isComplete(store, name, wanted.depth)) return name;
  const local = `refs/netpol-review/${name.replace(/^refs\//, "").replaceAll("/", "-")}`;
  bring(store, { gitDir: store.gitDir, name, options: [`--depth=${wanted.depth}`], specs: [`+${name}:${local}`] });
  return resolveRef(store, local);
}

/**
 * The best common ancestor of two commits, which is in the store afterwards with its files; undefined where they have
 * none. Histories that are not there are fetched step by step, commits without their files, into a repository beside
 * the store. A history longer than the last step is an `InputError`.
 */
export function ensureMergeBase(store: ObjectStore, a: string, b: string): string | undefined {
  if (hasCommit(store, a) && hasCommit(store, b)) {
    const known = mergeBase(store, a, b);
    if (known !== undefined || !isShallow(store)) return known;
  }
  const base = searchHistory(store, a, b);
  return base === undefined ? undefined : ensureCommit(store, { commit: base, depth: 1 });
}

/** Commits of a history that are fetched before another step is needed. */
const STEPS: readonly number[] = [50, 500, 5_000, 50_000];
const FULL_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

type Fetch = {
  readonly gitDir: string;
  /** What is fetched, in the user's words. */
  readonly name: string;
  readonly options: readonly string[];
  readonly specs: readonly string[];
};

function searchHistory(store: ObjectStore, a: string, b: string): string | undefined {
  const gitDir = createBare(store.tempDir, "history-");
  try {
    return deepen(store, { gitDir, commonDir: gitDir, workTree: undefined }, [a, b]);
  } finally {
    rmSync(gitDir, { recursive: true, force: true });
  }
}

function deepen(store: ObjectStore, history: Repository, [a, b]: readonly [string, string]): string | undefined {
  const specs = [`+${a}:refs/netpol-review/a`, `+${b}:refs/netpol-review/b`];
  for (const depth of STEPS) {
    const options = ["--filter=tree:0", `--depth=${depth}`];
    bring(store, { gitDir: history.gitDir, name: `${a}\` and \`${b}`, options, specs });
    const base = mergeBase(history, a, b);
    if (base !== undefined || !isShallow(history)) return base;
  }
  const remedy = "check out with `fetch-depth: 0` (`fetch-depth: 2` is enough for pull requests)";
  throw failed(`no common ancestor of \`${a}\` and \`${b}\` within ${STEPS.at(-1)} commits; ${remedy}`);
}

/** The second try claims to have nothing, in case that what the workspace lent is not what its refs promise. */
function bring(store: ObjectStore, fetch: Fetch): void {
  let complaint = store.fetch({ ...fetch, afresh: false });
  if (complaint === undefined) return;
  if (ABSENT.test(complaint))
    throw new InputError("BAD_REF", undefined, `\`${fetch.name}\` is not in \`${store.url}\``);
  if (REFUSED.test(complaint)) complaint = "the server did not accept the token, which needs `contents: read`";
  else if (!SLOW.test(complaint)) complaint = store.fetch({ ...fetch, afresh: true });
  if (complaint === undefined) return;
  throw failed(
    `\`${fetch.name}\` could not be fetched from \`${store.url}\`: ${complaint}; check out with \`fetch-depth: 2\``,
  );
}

const ABSENT = /couldn't find remote ref|not our ref|unadvertised object|no such remote ref/;
const SLOW = /took longer than/;
const REFUSED =
  /could not read Username|could not read Password|Authentication failed|requested URL returned error: 40[13]/;

/** The commit and, at depth 2, its parents are here. */
function isComplete(store: ObjectStore, commit: string, depth: 1 | 2): boolean {
  if (!hasCommit(store, commit)) return false;
  return depth === 1 || parents(store, commit).every((parent) => hasCommit(store, parent));
}

/** A ref that means itself in a refspec and nothing else. */
function isFetchable(ref: string): boolean {
  return /^[^-+^]/.test(ref) && !/[\p{Cc}\s:?*[\\^~]|\.\.|@\{/u.test(ref);
}
