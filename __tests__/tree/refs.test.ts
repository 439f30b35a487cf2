import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultBranch, hasCommit, mergeBase, parents, resolveRef, resolveRefs } from "../../src/tree/refs.ts";
import { isPartial, isShallow, openRepository } from "../../src/tree/repository.ts";
import { checkout, makeFolder, makeRepo, type TestRepo } from "./repo.ts";

const open = (repo: TestRepo) => openRepository(repo.dir);

/** `main` and `feature`, each with commits of its own after the first. */
function fork(options: { readonly main: number; readonly feature: number }) {
  const repo = makeRepo();
  const base = repo.commit({ "a.yaml": "0" });
  repo.git("checkout", "-q", "-b", "feature");
  for (let i = 0; i < options.feature; i++) repo.commit({ "f.yaml": String(i) });
  repo.git("checkout", "-q", "main");
  for (let i = 0; i < options.main; i++) repo.commit({ "m.yaml": String(i) });
  return { repo, base };
}

describe("a repository", () => {
  it("is the one around a folder", () => {
    const repo = makeRepo();
    repo.commit({ "a/b/c.yaml": "" });
    expect(openRepository(join(repo.dir, "a/b"))).toMatchObject({ gitDir: join(repo.dir, ".git"), workTree: repo.dir });
  });

  it("that is not there is an error that names the folder", () => {
    const folder = makeFolder();
    expect(() => openRepository(folder)).toThrow(
      expect.objectContaining({ code: "BAD_PATH", message: `\`${folder}\` is not inside a git repository` }),
    );
    expect(() => openRepository(join(folder, "x"))).toThrow(
      expect.objectContaining({ code: "BAD_PATH", message: expect.stringContaining("does not exist") }),
    );
  });

  it("is not an empty folder named `.git`, nor a file that points nowhere", () => {
    const folder = makeFolder({ ".git/x": "", "sub/.git": "gitdir: /nowhere" });
    expect(() => openRepository(join(folder, "sub"))).toThrow(expect.objectContaining({ code: "BAD_PATH" }));
  });

  it("knows whether its history, or its content, was cut", () => {
    const { repo } = fork({ main: 1, feature: 1 });
    expect([isShallow(open(repo)), isPartial(open(repo))]).toEqual([false, false]);
    expect(isShallow(open(checkout(repo, { ref: "refs/heads/main", depth: 1 })))).toBe(true);
    expect(isShallow(open(checkout(repo, { ref: "refs/heads/main", depth: 0 })))).toBe(false);
    const partial = makeFolder();
    repo.git("clone", "-q", "--bare", "--filter=blob:none", `file://${repo.dir}`, partial);
    expect(isPartial(openRepository(partial))).toBe(true);
  });
});

describe("a ref", () => {
  it("names a commit in every way that git knows", () => {
    const { repo } = fork({ main: 1, feature: 1 });
    repo.git("tag", "-a", "v1", "-m", "v1");
    const id = repo.git("rev-parse", "main");
    for (const ref of [
      "main",
      "HEAD",
      "refs/heads/main",
      "v1",
      id,
      id.slice(0, 10),
      "main^0",
      "main@{0}",
      ":/change",
    ]) {
      expect(resolveRef(open(repo), ref)).toBe(id);
      expect(resolveRefs(open(repo), ["feature", ref])).toEqual([repo.git("rev-parse", "feature"), id]);
    }
    expect(resolveRefs(open(repo), [])).toEqual([]);
    expect(resolveRef(open(repo), "main~1")).toBe(repo.git("rev-parse", "main~1"));
  });

  it.each([
    "",
    "-h",
    "--upload-pack=touch x",
    "a\nb",
    "a\0b",
    "^main",
    "main..feature",
    "none",
    "main:a.yaml",
    "HEAD^{tree}",
    "1".repeat(40),
  ])("that names no commit, %j, is an error that names it", (ref) => {
    const { repo } = fork({ main: 1, feature: 1 });
    const named = expect.objectContaining({ code: "BAD_REF", message: expect.stringContaining(`\`${ref}\``) });
    expect(() => resolveRef(open(repo), ref)).toThrow(named);
    expect(() => resolveRefs(open(repo), ["main", ref])).toThrow(named);
  });

  it("of a branch that only the remote has is an error that names that", () => {
    const { repo } = fork({ main: 1, feature: 1 });
    const clone = checkout(repo, { ref: "refs/heads/main", depth: 0 });
    expect(() => resolveRef(open(clone), "feature")).toThrow(/did you mean `origin\/feature`\?/);
  });

  it("that a shallow clone cut off is an error with the way to deepen it", () => {
    const { repo } = fork({ main: 3, feature: 1 });
    const shallow = checkout(repo, { ref: "refs/heads/main", depth: 1 });
    for (const ref of ["HEAD~1", repo.git("rev-parse", "main~1")]) {
      expect(() => resolveRef(open(shallow), ref)).toThrow(/`git fetch --deepen=100`.*`fetch-depth: 0`/);
    }
  });

  it("of a repository without commits is an error", () => {
    expect(() => resolveRef(open(makeRepo()), "HEAD")).toThrow(expect.objectContaining({ code: "BAD_REF" }));
  });
});

describe("the parents of a commit", () => {
  it("are what the commit says, present or not, whatever grafts and replacements say", () => {
    const { repo } = fork({ main: 1, feature: 1 });
    const merge = repo.pullRequest(1, "main", "feature");
    const [main, feature] = [repo.git("rev-parse", "main"), repo.git("rev-parse", "feature")];
    const root = repo.git("rev-list", "--max-parents=0", "HEAD");
    expect(parents(open(repo), merge)).toEqual([main, feature]);
    expect(parents(open(repo), root)).toEqual([]);
    const shallow = open(checkout(repo, { ref: "refs/pull/1/merge", depth: 1 }));
    expect(parents(shallow, merge)).toEqual([main, feature]);
    expect([hasCommit(shallow, merge), hasCommit(shallow, main)]).toEqual([true, false]);
    repo.git("replace", merge, root);
    writeFileSync(join(repo.dir, ".git/info/grafts"), `${merge} ${feature}\n`);
    expect(parents(open(repo), merge)).toEqual([main, feature]);
  });

  it("are not taken from the message", () => {
    const repo = makeRepo();
    repo.commit({ a: "" }, `fake\n\nparent ${"1".repeat(40)}\n`);
    expect(parents(open(repo), resolveRef(open(repo), "HEAD"))).toEqual([]);
  });
});

describe("the merge base", () => {
  it("is the last commit that both have", () => {
    const { repo, base } = fork({ main: 2, feature: 3 });
    const [main, feature] = [resolveRef(open(repo), "main"), resolveRef(open(repo), "feature")];
    expect(mergeBase(open(repo), main, feature)).toBe(base);
    expect(mergeBase(open(repo), main, main)).toBe(main);
    expect(mergeBase(open(repo), base, feature)).toBe(base);
  });

  it("of unrelated histories is none", () => {
    const { repo } = fork({ main: 1, feature: 1 });
    repo.git("checkout", "-q", "--orphan", "other");
    const other = repo.commit({ "o.yaml": "" });
    expect(mergeBase(open(repo), resolveRef(open(repo), "main"), other)).toBeUndefined();
  });

  it("is not believed where a shallow clone may hide a better one", () => {
    const repo = makeRepo();
    repo.commit({ "a.yaml": "0" });
    const old = repo.commit({ "a.yaml": "1" });
    for (let i = 0; i < 6; i++) repo.commit({ "a.yaml": `m${i}` });
    const better = repo.git("rev-parse", "HEAD");
    for (let i = 0; i < 6; i++) repo.commit({ "b.yaml": `m${i}` });
    repo.git("reset", "-q", "--hard", repo.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-p", old, "-m", "m"));
    const main = repo.commit({ "b.yaml": "x" });
    repo.git("checkout", "-q", "-b", "side", old);
    repo.git("merge", "-q", "--no-ff", "-m", "m", better);
    const side = repo.commit({ "c.yaml": "x" });
    expect(mergeBase(open(repo), main, side)).toBe(better);
    const shallow = checkout(repo, { ref: "refs/heads/main", depth: 4 });
    shallow.git("fetch", "-q", "--depth=4", "origin", "side");
    expect(shallow.git("merge-base", main, side)).toBe(old);
    expect(mergeBase(open(shallow), main, side)).toBeUndefined();
  });

  it("of commits that are not there is an error without the machine's folders", () => {
    const { repo } = fork({ main: 1, feature: 1 });
    expect(() => mergeBase(open(repo), "1".repeat(40), "2".repeat(40))).toThrow(
      expect.objectContaining({ code: "GIT_FAILED", message: expect.not.stringContaining(repo.dir) }),
    );
  });
});

describe("the default branch", () => {
  it("is what the remote calls its head", () => {
    const { repo } = fork({ main: 1, feature: 1 });
    const clone = makeFolder();
    repo.git("clone", "-q", "-b", "feature", `file://${repo.dir}`, clone);
    expect(defaultBranch(openRepository(clone))).toBe("origin/main");
    repo.git("-C", clone, "remote", "set-head", "origin", "feature");
    expect(defaultBranch(openRepository(clone))).toBe("origin/feature");
  });

  it.each([
    [["refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/master"], "origin/main"],
    [["refs/remotes/origin/master", "refs/heads/main"], "origin/master"],
    [["refs/heads/main", "refs/heads/master"], "main"],
    [["refs/heads/master", "refs/heads/dev"], "master"],
    [["refs/heads/dev"], undefined],
  ])("else the first that exists of %j: %s", (refs, expected) => {
    const repo = makeRepo();
    const id = repo.commit({});
    repo.git("checkout", "-q", "--detach");
    repo.git("branch", "-D", "main");
    for (const ref of refs) repo.git("update-ref", ref, id);
    expect(defaultBranch(open(repo))).toBe(expected);
  });
});
