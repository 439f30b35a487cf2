import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commitTree } from "../../src/tree/commit-tree.ts";
import { resolveRef } from "../../src/tree/refs.ts";
import { openRepository } from "../../src/tree/repository.ts";
import type { Tree } from "../../src/tree/tree.ts";
import { contents, failureOf } from "./contents.ts";
import { checkout, makeRepo, type TestRepo } from "./repo.ts";

/** The tree of a commit, as objects alone where `bare`. */
function treeOf(repo: TestRepo, ref = "HEAD", bare = false): Tree {
  const opened = openRepository(repo.dir);
  const repository = bare ? { ...opened, workTree: undefined } : opened;
  return commitTree(repository, resolveRef(repository, ref), { label: ref });
}

/** A commit of exactly these lines of `git mktree`, which no honest command would write. */
function craft(repo: TestRepo, lines: readonly string[]): string {
  const raw = lines.map((line) => {
    const [mode = "", id = "", ...name] = line.split(" ");
    return Buffer.concat([Buffer.from(`${mode} ${name.join(" ")}\0`), Buffer.from(id, "hex")]);
  });
  const input = Buffer.concat(raw);
  const args = ["hash-object", "-t", "tree", "--literally", "-w", "--stdin"];
  const tree = execFileSync("git", args, { cwd: repo.dir, input, encoding: "utf8" }).trim();
  return repo.git("commit-tree", tree, "-m", "crafted");
}

describe("a commit's tree", () => {
  it("lists every file with git's id, in the order of paths, and gives the bytes", () => {
    const repo = makeRepo();
    const commit = repo.commit({ "a-b/y.yaml": "y", "a/x.yaml": "x", "run.sh": "#!", "ü.yaml": "u" });
    repo.git("update-index", "--chmod=+x", "run.sh");
    const tree = treeOf(repo);
    expect(tree).toMatchObject({ label: "HEAD", commit, issues: [] });
    expect(tree.entries.map((entry) => entry.path)).toEqual(["a/x.yaml", "a-b/y.yaml", "run.sh", "ü.yaml"]);
    expect(tree.entries[0]?.blob).toBe(repo.git("rev-parse", "HEAD:a/x.yaml"));
    expect(contents(tree)).toEqual({ "a/x.yaml": "x", "a-b/y.yaml": "y", "run.sh": "#!", "ü.yaml": "u" });
  });

  it("can be empty", () => {
    const repo = makeRepo();
    repo.commit({});
    expect(contents(treeOf(repo))).toEqual({});
  });

  it("is read from a subfolder, a bare clone and a linked worktree alike", () => {
    const repo = makeRepo();
    repo.commit({ "k8s/a.yaml": "a" });
    const [bare, linked] = [join(repo.dir, "..", `${repo.dir}-bare`), `${repo.dir}-linked`];
    repo.git("clone", "--quiet", "--bare", ".", bare);
    repo.git("worktree", "add", "--quiet", linked);
    for (const dir of [join(repo.dir, "k8s"), bare, linked, join(repo.dir, ".git")]) {
      const repository = openRepository(dir);
      expect(contents(commitTree(repository, resolveRef(repository, "main"), { label: "main" }))).toEqual({
        "k8s/a.yaml": "a",
      });
    }
    rmSync(bare, { recursive: true });
    rmSync(linked, { recursive: true });
  });

  it("with more files than allowed is an error", () => {
    const repo = makeRepo();
    const commit = repo.commit({ a: "", b: "" });
    expect(() => commitTree(openRepository(repo.dir), commit, { label: "main", maxFiles: 1 })).toThrow(
      expect.objectContaining({ code: "LIMIT" }),
    );
  });

  it("leaves the repository as it was", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": "a" });
    repo.write({ "a.yaml": "changed" });
    const before = snapshot(repo.dir);
    contents(treeOf(repo));
    expect(snapshot(repo.dir)).toEqual(before);
  });
});

describe("a tree made from one that is like it", () => {
  /** Both trees of two commits, each listed by itself, are what each is when it is made from the other. */
  function agree(repo: TestRepo, a: string, b: string): void {
    const repository = openRepository(repo.dir);
    const [one, other] = [a, b].map((commit) => commitTree(repository, commit, { label: "x" }));
    for (const [tree, like] of [
      [one, other],
      [other, one],
      [one, one],
    ] as const) {
      const made = commitTree(repository, tree?.commit ?? "", { label: "x", like });
      expect({ ...made, read: undefined }).toEqual({ ...tree, read: undefined });
    }
  }

  const FILES = {
    "same.yaml": "",
    "a.yaml": "1",
    "gone.yaml": "x",
    "old/name.yaml": "long enough to be a rename",
    "file-then-folder": "f",
    "l.yaml": { link: "a.yaml" },
    "x.sh": "",
  };

  it("is the same, whatever kind of path differs, and whatever diff settings say", () => {
    const repo = makeRepo();
    const a = repo.commit(FILES);
    repo.write({
      "a.yaml": "2",
      "gone.yaml": undefined,
      "old/name.yaml": undefined,
      "new/name.yaml": "long enough to be a rename",
      "file-then-folder": undefined,
      "l.yaml": "1",
      "m.yaml": { link: "same.yaml" },
      "d\\\\377.yaml": "two",
    });
    repo.write({ "file-then-folder/a-b.yaml": "1", "file-then-folder/a/b.yaml": "1" });
    repo.git("add", "-A");
    repo.git("update-index", "--chmod=+x", "x.sh");
    repo.git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},sub`);
    repo.git("commit", "-q", "-m", "b");
    const b = repo.git("rev-parse", "HEAD");
    for (const setting of [
      "diff.ignoreSubmodules=all",
      "diff.renames=true",
      "diff.orderFile=/nowhere",
      "diff.noprefix=true",
      "core.abbrev=7",
    ]) {
      repo.git("config", ...setting.split("="));
      agree(repo, a, b);
    }
  });

  it("asks git for no list of all paths", () => {
    const repo = makeRepo();
    const [a, b] = [repo.commit(FILES), repo.commit({ "a.yaml": "2" })];
    const repository = openRepository(repo.dir);
    const like = commitTree(repository, a, { label: "a" });
    const forged = { ...like, listed: [...like.listed, { mode: "100644", blob: "0".repeat(40), path: "z.yaml" }] };
    expect(commitTree(repository, b, { label: "b", like: forged }).entries.at(-1)?.path).toBe("z.yaml");
  });

  it("is the same where one of them is no tree that an honest tool writes", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": "a", "b.yaml": "b" });
    const [a, b] = ["a", "b"].map((name) => repo.git("rev-parse", `HEAD:${name}.yaml`));
    const crafted = [
      ["100644 a a.yaml", "100644 b b.yaml"],
      ["100644 b b.yaml", "100644 a a.yaml"],
      ["100644 a a.yaml", "100644 a a.yaml"],
      ["100644 a a.yaml", "100644 b a.yaml"],
      ["100644 b a.yaml", "100644 a a.yaml"],
      ["100644 a a.yaml", "120000 b a.yaml"],
      ["120000 b a.yaml", "100644 a a.yaml"],
      ["100644 a ../x.yaml", "100644 a .git/config", "100644 b b.yaml"],
      ["100644 a b.yaml", "100644 b a.yaml", "100644 a b.yaml"],
      ["100664 a a.yaml", "100600 b b.yaml"],
    ].map((lines) =>
      craft(
        repo,
        lines.map((line) => line.replace(/ ([ab]) /, (_, id) => ` ${id === "a" ? a : b} `)),
      ),
    );
    for (const one of crafted) for (const other of crafted) agree(repo, one, other);
  });

  it("that git cannot compare fails as it does alone", () => {
    const repo = makeRepo();
    const [one, other] = [repo.commit({ "d/a.yaml": "1" }), repo.commit({ "d/a.yaml": "2" })];
    const repository = openRepository(repo.dir);
    const like = commitTree(repository, other, { label: "x" });
    rmSync(objectOf(repo, repo.git("rev-parse", `${one}:d`)));
    expect(() => commitTree(repository, one, { label: "x", like })).toThrow(/`git ls-tree` failed/);
  });
});

describe("the work tree beside a commit", () => {
  it("never shows through where it differs: changed, converted, deleted, replaced", () => {
    const repo = makeRepo();
    const files = {
      "a.yaml": "a: 1\n",
      "b.yaml": "b: 1\n",
      "c.yaml": "c: 1\n",
      "d/e.yaml": "e: 1\n",
      "f.yaml": "f: $Id$\n",
    };
    repo.commit({ ...files, ".gitattributes": "f.yaml ident\n" });
    rmSync(join(repo.dir, "f.yaml"));
    repo.git("checkout", "--", "f.yaml");
    repo.write({ "a.yaml": "a: 2\n", "b.yaml": "b: 1\r\n", "c.yaml": undefined });
    execFileSync(
      "sh",
      [
        "-c",
        "mkdir ../$0-out && echo 'e: 1' > ../$0-out/e.yaml && rm -r d && ln -s ../$0-out d",
        repo.dir.split("/").at(-1) ?? "",
      ],
      { cwd: repo.dir },
    );
    expect(contents(treeOf(repo))).toEqual({ ...files, ".gitattributes": "f.yaml ident\n" });
    rmSync(`${repo.dir}-out`, { recursive: true });
  });

  it("keeps the order of what is asked for, wherever the bytes come from", () => {
    const repo = makeRepo();
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`${i}.yaml`, `n: ${i}\n`]));
    repo.commit(files);
    repo.write(
      Object.fromEntries(
        Object.keys(files)
          .filter((_, i) => i % 3 === 0)
          .map((path) => [path, "dirty"]),
      ),
    );
    const tree = treeOf(repo);
    const seen: string[] = [];
    tree.read(tree.entries, (entry, bytes) => {
      seen.push(entry.path);
      expect(bytes instanceof Uint8Array && Buffer.from(bytes).toString()).toBe(files[entry.path]);
    });
    expect(seen).toEqual(tree.entries.map((entry) => entry.path));
  });

  it("is given up where it holds another commit, without a difference in what is read", () => {
    const repo = makeRepo();
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}.yaml`, `n: ${i}\n`]));
    repo.commit(files);
    repo.commit(Object.fromEntries(Object.keys(files).map((path) => [path, "other"])));
    expect(contents(treeOf(repo, "HEAD~1"))).toEqual(files);
  });

  it("has no part in it where a pipe or a device stands in a file's place", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": "a" });
    execFileSync("sh", ["-c", "rm a.yaml && mkfifo a.yaml"], { cwd: repo.dir });
    expect(contents(treeOf(repo))).toEqual({ "a.yaml": "a" });
  });
});

describe("large content", () => {
  it("beyond one batch is read whole, and in its place", () => {
    const repo = makeRepo();
    const big = "x".repeat(40 * 1024 * 1024);
    repo.commit({
      "a.yaml": "a",
      "b.yaml": big,
      "c.yaml": "c",
      "d.yaml": big.slice(0, 20 * 1024 * 1024),
      "e.yaml": "e",
    });
    for (const bare of [true, false]) {
      const sizes = Object.entries(contents(treeOf(repo, "HEAD", bare))).map(([path, text]) => [path, text.length]);
      expect(sizes).toEqual([
        ["a.yaml", 1],
        ["b.yaml", big.length],
        ["c.yaml", 1],
        ["d.yaml", 20 * 1024 * 1024],
        ["e.yaml", 1],
      ]);
    }
  });

  it("of many files takes several batches, and a damaged one among them costs nothing but itself", () => {
    const repo = makeRepo();
    const paths = Array.from({ length: 900 }, (_, i) => `${i % 30}/${i}.yaml`);
    repo.commit(Object.fromEntries(paths.map((path) => [path, `n: ${path}\n`])));
    const tree = treeOf(repo, "HEAD", true);
    const twenty = Array.from({ length: 20 }, () => tree.entries).flat();
    const read = () => {
      const seen: string[] = [];
      tree.read(twenty, (entry, bytes) => {
        if (bytes instanceof Uint8Array) seen.push(`${entry.path} ${Buffer.from(bytes)}`);
      });
      return seen;
    };
    const all = twenty.map((entry) => `${entry.path} n: ${entry.path}\n`);
    expect(read()).toEqual(all);
    damage(repo, repo.git("rev-parse", "HEAD:2/2.yaml"));
    expect(read()).toEqual(all.filter((line) => !line.startsWith("2/2.yaml ")));
  });
});

describe("links in a commit", () => {
  it("are resolved inside the tree alone, whatever lies on the disk", () => {
    const repo = makeRepo();
    repo.commit({
      "a/x.yaml": "x",
      "l.yaml": { link: "a/x.yaml" },
      folder: { link: "a" },
      "out.yaml": { link: "/etc/hostname" },
      "up.yaml": { link: "../x.yaml" },
      "gone.yaml": { link: "untracked.yaml" },
    });
    repo.write({ "untracked.yaml": "u" });
    for (const bare of [true, false]) {
      const tree = treeOf(repo, "HEAD", bare);
      expect(contents(tree)).toEqual({ "a/x.yaml": "x", "folder/x.yaml": "x", "l.yaml": "x" });
      expect(tree.entries.find((entry) => entry.path === "l.yaml")?.blob).toBe(repo.git("rev-parse", "HEAD:a/x.yaml"));
      expect(tree.issues.map((issue) => [issue.code, issue.subject, issue.hides])).toEqual([
        ["SYMLINK", "gone.yaml", true],
        ["SYMLINK", "out.yaml", true],
        ["SYMLINK", "up.yaml", true],
      ]);
    }
  });

  it("whose text is longer than any path are an issue", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": "x".repeat(5000) });
    const blob = repo.git("rev-parse", "HEAD:a.yaml");
    expect(treeOf(repo, craft(repo, [`120000 ${blob} l.yaml`])).issues).toMatchObject([
      { code: "SYMLINK", subject: "l.yaml", hides: true },
    ]);
  });
});

describe("what git cannot give as a file", () => {
  it("is told: a submodule, with the commit that it is at", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": "a" });
    repo.git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},vendor/sub`);
    repo.git("commit", "--quiet", "-m", "sub");
    const tree = treeOf(repo);
    expect(tree.entries.find((entry) => entry.kind === "submodule")).toMatchObject({
      path: "vendor/sub",
      blob: "1".repeat(40),
    });
    expect(tree.issues).toMatchObject([
      { code: "SUBMODULE", subject: "vendor/sub", hides: true, message: expect.stringContaining("`111111111111`") },
    ]);
    expect(failureOf(tree, "vendor/sub")).toMatchObject({ message: expect.stringContaining("is a submodule") });
  });

  it("is told: an LFS pointer, although the work tree has the content", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": `version https://git-lfs.github.com/spec/v1\noid sha256:${"4d7a".repeat(16)}\nsize 9\n` });
    repo.write({ "a.yaml": "kind: Pod" });
    expect(failureOf(treeOf(repo), "a.yaml")).toMatchObject({ code: "LFS_POINTER", hides: true });
  });

  it("is told: an object that is missing, one that is damaged, one that is no file; the others are read", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": "a", "b.yaml": "b", "c.yaml": "c", "e.yaml": "e" });
    const [a, b, c, e] = ["a", "b", "c", "e"].map((name) => repo.git("rev-parse", `HEAD:${name}.yaml`));
    const tree = repo.git("rev-parse", "HEAD^{tree}");
    const commit = craft(repo, [
      `100644 ${a} a.yaml`,
      `100644 ${b} b.yaml`,
      `100644 ${c} c.yaml`,
      `100644 ${tree} d.yaml`,
      `100644 ${e} e.yaml`,
    ]);
    rmSync(objectOf(repo, a));
    damage(repo, b);
    const read = treeOf(repo, commit, true);
    expect(contents(read)).toEqual({ "c.yaml": "c", "e.yaml": "e" });
    expect(failureOf(read, "a.yaml")).toMatchObject({
      code: "UNREADABLE",
      hides: true,
      message: expect.stringContaining("is not in the objects"),
    });
    expect(failureOf(read, "b.yaml")).toMatchObject({
      code: "UNREADABLE",
      hides: true,
      message: expect.not.stringContaining(repo.dir),
    });
    expect(failureOf(read, "d.yaml")).toMatchObject({ code: "UNREADABLE", hides: true });
  });

  it("is told: what a partial clone left out, with the command that brings it", () => {
    const origin = makeRepo();
    origin.commit({ "a.yaml": "a" });
    const clone = `${origin.dir}-partial`;
    origin.git("clone", "--quiet", "--bare", "--filter=blob:none", `file://${origin.dir}`, clone);
    const repository = openRepository(clone);
    const tree = commitTree(repository, resolveRef(repository, "main"), { label: "main" });
    expect(failureOf(tree, "a.yaml")).toMatchObject({
      hides: true,
      message: expect.stringContaining("git fetch --refetch"),
    });
    rmSync(clone, { recursive: true });
  });

  it("is told: paths that lead out of the tree, into `.git`, or occur twice", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": "a", "b.yaml": "b" });
    const [a, b] = ["a", "b"].map((name) => repo.git("rev-parse", `HEAD:${name}.yaml`));
    const commit = craft(repo, [
      `100644 ${a} ../x.yaml`,
      `100644 ${a} .git/config`,
      `100644 ${a} a.yaml`,
      `100644 ${b} a.yaml`,
    ]);
    const tree = treeOf(repo, commit);
    expect(contents(tree)).toEqual({ "a.yaml": "a" });
    expect(tree.issues.map((issue) => [issue.code, issue.subject, issue.hides])).toEqual([
      ["UNREADABLE", "../x.yaml", true],
      ["UNREADABLE", ".git/config", true],
      ["UNREADABLE", "a.yaml", true],
    ]);
  });
});

describe("names that are not UTF-8", () => {
  it("are quoted as git quotes them and read all the same, from objects and from the disk", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": "a" });
    execFileSync(
      "bash",
      ["-c", "printf one > $'d\\377.yaml'; printf two > 'd\\377.yaml'; printf three > $'new\\nline.yaml'"],
      { cwd: repo.dir },
    );
    repo.commit({});
    const expected = { "a.yaml": "a", "d\\377.yaml": "one", "d\\\\377.yaml": "two", "new\nline.yaml": "three" };
    for (const bare of [true, false]) expect(contents(treeOf(repo, "HEAD", bare))).toEqual(expected);
  });
});

describe("a workspace as actions/checkout leaves it", () => {
  it("holds the merge commit's tree at any depth", () => {
    const origin = makeRepo();
    origin.commit({ "a.yaml": "a" });
    origin.git("checkout", "-q", "-b", "feature");
    origin.commit({ "b.yaml": "b" });
    const merge = origin.pullRequest(3, "main", "feature");
    for (const depth of [0, 1, 2]) {
      const workspace = checkout(origin, { ref: "refs/pull/3/merge", depth });
      expect(workspace.git("rev-parse", "refs/remotes/pull/3/merge")).toBe(merge);
      expect(contents(treeOf(workspace, merge))).toEqual({ "a.yaml": "a", "b.yaml": "b" });
    }
  });
});

function objectOf(repo: TestRepo, id = ""): string {
  return join(repo.dir, ".git/objects", id.slice(0, 2), id.slice(2));
}

function damage(repo: TestRepo, id = ""): void {
  chmodSync(objectOf(repo, id), 0o644);
  writeFileSync(objectOf(repo, id), "rubbish");
}

/** Names, sizes and times of everything below a folder. */
function snapshot(dir: string): readonly string[] {
  const all = readdirSync(dir, { recursive: true, encoding: "utf8" }).sort();
  return all.map((path) => {
    const stat = statSync(join(dir, path));
    return `${path} ${stat.size} ${stat.mtimeMs} ${stat.mode}`;
  });
}
