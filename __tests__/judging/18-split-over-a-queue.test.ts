import { describe, expect } from "vitest";
import { run } from "../e2e/run.ts";
import { CHANGES, exampleFiles, groupEvent, pullEvent, queue, scenario } from "../e2e/world.ts";

const workloads = exampleFiles()["k8s/workloads.yaml"] ?? "";
/** Harmless alone: nobody bears the label yet. */
const ALLOWS_FRIENDS = { "k8s/db.yaml": CHANGES.original["k8s/db.yaml"].replace("app: api", "friend: db") };
/** Harmless alone: nothing allows the label yet. */
const MAKES_FRIENDS = {
  "k8s/workloads.yaml": workloads.replace("labels: { app: web }", "labels: { app: web, friend: db }"),
};

describe("judging 18: a change split over a merge queue", () => {
  scenario("what two entries open together is found at the second", async ({ world }) => {
    const main = world.origin.git("rev-parse", "main");
    const alone = await run(world, pullEvent(world.pull(MAKES_FRIENDS)));
    expect({ exit: alone.exit, conclusion: alone.outputs.get("conclusion") }).toEqual({
      exit: 0,
      conclusion: "success",
    });
    const [first = "", second = ""] = queue(world, MAKES_FRIENDS, ALLOWS_FRIENDS);
    expect((await run(world, groupEvent(first, main))).exit).toBe(0);
    const both = await run(world, groupEvent(second, first));
    expect(both.exit).toBe(1);
    expect(both.summary).toContain("`production/web`");
  });

  scenario("the queue's own base is taken only where the branch cannot be had, and that is said", async ({ world }) => {
    const main = world.origin.git("rev-parse", "main");
    const [head = ""] = queue(world, CHANGES.widened);
    world.origin.git("branch", "-q", "-m", "main", "trunk");
    const { exit, log } = await run(world, groupEvent(head, main));
    expect(exit).toBe(1);
    expect(log).toContain("no merge base with `main` is to be had: judged from the queue's own base");
  });
});
