import { describe, expect } from "vitest";
import { fault, primaryLimit, secondaryLimit, status } from "../github/fake/faults.ts";
import { commands, run } from "./run.ts";
import { CHANGES, pullEvent, RULES, scenario, type World } from "./world.ts";

const LIST = "GET /repos/acme/shop/issues/7/comments";
const CREATE = "POST /repos/acme/shop/issues/7/comments";

/** A run for a change that opens a protected path: whatever GitHub does, it ends with 1 and its verdict. */
async function widened(world: World) {
  const done = await run(world, pullEvent(world.pull(CHANGES.widened)));
  expect({ exit: done.exit, conclusion: done.outputs.get("conclusion"), stderr: done.stderr }).toEqual({
    exit: 1,
    conclusion: "failure",
    stderr: "",
  });
  expect(done.summary).toContain("merge blocked");
  return { ...done, remarks: commands(done).filter((line) => !line.startsWith("::error")) };
}

describe.concurrent("GitHub has a bad day, and the comment is written all the same", () => {
  scenario("5xx, resets and half answers while reading", async ({ world }) => {
    world.fake.faults.push(fault(LIST, status(503)), fault(LIST, { kind: "reset" }), fault(LIST, { kind: "truncate" }));
    expect((await widened(world)).remarks).toEqual([]);
    expect(world.fake.state.comments).toHaveLength(1);
  });

  scenario("an answer that was lost after the comment was written: still one comment", async ({ world }) => {
    world.fake.faults.push(fault(CREATE, status(502), 1, true));
    expect((await widened(world)).remarks).toEqual([]);
    expect(world.fake.state.comments).toHaveLength(1);
  });

  scenario("a connection that breaks before the comment is written: written on the second try", async ({ world }) => {
    world.fake.faults.push(fault(CREATE, { kind: "reset" }));
    expect((await widened(world)).remarks).toEqual([]);
    expect(world.fake.state.comments).toHaveLength(1);
  });

  scenario("HTML instead of JSON, once", async ({ world }) => {
    world.fake.faults.push(fault(LIST, { kind: "html", status: 502 }));
    expect((await widened(world)).remarks).toEqual([]);
  });

  scenario("a secondary rate limit that says how long: waited for", async ({ world }) => {
    world.fake.faults.push(fault(CREATE, secondaryLimit(1)));
    expect((await widened(world)).remarks).toEqual([]);
    expect(world.fake.state.comments).toHaveLength(1);
  });

  scenario("an answer after three seconds: waited for", async ({ world }) => {
    world.fake.faults.push(fault(LIST, { kind: "slow", delayMs: 3000 }));
    expect((await widened(world)).remarks).toEqual([]);
  });

  scenario("a comment that is deleted between reading and writing: created anew", async ({ world }) => {
    await run(world, pullEvent(world.pull(CHANGES.closed)));
    const gone = { kind: "meanwhile", run: () => void world.fake.state.comments.splice(0) } as const;
    world.fake.faults.push(fault("PATCH ", gone));
    expect((await widened(world)).remarks).toEqual([]);
    expect(world.fake.state.comments).toHaveLength(1);
  });
});

describe.concurrent("GitHub cannot be written to: the verdict stands, one warning says why", () => {
  scenario("5xx without end", async ({ world }) => {
    world.fake.faults.push(fault(/./, status(503), 1000));
    expect((await widened(world)).remarks).toEqual([expect.stringMatching(/^::warning::no comment: .*503/)]);
  });

  scenario("HTML without end, with status 200", async ({ world }) => {
    world.fake.faults.push(fault(/./, { kind: "html", status: 200 }, 1000));
    expect((await widened(world)).remarks).toEqual([expect.stringMatching(/^::warning::no comment: /)]);
  });

  scenario("half a list that is framed as whole", async ({ world }) => {
    world.fake.faults.push(fault(LIST, { kind: "short" }, 1000));
    expect((await widened(world)).remarks).toEqual([expect.stringMatching(/^::warning::no comment: /)]);
    expect(world.fake.state.comments).toEqual([]);
  });

  scenario("a rate limit that lasts an hour", async ({ world }) => {
    world.fake.faults.push(fault(LIST, primaryLimit(3600), 1000));
    expect((await widened(world)).remarks).toEqual([expect.stringContaining("rate limit lasts longer than the 60 s")]);
  });

  scenario("a secondary rate limit that lasts two minutes", async ({ world }) => {
    world.fake.faults.push(fault(CREATE, secondaryLimit(120), 1000));
    expect((await widened(world)).remarks).toEqual([expect.stringContaining("rate limit lasts longer than the 60 s")]);
  });

  scenario("403 and 422", async ({ world }) => {
    world.fake.faults.push(fault(CREATE, status(422, "Validation Failed")));
    expect((await widened(world)).remarks).toEqual([expect.stringContaining("422: Validation Failed")]);
    world.fake.faults.push(fault(CREATE, status(403, "Resource not accessible by integration")));
    expect((await widened(world)).remarks).toEqual([expect.stringContaining("`pull-requests: write`")]);
  });

  scenario("a pull request that the token may not see", async ({ world }) => {
    world.fake.faults.push(fault(LIST, status(404, "Not Found"), 1000));
    expect((await widened(world)).remarks).toEqual([expect.stringContaining("`pull-requests: write`")]);
  });
});

describe.concurrent("GitHub cannot be read, and an answer needs it: an error", () => {
  scenario("a central configuration behind 5xx", async ({ world }) => {
    world.fake.faults.push(fault(/contents/, status(500), 1000));
    const options = { inputs: { config: "acme/rules/netpol.yml@v1" } };
    const { exit, outputs, log } = await run(world, pullEvent(world.pull(CHANGES.harmless)), options);
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "error" });
    expect(log).toContain("`acme/rules/netpol.yml@v1` could not be read from GitHub (500: Server Error)");
  });

  scenario("a merge base that neither the API nor git tells", async ({ world }) => {
    const { payload, variables } = pullEvent(world.pull({ [RULES]: "version: 1\n" }));
    world.fake.faults.push(fault(/compare|pulls/, status(500), 1000));
    const gone = { ...variables, GITHUB_SHA: "f".repeat(40) };
    world.origin.git("update-ref", "-d", "refs/pull/7/merge");
    const { exit, outputs } = await run(world, { payload, variables: gone });
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "error" });
  });
});
