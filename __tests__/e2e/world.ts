import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "vitest";
import { mergeGroup, pullRequest, push, type RunnerEvent } from "../github/fake/events.ts";
import { type FakeGitHub, startFakeGitHub } from "../github/fake/server.ts";
import { type FakeState, newPull } from "../github/fake/state.ts";
import { type GitServer, startGitServer } from "../tree/git-http.ts";
import { type Files, makeRepo, type TestRepo } from "../tree/repo.ts";

const EXAMPLE = resolve(import.meta.dirname, "../../examples/three-tier/base");

/** Where the rules are. */
export const RULES = ".github/netpol-review.yml";

/** A pull request as git knows it. */
export type Pull = {
  readonly number: number;
  readonly branch: string;
  readonly head: string;
  readonly merge: string;
  readonly base: string;
};

/** A repository on a git server and a GitHub that knows its pull requests, all on loopback. */
export type World = {
  readonly origin: TestRepo;
  readonly fake: FakeGitHub;
  readonly git: GitServer;
  /** Changes on a branch of its own, as a pull request; the same number again is a push to it. */
  readonly pull: (files: Files, number?: number) => Pull;
  readonly close: () => Promise<void>;
};

/** The repository of the README's example: `web` → `api` → `db` under the rule `db-ingress`. */
export async function startWorld(files: Files = {}, state: Partial<FakeState> = {}): Promise<World> {
  const origin = makeRepo();
  origin.commit({ ...exampleFiles(), ...files }, "first");
  const git = await startGitServer({ repositories: { "acme/shop": origin.dir } });
  const fake = await startFakeGitHub({ pulls: new Map(), ...state });
  const pull = (changes: Files, number = 7): Pull => {
    const branch = `change-${number}`;
    const exists = origin.git("branch", "--list", branch) !== "";
    origin.git("checkout", "-q", ...(exists ? [branch] : ["-b", branch, "main"]));
    const head = origin.commit(changes, "change");
    origin.git("checkout", "-q", "main");
    const merge = origin.pullRequest(number, "main", branch);
    const known = fake.state.pulls.get(number);
    if (known === undefined) fake.state.pulls.set(number, newPull(number, { head, mergeCommit: merge }));
    else Object.assign(known, { head, mergeCommit: merge });
    return { number, branch, head, merge, base: origin.git("rev-parse", "main") };
  };
  const close = async (): Promise<void> => {
    await git.close();
    await fake.close();
  };
  return { origin, fake, git, pull, close };
}

/** A test with a world of its own; GitHub's description was kept, or the test fails. */
export const scenario = test.extend<{ world: World }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest asks for a pattern
  world: async ({}, use) => {
    const world = await startWorld();
    await use(world);
    await world.close();
  },
});

/** Files of the example, manifests below `k8s/`. */
export function exampleFiles(): Record<string, string> {
  const files: Record<string, string> = { [RULES]: readFileSync(join(EXAMPLE, RULES), "utf8") };
  for (const name of readdirSync(EXAMPLE).filter((each) => each.endsWith(".yaml"))) {
    files[`k8s/${name}`] = readFileSync(join(EXAMPLE, name), "utf8");
  }
  return files;
}

const DB = exampleFiles()["k8s/db.yaml"] ?? "";

/** Changes to the example, by what they come to. */
export const CHANGES = {
  /** Every namespace reaches `db`: the protected path widens. */
  widened: { "k8s/db.yaml": DB.replace(/podSelector:\n\s+matchLabels:\n\s+app: api/, "namespaceSelector: {}") },
  /** Nobody reaches `db` any more. */
  closed: { "k8s/db.yaml": DB.replace(/ {2}ingress:[\s\S]*$/, "") },
  /** Another comment, the same flows. */
  harmless: { "k8s/db.yaml": `# who may reach the database\n${DB}` },
  /** As it was in the first commit. */
  original: { "k8s/db.yaml": DB },
  /** No manifest. */
  readme: { "README.md": "shop\n" },
  /** Not YAML, and a manifest all the same. */
  broken: { "k8s/db.yaml": "apiVersion: v1\nkind: [\n" },
} as const;

/** The event of a pull request, as GitHub sends it for `pull`. */
export function pullEvent(
  pull: Pull,
  { action = "opened", name = "pull_request", repository = "acme/shop", attempt = 1 } = {},
): RunnerEvent {
  const head = { sha: pull.head, ref: pull.branch, repo: { full_name: repository } };
  const base = { sha: pull.base, ref: "main" };
  const { variables, payload } = pullRequest(action, { number: pull.number, head, base }, name);
  const sha = name === "pull_request" ? pull.merge : pull.base;
  const ref = `acme/shop/.github/workflows/review.yml@refs/pull/${pull.number}/merge`;
  return {
    payload: { ...payload, number: pull.number },
    variables: { ...variables, GITHUB_SHA: sha, GITHUB_RUN_ATTEMPT: String(attempt), GITHUB_WORKFLOW_REF: ref },
  };
}

/** The event of a push that ends at `after`. */
export function pushEvent(after: string, changes: { readonly [key: string]: unknown }): RunnerEvent {
  const { variables, payload } = push({ after, ...changes });
  return { payload, variables: { ...variables, GITHUB_SHA: after } };
}

/** A commit on a branch, which is made where it is not there. */
export function commitOn(world: World, branch: string, files: Files): string {
  const { origin } = world;
  const exists = origin.git("branch", "--list", branch) !== "";
  origin.git("checkout", "-q", ...(exists ? [branch] : ["-b", branch]));
  const commit = origin.commit(files, "change");
  origin.git("checkout", "-q", "main");
  return commit;
}

/** The event of a merge queue's entry. */
export function groupEvent(head: string, base: string): RunnerEvent {
  const { variables, payload } = mergeGroup();
  const group = { ...Object(payload.merge_group), head_sha: head, base_sha: base, base_ref: "refs/heads/main" };
  return { payload: { ...payload, merge_group: group }, variables: { ...variables, GITHUB_SHA: head } };
}

/** Entries of a queue, each on top of the one before. */
export function queue(world: World, ...entries: readonly Files[]): readonly string[] {
  world.origin.git("checkout", "-q", "-b", "gh-readonly-queue", "main");
  const commits = entries.map((files) => world.origin.commit(files, "entry"));
  world.origin.git("checkout", "-q", "main");
  return commits;
}
