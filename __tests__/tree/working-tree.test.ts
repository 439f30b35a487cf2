import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commitTree } from "../../src/tree/commit-tree.ts";
import { resolveRef } from "../../src/tree/refs.ts";
import { openRepository } from "../../src/tree/repository.ts";
import { workingTree } from "../../src/tree/working-tree.ts";
import { contents, failureOf } from "./contents.ts";
import { makeFolder, makeRepo, type TestRepo } from "./repo.ts";

const treeOf = (repo: TestRepo) => workingTree(openRepository(repo.dir), { label: "working tree" });
const idsOf = (repo: TestRepo) => Object.fromEntries(treeOf(repo).entries.map((entry) => [entry.path, entry.blob]));

describe("the working tree", () => {
  it("holds tracked and untracked files as they are on disk, without ignored and deleted ones", () => {
    const repo = makeRepo();
    repo.commit({
      "same.yaml": "s",
      "changed.yaml": "1",
      "deleted.yaml": "d",
      "moved.yaml": "m",
      "staged.yaml": "1",
      ".gitignore": "*.tmp\nout/\n",
      "kept.tmp": "tracked",
    });
    repo.write({
      "changed.yaml": "2",
      "deleted.yaml": undefined,
      "moved.yaml": undefined,
      "to/moved.yaml": "m",
      "new.yaml": "n",
      "x.tmp": "i",
      "out/y.yaml": "i",
      "staged.yaml": "2",
    });
    repo.git("add", "staged.yaml");
    repo.write({ "staged.yaml": "3" });
    const tree = treeOf(repo);
    expect(tree).toMatchObject({ label: "working tree", commit: undefined, issues: [] });
    expect(contents(tree)).toEqual({
      ".gitignore": "*.tmp\nout/\n",
      "changed.yaml": "2",
      "kept.tmp": "tracked",
      "new.yaml": "n",
      "same.yaml": "s",
      "staged.yaml": "3",
      "to/moved.yaml": "m",
    });
  });

  it("shares its ids with the commit where the bytes are equal, and only there", () => {
    const repo = makeRepo();
    repo.commit({ "same.yaml": "s", "changed.yaml": "1", "moved.yaml": "m" });
    repo.write({ "changed.yaml": "2", "moved.yaml": undefined, "to/moved.yaml": "m" });
    const repository = openRepository(repo.dir);
    const base = commitTree(repository, resolveRef(repository, "HEAD"), { label: "HEAD" });
    const blob = (path: string) => base.entries.find((entry) => entry.path === path)?.blob;
    const ids = idsOf(repo);
    expect(ids["same.yaml"]).toBe(blob("same.yaml"));
    expect(ids["to/moved.yaml"]).toBe(blob("moved.yaml"));
    expect(ids["changed.yaml"]).not.toBe(blob("changed.yaml"));
  });

  it("sees a change that size and time do not show", () => {
    const repo = makeRepo();
    repo.write({ "a.yaml": "one" });
    utimesSync(join(repo.dir, "a.yaml"), 1_700_000_000, 1_700_000_000);
    repo.commit({});
    writeFileSync(join(repo.dir, "a.yaml"), "two");
    utimesSync(join(repo.dir, "a.yaml"), 1_700_000_000, 1_700_000_000);
    expect(contents(treeOf(repo))).toEqual({ "a.yaml": "two" });
    expect(idsOf(repo)["a.yaml"]).not.toBe(repo.git("rev-parse", "HEAD:a.yaml"));
  });

  it("sees a change that the index was told not to see", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": "one", "b.yaml": "one" });
    repo.git("update-index", "--assume-unchanged", "a.yaml");
    repo.git("update-index", "--skip-worktree", "b.yaml");
    repo.write({ "a.yaml": "two", "b.yaml": "two" });
    expect(contents(treeOf(repo))).toEqual({ "a.yaml": "two", "b.yaml": "two" });
  });

  it("has the bytes of the disk, not those that git would commit", () => {
    const repo = makeRepo();
    repo.commit({ ".gitattributes": "*.yaml text eol=crlf\n", "a.yaml": "a: 1\n" });
    rmSync(join(repo.dir, "a.yaml"));
    repo.git("checkout", "--", "a.yaml");
    expect(contents(treeOf(repo))["a.yaml"]).toBe("a: 1\r\n");
    expect(idsOf(repo)["a.yaml"]).not.toBe(repo.git("rev-parse", "HEAD:a.yaml"));
  });

  it("still has what a sparse checkout leaves out", () => {
    const repo = makeRepo();
    repo.commit({ "in/a.yaml": "a", "out/b.yaml": "b", "out/l.yaml": { link: "b.yaml" } });
    repo.git("sparse-checkout", "set", "in");
    expect(contents(treeOf(repo))).toEqual({ "in/a.yaml": "a", "out/b.yaml": "b", "out/l.yaml": "b" });
  });

  it("of a merge that is not finished has each path once, as it is on disk", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": "0" });
    repo.git("checkout", "-q", "-b", "feature");
    repo.commit({ "a.yaml": "1" });
    repo.git("checkout", "-q", "main");
    repo.commit({ "a.yaml": "2" });
    expect(() => repo.git("merge", "-q", "feature")).toThrow();
    expect(contents(treeOf(repo))).toEqual({ "a.yaml": readFileSync(join(repo.dir, "a.yaml"), "utf8") });
  });

  it("of a repository without commits holds what is there", () => {
    const repo = makeRepo();
    repo.write({ "a.yaml": "a" });
    expect(contents(treeOf(repo))).toEqual({ "a.yaml": "a" });
  });

  it("reads no file through a folder that became a link, and no pipe", () => {
    const outside = makeFolder({ "a.yaml": "secret" });
    const repo = makeRepo();
    repo.commit({ "d/a.yaml": "a", "p.yaml": "p" });
    execFileSync("sh", ["-c", 'rm -r d p.yaml && ln -s "$0" d && mkfifo p.yaml', outside], { cwd: repo.dir });
    const tree = treeOf(repo);
    expect(contents(tree)).toEqual({});
    expect(tree.issues).toMatchObject([
      { code: "UNREADABLE", subject: "p.yaml", hides: true },
      { code: "SYMLINK", subject: "d", hides: true },
    ]);
  });

  it("follows links to files that belong to it, not to ignored ones", () => {
    const repo = makeRepo();
    repo.commit({
      "a/x.yaml": "x",
      "l.yaml": { link: "a/x.yaml" },
      "i.yaml": { link: "ignored/z.yaml" },
      ".gitignore": "ignored/\n",
    });
    repo.write({ "ignored/z.yaml": "z", "a/x.yaml": "changed", n: { link: "a" } });
    const tree = treeOf(repo);
    expect(contents(tree)).toEqual({
      ".gitignore": "ignored/\n",
      "a/x.yaml": "changed",
      "l.yaml": "changed",
      "n/x.yaml": "changed",
    });
    expect(tree.issues).toMatchObject([{ code: "SYMLINK", subject: "i.yaml" }]);
  });

  it("names a submodule by the commit that is checked out in it, and tells of repositories within", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": "a" });
    const inner = join(repo.dir, "sub");
    repo.git("clone", "-q", ".", inner);
    repo.git("clone", "-q", ".", join(repo.dir, "other"));
    repo.git("add", "sub");
    repo.git("commit", "-q", "-m", "sub");
    repo.git("-C", inner, "commit", "-q", "--allow-empty", "-m", "moved");
    const tree = treeOf(repo);
    expect(tree.entries.find((entry) => entry.path === "sub")).toMatchObject({
      kind: "submodule",
      blob: repo.git("-C", inner, "rev-parse", "HEAD"),
    });
    expect(tree.issues.map((issue) => [issue.code, issue.subject, issue.hides]).sort()).toEqual([
      ["SUBMODULE", "other", true],
      ["SUBMODULE", "sub", true],
    ]);
  });

  it("gives an issue where a file changed after the listing", () => {
    const repo = makeRepo();
    repo.write({ "a.yaml": "a" });
    const tree = treeOf(repo);
    repo.write({ "a.yaml": "b" });
    expect(failureOf(tree, "a.yaml")).toMatchObject({
      code: "UNREADABLE",
      hides: true,
      message: expect.stringContaining("changed while it was read"),
    });
  });

  it("is read without a write to the index, even where its times are old", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": "a" });
    utimesSync(join(repo.dir, "a.yaml"), 1_700_000_000, 1_700_000_000);
    const index = join(repo.dir, ".git/index");
    const before = [readFileSync(index), statSync(index).mtimeMs];
    contents(treeOf(repo));
    expect([readFileSync(index), statSync(index).mtimeMs]).toEqual(before);
  });

  it("of a bare repository is an error", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": "a" });
    expect(() => workingTree({ ...openRepository(repo.dir), workTree: undefined }, { label: "w" })).toThrow(
      expect.objectContaining({ code: "BAD_PATH" }),
    );
  });

  it("with more files than allowed is an error", () => {
    const repo = makeRepo();
    repo.write({ a: "", b: "" });
    expect(() => workingTree(openRepository(repo.dir), { label: "working tree", maxFiles: 1 })).toThrow(
      expect.objectContaining({ code: "LIMIT" }),
    );
  });
});
