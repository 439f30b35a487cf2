import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedPaths } from "../../src/tree/changed-paths.ts";
import { comparePaths } from "../../src/tree/path.ts";
import type { Tree } from "../../src/tree/tree.ts";

/** A tree of these paths, each with its content's id. */
function treeOf(files: ReadonlyMap<string, string>): Tree {
  const entries = [...files]
    .map(([path, blob]) => ({ path, blob, kind: "file", size: undefined }) as const)
    .sort((a, b) => comparePaths(a.path, b.path));
  return { label: "", commit: undefined, entries, issues: [], read: () => undefined };
}

describe("the changed paths of two trees", () => {
  it("are those that differ, and those that one tree only has", () => {
    const base = treeOf(new Map(Object.entries({ "a/x": "1", "a-b": "1", b: "1", d: "1" })));
    const head = treeOf(new Map(Object.entries({ "a/x": "1", "a-b": "2", c: "1" })));
    expect([...changedPaths(base, head)]).toEqual(["a-b", "b", "c", "d"]);
    expect([...changedPaths(base, base)]).toEqual([]);
  });

  it("are what comparing path by path gives", () => {
    const path = fc.stringMatching(/^[a-].?(\/[a-])?$/);
    const files = fc.array(fc.tuple(path, fc.constantFrom("1", "2"))).map((list) => new Map(list));
    fc.assert(
      fc.property(files, files, (before, after) => {
        const all = [...before.keys(), ...after.keys()];
        const expected = new Set(all.filter((each) => before.get(each) !== after.get(each)));
        expect(changedPaths(treeOf(before), treeOf(after))).toEqual(expected);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
