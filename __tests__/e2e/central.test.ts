import { describe, expect } from "vitest";
import { makeFolder } from "../tree/repo.ts";
import { commands, run } from "./run.ts";
import { CHANGES, exampleFiles, pullEvent, RULES, scenario, startWorld } from "./world.ts";

const CENTRAL = "acme/rules/netpol.yml@v1";
const central = exampleFiles()[RULES] ?? "";
const inputs = { config: CENTRAL };

describe("a central configuration", () => {
  scenario("its rules judge, whatever the repository has", async ({ world }) => {
    world.origin.commit({ [RULES]: undefined }, "no rules of its own");
    world.fake.state.files.set(CENTRAL, central);
    const { exit, summary } = await run(world, pullEvent(world.pull(CHANGES.widened)), { inputs });
    expect(exit).toBe(1);
    expect(summary).toContain("Rule `db-ingress`: ");
    expect(summary).toContain(`In \`${CENTRAL}\`:`);
  });

  scenario(
    "it is a floor: the repository's own file cannot weaken it, and a file of that name is not looked for",
    async ({ world }) => {
      world.origin.commit(
        { [RULES]: "version: 1\nmode: warn\nexclude: [k8s/**]\n", [CENTRAL]: "version: 1\n" },
        "weak",
      );
      world.fake.state.files.set(CENTRAL, central);
      const { exit, outputs, summary } = await run(world, pullEvent(world.pull(CHANGES.widened)), { inputs });
      expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
      expect(summary).toContain("does not count beside the central configuration");
    },
  );

  scenario("a ref that is not there, and no access, are errors", async ({ world }) => {
    const event = pullEvent(world.pull(CHANGES.harmless));
    for (const config of [CENTRAL, "secret/rules/netpol.yml@v1"]) {
      const { exit, outputs, log } = await run(world, event, { inputs: { config } });
      expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "error" });
      expect(log).toContain(`\`${config}\` is not there, or the token may not read`);
    }
    const { exit, log } = await run(world, event, { inputs: { config: "acme/rules/netpol.yml@" } });
    expect(exit).toBe(1);
    expect(log).toContain("names no usable ref");
  });

  scenario("an invalid one is an error that names its line and no file of this repository", async ({ world }) => {
    world.origin.commit({ [RULES]: undefined }, "no rules of its own");
    world.fake.state.files.set(CENTRAL, "version: 1\nprotcted: []\n");
    const { exit, outputs, log } = await run(world, pullEvent(world.pull(CHANGES.widened)), { inputs });
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "error" });
    expect(commands({ log })[0]).toMatch(/^::error title=[^:]+::acme\/rules\/netpol\.yml@v1 line 2: .*protcted/);
  });

  scenario("a repository without manifests passes", async () => {
    const world = await startWorld({ "k8s/db.yaml": undefined, "k8s/workloads.yaml": undefined, [RULES]: undefined });
    world.fake.state.files.set(CENTRAL, central);
    const { exit, outputs } = await run(world, pullEvent(world.pull(CHANGES.readme)), { inputs });
    await world.close();
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 0, conclusion: "success" });
  });

  scenario("a repository with rules of its own and without manifests does not", async () => {
    const world = await startWorld({ "k8s/db.yaml": undefined, "k8s/workloads.yaml": undefined });
    const { exit, log } = await run(world, pullEvent(world.pull(CHANGES.readme)), { workspace: makeFolder() });
    await world.close();
    expect(exit).toBe(1);
    expect(log).toContain("No manifest was found on either side");
  });
});
