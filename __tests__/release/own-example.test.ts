import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect } from "vitest";
import { parse } from "yaml";
import { run } from "../e2e/run.ts";
import { commitOn, pullEvent, pushEvent, RULES, scenario } from "../e2e/world.ts";
import { checkout } from "../tree/repo.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(resolve(ROOT, path), "utf8");
const { jobs } = parse(read(".github/workflows/ci.yml"));

/** The example, as this repository has it. */
const EXAMPLE = Object.fromEntries(
  ["base/db.yaml", "base/workloads.yaml", "head/db.yaml", "head/workloads.yaml"].map((name) => {
    const path = `examples/three-tier/${name}`;
    return [path, read(path)];
  }),
);

describe("this repository reviews its own example with itself", () => {
  scenario("its CI expects the example's head to be found guilty, and it is", async ({ world }) => {
    const { origin } = world;
    origin.commit(
      { "k8s/db.yaml": undefined, "k8s/workloads.yaml": undefined, ...EXAMPLE, [RULES]: read(RULES) },
      "ours",
    );
    const before = origin.git("rev-parse", "main");
    const after = commitOn(world, "main", { "README.md": "ours\n" });
    const workspace = checkout(origin, { ref: "refs/heads/main", depth: 1 }).dir;
    const { with: inputs } = jobs.example.steps.find(({ id }: { readonly id?: string }) => id === "review");
    const { exit, outputs } = await run(world, pushEvent(after, { before }), { workspace, inputs });
    expect(exit).toBe(1);
    expect(`failure ${outputs.get("conclusion")} ${outputs.get("findings")}`).toBe("failure failure 1");
    expect(jobs.example.steps.at(-1).run).toContain('= "failure failure 1"');
  });

  scenario("a pull request that makes the example's base like its head does not pass", async ({ world }) => {
    world.origin.commit(
      { "k8s/db.yaml": undefined, "k8s/workloads.yaml": undefined, ...EXAMPLE, [RULES]: read(RULES) },
      "ours",
    );
    const change = { "examples/three-tier/base/db.yaml": EXAMPLE["examples/three-tier/head/db.yaml"] };
    expect((await run(world, pullEvent(world.pull(change)))).outputs.get("conclusion")).toBe("failure");
    const other = { "examples/three-tier/head/db.yaml": "" };
    expect((await run(world, pullEvent(world.pull(other, 8)))).outputs.get("conclusion")).toBe("success");
  });
});
