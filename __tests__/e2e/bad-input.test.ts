import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { otherEvent, push } from "../github/fake/events.ts";
import { makeFolder } from "../tree/repo.ts";
import { commands, type Run, run } from "./run.ts";
import { CHANGES, pullEvent, scenario } from "./world.ts";

/** The one line that says what is wrong; the run failed, said so everywhere, and printed no stack trace. */
function complaint(done: Run): string {
  expect({ exit: done.exit, stderr: done.stderr }).toEqual({ exit: 1, stderr: "" });
  expect(done.log).not.toMatch(/^\s+at .+:\d+:\d+/m);
  const errors = commands(done).filter((line) => line.startsWith("::error"));
  expect(errors).toHaveLength(1);
  return (errors[0] ?? "").replace(/^::error.*?::/, "");
}

describe("inputs that cannot be meant: an error that names the input and the value", () => {
  scenario("mode, comment and render", async ({ world }) => {
    const event = pullEvent(world.pull(CHANGES.harmless));
    for (const [name, words] of [
      ["mode", "input `mode` is `enforced`, not one of `enforce`, `warn`"],
      ["comment", "input `comment` is `enforced`, not one of `always`, `changes`, `findings`, `never`"],
      ["render", "input `render` is `enforced`, not one of `auto`, `never`"],
    ] as const) {
      const done = await run(world, event, { inputs: { [name]: "enforced" } });
      expect(complaint(done)).toBe(words);
      expect(done.outputs.get("conclusion")).toBe("error");
    }
  });

  scenario("base and head: options, unknown refs, one of each", async ({ world }) => {
    const { payload, variables } = otherEvent("workflow_dispatch");
    const event = { payload, variables: { ...variables, GITHUB_SHA: world.origin.git("rev-parse", "main") } };
    const workspace = makeFolder({ "old/a.yaml": "" });
    for (const [inputs, words] of [
      [
        { base: "--upload-pack=touch x" },
        "input `base` is `--upload-pack=touch x`, which is neither a ref nor a directory",
      ],
      [{ base: "nowhere" }, "input `base` is `nowhere`, which is neither a ref of"],
      [{ base: "main", head: "a..b" }, "input `head` is `a..b`, which is neither a ref of"],
      [{ base: "old", head: "main" }, "must both be directories or both be refs"],
      [{ base: "old" }, "must both be directories or both be refs"],
    ] as const) {
      expect(complaint(await run(world, event, { inputs, workspace }))).toContain(words);
    }
  });

  scenario("config: a file that is not there, and one outside the repository", async ({ world }) => {
    const event = pullEvent(world.pull(CHANGES.harmless));
    const absent = await run(world, event, { inputs: { config: "rules.yml" } });
    expect(complaint(absent)).toContain("rules.yml is neither in base nor in head");
    const outside = await run(world, event, { inputs: { config: "../rules.yml" } });
    expect(complaint(outside)).toBe("input `config` is `../rules.yml`, which leads outside the repository");
  });

  scenario("cluster and paths: unknown, empty", async ({ world }) => {
    const event = pullEvent(world.pull(CHANGES.harmless));
    const cluster = await run(world, event, { inputs: { cluster: "moon" } });
    expect(complaint(cluster)).toContain("there is no cluster `moon`");
    const paths = await run(world, event, { inputs: { paths: "nowhere/**" } });
    expect(paths.exit).toBe(1);
    expect(commands(paths)).toEqual([
      expect.stringContaining("paths names nowhere/**, which matches no file of either side"),
      expect.stringContaining("No manifest was found below nowhere/**"),
    ]);
  });
});

describe("surroundings that cannot be worked in: one clear line", () => {
  scenario("an event file that is not JSON, or is not there", async ({ world }) => {
    const event = pullEvent(world.pull(CHANGES.harmless));
    const broken = await run(world, event, { eventText: "{" });
    expect(complaint(broken)).toBe("the event file (`GITHUB_EVENT_PATH`) is not a JSON object");
    const absent = await run(world, event, { variables: { GITHUB_EVENT_PATH: "/nowhere/event.json" } });
    expect(complaint(absent)).toBe("the event file (`GITHUB_EVENT_PATH`) cannot be read");
  });

  scenario("a payload without the fields that are needed", async ({ world }) => {
    const { variables } = pullEvent(world.pull(CHANGES.harmless));
    const done = await run(world, { variables, payload: { action: "opened", number: 7 } });
    expect(complaint(done)).toBe("the event `pull_request` carries no usable `pull_request.head.sha`");
    const { payload } = push({ after: "main" });
    const named = { ...variables, GITHUB_EVENT_NAME: "push" };
    expect(complaint(await run(world, { variables: named, payload }))).toContain("carries no usable `after`");
  });

  scenario("no workflow around it", async ({ world }) => {
    const event = pullEvent(world.pull(CHANGES.harmless));
    for (const name of ["GITHUB_EVENT_NAME", "GITHUB_REPOSITORY", "GITHUB_WORKSPACE", "RUNNER_TEMP"]) {
      expect(complaint(await run(world, event, { variables: { [name]: "" } }))).toContain(`\`${name}\` is not set`);
    }
  });

  scenario("addresses that are none", async ({ world }) => {
    const event = pullEvent(world.pull(CHANGES.harmless));
    const done = await run(world, event, { variables: { GITHUB_API_URL: "file:///etc/passwd" } });
    expect(complaint(done)).toContain("`GITHUB_API_URL` is `file:///etc/passwd`, not an http or https address");
  });

  scenario("an API that is none: one warning, and the verdict stands", async ({ world }) => {
    const { exit, log } = await run(world, pullEvent(world.pull(CHANGES.closed)), {
      variables: { GITHUB_API_URL: world.git.url },
    });
    expect(exit).toBe(0);
    expect(commands({ log })).toEqual([expect.stringMatching(/^::warning::no comment: /)]);
  });

  scenario("a runner without git, or with a git that is too old", async ({ world }) => {
    const event = pullEvent(world.pull(CHANGES.harmless));
    const none = await run(world, event, { variables: { PATH: makeFolder() } });
    expect(complaint(none)).toBe("git was not found; install git 2.32 or newer");
    const bin = makeFolder({ git: "#!/bin/sh\necho git version 2.20.1\n" });
    chmodSync(join(bin, "git"), 0o755);
    const old = await run(world, event, { variables: { PATH: `${bin}:/bin` } });
    expect(complaint(old)).toBe("git 2.20 is too old; install git 2.32 or newer");
  });

  scenario("a RUNNER_TEMP that cannot be written to", async ({ world }) => {
    const file = join(makeFolder({ file: "" }), "file");
    const done = await run(world, pullEvent(world.pull(CHANGES.harmless)), { variables: { RUNNER_TEMP: file } });
    expect(complaint(done)).toContain("the folder for temporary files");
  });

  scenario("a disk that is full: the verdict stands", async ({ world }) => {
    const variables = { GITHUB_OUTPUT: "/dev/full", GITHUB_STEP_SUMMARY: "/dev/full" };
    const { exit, log, stderr } = await run(world, pullEvent(world.pull(CHANGES.widened)), { variables });
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: "" });
    expect(commands({ log }).filter((line) => line.startsWith("::warning"))).toEqual([
      expect.stringContaining("the outputs cannot be written"),
      expect.stringContaining("the job summary cannot be written"),
      expect.stringContaining("the outputs cannot be written"),
    ]);
    expect(world.fake.state.comments).toHaveLength(1);
  });
});
