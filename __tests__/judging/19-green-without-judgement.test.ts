import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { run } from "../e2e/run.ts";
import { CHANGES, pullEvent, scenario } from "../e2e/world.ts";
import { writes } from "../github/talk.ts";
import { checkout } from "../tree/repo.ts";

describe("judging 19: green without judgement", () => {
  scenario("a superseded run that cannot judge its commit ends with exit status 1", async ({ world }) => {
    const event = pullEvent(world.pull(CHANGES.harmless));
    world.pull(CHANGES.readme);
    const { exit, outputs } = await run(world, event, { variables: { GITHUB_SHA: "f".repeat(40) } });
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "superseded" });
    expect(writes(world.fake)).toEqual([]);
  });

  scenario("a superseded run that still has its commit judges it, and writes no comment", async ({ world }) => {
    const event = pullEvent(world.pull(CHANGES.widened));
    const workspace = checkout(world.origin, { ref: "refs/pull/7/merge", depth: 2 }).dir;
    world.pull(CHANGES.original);
    const { exit, outputs } = await run(world, event, { workspace });
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
    expect(writes(world.fake)).toEqual([]);
  });

  scenario("`closed` is judged like any other event", async ({ world }) => {
    const { exit, outputs } = await run(world, pullEvent(world.pull(CHANGES.widened), { action: "closed" }));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
    expect(writes(world.fake)).toEqual([]);
  });

  test("the recipe of one job a cluster ends in a job that is there whatever happened", () => {
    const page = readFileSync(resolve(import.meta.dirname, "../../docs/github.md"), "utf8");
    const recipe = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].find(([, yaml = ""]) => yaml.includes("matrix:"));
    const { jobs } = parse(recipe?.[1] ?? "");
    expect(jobs["all-clusters"]).toMatchObject({ if: "always()", needs: "review" });
  });
});
