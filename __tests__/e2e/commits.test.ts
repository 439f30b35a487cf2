import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect } from "vitest";
import { fault, status } from "../github/fake/faults.ts";
import { writes } from "../github/talk.ts";
import { startGitServer } from "../tree/git-http.ts";
import { checkout, makeFolder } from "../tree/repo.ts";
import { commands, run } from "./run.ts";
import { CHANGES, pullEvent, RULES, scenario } from "./world.ts";

const GONE = { GITHUB_SHA: "f".repeat(40) };

describe("pull_request: whatever the workspace holds", () => {
  scenario(
    "no checkout, depth 1, 2 and 0, another branch: the same report, and the workspace stays as it is",
    async ({ world }) => {
      const pull = world.pull(CHANGES.widened);
      const merge = "refs/pull/7/merge";
      const workspaces = [
        makeFolder(),
        checkout(world.origin, { ref: merge, depth: 1 }).dir,
        checkout(world.origin, { ref: merge, depth: 2 }).dir,
        checkout(world.origin, { ref: merge, depth: 0 }).dir,
        checkout(world.origin, { ref: "refs/heads/main", depth: 1 }).dir,
      ];
      const reports = new Set<string>();
      for (const workspace of workspaces) {
        const before = filesOf(workspace);
        const { exit, summary } = await run(world, pullEvent(pull), { workspace });
        expect(exit).toBe(1);
        expect(filesOf(workspace)).toEqual(before);
        reports.add(summary);
      }
      expect([...reports]).toEqual([expect.stringContaining("merge blocked")]);
    },
  );

  scenario("a checkout of depth 2 needs nothing from the server", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    const workspace = checkout(world.origin, { ref: "refs/pull/7/merge", depth: 2 }).dir;
    const { exit } = await run(world, pullEvent(pull), { workspace });
    expect(exit).toBe(1);
    expect(await world.git.requests()).toEqual([]);
  });

  scenario("a work tree that was changed after the checkout changes nothing", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    const workspace = checkout(world.origin, { ref: "refs/pull/7/merge", depth: 2 });
    workspace.write({ ...CHANGES.original, [RULES]: "version: 1\n" });
    expect((await run(world, pullEvent(pull), { workspace: workspace.dir })).exit).toBe(1);
  });

  scenario("nothing but the reports is left below RUNNER_TEMP", async ({ world }) => {
    const { temp } = await run(world, pullEvent(world.pull(CHANGES.widened)));
    expect(readdirSync(temp)).toEqual([expect.stringMatching(/^netpol-review-[0-9a-f]{16}$/)]);
  });
});

describe("pull_request: the command that the report names", () => {
  scenario("gives the same answer in a clone, also where the base branch has moved on", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    const same = await run(world, pullEvent(pull));
    expect(same.summary).toContain(
      `netpol-review review --base ${pull.base.slice(0, 12)} --head ${pull.head.slice(0, 12)}`,
    );
    world.origin.commit({ "k8s/other.yaml": "", ...CHANGES.readme }, "moves on");
    world.origin.pullRequest(7, "main", pull.branch);
    const moved = await run(world, pullEvent(pull, { attempt: 2 }));
    expect(moved.summary).toContain("git fetch origin pull/7/merge && netpol-review review --base FETCH_HEAD^1");
    for (const { summary, json } of [same, moved]) {
      const command = /`([^`]*netpol-review review [^`]*)`<\/sub>/.exec(summary)?.[1] ?? "";
      const clone = checkout(world.origin, { ref: "refs/heads/main", depth: 0 }).dir;
      const told = JSON.parse(runCommand(clone, command)).findings[0];
      expect(told).toEqual(JSON.parse(json).findings[0]);
    }
  });
});

describe("pull_request: heads and bases that move", () => {
  scenario("conflicts: an error that says to resolve them, with a comment", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    world.origin.git("update-ref", "-d", "refs/pull/7/merge");
    Object.assign(world.fake.state.pulls.get(7) ?? {}, { mergeable: false, mergeCommit: null });
    const { exit, outputs, log } = await run(world, pullEvent(pull), { variables: GONE });
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "error" });
    expect(log).toContain(
      "pull request #7 conflicts with `main`, so there is no merge commit to judge; resolve the conflicts and push",
    );
    expect(world.fake.state.comments[0]?.body).toContain("resolve the conflicts");
  });

  scenario("a superseded run that can no longer judge: a notice, no comment, exit status 1", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    world.pull(CHANGES.closed);
    const { exit, outputs, log } = await run(world, pullEvent(pull), { variables: GONE });
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "superseded" });
    expect(commands({ log })).toEqual([
      expect.stringContaining("::notice::superseded: pull request #7 has moved from"),
    ]);
    expect(writes(world.fake)).toEqual([]);
  });

  scenario("a superseded run that still can judges its own commit and writes no comment", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    const workspace = checkout(world.origin, { ref: "refs/pull/7/merge", depth: 2 }).dir;
    world.pull(CHANGES.original);
    const { exit, outputs, log } = await run(world, pullEvent(pull, { attempt: 2 }), { workspace });
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
    expect(log).toContain("which has a run of its own");
    expect(writes(world.fake)).toEqual([]);
  });

  scenario("a head that moves while the run works has the floor", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    const moved = { kind: "meanwhile", run: () => void world.pull(CHANGES.closed) } as const;
    world.fake.faults.push(fault("GET /repos/acme/shop/pulls/7", moved));
    const { exit, log } = await run(world, pullEvent(pull));
    expect(exit).toBe(1);
    expect(log).toContain("no comment: pull request #7 has a newer head than");
    expect(writes(world.fake)).toEqual([]);
  });

  scenario("a re-run is judged by the base branch as it is now", async ({ world }) => {
    const pull = world.pull(CHANGES.closed);
    expect((await run(world, pullEvent(pull))).outputs.get("conclusion")).toBe("changed");
    const rules = readFileSync(join(world.origin.dir, RULES), "utf8");
    world.origin.commit({ [RULES]: `${rules}configChanges: error\n`, "k8s/more.yaml": "" }, "stricter");
    world.origin.pullRequest(7, "main", pull.branch);
    const again = await run(world, pullEvent(pull, { attempt: 2 }));
    expect(again.summary).toContain(`main@${world.origin.git("rev-parse", "main").slice(0, 7)}`);
  });

  scenario("GitHub does not say whether the head has moved: an error, never a green check", async ({ world }) => {
    const pull = world.pull(CHANGES.harmless);
    world.pull(CHANGES.closed);
    world.fake.faults.push(fault("GET /repos/acme/shop/pulls/7", status(404, "Not Found"), 99));
    const { exit, outputs } = await run(world, pullEvent(pull), { variables: GONE });
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "error" });
  });

  scenario("the server has no objects for us: an error that names the checkout", async ({ world }) => {
    const pull = world.pull(CHANGES.harmless);
    const git = await startGitServer({ repositories: {}, fault: { status: 500 } });
    const { exit, outputs, log } = await run({ ...world, git }, pullEvent(pull));
    await git.close();
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "error" });
    expect(log).toContain("fetch-depth: 2");
  });

  scenario("a private repository is fetched with the token, which no log line shows", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    const git = await startGitServer({ repositories: { "acme/shop": world.origin.dir }, token: "write" });
    const { exit, log, stderr } = await run({ ...world, git }, pullEvent(pull));
    const requests = await git.requests();
    await git.close();
    expect(exit).toBe(1);
    expect(requests.every(({ authorized }) => authorized)).toBe(true);
    const secret = Buffer.from("x-access-token:write").toString("base64");
    expect(`${log}${stderr}`).not.toContain(secret);
  });
});

describe("pull_request_target", () => {
  scenario("without a checkout: the merge commit is read as data, and the comment is written", async ({ world }) => {
    const event = pullEvent(world.pull(CHANGES.widened), { name: "pull_request_target", repository: "stranger/shop" });
    const { exit, outputs } = await run(world, event);
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
    expect(world.fake.state.comments).toHaveLength(1);
  });

  scenario(
    "no tool runs on the head's files: a changed kustomization is not analysed, and an error",
    async ({ world }) => {
      const kustomization = "resources: [db.yaml, workloads.yaml]\n";
      world.origin.commit({ "k8s/kustomization.yaml": kustomization }, "a root");
      const event = pullEvent(world.pull({ "k8s/kustomization.yaml": `${kustomization}namePrefix: a-\n` }), {
        name: "pull_request_target",
      });
      const bin = makeFolder({ kustomize: '#!/bin/sh\ntouch "$0.ran"\n', kubectl: '#!/bin/sh\ntouch "$0.ran"\n' });
      const { exit, outputs, json } = await run(world, event, { variables: { PATH: `${bin}:${process.env.PATH}` } });
      expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "error" });
      expect(json).toContain("k8s/kustomization.yaml");
      expect(readdirSync(bin).sort()).toEqual(["kubectl", "kustomize"]);
    },
  );
});

/** Runs a line of a shell, with the shipped command in the place of its name; returns what it prints. */
function runCommand(cwd: string, line: string): string {
  const cli = resolve(import.meta.dirname, "../../dist/cli.js");
  const script = line.replace("netpol-review review", `'${process.execPath}' '${cli}' review -o json`);
  return spawnSync("sh", ["-c", script], { cwd, encoding: "utf8" }).stdout;
}

/** Names, sizes and times of everything below a folder. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => {
      const { size, mtimeMs, mode } = statSync(join(folder, name));
      return `${name} ${size} ${mtimeMs} ${mode}`;
    })
    .sort();
}
