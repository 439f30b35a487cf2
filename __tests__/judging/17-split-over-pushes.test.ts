import { describe, expect } from "vitest";
import { run } from "../e2e/run.ts";
import { CHANGES, commitOn, pushEvent, scenario } from "../e2e/world.ts";

/** Half of an opening: another policy lets everybody in, and the old one still stands. */
const SECOND_POLICY = { "k8s/second.yaml": CHANGES.widened["k8s/db.yaml"].replace("name: db\n", "name: second\n") };

describe("judging 17: a change split over pushes", () => {
  scenario("on another branch, the second push answers for the first", async ({ world }) => {
    const first = commitOn(world, "change", SECOND_POLICY);
    const second = commitOn(world, "change", CHANGES.readme);
    const { exit, outputs } = await run(world, pushEvent(second, { ref: "refs/heads/change", before: first }));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
  });

  scenario("on the default branch, each push answers for itself", async ({ world }) => {
    const root = world.origin.git("rev-parse", "main");
    const first = commitOn(world, "main", SECOND_POLICY);
    const second = commitOn(world, "main", CHANGES.readme);
    expect((await run(world, pushEvent(first, { before: root }))).exit).toBe(1);
    expect((await run(world, pushEvent(second, { before: first }))).exit).toBe(0);
  });
});
