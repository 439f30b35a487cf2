import { describe, expect, it } from "vitest";
import type { MergeGroupEvent, PullEvent, PushEvent, ReviewEvent } from "../../src/github/event.ts";
import type { PullState } from "../../src/github/pull-commits.ts";
import { type CommitFacts, type Resolution, resolveCommits } from "../../src/github/resolve.ts";

const pull: PullEvent = {
  kind: "pull",
  name: "pull_request",
  action: "opened",
  number: 7,
  head: "HEAD1",
  merge: "MERGE1",
  baseCommit: "BASE0",
  baseBranch: "main",
  fork: false,
  dependabot: false,
  attempt: 1,
};
const state: PullState = { head: "HEAD1", baseBranch: "main", mergeable: true, mergeCommit: undefined };

type World = {
  readonly commits?: { readonly [id: string]: readonly string[] };
  readonly ref?: string;
  readonly pull?: PullState;
  readonly mergeBase?: string;
};

/** Resolves in a world of a few commits, and tells what was asked on the way. */
async function resolve(event: ReviewEvent, world: World): Promise<{ result: Resolution | string; asked: string[] }> {
  const asked: string[] = [];
  const tell = <T>(what: string, value: T): Promise<T> => {
    asked.push(what);
    return Promise.resolve(value);
  };
  const facts: CommitFacts = {
    parents: (commit) => tell(`parents ${commit}`, world.commits?.[commit]),
    pullMerge: (number) => tell(`ref ${number}`, world.ref),
    mergeBase: (base, head) => tell(`base ${base.kind === "branch" ? base.name : base.id} ${head}`, world.mergeBase),
    pull: (number) => tell(`pull ${number}`, world.pull),
  };
  try {
    return { result: await resolveCommits(event, facts), asked };
  } catch (error) {
    return { result: error instanceof Error ? error.message : "", asked };
  }
}

const judged = (base: string, head: string, superseded = false) =>
  expect.objectContaining({ kind: "compare", base, head, baseBranch: "main", superseded });
const newer = { ...state, head: "HEAD2" };

describe("a pull request is judged by a merge commit of its own head, or not at all", () => {
  const rerun = { ...pull, attempt: 2 };
  const target: PullEvent = { ...pull, name: "pull_request_target", merge: undefined };
  const closed = { ...pull, action: "closed" };
  const rows: readonly [string, PullEvent, World, unknown][] = [
    [
      "first run: the event's merge commit",
      pull,
      { commits: { MERGE1: ["BASE1", "HEAD1"] } },
      judged("BASE1", "MERGE1"),
    ],
    [
      "the merge commit is already one of a newer head",
      pull,
      { commits: { MERGE1: ["BASE1", "HEAD2"] }, ref: "MERGE1", pull: newer },
      expect.objectContaining({ kind: "superseded" }),
    ],
    [
      "the merge commit is gone and its ref has moved on",
      pull,
      { commits: { MERGE2: ["BASE1", "HEAD2"] }, ref: "MERGE2", pull: newer },
      expect.objectContaining({ kind: "superseded" }),
    ],
    [
      "the merge commit is gone, but the ref has one of our head",
      pull,
      { commits: { MERGE2: ["BASE2", "HEAD1"] }, ref: "MERGE2" },
      judged("BASE2", "MERGE2"),
    ],
    [
      "GitHub does not answer",
      pull,
      { commits: { MERGE1: ["BASE1", "HEAD2"] } },
      expect.stringContaining("does not say"),
    ],
    [
      "conflicts",
      pull,
      { pull: { ...state, mergeable: false } },
      "pull request #7 conflicts with `main`, so there is no merge commit to judge; resolve the conflicts and push",
    ],
    [
      "GitHub has not merged yet",
      pull,
      { pull: { ...state, mergeable: undefined } },
      expect.stringContaining("re-run the job in a minute"),
    ],
    [
      "the API names a merge commit before the ref does",
      pull,
      { pull: { ...state, mergeCommit: "MERGE3" }, commits: { MERGE3: ["BASE3", "HEAD1"] } },
      judged("BASE3", "MERGE3"),
    ],
    [
      "the API names a merge commit of another head",
      pull,
      { pull: { ...state, mergeCommit: "MERGE3" }, commits: { MERGE3: ["BASE3", "HEAD2"] } },
      expect.stringContaining("no merge commit of"),
    ],
    [
      "a commit with one parent is no merge commit",
      pull,
      { commits: { MERGE1: ["HEAD1"] }, pull: { ...state, mergeable: false } },
      expect.stringContaining("conflicts"),
    ],
    [
      "a commit with three parents is no merge commit of GitHub's",
      pull,
      { commits: { MERGE1: ["BASE1", "HEAD1", "X"] }, pull: { ...state, mergeable: false } },
      expect.stringContaining("conflicts"),
    ],
    [
      "the head as first parent does not count",
      pull,
      { commits: { MERGE1: ["HEAD1", "BASE1"] }, pull: { ...state, mergeable: false } },
      expect.stringContaining("conflicts"),
    ],
    [
      "re-run: the current merge commit, and so the current rules",
      rerun,
      { commits: { MERGE1: ["BASE1", "HEAD1"], MERGE2: ["BASE2", "HEAD1"] }, ref: "MERGE2" },
      judged("BASE2", "MERGE2"),
    ],
    [
      "re-run after a newer head: the commit that it was started for, superseded",
      rerun,
      { commits: { MERGE1: ["BASE1", "HEAD1"], MERGE2: ["BASE2", "HEAD2"] }, ref: "MERGE2", pull: newer },
      judged("BASE1", "MERGE1", true),
    ],
    [
      "re-run after a newer head, its own merge commit is gone",
      rerun,
      { commits: { MERGE2: ["BASE2", "HEAD2"] }, ref: "MERGE2", pull: newer },
      expect.objectContaining({ kind: "superseded" }),
    ],
    [
      "re-run never falls back to old rules while the head is the same",
      rerun,
      { commits: { MERGE1: ["BASE1", "HEAD1"] }, pull: { ...state, mergeable: false } },
      expect.stringContaining("conflicts"),
    ],
    [
      "re-run without an answer is an error, not the old merge commit",
      rerun,
      { commits: { MERGE1: ["BASE1", "HEAD1"] } },
      expect.stringContaining("does not say"),
    ],
    [
      "pull_request_target: the current merge commit",
      target,
      { commits: { MERGE2: ["BASE2", "HEAD1"] }, ref: "MERGE2" },
      judged("BASE2", "MERGE2"),
    ],
    [
      "pull_request_target of an older head",
      target,
      { commits: { MERGE2: ["BASE2", "HEAD2"] }, ref: "MERGE2", pull: newer },
      expect.objectContaining({ kind: "superseded" }),
    ],
    ["closed by a merge commit", closed, { commits: { MERGE1: ["BASE1", "HEAD1"] } }, judged("BASE1", "MERGE1")],
    [
      "closed by a squash: the merge commit that still stands",
      closed,
      { commits: { MERGE1: ["BASE1"], MERGE2: ["BASE2", "HEAD1"] }, ref: "MERGE2" },
      judged("BASE2", "MERGE2"),
    ],
    [
      "closed without a merge commit: its own commits",
      closed,
      { commits: { MERGE1: ["BASE1"] }, mergeBase: "FORK" },
      judged("FORK", "HEAD1"),
    ],
    [
      "closed, and nothing to be had",
      closed,
      {},
      expect.stringContaining("neither its merge commit nor its merge base"),
    ],
  ];
  it.each(rows)("%s", async (_, event, world, expected) => {
    expect((await resolve(event, world)).result).toEqual(expected);
  });

  it("asks git first and GitHub only where git leaves it open", async () => {
    expect((await resolve(pull, { commits: { MERGE1: ["BASE1", "HEAD1"] } })).asked).toEqual(["parents MERGE1"]);
    expect((await resolve(pull, { ref: "MERGE2", pull: newer })).asked).toEqual([
      "parents MERGE1",
      "ref 7",
      "parents MERGE2",
      "pull 7",
    ]);
  });

  it("a superseded run says which head has its place", async () => {
    const { result } = await resolve(pull, { pull: newer });
    expect(result).toMatchObject({
      notes: ["pull request #7 has moved from `HEAD1` to `HEAD2`, which has a run of its own"],
    });
  });
});

describe("every other event has its own base", () => {
  const group: MergeGroupEvent = { kind: "mergeGroup", head: "HEAD1", baseBranch: "main", baseCommit: "QUEUE" };
  const push: PushEvent = {
    kind: "push",
    ref: "refs/heads/main",
    before: "BEFORE",
    after: "AFTER",
    defaultBranch: "main",
    onDefaultBranch: true,
  };
  const branch = { ...push, ref: "refs/heads/topic", onDefaultBranch: false };
  const rows: readonly [string, ReviewEvent, World, unknown][] = [
    [
      "merge_group: the merge base with the tip, so entries below are included",
      group,
      { mergeBase: "TIP" },
      judged("TIP", "HEAD1"),
    ],
    ["merge_group without a merge base: the queue's base", group, {}, judged("QUEUE", "HEAD1")],
    [
      "merge_group that has landed is not compared with itself",
      group,
      { mergeBase: "HEAD1" },
      judged("QUEUE", "HEAD1"),
    ],
    ["push to the default branch", push, {}, judged("BEFORE", "AFTER")],
    [
      "first push of the default branch: a check",
      { ...push, before: undefined },
      {},
      expect.objectContaining({ kind: "check", head: "AFTER" }),
    ],
    [
      "push to another branch: the merge base, however many pushes there were",
      branch,
      { mergeBase: "FORK" },
      judged("FORK", "AFTER"),
    ],
    ["first push of another branch", { ...branch, before: undefined }, { mergeBase: "FORK" }, judged("FORK", "AFTER")],
    ["push to a branch without a merge base", branch, {}, expect.stringContaining("no merge base with `main`")],
    [
      "deleted branch",
      { kind: "deleted", ref: "refs/heads/x" },
      {},
      { kind: "nothing", notes: ["`refs/heads/x` was deleted: there is nothing to review"] },
    ],
    [
      "schedule: a check of the tree",
      { kind: "other", name: "schedule", commit: "TIP" },
      {},
      expect.objectContaining({ kind: "check", head: "TIP" }),
    ],
  ];
  it.each(rows)("%s", async (_, event, world, expected) => {
    expect((await resolve(event, world)).result).toEqual(expected);
  });

  it("a merge queue's odd base is said", async () => {
    expect((await resolve(group, {})).result).toMatchObject({ notes: [expect.stringContaining("`QUEUE`")] });
  });
});
