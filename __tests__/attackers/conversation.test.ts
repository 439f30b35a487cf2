import { describe, expect } from "vitest";
import { run } from "../e2e/run.ts";
import { CHANGES, exampleFiles, pullEvent, RULES, scenario } from "../e2e/world.ts";
import { addComment } from "../github/fake/state.ts";
import { startGitServer } from "../tree/git-http.ts";
import { mischief } from "./mischief.ts";
import { SHARP } from "./sharp.ts";

describe("people who can comment", () => {
  scenario("a marker in somebody else's comment is not believed, wherever it stands", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    await run(world, pullEvent(pull));
    const ours = world.fake.state.comments[0]?.body ?? "";
    world.fake.state.comments = [];
    const forged = [
      addComment(world.fake.state, 7, "mallory", ours),
      addComment(world.fake.state, 7, "github-actions", ours),
      addComment(world.fake.state, 7, "github-actions[bot]", `> ${ours}`),
    ].map(({ id, body }) => ({ id, body }));
    await run(world, pullEvent(pull));
    await run(world, pullEvent(world.pull(CHANGES.original), { action: "synchronize" }));
    const { comments } = world.fake.state;
    expect(comments).toHaveLength(4);
    expect(comments.slice(0, 3).map(({ id, body }) => ({ id, body }))).toEqual(forged);
    expect(comments[3]?.body).toContain("### ✅ netpol-review: resolved");
  });

  scenario(
    "what somebody wrote into our comment is gone with the next run, and never becomes markup",
    async ({ world }) => {
      const pull = world.pull(CHANGES.widened);
      await run(world, pullEvent(pull));
      const [comment] = world.fake.state.comments;
      if (comment === undefined) throw new Error("no comment");
      const lines = SHARP.flatMap((word) => [`### 🔴 netpol-review: ${word}`, `Rule ${word}`, `**${word}**`, word]);
      comment.body = `${comment.body.split("\n")[0]}\n${lines.join("\n")}`;
      const done = await run(world, pullEvent(world.pull(CHANGES.original), { action: "synchronize" }));
      expect(done.log).toContain("comment turned to resolved");
      expect(mischief(world, done)).toEqual([]);
    },
  );
});

describe("servers on the way", () => {
  scenario("a git server that redirects gets nobody else the token", async ({ world }) => {
    const thief = await startGitServer({ repositories: { "acme/shop": world.origin.dir } });
    const git = await startGitServer({ repositories: {}, redirect: thief.url });
    const { exit, outputs } = await run({ ...world, git }, pullEvent(world.pull(CHANGES.harmless)));
    const stolen = await thief.requests();
    await Promise.all([git.close(), thief.close()]);
    expect({ exit, conclusion: outputs.get("conclusion") }).toEqual({ exit: 1, conclusion: "error" });
    expect(stolen).toEqual([]);
  });

  scenario("only the API, and only with REST but for one query, hears of the run", async ({ world }) => {
    const pull = world.pull(CHANGES.widened);
    await run(world, pullEvent(pull));
    await run(world, pullEvent(pull, { attempt: 2 }));
    const lines = new Set(world.fake.lines());
    const known =
      /^(?:GET \/user|POST \/graphql|GET \/repos\/acme\/shop\/pulls\/7|(?:GET|POST) \/repos\/acme\/shop\/issues\/7\/comments)$/;
    expect([...lines].filter((line) => !known.test(line))).toEqual([]);
  });

  scenario("a fork's kustomization loads nothing from afar, `remotes: allow` notwithstanding", async ({ world }) => {
    const afar = await startGitServer({ repositories: { "evil/base": world.origin.dir } });
    const clusters = "clusters: [{ name: production, remotes: allow, manifests: [{ kustomize: k8s }] }]\n";
    const root = "resources: [db.yaml, workloads.yaml]\n";
    const rules = `${exampleFiles()[RULES]}${clusters}`;
    world.origin.commit({ [RULES]: rules, "k8s/kustomization.yaml": root }, "a root");
    const remote = `resources: [db.yaml, workloads.yaml, "${afar.url}/evil/base?ref=main"]\n`;
    const event = pullEvent(world.pull({ "k8s/kustomization.yaml": remote }), { repository: "stranger/shop" });
    const { exit, json } = await run(world, event);
    const asked = await afar.requests();
    await afar.close();
    expect(exit).toBe(1);
    expect(json).toContain('"RENDER_REMOTE"');
    expect(asked).toEqual([]);
  });
});
