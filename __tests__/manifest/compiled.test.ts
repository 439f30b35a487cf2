import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compileWalk, target } from "../../scripts/build-walk.mjs";

it("the committed walk is what its source compiles to", { timeout: 30_000 }, async () => {
  expect(readFileSync(target, "utf8")).toBe(await compileWalk());
});
