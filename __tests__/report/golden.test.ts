import { describe, expect, it } from "vitest";
import { COMMENT_BYTES, formatMarkdown } from "../../src/report/markdown.ts";
import { STORIES, story } from "./stories.ts";

const WHOLE = { words: "job summary", url: "https://github.com/acme/shop/actions/runs/1" };

describe("a comment reads as the golden file of its story", () => {
  for (const name of STORIES.keys()) {
    it(name, async () => {
      const { text } = formatMarkdown(story(name), { budget: COMMENT_BYTES, whole: WHOLE });
      await expect(text).toMatchFileSnapshot(`golden/${name}.md`);
    });
  }
});
