import type { ConfigFacts } from "../../src/review/config-facts.ts";
import type { ReviewInput } from "../../src/review.ts";
import type { Tree } from "../../src/tree/tree.ts";

/** What a review of two trees is given where a test says nothing else: no flags, no rendering, a day like any other. */
export function reviewInput(base: Tree | undefined, head: Tree, facts: ConfigFacts): ReviewInput {
  return {
    ...facts,
    base,
    head,
    ownRules: true,
    roots: { paths: [], render: "never", fork: false },
    overrides: {},
    cluster: "",
    representatives: true,
    maxPairs: 1000,
    context: {
      version: "1.0.0",
      mode: "enforce",
      setting: "local",
      base: { label: "base", commit: undefined },
      head: { label: "head", commit: undefined },
      reproduce: "",
      links: undefined,
    },
    today: "2026-11-25",
    workshop: { path: "", scratch: "", proxies: {} },
  };
}
