import { describe, expect } from "vitest";
import { addComment } from "../github/fake/state.ts";
import { writes } from "../github/talk.ts";
import { commands, run } from "./run.ts";
import { CHANGES, pullEvent, scenario } from "./world.ts";

describe("pull_request: the story of a comment", () => {
  scenario("a protected path widens: the check fails and everything says so", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    const { exit, log, stderr, outputs, summary, json } = await run(world, pullEvent(pull));
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: "" });
    const [comment] = world.fake.state.comments;
    expect(comment?.body).toMatch(
      new RegExp(
        `^<!-- netpol-review {"v":1,"id":"[0-9a-f]{16}","head":"${pull.head}","truncated":false} -->\n### 🔴 netpol-review: merge blocked, 1 protected path widened\n`,
      ),
    );
    expect(comment?.body).toContain("may now connect to `production/db` on TCP 3306");
    expect(comment?.body).toContain(`${world.git.url}/acme/shop/blob/${pull.merge}/k8s/db.yaml#L12`);
    expect(comment?.body).toContain("`@acme/data`");
    expect(summary).toBe(`${comment?.body}\n`);
    expect(commands({ log })).toEqual([
      expect.stringMatching(/^::error file=k8s\/db\.yaml,line=12,title=netpol-review%3A db-ingress::Any pod/),
    ]);
    expect(log).toContain("merge blocked, 1 protected path widened (enforcing)\n");
    expect(Object.fromEntries(outputs)).toMatchObject({ conclusion: "failure", findings: "1", closed: "0" });
    expect(outputs.get("comment-url")).toMatch(/#issuecomment-\d+$/);
    expect(JSON.parse(json)).toMatchObject({
      schema: "netpol-review/diff/v1",
      conclusion: "failure",
      findings: [{ rule: "db-ingress", severity: "error", file: "k8s/db.yaml", line: 12 }],
    });
  });

  scenario("opened, synchronised, fixed: one comment, in the end resolved", async ({ world }) => {
    await run(world, pullEvent(world.pull(CHANGES.widened)));
    const second = await run(world, pullEvent(world.pull(CHANGES.closed), { action: "synchronize" }));
    expect(second.exit).toBe(0);
    expect(second.log).toContain("comment updated: ");
    expect(world.fake.state.comments.map(({ body }) => body.split("\n")[1])).toEqual([
      "### 🟡 netpol-review: check passes, 1 flow closed",
    ]);
    const third = await run(world, pullEvent(world.pull(CHANGES.original), { action: "synchronize" }));
    expect(third.outputs.get("conclusion")).toBe("success");
    expect(third.log).toContain("comment turned to resolved: ");
    expect(world.fake.state.comments).toHaveLength(1);
    expect(world.fake.state.comments[0]?.body).toContain("### ✅ netpol-review: resolved");
  });

  scenario("a re-run finds its own comment and writes nothing", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    await run(world, pullEvent(pull));
    const before = writes(world.fake).length;
    const again = await run(world, pullEvent(pull, { attempt: 2 }));
    expect(again.exit).toBe(1);
    expect(again.log).toContain("comment left as it is: ");
    expect(writes(world.fake)).toHaveLength(before);
  });

  scenario("a resolved comment stays as it is while there is nothing to say", async ({ world }) => {
    await run(world, pullEvent(world.pull(CHANGES.widened)));
    await run(world, pullEvent(world.pull(CHANGES.original), { action: "synchronize" }));
    const before = writes(world.fake).length;
    await run(world, pullEvent(world.pull(CHANGES.readme), { action: "synchronize" }));
    expect(writes(world.fake)).toHaveLength(before);
    await run(world, pullEvent(world.pull(CHANGES.widened), { action: "synchronize" }));
    expect(world.fake.state.comments.map(({ body }) => body.split("\n")[1])).toEqual([
      "### 🔴 netpol-review: merge blocked, 1 protected path widened",
    ]);
  });

  scenario("manifests change and no flow does: a success without a comment", async ({ world }) => {
    const { exit, outputs, log } = await run(world, pullEvent(world.pull(CHANGES.harmless)));
    expect(exit).toBe(0);
    expect(outputs.get("conclusion")).toBe("success");
    expect(log).toContain("no comment: there is nothing to say\n");
    expect(writes(world.fake)).toEqual([]);
  });

  scenario("no manifest is touched: a success without a comment", async ({ world }) => {
    const { exit, outputs, summary } = await run(world, pullEvent(world.pull(CHANGES.readme)));
    expect(exit).toBe(0);
    expect(outputs.get("conclusion")).toBe("success");
    expect(summary).toContain("### ✅ netpol-review: check passes, no flow changes");
    expect(world.fake.state.comments).toEqual([]);
  });

  scenario("flows change and no protected path does: a comment and a green check", async ({ world }) => {
    const { exit, outputs } = await run(world, pullEvent(world.pull(CHANGES.closed)));
    expect(exit).toBe(0);
    expect(Object.fromEntries(outputs)).toMatchObject({
      conclusion: "changed",
      findings: "0",
      opened: "0",
      closed: "1",
    });
    expect(world.fake.state.comments[0]?.body).toContain("may break");
  });

  scenario("a manifest cannot be read: no green check, and the comment names the file", async ({ world }) => {
    const { exit, outputs } = await run(
      world,
      pullEvent(world.pull({ "k8s/new.yaml": CHANGES.broken["k8s/db.yaml"] })),
    );
    expect(exit).toBe(1);
    expect(outputs.get("conclusion")).toBe("error");
    expect(world.fake.state.comments[0]?.body).toContain("k8s/new.yaml");
  });

  scenario("reopened, edited, labeled, ready_for_review: reviewed like any other", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    for (const action of ["reopened", "edited", "labeled", "ready_for_review"]) {
      const { exit, outputs } = await run(world, pullEvent(pull, { action }));
      expect({ action, exit, conclusion: outputs.get("conclusion") }).toEqual({
        action,
        exit: 1,
        conclusion: "failure",
      });
    }
    expect(world.fake.state.comments).toHaveLength(1);
  });

  scenario("closed: judged like any other, without a comment", async ({ world }) => {
    const { exit, outputs } = await run(world, pullEvent(world.pull(CHANGES.widened), { action: "closed" }));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
    expect(world.fake.requests).toEqual([]);
  });

  scenario("closed and its merge commit gone: its own commits are judged", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    world.origin.git("update-ref", "-d", "refs/pull/7/merge");
    const event = { ...pullEvent(pull, { action: "closed" }) };
    const { exit, outputs, log } = await run(world, {
      ...event,
      variables: { ...event.variables, GITHUB_SHA: "f".repeat(40) },
    });
    expect(log).toContain("its own commits are judged");
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
  });

  scenario("mode `warn`: findings are warnings and the job passes", async ({ world }) => {
    const { exit, log, outputs } = await run(world, pullEvent(world.pull(CHANGES.widened)), {
      inputs: { mode: "warn" },
    });
    expect(exit).toBe(0);
    expect(outputs.get("conclusion")).toBe("failure");
    expect(log).toContain("(mode `warn`: findings do not fail the job)\n");
    expect(commands({ log }).map((line) => line.slice(0, 9))).toEqual(["::warning"]);
    expect(world.fake.state.comments[0]?.body).toContain("warning only");
  });

  scenario("the input `comment` decides when there is one", async ({ world }) => {
    const [widened, closed, readme] = [
      world.pull(CHANGES.widened, 1),
      world.pull(CHANGES.closed, 2),
      world.pull(CHANGES.readme, 3),
    ];
    const commented = async (comment: string): Promise<readonly number[]> => {
      world.fake.state.comments = [];
      for (const pull of [widened, closed, readme]) await run(world, pullEvent(pull), { inputs: { comment } });
      return world.fake.state.comments.map(({ pull }) => pull);
    };
    expect(await commented("never")).toEqual([]);
    expect(await commented("findings")).toEqual([1]);
    expect(await commented("always")).toEqual([1, 2, 3]);
  });
});

describe("pull_request: other people and other jobs", () => {
  scenario("ours is found behind 250 comments of others", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    for (let n = 0; n < 250; n += 1) addComment(world.fake.state, 7, "octocat", `comment ${n}`);
    await run(world, pullEvent(pull));
    await run(world, pullEvent(world.pull(CHANGES.closed), { action: "synchronize" }));
    expect(world.fake.state.comments).toHaveLength(251);
    expect(world.fake.state.comments.at(-1)?.body).toContain("1 flow closed");
  });

  scenario("a comment of somebody else that bears our marker is never touched", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    await run(world, pullEvent(pull));
    const [ours] = world.fake.state.comments;
    const forged = addComment(world.fake.state, 7, "mallory", ours?.body ?? "");
    await run(world, pullEvent(world.pull(CHANGES.original), { action: "synchronize" }));
    expect(forged.body).toContain("merge blocked");
    expect(ours?.body).toContain("resolved");
    expect(world.fake.state.comments).toHaveLength(2);
  });

  scenario("jobs of a matrix do not overwrite each other, and each re-run finds its own", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    for (const region of ["eu", "us", "eu"]) {
      await run(world, pullEvent(pull), { inputs: { matrix: JSON.stringify({ region }) } });
    }
    expect(world.fake.state.comments).toHaveLength(2);
  });

  scenario("two runs at the same moment leave one comment", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    const runs = await Promise.all([run(world, pullEvent(pull)), run(world, pullEvent(pull))]);
    expect(runs.map(({ exit }) => exit)).toEqual([1, 1]);
    expect(world.fake.state.comments).toHaveLength(1);
  });

  scenario("a fork's read-only token: one notice, and the summary has the report", async ({ world }) => {
    const event = pullEvent(world.pull(CHANGES.widened), { repository: "stranger/shop" });
    const { exit, log, summary, outputs } = await run(world, event, { inputs: { token: "read" } });
    expect(exit).toBe(1);
    expect(outputs.get("conclusion")).toBe("failure");
    expect(summary).toContain("merge blocked");
    expect(commands({ log }).filter((line) => !line.startsWith("::error"))).toEqual([
      expect.stringMatching(
        /^::notice::no comment: the token of a pull request from a fork is read-only.*`pull-requests: write`/,
      ),
    ]);
  });

  scenario("a fork that was deleted is still a fork", async ({ world }) => {
    const event = pullEvent(world.pull(CHANGES.closed));
    const pull = { ...Object(event.payload.pull_request) };
    const payload = { ...event.payload, pull_request: { ...pull, head: { ...pull.head, repo: null } } };
    const { exit, log } = await run(world, { ...event, payload }, { inputs: { token: "read" } });
    expect(exit).toBe(0);
    expect(commands({ log })).toEqual([
      expect.stringContaining("::notice::no comment: the token of a pull request from a fork"),
    ]);
  });

  scenario("Dependabot's read-only token: one notice", async ({ world }) => {
    const options = { inputs: { token: "read" }, variables: { GITHUB_ACTOR: "dependabot[bot]" } };
    const { exit, log } = await run(world, pullEvent(world.pull(CHANGES.closed)), options);
    expect(exit).toBe(0);
    expect(commands({ log })).toEqual([
      expect.stringContaining("::notice::no comment: the token of a pull request from Dependabot"),
    ]);
  });

  scenario("no token: one warning, and the verdict stands", async ({ world }) => {
    const { exit, log, summary } = await run(world, pullEvent(world.pull(CHANGES.closed)), { inputs: { token: "" } });
    expect(exit).toBe(0);
    expect(commands({ log })).toEqual([expect.stringContaining("`pull-requests: write`")]);
    expect(summary).toContain("1 flow closed");
  });

  scenario("a wrong token: one warning, and the verdict stands", async ({ world }) => {
    const { exit, log } = await run(world, pullEvent(world.pull(CHANGES.closed)), { inputs: { token: "wrong" } });
    expect(exit).toBe(0);
    expect(commands({ log })).toEqual([expect.stringContaining("Bad credentials")]);
  });

  scenario("a locked conversation: one warning, and the verdict stands", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    Object.assign(world.fake.state.pulls.get(7) ?? {}, { locked: true });
    const { exit, log } = await run(world, pullEvent(pull));
    expect(exit).toBe(1);
    expect(commands({ log }).filter((line) => line.startsWith("::warning"))).toEqual([
      expect.stringContaining("the conversation is locked"),
    ]);
  });
});
