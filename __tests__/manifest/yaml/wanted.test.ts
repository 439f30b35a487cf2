import { expect, test } from "vitest";
import { isWanted, wantedPaths } from "../../../src/manifest/yaml/wanted.ts";

const WANTED = wantedPaths("kind", "metadata.labels.*", "metadata.name");

test.each([
  [["kind"], true],
  [["kind", "x"], true],
  [["metadata"], true],
  [["metadata", "labels", "app"], true],
  [["metadata", "uid"], false],
  [["spec"], false],
  [[], true],
])("%j is wanted: %s", (path, wanted) => {
  expect(isWanted(path, WANTED)).toBe(wanted);
});

test("a star wants everything", () => {
  expect(wantedPaths("*")).toBe("all");
  expect(isWanted(["a", "b"], "all")).toBe(true);
});
