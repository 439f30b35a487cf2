import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { runAction } from "../../src/github/action.ts";
import type { ReviewOutcome } from "../../src/github/outcome.ts";
import type { ActionPorts, ReviewRequest } from "../../src/github/ports.ts";
import type { CommitFacts } from "../../src/github/resolve.ts";
import {
  COMMITS,
  forkedPullRequest,
  mergeGroup,
  otherEvent,
  pullRequest,
  push,
  type RunnerEvent,
} from "./fake/events.ts";
import { fault, status } from "./fake/faults.ts";
import { type FakeGitHub, startFakeGitHub } from "./fake/server.ts";
import { addComment } from "./fake/state.ts";
import { HASTE, writes } from "./talk.ts";

const { base, head, merge, older, none } = COMMITS;
let fake: FakeGitHub;

beforeEach(async () => {
  fake = await startFakeGitHub();
});
afterEach(() => fake.close());

const found: ReviewOutcome = {
  conclusion: "failure",
  hasError: false,
  enforces: true,
  counts: { findings: 1, opened: 3, closed: 2 },
  news: "findings",
  verdict: "merge blocked, 1 protected path widened",
  markdown: () => ({ text: "### 🔴 netpol-review: merge blocked, 1 protected path widened", truncated: false }),
  resolved: () => "### ✅ netpol-review: resolved",
  json: '{"schema":"netpol-review/diff/v1"}\n',
  annotations: [
    { severity: "error", title: "protected path widened", message: "`db` opens", file: "k8s/db.yaml", line: 14 },
  ],
  notes: [],
};
const fine: ReviewOutcome = {
  ...found,
  conclusion: "success",
  counts: { findings: 0, opened: 0, closed: 0 },
  news: "nothing",
  verdict: "no flow changes",
  markdown: () => ({ text: "### ✅ netpol-review: no flow changes", truncated: false }),
  annotations: [],
};

/** What one run leaves behind. */
type Run = {
  readonly exit: number;
  readonly log: string;
  readonly outputs: ReadonlyMap<string, string>;
  readonly summary: string;
  readonly files: ReadonlyMap<string, string>;
  readonly reviewed: readonly ReviewRequest[];
};

type Options = {
  readonly inputs?: { readonly [name: string]: string };
  readonly review?: () => Promise<ReviewOutcome>;
  readonly facts?: Partial<CommitFacts>;
  readonly ports?: Partial<ActionPorts>;
};

async function run(event: RunnerEvent, { inputs = {}, review, facts, ports }: Options = {}): Promise<Run> {
  const log: string[] = [];
  const files = new Map<string, string>();
  const reviewed: ReviewRequest[] = [];
  const usualFacts: CommitFacts = {
    parents: async (commit) => (commit === merge ? [base, head] : undefined),
    pullMerge: async () => undefined,
    mergeBase: async () => older,
    pull: async () => undefined,
  };
  const exit = await runAction({
    variables: {
      ...event.variables,
      GITHUB_API_URL: fake.url,
      GITHUB_OUTPUT: "/out",
      GITHUB_STEP_SUMMARY: "/summary",
      INPUT_TOKEN: "write",
      ...inputs,
    },
    version: "1.0.0",
    patience: HASTE,
    print: (line) => log.push(line),
    readText: async () => JSON.stringify(event.payload),
    writeText: async (path, text) => void files.set(path, text),
    appendText: async (path, text) => void files.set(path, (files.get(path) ?? "") + text),
    sizeOf: async (path) => Buffer.byteLength(files.get(path) ?? ""),
    secret: () => "unguessable",
    commitFacts: () => ({ ...usualFacts, ...facts }),
    review: async (request) => {
      reviewed.push(request);
      return review === undefined ? found : review();
    },
    ...ports,
  });
  const outputs = new Map<string, string>();
  const text = files.get("/out") ?? "";
  for (const [, name = "", value = ""] of text.matchAll(
    /^(.+)<<netpol-review-unguessable\n([\s\S]*?)\n?netpol-review-unguessable$/gm,
  )) {
    outputs.set(name, value);
  }
  return { exit, log: log.join(""), outputs, summary: files.get("/summary") ?? "", files, reviewed };
}

const throwing = (error: Error) => (): Promise<ReviewOutcome> => Promise.reject(error);
const changed: ReviewOutcome = { ...fine, conclusion: "changed", news: "changes", verdict: "3 flows opened" };

describe("a run on a pull request", () => {
  it("tells its verdict everywhere: annotation, log, outputs, files, summary, comment, exit status", async () => {
    const { exit, log, outputs, summary, files } = await run(pullRequest("opened"));
    expect(exit).toBe(1);
    expect(log).toContain("::error file=k8s/db.yaml,line=14,title=protected path widened::`db` opens\n");
    expect(log).toContain("merge blocked, 1 protected path widened (enforcing)\n");
    const [comment] = fake.state.comments;
    expect(Object.fromEntries(outputs)).toMatchObject({
      conclusion: "failure",
      findings: "1",
      opened: "3",
      closed: "2",
      "report-html": "",
      "report-sarif": "",
      "comment-url": `https://github.com/acme/shop/pull/7#issuecomment-${comment?.id}`,
    });
    expect(files.get(outputs.get("report-json") ?? "")).toBe(found.json);
    expect(files.get(outputs.get("report-markdown") ?? "")).toContain("### 🔴 netpol-review: merge blocked");
    expect(outputs.get("report-json")).toMatch(/^\/runner\/temp\/netpol-review-[0-9a-f]{16}\/report\.json$/);
    expect(summary).toBe(`${comment?.body}\n`);
    expect(summary.split("\n")[0]).toContain(`"head":"${head}"`);
  });

  it("reviews the merge commit against its first parent", async () => {
    const { reviewed } = await run(pullRequest("opened"));
    expect(reviewed).toMatchObject([
      { resolution: { kind: "compare", base, head: merge, baseBranch: "main" }, mayRender: true, untrusted: false },
    ]);
  });

  it.each<[string, ReviewOutcome, number]>([
    ["success", fine, 0],
    ["changed", changed, 0],
    ["failure", found, 1],
    ["failure in warn mode", { ...found, enforces: false }, 0],
    ["failure in warn mode beside an error", { ...found, enforces: false, hasError: true }, 1],
    ["error in warn mode", { ...found, conclusion: "error", hasError: true, enforces: false, news: "error" }, 1],
  ])("%s ends with the right exit status", async (_, outcome, exit) => {
    expect((await run(pullRequest("opened"), { review: async () => outcome })).exit).toBe(exit);
  });

  it("says in the log that it only warns", async () => {
    const { log } = await run(pullRequest("opened"), { review: async () => ({ ...found, enforces: false }) });
    expect(log).toContain("merge blocked, 1 protected path widened (mode `warn`: findings do not fail the job)\n");
  });

  it("opened, synchronised, fixed: one comment, in the end resolved", async () => {
    await run(pullRequest("opened"));
    await run(pullRequest("synchronize"));
    const last = await run(pullRequest("synchronize"), { review: async () => fine });
    expect(fake.state.comments).toHaveLength(1);
    expect(fake.state.comments[0]?.body).toContain("### ✅ netpol-review: resolved");
    expect(last.outputs.get("comment-url")).toContain("#issuecomment-");
    expect(last.exit).toBe(0);
  });

  it("jobs of a matrix have a comment each, and a re-run finds its own", async () => {
    for (const matrix of ['{"cluster":"a"}', '{"cluster":"b"}', '{"cluster":"a"}']) {
      await run(pullRequest("opened"), { inputs: { INPUT_MATRIX: matrix } });
    }
    expect(fake.state.comments).toHaveLength(2);
  });

  it("closed: judged in silence", async () => {
    const { exit, outputs } = await run(pullRequest("closed"));
    expect(exit).toBe(1);
    expect(outputs.get("conclusion")).toBe("failure");
    expect(fake.requests).toEqual([]);
  });

  it("pull_request_target never lets a tool run", async () => {
    const facts = { pullMerge: async () => merge };
    const { reviewed } = await run(pullRequest("opened", {}, "pull_request_target"), { facts });
    expect(reviewed).toMatchObject([{ mayRender: false, resolution: { base, head: merge } }]);
  });
});

describe("a run that cannot comment keeps its verdict", () => {
  it("fork: one notice that names the permission, no warning, no error of ours", async () => {
    const { exit, log, summary, outputs } = await run(forkedPullRequest(), { inputs: { INPUT_TOKEN: "read" } });
    expect(exit).toBe(1);
    const remarks = log.split("\n").filter((line) => /^::(?:notice|warning)/.test(line));
    expect(remarks).toEqual([
      "::notice::no comment: the token of a pull request from a fork is read-only, and a comment needs `pull-requests: write`; the verdict stands, and the job summary has the report",
    ]);
    expect(summary).toContain("merge blocked");
    expect(outputs.get("comment-url")).toBe("");
    expect(outputs.get("conclusion")).toBe("failure");
  });

  it("Dependabot: likewise", async () => {
    const event = pullRequest("opened");
    const variables = { ...event.variables, GITHUB_ACTOR: "dependabot[bot]" };
    const { log } = await run({ ...event, variables }, { inputs: { INPUT_TOKEN: "read" } });
    expect(log).toContain("::notice::no comment: the token of a pull request from Dependabot is read-only");
  });

  it.each([
    ["read-only token", { INPUT_TOKEN: "read" }, "`pull-requests: write`"],
    ["no token", { INPUT_TOKEN: "" }, "`pull-requests: write`"],
    ["a wrong token", { INPUT_TOKEN: "wrong" }, "401: Bad credentials"],
  ])("%s: one warning", async (_, inputs, words) => {
    const { exit, log } = await run(pullRequest("opened"), { inputs });
    const remarks = log.split("\n").filter((line) => /^::(?:notice|warning)/.test(line));
    expect(remarks).toHaveLength(1);
    expect(remarks[0]).toMatch(/^::warning::no comment: /);
    expect(remarks[0]).toContain(words);
    expect(exit).toBe(1);
  });

  it("locked conversation, and GitHub down: one warning each", async () => {
    const pull = fake.state.pulls.get(7);
    if (pull !== undefined) pull.locked = true;
    expect((await run(pullRequest("opened"))).log).toContain("::warning::no comment: the conversation is locked");
    fake.faults.push(fault(/./, status(503), 1000));
    const down = await run(pullRequest("opened"), { review: async () => fine });
    expect(down.log).toContain("::warning::no comment: GitHub does not answer as it should (503: Server Error)");
    expect(down.exit).toBe(0);
  });

  it("a green verdict stays green", async () => {
    const options = { review: async () => changed, inputs: { INPUT_TOKEN: "read" } };
    expect((await run(pullRequest("opened"), options)).exit).toBe(0);
  });

  it("a newer head has the floor", async () => {
    const pull = fake.state.pulls.get(7);
    if (pull !== undefined) pull.head = older;
    const { exit, log } = await run(pullRequest("opened"));
    expect(log).toContain("no comment: pull request #7 has a newer head than `bbbbbbb`\n");
    expect(exit).toBe(1);
    expect(writes(fake)).toEqual([]);
  });
});

describe("a run that cannot judge", () => {
  const gone = { parents: async () => undefined };

  it("superseded is no green check: exit 1, a notice, no comment", async () => {
    const facts = {
      ...gone,
      pull: async () => ({ head: older, baseBranch: "main", mergeable: true, mergeCommit: undefined }),
    };
    const { exit, log, outputs, reviewed, summary } = await run(pullRequest("synchronize"), { facts });
    expect(exit).toBe(1);
    expect(log).toBe(
      "::notice::superseded: pull request #7 has moved from `bbbbbbb` to `ddddddd`, which has a run of its own\n",
    );
    expect(outputs.get("conclusion")).toBe("superseded");
    expect(outputs.get("comment-url")).toBe("");
    expect(summary).toContain("superseded");
    expect(reviewed).toEqual([]);
    expect(fake.state.comments).toEqual([]);
  });

  it("a superseded re-run judges its own commit, without a comment", async () => {
    const event = pullRequest("synchronize");
    const variables = { ...event.variables, GITHUB_RUN_ATTEMPT: "2" };
    const facts = { pull: async () => ({ head: older, baseBranch: "main", mergeable: true, mergeCommit: undefined }) };
    const { exit, log, reviewed } = await run({ ...event, variables }, { facts });
    expect(exit).toBe(1);
    expect(log).toContain("pull request #7 has moved");
    expect(reviewed).toMatchObject([{ resolution: { head: merge, superseded: true } }]);
    expect(fake.requests).toEqual([]);
  });

  it("conflicts are an error that says to resolve them, in the comment too", async () => {
    const facts = {
      ...gone,
      pull: async () => ({ head, baseBranch: "main", mergeable: false, mergeCommit: undefined }),
    };
    const { exit, log, outputs, summary } = await run(pullRequest("opened"), { facts });
    expect(exit).toBe(1);
    expect(log).toContain("::error title=netpol-review%3A could not decide::pull request #7 conflicts with `main`");
    expect(outputs.get("conclusion")).toBe("error");
    expect(summary).toContain("### 🟠 netpol-review: could not decide");
    expect(fake.state.comments[0]?.body).toContain("resolve the conflicts and push");
  });

  it("an InputError of the review is one annotation at its place, without a stack", async () => {
    const error = new InputError(
      "CONFIG_INVALID",
      { file: ".github/netpol-review.yml", line: 3 },
      "unknown key `protcted`",
    );
    const { exit, log } = await run(pullRequest("opened"), { review: throwing(error) });
    expect(exit).toBe(1);
    expect(log).toContain(
      "::error file=.github/netpol-review.yml,line=3,title=netpol-review%3A could not decide::unknown key `protcted`\n",
    );
    expect(log).not.toContain("    at ");
  });

  it("an error fails the job in warn mode too, and the log says which mode it was", async () => {
    const error = new InputError("UNREADABLE", undefined, "unreadable");
    const { exit, log } = await run(pullRequest("opened"), { review: throwing(error), inputs: { INPUT_MODE: "warn" } });
    expect(exit).toBe(1);
    expect(log).toContain("could not decide: unreadable (mode `warn`: findings do not fail the job)\n");
  });

  it("a bug is an error too, with its stack only in debug mode", async () => {
    const options = { review: throwing(new TypeError("x is not a function")) };
    const quiet = await run(pullRequest("opened"), options);
    expect(quiet.log).toContain("internal error: x is not a function");
    expect(quiet.log).not.toContain("action.test.ts");
    expect(quiet.exit).toBe(1);
    const loud = await run(pullRequest("opened"), { ...options, inputs: { RUNNER_DEBUG: "1" } });
    expect(loud.log).toContain("action.test.ts");
  });

  it("an error's text cannot leave its fence or link anywhere", async () => {
    const text = "bad `x`\n```\n@everyone [x](https://evil.example) ::error::\u202e";
    await run(pullRequest("opened"), { review: throwing(new InputError("UNREADABLE", undefined, text)) });
    const lines = fake.state.comments[0]?.body.split("\n") ?? [];
    const fences = lines.filter((line) => line.startsWith("````"));
    expect(fences).toEqual(["````text", "````"]);
    expect(lines.indexOf("@everyone [x](https://evil.example) ::error::\\u202e")).toBeGreaterThan(
      lines.indexOf("````text"),
    );
  });

  it.each<[string, Options, string]>([
    ["an unknown mode", { inputs: { INPUT_MODE: "warm" } }, "input `mode` is `warm`"],
    ["an event file that is not JSON", { ports: { readText: async () => "<html>" } }, "is not a JSON object"],
    [
      "an event file that is not there",
      { ports: { readText: () => Promise.reject(new Error("ENOENT")) } },
      "cannot be read",
    ],
    ["no event at all", { inputs: { GITHUB_EVENT_NAME: "" } }, "`GITHUB_EVENT_NAME` is not set"],
    ["an API address that is none", { inputs: { GITHUB_API_URL: "api" } }, "not an http or https address"],
  ])("%s: one clear error, and the output `conclusion` is set", async (_, options, words) => {
    const { exit, log, outputs, summary } = await run(pullRequest("opened"), options);
    expect(exit).toBe(1);
    expect(log.split("\n").filter((line) => line.startsWith("::error"))).toHaveLength(1);
    expect(log).toContain(words);
    expect(outputs.get("conclusion")).toBe("error");
    expect(outputs.get("findings")).toBe("0");
    expect(summary).toContain("could not decide");
  });
});

describe("a disk that is full or read-only leaves the verdict as it is", () => {
  const refuse = () => Promise.reject(new Error("ENOSPC: no space left on device"));

  it("reports cannot be written", async () => {
    const { exit, log, outputs } = await run(pullRequest("opened"), { ports: { writeText: refuse } });
    expect(exit).toBe(1);
    expect(log).toContain(
      "::warning::the reports cannot be written below `RUNNER_TEMP` (ENOSPC: no space left on device)",
    );
    expect(outputs.get("report-json")).toBe("");
    expect(fake.state.comments).toHaveLength(1);
  });

  it("outputs and summary cannot be written", async () => {
    const { exit, log } = await run(pullRequest("opened"), { review: async () => fine, ports: { appendText: refuse } });
    expect(exit).toBe(0);
    expect(log).toContain("::warning::the outputs cannot be written");
    expect(log).toContain("::warning::the job summary cannot be written");
  });

  it("a summary that is full already is left alone", async () => {
    const { log, summary } = await run(pullRequest("opened"), { ports: { sizeOf: async () => 999_000 } });
    expect(log).toContain("the job summary is full");
    expect(summary).toBe("");
  });
});

describe("a run on any other event", () => {
  it.each<[string, RunnerEvent, object]>([
    ["merge_group", mergeGroup(), { kind: "compare", base: older, head, baseBranch: "main" }],
    ["push to the default branch", push(), { kind: "compare", base, head }],
    ["push to another branch", push({ ref: "refs/heads/x" }), { kind: "compare", base: older, head }],
    ["workflow_dispatch", otherEvent("workflow_dispatch"), { kind: "check", head }],
    ["schedule", otherEvent("schedule"), { kind: "check", head }],
  ])("%s: reviewed, never commented", async (_, event, resolution) => {
    const { exit, reviewed, outputs } = await run(event);
    expect(reviewed).toMatchObject([{ resolution }]);
    expect(exit).toBe(1);
    expect(outputs.get("comment-url")).toBe("");
    expect(fake.requests).toEqual([]);
  });

  it("a deleted branch has nothing to review, and that is said", async () => {
    const { exit, log, reviewed, outputs } = await run(push({ deleted: true, after: none }));
    expect(exit).toBe(0);
    expect(log).toContain("`refs/heads/main` was deleted: there is nothing to review\n");
    expect(outputs.get("conclusion")).toBe("success");
    expect(reviewed).toEqual([]);
  });
});

describe("hostile text", () => {
  it("in every field of an outcome stays text in the log", async () => {
    const evil = "x\n::error::a\r::warning::b ##[error]c\u001b[2J\u202e";
    const outcome: ReviewOutcome = {
      ...found,
      verdict: evil,
      notes: [evil],
      annotations: [{ severity: "warning", title: evil, message: evil, file: evil, line: 1 }],
    };
    addComment(fake.state, 7, "mallory", evil);
    const { log } = await run(pullRequest("opened"), { review: async () => outcome });
    const commands = log.split("\n").filter((line) => /^\s*::/.test(line) || line.includes("##["));
    expect(commands).toHaveLength(1);
    expect(commands[0]).toMatch(/^::warning title=/);
    expect(log).not.toMatch(/[\r\u001b\u202e]/);
  });
});
