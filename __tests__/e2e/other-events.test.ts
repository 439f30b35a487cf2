import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { otherEvent, type RunnerEvent } from "../github/fake/events.ts";
import { makeFolder } from "../tree/repo.ts";
import { commands, run } from "./run.ts";
import { CHANGES, exampleFiles, groupEvent, pullEvent, queue, RULES, scenario, type World } from "./world.ts";

function onTip(world: World, name: string): RunnerEvent {
  const { variables, payload } = otherEvent(name);
  return { payload, variables: { ...variables, GITHUB_SHA: world.origin.git("rev-parse", "main") } };
}

describe("merge_group", () => {
  scenario("an entry of a merge queue: judged against the branch it lands on, without a comment", async ({ world }) => {
    const main = world.origin.git("rev-parse", "main");
    const [head = ""] = queue(world, CHANGES.widened);
    const { exit, outputs, summary } = await run(world, groupEvent(head, main));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
    expect(summary).toContain("merge blocked");
    expect(world.fake.state.comments).toEqual([]);
  });

  scenario("entries below it are included", async ({ world }) => {
    const [below = "", head = ""] = queue(world, CHANGES.widened, CHANGES.readme);
    expect((await run(world, groupEvent(head, below))).exit).toBe(1);
  });

  scenario("a harmless entry lets the queue go on", async ({ world }) => {
    const main = world.origin.git("rev-parse", "main");
    const [head = ""] = queue(world, CHANGES.harmless);
    const { exit, outputs } = await run(world, groupEvent(head, main));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 0, conclusion: "success" });
  });
});

describe("workflow_dispatch, schedule and others", () => {
  scenario("workflow_dispatch: the tree itself is checked", async ({ world }) => {
    const { exit, outputs, json, log } = await run(world, onTip(world, "workflow_dispatch"));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 0, conclusion: "success" });
    expect(JSON.parse(json)).toMatchObject({ schema: "netpol-review/check/v1" });
    expect(log).toContain("the event `workflow_dispatch` has nothing to compare with: the tree itself is checked\n");
  });

  scenario("schedule: what stands open on the branch fails the job", async ({ world }) => {
    world.origin.commit(CHANGES.widened, "somebody merged it all the same");
    const { exit, outputs, log } = await run(world, onTip(world, "schedule"));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
    expect(commands({ log })).toEqual([expect.stringMatching(/^::error file=k8s\/db\.yaml,line=12/)]);
  });

  scenario("an event that nobody thought of: the tree itself is checked, and the log says so", async ({ world }) => {
    const { exit, log } = await run(world, onTip(world, "repository_dispatch"));
    expect(exit).toBe(0);
    expect(log).toContain("the event `repository_dispatch` has nothing to compare with");
  });

  scenario("workflow_dispatch with refs: branches, tags and commits are compared", async ({ world }) => {
    const first = world.origin.git("rev-parse", "main");
    const pull = world.pull(CHANGES.widened);
    world.origin.git("tag", "-a", "v1", "-m", "first", first);
    for (const [base, head] of [
      ["main", pull.branch],
      ["v1", pull.head],
      [first, `refs/heads/${pull.branch}`],
    ] as const) {
      const { exit, summary } = await run(world, onTip(world, "workflow_dispatch"), { inputs: { base, head } });
      expect({ base, exit }).toEqual({ base, exit: 1 });
      expect(summary).toContain(`On \`${base}\``);
    }
  });

  scenario("workflow_dispatch with a base alone: the event's commit is the head", async ({ world }) => {
    world.origin.git("branch", "old");
    world.origin.commit(CHANGES.closed, "closed");
    const { exit, outputs } = await run(world, onTip(world, "workflow_dispatch"), { inputs: { base: "old" } });
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 0, conclusion: "changed" });
  });

  scenario(
    "workflow_dispatch with directories: rendered manifests, rules of the work tree, places of the workspace",
    async ({ world }) => {
      const workspace = makeFolder({ [RULES]: exampleFiles()[RULES] });
      for (const [folder, change] of [
        ["old", {}],
        ["new", CHANGES.widened],
      ] as const) {
        for (const [name, text] of Object.entries({ ...exampleFiles(), ...change })) {
          if (!name.startsWith("k8s/")) continue;
          mkdirSync(join(workspace, folder), { recursive: true });
          makeAt(workspace, `${folder}/${name.slice(4)}`, text);
        }
      }
      const options = { workspace, inputs: { base: "old", head: "./new/" } };
      const { exit, log, summary, json } = await run(world, onTip(world, "workflow_dispatch"), options);
      expect(exit).toBe(1);
      expect(commands({ log })).toEqual([expect.stringMatching(/^::error file=new\/db\.yaml,line=12/)]);
      expect(summary).toContain("of the work tree judges");
      expect(summary).toContain("```diff");
      expect(JSON.parse(json).findings[0]).toMatchObject({ file: "new/db.yaml" });
    },
  );

  scenario("pull_request with directories: refused, unless the base says `prerendered: true`", async ({ world }) => {
    const workspace = makeFolder({ "old/a.yaml": "", "new/a.yaml": "" });
    const options = { workspace, inputs: { base: "old", head: "new" } };
    const refused = await run(world, pullEvent(world.pull(CHANGES.widened)), options);
    expect(refused.exit).toBe(1);
    expect(refused.log).toContain("the input `base` (`old`) and `head` (`new`) is refused on `pull_request`");
    world.origin.commit({ [RULES]: `${exampleFiles()[RULES]}prerendered: true\n` }, "rendered elsewhere");
    for (const folder of ["old", "new"]) {
      for (const [name, text] of Object.entries(exampleFiles())) makeAt(workspace, `${folder}/${name}`, text);
    }
    makeAt(workspace, "new/k8s/db.yaml", CHANGES.widened["k8s/db.yaml"]);
    const allowed = await run(world, pullEvent(world.pull(CHANGES.readme, 8)), options);
    expect({ exit: allowed.exit, conclusion: allowed.outputs.get("conclusion") }).toEqual({
      exit: 1,
      conclusion: "failure",
    });
  });
});

function makeAt(root: string, path: string, text: string): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
}
