import { describe, expect, test } from "vitest";
import { type Choice, chooseConfig } from "../../src/config/choose-config.ts";
import type { ParsedConfig } from "../../src/config/types.ts";
import { parseConfig } from "../../src/config.ts";
import { conclude } from "../../src/gate/conclusion.ts";
import { DB_INGRESS } from "./story.ts";

const file = ".github/netpol-review.yml";
const parse = (text: string): ParsedConfig => parseConfig(new TextEncoder().encode(text), file, []);
const valid = parse(`version: 1\n${DB_INGRESS}`);
const other = parse("version: 1\n");
const invalid = parse("version: 1\nprotcted: []\n");
const choose = (base?: ParsedConfig, head?: ParsedConfig, more: { typed?: boolean; touched?: boolean } = {}) =>
  chooseConfig({ base, head, file, typed: false, touched: true, ...more });
const verdict = ({ fatal, atBest, config }: Choice, changed = false) =>
  conclude({
    fatal,
    atBest,
    changed,
    findings: [],
    rules: config.rules.length > 0,
    issues: { both: [], differing: [], repaired: [] },
    configChanges: undefined,
  }).conclusion;

describe("judging 23: the configuration that judges", () => {
  test.each([
    ["valid and unchanged", choose(valid, valid), "base", "success"],
    ["valid, another valid one in head", choose(valid, other), "base", "success"],
    ["valid, removed in head", choose(valid, undefined), "base", "success"],
    ["valid, invalid in head", choose(valid, invalid), "base", "error"],
    ["absent, valid in head", choose(undefined, valid), undefined, "success"],
    ["absent, invalid in head", choose(undefined, invalid), undefined, "error"],
    ["absent", choose(undefined, undefined), undefined, "success"],
    ["absent under a path that somebody typed", choose(undefined, undefined, { typed: true }), undefined, "error"],
    [
      "absent under a path that somebody typed, there in head",
      choose(undefined, valid, { typed: true }),
      undefined,
      "success",
    ],
    ["invalid, valid in head", choose(invalid, valid), "head", "changed"],
    ["invalid on both sides", choose(invalid, invalid), undefined, "error"],
    ["invalid, removed in head", choose(invalid, undefined), undefined, "error"],
    [
      "invalid, and nothing that is read is touched",
      choose(invalid, invalid, { touched: false }),
      undefined,
      "success",
    ],
  ])("base %s", (_, choice, side, conclusion) => {
    expect(choice.side).toBe(side);
    expect(verdict(choice)).toBe(conclusion);
  });

  test("head's rules judge where it repairs base's, and say so", () => {
    const choice = choose(invalid, valid);
    expect(choice.config.rules.map(({ name }) => name)).toEqual(["db-ingress"]);
    expect(choice.notes[0]?.message).toContain("base's configuration is invalid");
  });

  test("a configuration that only head has judges nothing", () => {
    expect(choose(undefined, valid).config.rules).toEqual([]);
    expect(choose(undefined, valid).notes[0]?.message).toContain("counts from the merge on");
  });
});
