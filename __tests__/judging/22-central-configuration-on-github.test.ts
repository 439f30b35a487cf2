import { describe, expect } from "vitest";
import { run } from "../e2e/run.ts";
import { CHANGES, exampleFiles, pullEvent, RULES, scenario } from "../e2e/world.ts";

const CENTRAL = "acme/rules/netpol.yml@v1";
const inputs = { config: CENTRAL };

describe("judging 22: a central configuration on GitHub", () => {
  scenario("it is never looked up in the repository, whose file of that name may say anything", async ({ world }) => {
    world.fake.state.files.set(CENTRAL, exampleFiles()[RULES] ?? "");
    const lax = "version: 1\n";
    world.origin.commit({ [RULES]: undefined, [CENTRAL]: lax, "acme/rules/netpol.yml": lax }, "look-alikes");
    expect((await run(world, pullEvent(world.pull(CHANGES.widened)), { inputs })).exit).toBe(1);
  });

  scenario("without access there is no answer, although the repository has a file of that name", async ({ world }) => {
    world.origin.commit({ [CENTRAL]: exampleFiles()[RULES] }, "look-alike");
    const { exit, outputs } = await run(world, pullEvent(world.pull(CHANGES.harmless)), { inputs });
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "error" });
  });

  scenario("the repository's own file adds rules, and weakens none", async ({ world }) => {
    world.fake.state.files.set(CENTRAL, `${exampleFiles()[RULES]}mode: enforce\n`);
    const own = "protected: [{ name: web-ingress, to: { namespace: production, pods: { app: web } }, allowed: [] }]";
    world.origin.commit({ [RULES]: `version: 1\n${own}\nmode: warn\nexclude: [k8s/**]\n` }, "own rules");
    const { exit, summary, json } = await run(world, pullEvent(world.pull(CHANGES.widened)), { inputs });
    expect(exit).toBe(1);
    expect(JSON.parse(json).context.rules).toBe(2);
    for (const setting of ["mode", "exclude"]) {
      expect(summary).toContain(`\`${setting}\` does not count beside the central configuration`);
    }
  });
});
