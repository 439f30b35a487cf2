import { describe, expect, it } from "vitest";
import { keeper, withKept } from "../../src/review/contents.ts";
import type { Tree, TreeEntry } from "../../src/tree/tree.ts";

const entry = (path: string): TreeEntry => ({ path, blob: `id of ${path}`, kind: "file", size: undefined });
const [one, two, other] = ["one.yaml", "two.yaml", "other.yaml"].map(entry);

/** A tree of three files, and the paths that it was asked for. */
function asked(): { readonly tree: Tree; readonly paths: string[] } {
  const paths: string[] = [];
  const entries = [one, two, other].filter((each) => each !== undefined);
  const read: Tree["read"] = (wanted, visit) => {
    for (const each of wanted) {
      paths.push(each.path);
      visit(each, Buffer.from(`read ${each.path}`));
    }
  };
  return { tree: { label: "", commit: undefined, entries, issues: [], read }, paths };
}

function texts(tree: Tree, entries: readonly (TreeEntry | undefined)[]): readonly string[] {
  const found: string[] = [];
  tree.read(
    entries.filter((each) => each !== undefined),
    (each, bytes) => found.push(`${each.path}: ${bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : ""}`),
  );
  return found;
}

describe("a tree of which some files are kept", () => {
  const { kept, keep } = keeper(new Set(["one.yaml", "two.yaml"]));
  for (const path of ["one.yaml", "two.yaml", "other.yaml"]) keep(entry(path), Buffer.from(`kept ${path}`));

  it("is not asked for these again", () => {
    const { tree, paths } = asked();
    expect(texts(withKept(tree, kept), [two, one])).toEqual(["two.yaml: kept two.yaml", "one.yaml: kept one.yaml"]);
    expect(paths).toEqual([]);
  });

  it("is asked where one is missing, for all in their order", () => {
    const { tree, paths } = asked();
    expect(texts(withKept(tree, kept), [one, other])).toEqual([
      "one.yaml: read one.yaml",
      "other.yaml: read other.yaml",
    ]);
    expect(paths).toEqual(["one.yaml", "other.yaml"]);
  });
});
