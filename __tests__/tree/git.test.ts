import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { commitTree } from "../../src/tree/commit-tree.ts";
import { git, MIN_GIT, tryGit } from "../../src/tree/git.ts";
import { defaultBranch, mergeBase, parents, resolveRef, resolveRefs } from "../../src/tree/refs.ts";
import { openRepository } from "../../src/tree/repository.ts";
import { objectStore } from "../../src/tree/store.ts";
import { workingTree } from "../../src/tree/working-tree.ts";
import { contents } from "./contents.ts";
import { makeFolder, makeRepo, type TestRepo } from "./repo.ts";

const environment = { ...process.env };

afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
});

/** Everything that this program does with a repository on disk. */
function readAll(repo: TestRepo): Readonly<Record<string, string>> {
  const repository = openRepository(repo.dir);
  const head = resolveRef(repository, "HEAD");
  const [parent = head] = parents(repository, head);
  mergeBase(repository, parent, head);
  defaultBranch(repository);
  resolveRefs(repository, [parent, "HEAD"]);
  const like = commitTree({ ...repository, workTree: undefined }, head, { label: "head" });
  contents(like);
  contents(commitTree(repository, parent, { label: "parent", like }));
  const store = objectStore({
    workspace: repo.dir,
    tempDir: makeFolder(),
    serverUrl: "http://127.0.0.1:9",
    repository: "a/b",
    token: "",
  });
  contents(commitTree(store, head, { label: "head" }));
  return contents(workingTree(repository, { label: "working tree" }));
}

/** A repository with two commits, a dirty file and one whose time is not that of the index. */
function makeTarget(): TestRepo {
  const repo = makeRepo();
  repo.commit({ ".gitattributes": "*.yaml filter=trap diff=trap merge=trap\n", "a.yaml": "1\n", "b.yaml": "b\n" });
  repo.commit({ "a.yaml": "2\n" });
  repo.write({ "a.yaml": "3\n", "new.yaml": "n\n" });
  utimesSync(join(repo.dir, "b.yaml"), 1_700_000_000, 1_700_000_000);
  return repo;
}

/** Makes the last commit's `a.yaml` an object that only a promise stands for. */
function promise(repo: TestRepo): void {
  const blob = repo.git("rev-parse", "HEAD:a.yaml");
  rmSync(join(repo.dir, ".git/objects", blob.slice(0, 2), blob.slice(2)));
  for (const setting of [
    "core.repositoryFormatVersion=1",
    "extensions.partialClone=origin",
    "remote.origin.promisor=true",
  ]) {
    repo.git("config", ...setting.split("="));
  }
}

type Trap = {
  readonly config?: Readonly<Record<string, string>>;
  readonly arrange?: (repo: TestRepo, command: string) => void;
  /** What sets the trap off for somebody who runs plain git in the repository. */
  readonly trigger: readonly string[];
};

const TRAPS: Readonly<Record<string, Trap>> = {
  "core.fsmonitor": { config: { "core.fsmonitor": "TRAP" }, trigger: ["status"] },
  "core.hooksPath": {
    config: { "core.hooksPath": ".git/traps" },
    arrange: (repo, command) => {
      repo.write({ ".git/traps/reference-transaction": command, ".git/traps/post-index-change": command });
      for (const hook of readdirSync(join(repo.dir, ".git/traps")))
        chmodSync(join(repo.dir, ".git/traps", hook), 0o755);
    },
    trigger: ["update-ref", "refs/x", "HEAD"],
  },
  "hooks in .git/hooks": {
    arrange: (repo, command) => {
      repo.write({ ".git/hooks/reference-transaction": command, ".git/hooks/post-index-change": command });
      for (const hook of readdirSync(join(repo.dir, ".git/hooks")))
        chmodSync(join(repo.dir, ".git/hooks", hook), 0o755);
    },
    trigger: ["update-ref", "refs/x", "HEAD"],
  },
  "filter.clean": { config: { "filter.trap.clean": "TRAP", "filter.trap.required": "true" }, trigger: ["status"] },
  "filter.smudge": { config: { "filter.trap.smudge": "TRAP" }, trigger: ["cat-file", "--filters", "HEAD:a.yaml"] },
  "filter.process": { config: { "filter.trap.process": "TRAP" }, trigger: ["status"] },
  "diff.external": { config: { "diff.external": "TRAP" }, trigger: ["diff", "HEAD~1"] },
  "diff.command": { config: { "diff.trap.command": "TRAP" }, trigger: ["diff", "HEAD~1"] },
  "diff.textconv": { config: { "diff.trap.textconv": "TRAP" }, trigger: ["diff", "HEAD~1"] },
  "include.path": {
    config: { "include.path": "included" },
    arrange: (repo, command) => repo.write({ ".git/included": `[core]\n\tfsmonitor = ${command.split("\n")[1]}\n` }),
    trigger: ["status"],
  },
  "config.worktree": {
    config: { "extensions.worktreeConfig": "true" },
    arrange: (repo, command) =>
      repo.write({ ".git/config.worktree": `[core]\n\tfsmonitor = ${command.split("\n")[1]}\n` }),
    trigger: ["status"],
  },
  "a promised object behind an ext:: address": {
    config: { "remote.origin.url": "ext::TRAP", "protocol.ext.allow": "always", "protocol.allow": "always" },
    arrange: promise,
    trigger: ["cat-file", "-p", "HEAD:a.yaml"],
  },
  "a promised object behind core.sshCommand": {
    config: { "remote.origin.url": "ssh://host/x", "core.sshCommand": "TRAP" },
    arrange: promise,
    trigger: ["cat-file", "-p", "HEAD:a.yaml"],
  },
  "a promised object behind core.gitProxy": {
    config: { "remote.origin.url": "git://host/x", "core.gitProxy": "TRAP" },
    arrange: promise,
    trigger: ["cat-file", "-p", "HEAD:a.yaml"],
  },
  "a promised object behind remote.uploadpack": {
    config: { "remote.origin.url": "file:///tmp", "remote.origin.uploadpack": "TRAP" },
    arrange: promise,
    trigger: ["cat-file", "-p", "HEAD:a.yaml"],
  },
};

describe("a hostile repository", () => {
  it.each(Object.entries(TRAPS))("starts nothing through %s", (_, trap) => {
    const repo = makeTarget();
    const sprung = join(makeFolder(), "sprung");
    const script = join(makeFolder(), "trap");
    writeFileSync(script, `#!/bin/sh\ntouch ${sprung}\n`, { mode: 0o755 });
    trap.arrange?.(repo, `#!/bin/sh\n${script}\n`);
    for (const [key, value] of Object.entries(trap.config ?? {}))
      repo.git("config", key, value.replace("TRAP", script));

    expect(readAll(repo)).toMatchObject({ "a.yaml": "3\n", "b.yaml": "b\n", "new.yaml": "n\n" });
    expect(existsSync(sprung)).toBe(false);

    try {
      repo.git(...trap.trigger);
    } catch {
      // The trap need not lead to success.
    }
    expect(existsSync(sprung)).toBe(true);
  });

  it("cannot point to another work tree, or hide its own behind being bare", () => {
    const repo = makeTarget();
    repo.git("config", "core.worktree", makeFolder({ "other.yaml": "o" }));
    expect(Object.keys(readAll(repo))).toEqual([".gitattributes", "a.yaml", "b.yaml", "new.yaml"]);
    repo.git("config", "--unset", "core.worktree");
    repo.git("config", "core.bare", "true");
    expect(Object.keys(readAll(repo))).toEqual([".gitattributes", "a.yaml", "b.yaml", "new.yaml"]);
  });

  it("cannot replace what its commits hold", () => {
    const repo = makeTarget();
    const [a, b] = [repo.git("rev-parse", "HEAD:a.yaml"), repo.git("rev-parse", "HEAD:b.yaml")];
    repo.git("replace", a, b);
    expect(execFileSync("git", ["show", "HEAD:a.yaml"], { cwd: repo.dir, encoding: "utf8" })).toBe("b\n");
    const repository = { ...openRepository(repo.dir), workTree: undefined };
    expect(contents(commitTree(repository, resolveRef(repository, "HEAD"), { label: "HEAD" }))["a.yaml"]).toBe("2\n");
  });

  it.skipIf(process.getuid?.() !== 0)(
    "that belongs to somebody else is read all the same (skipped where we are not root and cannot give it away)",
    () => {
      const repo = makeTarget();
      execFileSync("chown", ["-R", "12345:12345", repo.dir]);
      expect(() => repo.git("status")).toThrow(/dubious ownership/);
      expect(readAll(repo)["a.yaml"]).toBe("3\n");
    },
  );
});

describe("the environment of the run", () => {
  it("does not lead git to another repository, configuration, program or log", () => {
    const repo = makeTarget();
    const other = makeRepo();
    other.commit({ "other.yaml": "o" });
    const log = join(makeFolder(), "log");
    Object.assign(process.env, {
      GIT_DIR: join(other.dir, ".git"),
      GIT_WORK_TREE: other.dir,
      GIT_INDEX_FILE: join(other.dir, ".git/index"),
      GIT_OBJECT_DIRECTORY: join(other.dir, ".git/objects"),
      GIT_NAMESPACE: "x",
      GIT_CONFIG_PARAMETERS: "'core.fsmonitor'='touch x'",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "core.worktree",
      GIT_CONFIG_VALUE_0: other.dir,
      GIT_EXTERNAL_DIFF: "false",
      GIT_TRACE: log,
      GIT_TRACE2_EVENT: log,
      GIT_LITERAL_PATHSPECS: "0",
      GIT_EXEC_PATH: "/nowhere",
    });
    expect(Object.keys(readAll(repo))).toEqual([".gitattributes", "a.yaml", "b.yaml", "new.yaml"]);
    expect(existsSync(log)).toBe(false);
  });

  it("does not bring a user's or a system's configuration with it", () => {
    const repo = makeTarget();
    process.env.HOME = makeFolder({ ".gitconfig": "[core\nbroken" });
    process.env.XDG_CONFIG_HOME = makeFolder({ "git/config": "[core\nbroken" });
    expect(readAll(repo)["a.yaml"]).toBe("3\n");
  });
});

describe("git", () => {
  /** A program named `git` that comes first on the path. */
  const fake = (script: string) => {
    const bin = makeFolder({ git: `#!/bin/sh\n${script}\n` });
    chmodSync(join(bin, "git"), 0o755);
    process.env.PATH = `${bin}:${environment.PATH}`;
  };
  const call = { repository: [], args: ["fetch", "x"] };

  it("that is not there is one error with the version to install", () => {
    const repo = makeTarget();
    process.env.PATH = makeFolder();
    expect(() => openRepository(repo.dir)).toThrow(
      expect.objectContaining({ code: "GIT_FAILED", message: `git was not found; install git ${MIN_GIT} or newer` }),
    );
  });

  it.each(["git version 1.8.3.1", "git version 2.31.8", "git version 2.9.5 (Apple Git-72)", "something else"])(
    "that is too old (`%s`) is one error with the version to install",
    (version) => {
      const repo = makeTarget();
      fake(`echo '${version}'`);
      expect(() => openRepository(repo.dir)).toThrow(
        expect.objectContaining({
          code: "GIT_FAILED",
          message: expect.stringMatching(/^git .* is too old; install git 2\.32 or newer$/),
        }),
      );
    },
  );

  it.each([
    "git version 2.32.0",
    "git version 2.39.5 (Apple Git-154)",
    "git version 2.100.1.windows.1",
    "git version 3.0.0-rc1",
  ])("of `%s` is new enough", (version) => {
    const repo = makeTarget();
    fake(`echo '${version}'`);
    expect(openRepository(repo.dir).workTree).toBe(repo.dir);
  });

  it("that takes too long is ended and named", () => {
    fake("exec sleep 20");
    expect(() => tryGit({ ...call, timeoutMs: 300 })).toThrow(
      expect.objectContaining({ code: "GIT_FAILED", message: "`git fetch` took longer than 0.3 s" }),
    );
  });

  it.each([
    [
      "the last complaint, without git's word for it",
      "echo 'warning: w' >&2; echo 'fatal: first' >&2; echo 'fatal: second' >&2",
      "second",
    ],
    [
      "not what the server or a hint adds",
      "echo 'fatal: real' >&2; echo 'hint: do this' >&2; echo 'remote: hello' >&2",
      "real",
    ],
    ["no control character", "printf 'fatal: a\\033[31mb\\rc\\342\\200\\256d\\n' >&2", "a [31mb"],
    ["no secret", "echo 'fatal: bad s3cret in url' >&2", "bad *** in url"],
    ["no folder of the machine", "echo 'fatal: not in /tmp/some/where/.git here' >&2", "not in the repository here"],
    ["the status, where git says nothing", "true", "ended with status 128"],
  ])("that fails is quoted in one line: %s", (_, script, expected) => {
    fake(`${script}; exit 128`);
    const failing = () => git({ ...call, repository: ["--git-dir=/tmp/some/where/.git"], secrets: ["s3cret"] });
    expect(failing).toThrow(
      expect.objectContaining({ code: "GIT_FAILED", message: `\`git fetch\` failed: ${expected}` }),
    );
  });

  it("that ends before it has read its input is judged by its status", () => {
    fake("echo 'fatal: enough' >&2; exit 3");
    expect(tryGit({ ...call, input: "x\n".repeat(1_000_000) })).toMatchObject({ status: 3, complaint: "enough" });
  });

  it("that says more than is read is an error, not a part of an answer", () => {
    fake("head -c 200000 /dev/zero");
    expect(() => git({ ...call, maxBytes: 1000 })).toThrow(expect.objectContaining({ code: "GIT_FAILED" }));
  });
});
