import { describe, expect, it } from "vitest";
import { formatMarkdown } from "../../src/report/markdown.ts";
import { STORIES, story } from "./stories.ts";

const runUrl = "https://github.com/acme/shop/actions/runs/1";

describe("a comment reads as the golden file of its story", () => {
  for (const name of STORIES.keys()) {
    it(name, async () => {
      const { text } = formatMarkdown(story(name), { budget: 60_000, runUrl });
      await expect(text).toMatchFileSnapshot(`golden/${name}.md`);
    });
  }
});
