import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../e2e/run.ts";
import { shippedCommand } from "../e2e/shipped-command.ts";
import { CHANGES, exampleFiles, groupEvent, pullEvent, queue, RULES, scenario, type World } from "../e2e/world.ts";
import { makeFolder } from "../tree/repo.ts";

const rules = exampleFiles()[RULES] ?? "";

/** The base's configuration says this, too. */
function pin(world: World, text: string): void {
  world.origin.commit({ [RULES]: `${rules}${text}\n` }, "pinned");
}

describe("judging 21: the workflow is the head's", () => {
  scenario("`mode: enforce` of the base holds against the input `warn`", async ({ world }) => {
    pin(world, "mode: enforce");
    const { exit, log } = await run(world, pullEvent(world.pull(CHANGES.widened)), { inputs: { mode: "warn" } });
    expect(exit).toBe(1);
    expect(log).toContain("(enforcing)");
  });

  scenario("`paths` of the base hold against other ones, which only add to them", async ({ world }) => {
    pin(world, "paths: [k8s]");
    world.origin.commit({ "docs/a.yaml": "" }, "documents");
    const narrowed = await run(world, pullEvent(world.pull(CHANGES.widened)), { inputs: { paths: "docs" } });
    expect(narrowed.outputs.get("conclusion")).toBe("failure");
    const more = { "docs/a.yaml": CHANGES.widened["k8s/db.yaml"].replace("name: db\n", "name: more\n") };
    const widened = await run(world, pullEvent(world.pull(more, 8)), { inputs: { paths: "docs" } });
    expect(widened.outputs.get("conclusion")).toBe("failure");
  });

  scenario("`paths` beside `clusters` of the base are refused", async ({ world }) => {
    pin(world, "clusters: [{ name: production, manifests: [k8s/**] }]");
    const { exit, log } = await run(world, pullEvent(world.pull(CHANGES.widened)), { inputs: { paths: "docs" } });
    expect(exit).toBe(1);
    expect(log).toContain("the input `paths` and `clusters` of the configuration exclude each other");
  });

  scenario(
    "`render: never` of the base holds against the input `auto`, and `auto` against `never`",
    async ({ world }) => {
      const root = { "k8s/kustomization.yaml": "resources: [db.yaml, workloads.yaml]\n" };
      for (const [pinned, typed, ran] of [
        ["never", "auto", false],
        ["auto", "never", true],
      ] as const) {
        pin(world, `render: ${pinned}`);
        const bin = makeFolder({ kustomize: '#!/bin/sh\n: > "$0.ran"\nexit 1\n' });
        chmodSync(join(bin, "kustomize"), 0o755);
        const event = pullEvent(world.pull(root, typed.length));
        const options = { inputs: { render: typed }, variables: { PATH: `${bin}:${process.env.PATH}` } };
        await run(world, event, options);
        expect(readdirSync(bin).includes("kustomize.ran")).toBe(ran);
      }
    },
  );

  scenario("the inputs `base` and `head` are refused on pull_request and merge_group", async ({ world }) => {
    const main = world.origin.git("rev-parse", "main");
    const [entry = ""] = queue(world, CHANGES.widened);
    for (const inputs of [{ base: entry }, { head: main }, { base: main, head: main }]) {
      for (const event of [pullEvent(world.pull(CHANGES.widened)), groupEvent(entry, main)]) {
        const { exit, log } = await run(world, event, { inputs });
        expect(exit).toBe(1);
        expect(log).toContain("the change must not choose what it is compared with");
      }
    }
  });

  scenario("`prerendered: true` counts in the base alone", async ({ world }) => {
    const workspace = makeFolder({ "old/a.yaml": "", "new/a.yaml": "" });
    const pull = world.pull({ ...CHANGES.widened, [RULES]: `${rules}prerendered: true\n` });
    const { exit, log } = await run(world, pullEvent(pull), { workspace, inputs: { base: "old", head: "new" } });
    expect(exit).toBe(1);
    expect(log).toContain("is refused on `pull_request`");
  });

  scenario(
    "a workflow that names a configuration which the base does not have is judged by the one that it has",
    async ({ world }) => {
      const pull = world.pull({ ...CHANGES.widened, "lax.yml": "version: 1\n" });
      const { exit, outputs, summary } = await run(world, pullEvent(pull), { inputs: { config: "lax.yml" } });
      expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
      expect(summary).toContain("`.github/netpol-review.yml` judges this change");
    },
  );

  scenario(
    "a change to a workflow that runs the review stands at the top, and fails where `configChanges: error`",
    async ({ world }) => {
      const workflow = ".github/workflows/review.yml";
      const before = "on: pull_request\njobs: { a: { steps: [{ uses: netpol-review/netpol-review@v1 }] } }\n";
      world.origin.commit({ [workflow]: before }, "a workflow");
      const change = { [workflow]: before.replace("pull_request", "push") };
      const told = await run(world, pullEvent(world.pull(change)));
      expect({ exit: told.exit, conclusion: told.outputs.get("conclusion") }).toEqual({
        exit: 0,
        conclusion: "changed",
      });
      const [comment] = world.fake.state.comments;
      expect(comment?.body.split("\n").slice(0, 8).join("\n")).toContain(workflow);
      pin(world, "configChanges: error");
      expect((await run(world, pullEvent(world.pull(change, 8)))).outputs.get("conclusion")).toBe("failure");
    },
  );

  scenario("an Action of the repository that a workflow runs in our place is told, too", async ({ world }) => {
    const action = ".github/actions/review/action.yml";
    world.origin.commit({ [action]: "runs: { steps: [{ uses: netpol-review/netpol-review@v1 }] }\n" }, "an Action");
    const { summary, outputs } = await run(world, pullEvent(world.pull({ [action]: "runs: { steps: [] }\n" })));
    expect(outputs.get("conclusion")).toBe("changed");
    expect(summary).toContain(`\`${action}\`, which runs this review, changes`);
  });

  scenario("rules that the head loosens judge the next change, not this one", async ({ world }) => {
    for (const [number, text] of [
      [1, "version: 1\n"],
      [2, undefined],
      [3, rules.replace("podSelector", "x").replace("allowed:", "allowed:\n      - from: { anywhere: true }")],
      [4, `${rules}exceptions:\n  - { rule: db-ingress, from: { anywhere: true }, until: 2099-01-01, reason: mine }\n`],
      [5, `${rules}exclude: ['k8s/**']\n`],
      [6, `${rules}mode: warn\n`],
    ] as const) {
      const { exit, outputs, summary } = await run(
        world,
        pullEvent(world.pull({ ...CHANGES.widened, [RULES]: text }, number)),
      );
      expect({ number, exit, conclusion: outputs.get("conclusion") }).toEqual({
        number,
        exit: 1,
        conclusion: "failure",
      });
      expect(summary.split("\n").slice(0, 12).join("\n")).toContain(RULES.slice(8));
    }
  });

  scenario("a head that makes the configuration invalid gets no answer", async ({ world }) => {
    const { exit, outputs } = await run(world, pullEvent(world.pull({ [RULES]: "version: 1\nprotcted: []\n" })));
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "error" });
  });

  test("`doctor` says what a green check is worth: editable is less than owned", () => {
    const workflow = {
      ".github/workflows/review.yml": "jobs:\n  a:\n    steps:\n      - uses: netpol-review/netpol-review@v1\n",
    };
    const level = (files: Record<string, string>) =>
      JSON.parse(shippedCommand(makeFolder({ ...exampleFiles(), ...files }), "doctor", "-o", "json", ".").stdout).trust
        .level;
    expect(level({})).toBe("none");
    expect(level(workflow)).toBe("editable");
    expect(level({ ...workflow, ".github/CODEOWNERS": "/.github/ @acme/security\n" })).toBe("owned");
  });
});
