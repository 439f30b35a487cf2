import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { directoryTree } from "../../src/tree/directory.ts";
import { streamTree } from "../../src/tree/stdin.ts";
import { contents, failureOf } from "./contents.ts";
import { makeFolder } from "./repo.ts";

const tree = (dir: string) => directoryTree(dir, { label: "k8s" });

describe("a directory", () => {
  it("is listed in the order of its paths, hidden folders included, `.git` never", () => {
    const dir = makeFolder({
      "b.yaml": "b",
      "a/x.yaml": "x",
      "a-b/y.yaml": "y",
      ".github/w.yml": "w",
      ".h/z.yaml": "z",
      ".git/config": "c",
      "sub/.git": "gitdir: /",
    });
    expect(tree(dir).entries.map((entry) => entry.path)).toEqual([
      ".github/w.yml",
      ".h/z.yaml",
      "a/x.yaml",
      "a-b/y.yaml",
      "b.yaml",
    ]);
    expect(tree(dir)).toMatchObject({ label: "k8s", commit: undefined, issues: [] });
  });

  it("gives each file's bytes, in the order asked for and as often as asked for", () => {
    const dir = makeFolder({ "a.yaml": "a: 1\n", "b.yaml": "", "c.bin": Buffer.from([0, 255]) });
    const { entries, read } = tree(dir);
    const seen: string[] = [];
    read([...entries].reverse().concat(entries), (entry, bytes) => {
      seen.push(`${entry.path} ${bytes instanceof Uint8Array ? Buffer.from(bytes).toString("hex") : bytes.message}`);
    });
    expect(seen.slice(0, 3)).toEqual([...seen.slice(3)].reverse());
    expect(seen.slice(0, 3)).toEqual(["c.bin 00ff", "b.yaml ", `a.yaml ${Buffer.from("a: 1\n").toString("hex")}`]);
  });

  it("names files by their bytes as git does, so that two directories share what is equal", () => {
    const [base, head] = [
      makeFolder({ "a.yaml": "same", "b.yaml": "old" }),
      makeFolder({ "c.yaml": "same", "b.yaml": "new" }),
    ];
    const ids = (dir: string) => Object.fromEntries(tree(dir).entries.map((entry) => [entry.path, entry.blob]));
    expect(ids(base)["a.yaml"]).toBe(ids(head)["c.yaml"]);
    expect(ids(base)["b.yaml"]).not.toBe(ids(head)["b.yaml"]);
    expect(ids(base)["a.yaml"]).toBe(
      execFileSync("git", ["hash-object", "a.yaml"], { cwd: base, encoding: "utf8" }).trim(),
    );
  });

  it("that is compared with nothing is listed without being read, and no two files share an id", () => {
    const dir = makeFolder({ "a.yaml": "same", "b.yaml": "same" });
    const { entries } = directoryTree(dir, { label: "k8s", comparable: false });
    expect(new Set(entries.map((entry) => entry.blob)).size).toBe(2);
    expect(entries.map((entry) => entry.size)).toEqual([undefined, undefined]);
  });

  it("can be a single file, under its own name", () => {
    const dir = makeFolder({ "k8s/db.yaml": "kind: Pod\n" });
    expect(contents(tree(join(dir, "k8s/db.yaml")))).toEqual({ "db.yaml": "kind: Pod\n" });
  });

  it("is found through a link that somebody typed", () => {
    const dir = makeFolder({ "real/a.yaml": "a", dirlink: { link: "real" }, "filelink.yaml": { link: "real/a.yaml" } });
    expect(contents(tree(join(dir, "dirlink")))).toEqual({ "a.yaml": "a" });
    expect(contents(tree(join(dir, "filelink.yaml")))).toEqual({ "filelink.yaml": "a" });
  });

  it("that does not exist is an error that names it as it was typed", () => {
    const missing = join(makeFolder(), "none");
    expect(() => tree(missing)).toThrow(
      expect.objectContaining({ code: "BAD_PATH", message: `\`${missing}\` does not exist` }),
    );
  });

  it("that is neither directory nor file is an error that points to standard input", () => {
    expect(() => tree("/dev/null")).toThrow(
      expect.objectContaining({ code: "BAD_PATH", message: expect.stringContaining("`-` reads standard input") }),
    );
  });

  it("with more files than allowed is an error that names the limit", () => {
    const dir = makeFolder({ "a/1": "", "a/2": "", "b/3": "" });
    expect(directoryTree(dir, { label: "k8s", maxFiles: 3 }).entries).toHaveLength(3);
    expect(() => directoryTree(dir, { label: "k8s", maxFiles: 2 })).toThrow(
      expect.objectContaining({ code: "LIMIT", message: expect.stringContaining("`k8s` holds more than 2 files") }),
    );
  });
});

describe("links in a directory", () => {
  it("are followed where they stay inside, by relative or absolute path", () => {
    const dir = makeFolder({ "a/x.yaml": "x", "rel.yaml": { link: "a/x.yaml" }, folder: { link: "./a" } });
    execFileSync("ln", ["-s", join(dir, "a/x.yaml"), join(dir, "abs.yaml")]);
    execFileSync("ln", ["-s", `../../${dir.split("/").slice(-1)}/a/x.yaml`, join(dir, "a/round.yaml")]);
    expect(contents(tree(dir))).toEqual({
      "a/round.yaml": "x",
      "a/x.yaml": "x",
      "abs.yaml": "x",
      "folder/round.yaml": "x",
      "folder/x.yaml": "x",
      "rel.yaml": "x",
    });
    expect(tree(dir).issues).toEqual([]);
    expect(tree(dir).entries.find((entry) => entry.path === "rel.yaml")).toMatchObject({
      kind: "symlink",
      leadsTo: "a/x.yaml",
    });
  });

  it("that leave it, lead nowhere or in circles are never followed, and told", () => {
    const outside = makeFolder({ "secret.yaml": "secret" });
    const dir = makeFolder({
      "out.yaml": { link: join(outside, "secret.yaml") },
      etc: { link: "/etc" },
      "none.yaml": { link: "none" },
      "self.yaml": { link: "self.yaml" },
      "d/up": { link: ".." },
      "git.yaml": { link: ".git/config" },
      ".git/config": "c",
    });
    expect(contents(tree(dir))).toEqual({});
    expect(tree(dir).issues.map((issue) => [issue.code, issue.subject, issue.hides])).toEqual([
      ["SYMLINK", "d/up", false],
      ["SYMLINK", "etc", true],
      ["SYMLINK", "git.yaml", true],
      ["SYMLINK", "none.yaml", true],
      ["SYMLINK", "out.yaml", true],
      ["SYMLINK", "self.yaml", true],
    ]);
  });
});

describe("what is no regular file", () => {
  it("is not opened, and told under a manifest's name", () => {
    const dir = makeFolder({ "a.yaml": "a" });
    execFileSync("sh", ["-c", "mkfifo pipe.yaml pipe.txt"], { cwd: dir });
    expect(contents(tree(dir))).toEqual({ "a.yaml": "a" });
    expect(tree(dir).issues).toMatchObject([{ code: "UNREADABLE", subject: "pipe.yaml", hides: true }]);
  });

  it("is not waited for when it takes a file's place after the listing", () => {
    const dir = makeFolder({ "a.yaml": "a", "b.yaml": "b" });
    const listed = tree(dir);
    execFileSync("sh", ["-c", "rm a.yaml b.yaml && mkfifo a.yaml && ln -s /etc/hostname b.yaml"], { cwd: dir });
    expect(failureOf(listed, "a.yaml")).toMatchObject({
      code: "UNREADABLE",
      hides: true,
      message: "`a.yaml` is not a regular file",
    });
    expect(failureOf(listed, "b.yaml")).toMatchObject({ code: "UNREADABLE", hides: true });
  });
});

describe("what cannot be read", () => {
  it("is an issue when the file went away after the listing", () => {
    const dir = makeFolder({ "a.yaml": "a" });
    const listed = tree(dir);
    execFileSync("rm", [join(dir, "a.yaml")]);
    expect(failureOf(listed, "a.yaml")).toMatchObject({
      code: "UNREADABLE",
      hides: true,
      message: "`a.yaml` does not exist",
    });
  });

  it.skipIf(process.getuid?.() === 0)(
    "is an issue when permission is denied, for a folder as a whole (skipped as root, who may read all)",
    () => {
      const dir = makeFolder({ "a.yaml": "a", "d/b.yaml": "b" });
      chmodSync(join(dir, "a.yaml"), 0);
      chmodSync(join(dir, "d"), 0);
      expect(tree(dir).issues).toMatchObject([{ subject: "d", hides: true }]);
      expect(failureOf(tree(dir), "a.yaml")).toMatchObject({ message: "`a.yaml` cannot be read: permission denied" });
      chmodSync(join(dir, "d"), 0o755);
    },
  );

  it("is an issue where git LFS keeps the content", () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"4d7a".repeat(16)}\nsize 12345\n`;
    const dir = makeFolder({
      "a.yaml": pointer,
      "b.bin": pointer,
      "c.yaml": "version: https://git-lfs.github.com/spec/v1\n",
    });
    expect(failureOf(tree(dir), "a.yaml")).toMatchObject({
      code: "LFS_POINTER",
      hides: true,
      at: { file: "a.yaml", line: 0 },
    });
    expect(failureOf(tree(dir), "b.bin")).toMatchObject({ code: "LFS_POINTER", hides: false });
    expect(failureOf(tree(dir), "c.yaml")).toBeUndefined();
  });

  it("is a file larger than any manifest, which is never loaded", () => {
    const dir = makeFolder({ "a.yaml": "" });
    truncateSync(join(dir, "a.yaml"), 300 * 1024 * 1024);
    expect(failureOf(tree(dir), "a.yaml")).toMatchObject({ code: "LIMIT", hides: true });
  });
});

describe.skipIf(process.platform === "darwin")(
  "names that are not UTF-8 (skipped on macOS, whose disks refuse them)",
  () => {
    it("are quoted as git quotes them and read all the same", () => {
      const dir = makeFolder();
      mkdirSync(Buffer.concat([Buffer.from(`${dir}/d`), Buffer.from([0xff])]));
      writeFileSync(Buffer.concat([Buffer.from(`${dir}/d`), Buffer.from([0xff]), Buffer.from("/ü\\x.yaml")]), "one");
      writeFileSync(join(dir, "d\\377.yaml"), "two");
      expect(contents(tree(dir))).toEqual({ "d\\377/ü\\\\x.yaml": "one", "d\\\\377.yaml": "two" });
    });
  },
);

describe("standard input", () => {
  it("is a tree of one file", () => {
    const stream = streamTree(Buffer.from("kind: Pod\n"));
    expect(stream).toMatchObject({ label: "standard input", commit: undefined, issues: [] });
    expect(contents(stream)).toEqual({ "-": "kind: Pod\n" });
    expect(stream.entries[0]?.blob).toBe(tree(makeFolder({ a: "kind: Pod\n" })).entries[0]?.blob);
  });
});
