import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../e2e/run.ts";
import { pullEvent, scenario, type World } from "../e2e/world.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const COMMENT = join(ROOT, "docs/comment.md");

/** A comment with what differs from run to run told once and for all: addresses, commits and the day. */
function settled(body: string, { git }: World, commits: Readonly<Record<string, string>>): string {
  let text = body.replaceAll(git.url, "https://github.com").replace(/until: \d{4}-\d{2}-\d{2}/, "until: 2026-12-31");
  for (const [commit, name] of Object.entries(commits)) {
    for (const length of [40, 12, 7]) text = text.replaceAll(commit.slice(0, length), name);
  }
  return text;
}

describe("the comment that the README shows", () => {
  scenario(
    "is what the shipped Action writes about the README's example (`vitest run -u` renews it)",
    async ({ world }) => {
      const pull = world.pull({ "k8s/db.yaml": readFileSync(join(ROOT, "examples/three-tier/head/db.yaml"), "utf8") });
      await run(world, pullEvent(pull));
      const [comment] = world.fake.state.comments;
      const head = Object.fromEntries([pull.head, pull.merge].map((commit) => [commit, "def5678"]));
      const text = settled(comment?.body ?? "", world, { ...head, [pull.base]: "abc1234" });
      await expect(text).toMatchFileSnapshot(COMMENT);
    },
  );

  it("is what its picture was made of (`npm run picture` renews it)", () => {
    const sum = createHash("sha256").update(readFileSync(COMMENT)).digest("hex");
    expect(readFileSync(join(ROOT, "docs/comment.png")).includes(`sha256 of comment.md: ${sum}`)).toBe(true);
  });
});
