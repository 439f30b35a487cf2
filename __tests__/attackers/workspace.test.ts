import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { run } from "../e2e/run.ts";
import { CHANGES, pullEvent, RULES, scenario } from "../e2e/world.ts";
import { checkout, makeFolder } from "../tree/repo.ts";
import { mischief } from "./mischief.ts";
import { layTrap } from "./trap.ts";

const MERGE = "refs/pull/7/merge";

describe("a workspace that somebody has prepared", () => {
  scenario("its hooks, its configuration, its attributes and its filters start nothing", async ({ world }) => {
    const pull = world.pull({ ...CHANGES.widened, ".gitattributes": "* filter=trap diff=trap merge=trap ident\n" });
    const workspace = checkout(world.origin, { ref: MERGE, depth: 2 });
    const trap = layTrap();
    const hooks = ["reference-transaction", "post-index-change", "post-checkout", "pre-auto-gc", "fsmonitor-watchman"];
    workspace.write(Object.fromEntries(hooks.map((hook) => [`.git/hooks/${hook}`, `#!/bin/sh\n${trap.program}\n`])));
    for (const hook of hooks) chmodSync(join(workspace.dir, ".git/hooks", hook), 0o755);
    workspace.write({
      ".git/included": `[alias]\n\tcat-file = "!${trap.program}"\n[core]\n\tpager = ${trap.program}\n`,
    });
    for (const [key, value] of [
      ["core.fsmonitor", trap.program],
      ["core.hooksPath", ".git/hooks"],
      ["core.sshCommand", trap.program],
      ["core.gitProxy", trap.program],
      ["core.askPass", trap.program],
      ["credential.helper", `!${trap.program}`],
      ["filter.trap.smudge", trap.program],
      ["filter.trap.clean", trap.program],
      ["filter.trap.process", trap.program],
      ["filter.trap.required", "true"],
      ["diff.trap.textconv", trap.program],
      ["diff.external", trap.program],
      ["include.path", "included"],
      ["remote.origin.uploadpack", trap.program],
      ["protocol.ext.allow", "always"],
      [`url.ext::${trap.program}.insteadOf`, world.git.url],
      ["alias.ls-tree", `!${trap.program}`],
    ] as const) {
      workspace.git("config", key, value);
    }
    const done = await run(world, pullEvent(pull), { workspace: workspace.dir });
    expect(mischief(world, done)).toEqual([]);
    expect(done.outputs.get("conclusion")).toBe("failure");
    expect(trap.sprung()).toEqual([]);
  });

  scenario(
    "programs in it are not ours, whatever PATH says, and variables of git's do not lead it astray",
    async ({ world }) => {
      const pull = world.pull({
        ...CHANGES.widened,
        "k8s/kustomization.yaml": "resources: [db.yaml, workloads.yaml]\n",
      });
      const trap = layTrap();
      const workspace = checkout(world.origin, { ref: MERGE, depth: 2 });
      for (const name of ["git", "kustomize", "kubectl", "helm", "node"]) {
        workspace.write({ [`bin/${name}`]: `#!/bin/sh\nexec ${trap.program}\n` });
        chmodSync(join(workspace.dir, "bin", name), 0o755);
      }
      const done = await run(world, pullEvent(pull), {
        workspace: workspace.dir,
        variables: {
          PATH: [join(workspace.dir, "bin"), "bin", ".", process.env.PATH].join(":"),
          GIT_SSH_COMMAND: trap.program,
          GIT_EXTERNAL_DIFF: trap.program,
          GIT_PAGER: trap.program,
          GIT_ASKPASS: trap.program,
          GIT_EXEC_PATH: trap.folder,
          GIT_DIR: makeFolder(),
          GIT_OBJECT_DIRECTORY: makeFolder(),
          GIT_CONFIG_COUNT: "1",
          GIT_CONFIG_KEY_0: "core.fsmonitor",
          GIT_CONFIG_VALUE_0: trap.program,
          GIT_TRACE: join(makeFolder(), "trace"),
        },
      });
      expect(mischief(world, done)).toEqual([]);
      expect(done.exit).toBe(1);
      expect(trap.sprung()).toEqual([]);
    },
  );

  scenario("its objects cannot be exchanged: replacements, grafts and a shallow file that lies", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    const workspace = checkout(world.origin, { ref: MERGE, depth: 2 });
    const [widened, rules] = [
      workspace.git("rev-parse", "HEAD:k8s/db.yaml"),
      workspace.git("rev-parse", `HEAD:${RULES}`),
    ];
    workspace.write({ "lax.yml": "version: 1\n" });
    const lax = workspace.git("hash-object", "-w", "lax.yml");
    workspace.git("replace", widened, workspace.git("rev-parse", "HEAD^1:k8s/db.yaml"));
    workspace.git("replace", rules, lax);
    workspace.git("replace", pull.merge, pull.base);
    workspace.write({ ".git/info/grafts": `${pull.merge} ${pull.base}\n` });
    expect((await run(world, pullEvent(pull), { workspace: workspace.dir })).outputs.get("conclusion")).toBe("failure");
    workspace.write({ ".git/shallow": `${pull.merge}\n` });
    expect((await run(world, pullEvent(pull), { workspace: workspace.dir })).outputs.get("conclusion")).toBe("failure");
  });

  scenario("objects that are missing or broken are fetched or told, never passed over", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    const workspace = checkout(world.origin, { ref: MERGE, depth: 2 });
    rmSync(join(workspace.dir, ".git/objects"), { recursive: true });
    workspace.write({ ".git/objects/info/alternates": "/nowhere\n", ".git/objects/pack/.keep": "" });
    const { exit, outputs } = await run(world, pullEvent(pull), { workspace: workspace.dir });
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "failure" });
  });

  scenario("a `.git` that points elsewhere, or is none, does no harm", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    for (const git of ["gitdir: /etc\n", "gitdir: ../../..\n", "nonsense\n", ""]) {
      const workspace = makeFolder({ ".git": git });
      expect((await run(world, pullEvent(pull), { workspace })).outputs.get("conclusion")).toBe("failure");
    }
  });
});
