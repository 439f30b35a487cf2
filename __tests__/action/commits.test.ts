import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commitFacts, storeOf } from "../../src/action/commit-facts.ts";
import { runnerPorts } from "../../src/action/ports.ts";
import { runAction } from "../../src/github/action.ts";
import type { ReviewOutcome } from "../../src/github/outcome.ts";
import type { ReviewRequest } from "../../src/github/ports.ts";
import { mergeGroup, pullRequest, push, type RunnerEvent } from "../github/fake/events.ts";
import { type FakeGitHub, startFakeGitHub } from "../github/fake/server.ts";
import { newPull } from "../github/fake/state.ts";
import { HASTE } from "../github/talk.ts";
import { type GitServer, startGitServer } from "../tree/git-http.ts";
import { makeFolder, makeRepo, type TestRepo } from "../tree/repo.ts";

const outcome: ReviewOutcome = {
  conclusion: "changed",
  hasError: false,
  enforces: true,
  counts: { findings: 0, opened: 1, closed: 0 },
  news: "changes",
  verdict: "1 flow opened",
  markdown: () => ({ text: "### 🟡 netpol-review: 1 flow opened", truncated: false }),
  resolved: () => "### ✅ netpol-review: resolved",
  annotations: [],
  notes: [],
};

type World = {
  readonly origin: TestRepo;
  readonly root: string;
  readonly base: string;
  readonly head: string;
  readonly merge: string;
};
let world: World;
let server: GitServer;
let fake: FakeGitHub;

beforeEach(async () => {
  const origin = makeRepo();
  const root = origin.commit({ "a.yaml": "a: 0\n" }, "root");
  origin.git("checkout", "-q", "-b", "change");
  const head = origin.commit({ "a.yaml": "a: 1\n" }, "head");
  origin.git("checkout", "-q", "main");
  const base = origin.commit({ "b.yaml": "b: 0\n" }, "base");
  world = { origin, root, base, head, merge: origin.pullRequest(7, "main", "change") };
  server = await startGitServer({ repositories: { "acme/shop": origin.dir }, token: "write" });
  fake = await startFakeGitHub({ pulls: new Map([[7, newPull(7, { head, mergeCommit: null })]]) });
});
afterEach(async () => {
  await server.close();
  await fake.close();
});

/** A run without any checkout, with the real git and everything that GitHub serves on loopback. */
async function run(event: RunnerEvent, sha: string, variables: { readonly [name: string]: string } = {}) {
  const folder = makeFolder({ "event.json": JSON.stringify(event.payload), "workspace/.keep": "", "temp/.keep": "" });
  const reviewed: ReviewRequest["resolution"][] = [];
  const log: string[] = [];
  const exit = await runAction({
    ...runnerPorts("1.0.0"),
    print: (line) => log.push(line),
    patience: HASTE,
    variables: {
      ...event.variables,
      GITHUB_API_URL: fake.url,
      GITHUB_SERVER_URL: server.url,
      GITHUB_SHA: sha,
      GITHUB_EVENT_PATH: join(folder, "event.json"),
      GITHUB_WORKSPACE: join(folder, "workspace"),
      RUNNER_TEMP: join(folder, "temp"),
      GITHUB_OUTPUT: join(folder, "out"),
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
      INPUT_TOKEN: "write",
      ...variables,
    },
    commitFacts: (context) => commitFacts(storeOf(context), context),
    review: async ({ resolution }) => {
      reviewed.push(resolution);
      return outcome;
    },
  });
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  return { exit, log: log.join(""), reviewed, outputs: read("out"), summary: read("summary") };
}

const pull = (changes = {}): RunnerEvent =>
  pullRequest("synchronize", {
    head: { sha: world.head, ref: "change", repo: { full_name: "acme/shop" } },
    ...changes,
  });

describe("with real git and without a checkout", () => {
  it("a pull request is its merge commit against the first parent, and gets its comment", async () => {
    const { exit, reviewed, outputs, summary } = await run(pull(), world.merge);
    expect(reviewed).toMatchObject([{ kind: "compare", base: world.base, head: world.merge }]);
    expect(exit).toBe(0);
    expect(outputs).toMatch(/^conclusion<<(.+)\nchanged\n\1\n/);
    expect(outputs).toContain("#issuecomment-");
    expect(summary).toContain("1 flow opened");
    expect(fake.state.comments).toHaveLength(1);
  });

  it("a merge commit that is gone is replaced by the current one of the same head", async () => {
    const { reviewed } = await run(pull(), "f".repeat(40));
    expect(reviewed).toMatchObject([{ base: world.base, head: world.merge, superseded: false }]);
  });

  it("pull_request_target finds the merge commit by its ref", async () => {
    const event = { ...pull(), variables: { ...pull().variables, GITHUB_EVENT_NAME: "pull_request_target" } };
    expect((await run(event, world.base)).reviewed).toMatchObject([{ base: world.base, head: world.merge }]);
  });

  it("a head that moved on is superseded, and no comment is written", async () => {
    const { origin } = world;
    origin.git("checkout", "-q", "change");
    const newer = origin.commit({ "a.yaml": "a: 2\n" }, "newer");
    origin.pullRequest(7, "main", "change");
    const known = fake.state.pulls.get(7);
    if (known !== undefined) known.head = newer;
    const { exit, outputs, log, reviewed } = await run(pull(), "f".repeat(40));
    expect(exit).toBe(1);
    expect(outputs).toContain("\nsuperseded\n");
    expect(log).toContain("::notice::superseded: pull request #7 has moved");
    expect(reviewed).toEqual([]);
    expect(fake.state.comments).toEqual([]);
  });

  it("a first run whose head moved while it ran is judged and writes no comment", async () => {
    const known = fake.state.pulls.get(7);
    if (known !== undefined) known.head = "e".repeat(40);
    const { exit, reviewed, log } = await run(pull(), world.merge);
    expect(exit).toBe(0);
    expect(reviewed).toMatchObject([{ head: world.merge }]);
    expect(log).toContain("no comment: pull request #7 has a newer head");
  });

  it("a re-run is judged by the base branch as it is now", async () => {
    const { origin, head } = world;
    origin.git("checkout", "-q", "main");
    const stricter = origin.commit({ "rules.yaml": "r: 1\n" }, "stricter");
    const merge = origin.pullRequest(7, "main", "change");
    const { reviewed } = await run(pull(), world.merge, { GITHUB_RUN_ATTEMPT: "2" });
    expect(reviewed).toMatchObject([{ base: stricter, head: merge }]);
    expect(origin.git("rev-parse", `${merge}^2`)).toBe(head);
  });

  it("conflicts are an error with the remedy", async () => {
    world.origin.git("update-ref", "-d", "refs/pull/7/merge");
    const known = fake.state.pulls.get(7);
    if (known !== undefined) known.mergeable = false;
    const { exit, log } = await run(pull(), "f".repeat(40));
    expect(exit).toBe(1);
    expect(log).toContain("resolve the conflicts and push");
  });

  it("a server that refuses the token is an error that names the checkout", async () => {
    const { exit, log } = await run(pull(), world.merge, { INPUT_TOKEN: "read" });
    expect(exit).toBe(1);
    expect(log).toContain("fetch-depth: 2");
    expect(log).not.toContain("superseded");
  });

  it("the first push of a branch is compared from where it left the default branch, told by the API", async () => {
    fake.state.mergeBases.set(`main...${world.head}`, world.root);
    const event = push({ ref: "refs/heads/change", before: "0".repeat(40), after: world.head });
    expect((await run(event, world.head)).reviewed).toMatchObject([{ base: world.root, head: world.head }]);
  });

  it("and found by deepening where the API does not tell", async () => {
    const event = push({ ref: "refs/heads/change", before: "0".repeat(40), after: world.head });
    expect((await run(event, world.head)).reviewed).toMatchObject([{ base: world.root, head: world.head }]);
  });

  it("a branch without a common ancestor is an error", async () => {
    const { origin } = world;
    origin.git("checkout", "-q", "--orphan", "alien");
    const alien = origin.commit({ "c.yaml": "c: 0\n" }, "alien");
    const event = push({ ref: "refs/heads/alien", before: "0".repeat(40), after: alien });
    const { exit, log } = await run(event, alien);
    expect(exit).toBe(1);
    expect(log).toContain("no merge base with `main`");
  });

  it("a merge queue's entry includes the entries below it", async () => {
    const { origin, merge } = world;
    origin.git("checkout", "-q", "--detach", merge);
    const second = origin.commit({ "c.yaml": "c: 0\n" }, "second entry");
    origin.git("branch", "-q", "queue", second);
    const group = { head_sha: second, base_sha: merge, base_ref: "refs/heads/main" };
    const event = { ...mergeGroup(), payload: { ...mergeGroup().payload, merge_group: group } };
    expect((await run(event, second)).reviewed).toMatchObject([{ base: world.base, head: second }]);
  });
});
