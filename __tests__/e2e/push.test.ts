import { describe, expect } from "vitest";
import { run } from "./run.ts";
import { CHANGES, commitOn, pushEvent, scenario } from "./world.ts";

const NONE = "0".repeat(40);

describe("push", () => {
  scenario("default branch: what was there before against what is there now", async ({ world }) => {
    const before = world.origin.git("rev-parse", "main");
    const after = commitOn(world, "main", CHANGES.widened);
    const { exit, outputs, summary, log } = await run(world, pushEvent(after, { before }));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
    expect(summary).toContain("### 🔴 netpol-review: check fails, 1 protected path widened");
    expect(log).not.toContain("comment");
    expect(world.fake.requests).toEqual([]);
  });

  scenario("default branch, the next push: only what it adds", async ({ world }) => {
    const before = commitOn(world, "main", CHANGES.widened);
    const after = commitOn(world, "main", CHANGES.readme);
    const { exit, outputs } = await run(world, pushEvent(after, { before }));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 0, conclusion: "success" });
  });

  scenario("another branch: from where it left the default branch, told by the API", async ({ world }) => {
    const root = world.origin.git("rev-parse", "main");
    const before = commitOn(world, "change", CHANGES.widened);
    const after = commitOn(world, "change", CHANGES.readme);
    world.fake.state.mergeBases.set(`main...${after}`, root);
    const { exit, outputs } = await run(world, pushEvent(after, { ref: "refs/heads/change", before }));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
  });

  scenario("another branch: from where it left the default branch, found by deepening", async ({ world }) => {
    const before = commitOn(world, "change", CHANGES.widened);
    const after = commitOn(world, "change", CHANGES.readme);
    commitOn(world, "main", { "other.txt": "main moves on\n" });
    const { exit, outputs } = await run(world, pushEvent(after, { ref: "refs/heads/change", before }));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
  });

  scenario("the first push of a branch: likewise", async ({ world }) => {
    const after = commitOn(world, "change", CHANGES.widened);
    const { exit } = await run(world, pushEvent(after, { ref: "refs/heads/change", before: NONE, created: true }));
    expect(exit).toBe(1);
  });

  scenario("the first push of the default branch: the tree itself is checked", async ({ world }) => {
    const after = world.origin.git("rev-parse", "main");
    const { exit, outputs, log } = await run(world, pushEvent(after, { before: NONE, created: true }));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 0, conclusion: "success" });
    expect(log).toContain("there is nothing to compare with, the tree itself is checked");
  });

  scenario("a forced push of the default branch: what was there before still counts", async ({ world }) => {
    const before = commitOn(world, "main", { "other.txt": "to be rewritten\n" });
    world.origin.git("reset", "-q", "--hard", "HEAD~1");
    const after = commitOn(world, "main", CHANGES.widened);
    const { exit, outputs } = await run(world, pushEvent(after, { before, forced: true }));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
  });

  scenario("a forced push whose old commits are gone: an error, never a green check", async ({ world }) => {
    const after = commitOn(world, "main", CHANGES.readme);
    const { exit, outputs } = await run(world, pushEvent(after, { before: "e".repeat(40), forced: true }));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "error" });
  });

  scenario("a branch without a common ancestor: an error", async ({ world }) => {
    world.origin.git("checkout", "-q", "--orphan", "alien");
    const after = commitOn(world, "alien", CHANGES.readme);
    const { exit, log } = await run(world, pushEvent(after, { ref: "refs/heads/alien", before: NONE }));
    expect(exit).toBe(1);
    expect(log).toContain("no merge base with `main`");
  });

  scenario("a deleted branch: nothing to do, said", async ({ world }) => {
    const event = pushEvent(NONE, { ref: "refs/heads/change", deleted: true });
    const { exit, outputs, log } = await run(world, event);
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 0, conclusion: "success" });
    expect(log).toContain("`refs/heads/change` was deleted: there is nothing to review");
  });

  scenario("a tag: from where it left the default branch", async ({ world }) => {
    const after = commitOn(world, "change", CHANGES.widened);
    const { exit } = await run(world, pushEvent(after, { ref: "refs/tags/v1", before: NONE, created: true }));
    expect(exit).toBe(1);
  });
});
