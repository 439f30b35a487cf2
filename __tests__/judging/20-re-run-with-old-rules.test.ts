import { describe, expect } from "vitest";
import { run } from "../e2e/run.ts";
import { CHANGES, exampleFiles, pullEvent, RULES, scenario } from "../e2e/world.ts";

describe("judging 20: a re-run with old rules", () => {
  scenario("from the second attempt on, the base branch as it is now judges", async ({ world }) => {
    world.origin.commit({ [RULES]: "version: 1\n" }, "no rules yet");
    const pull = world.pull(CHANGES.widened);
    expect((await run(world, pullEvent(pull))).exit).toBe(0);
    world.origin.commit({ [RULES]: exampleFiles()[RULES] }, "rules");
    world.origin.pullRequest(7, "main", pull.branch);
    expect((await run(world, pullEvent(pull, { attempt: 2 }))).exit).toBe(1);
  });

  scenario("a current merge commit of another head does not judge", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    world.pull(CHANGES.original);
    const { exit, outputs } = await run(world, pullEvent(pull, { attempt: 2 }));
    expect(exit).toBe(1);
    expect(outputs.get("conclusion")).not.toBe("success");
  });
});
