import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { run } from "../e2e/run.ts";
import { shippedCommand } from "../e2e/shipped-command.ts";
import { CHANGES, exampleFiles, pullEvent, RULES, scenario } from "../e2e/world.ts";
import { writes } from "../github/talk.ts";
import { checkout, makeFolder } from "../tree/repo.ts";

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

  test("`clusters` never prints an empty list, not even for an empty tree", () => {
    for (const files of [{}, { "a.txt": "" }, exampleFiles()]) {
      const { exit, stdout } = shippedCommand(makeFolder(files), "clusters", ".");
      expect(exit).toBe(0);
      expect(JSON.parse(stdout).include.length).toBeGreaterThan(0);
    }
  });

  test("`merge` ends with 2 where a report of the base's clusters is missing", () => {
    const config = "version: 1\nclusters: [{ name: eu, manifests: [k8s] }, { name: us, manifests: [k8s] }]\n";
    const folder = makeFolder({ ...exampleFiles(), [RULES]: config });
    for (const cluster of ["eu", "us"]) {
      shippedCommand(folder, "diff", ".", ".", "-o", "json", "--cluster", cluster, "-f", `${cluster}.json`);
    }
    const matrix = shippedCommand(folder, "clusters", ".", "-f", "matrix.json");
    expect(matrix.exit).toBe(0);
    expect(shippedCommand(folder, "merge", "--matrix", "matrix.json", "eu.json", "us.json").exit).toBe(0);
    expect(shippedCommand(folder, "merge", "--matrix", "matrix.json", "eu.json").exit).toBe(2);
  });

  test("the recipe of one job a cluster ends in a job that is there whatever happened", () => {
    const page = readFileSync(resolve(import.meta.dirname, "../../docs/github.md"), "utf8");
    const recipe = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].find(([, yaml = ""]) => yaml.includes("matrix:"));
    const { jobs } = parse(recipe?.[1] ?? "");
    expect(jobs["all-clusters"]).toMatchObject({ if: "always()", needs: "review" });
  });
});
