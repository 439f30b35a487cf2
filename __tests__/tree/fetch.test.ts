import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { commitTree } from "../../src/tree/commit-tree.ts";
import { ensureCommit, ensureMergeBase } from "../../src/tree/fetch.ts";
import { hasCommit, parents } from "../../src/tree/refs.ts";
import { type ObjectStore, objectStore, type StoreOptions } from "../../src/tree/store.ts";
import { contents } from "./contents.ts";
import { type GitServer, type GitServerOptions, startGitServer } from "./git-http.ts";
import { checkout, makeFolder, makeRepo, type TestRepo } from "./repo.ts";

const TOKEN = "ghs_s3cretTokenOfTheRun";
const MERGE = "refs/pull/7/merge";
const servers: GitServer[] = [];
const environment = { ...process.env };

afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  for (const server of servers.splice(0)) await server.close();
});

async function serve(options: GitServerOptions): Promise<GitServer> {
  const server = await startGitServer(options);
  servers.push(server);
  return server;
}

/** A pull request of one commit against a branch that moved on, and the server that has it. */
async function pullRequest(options: Partial<GitServerOptions> = {}) {
  const origin = makeRepo();
  origin.commit({ "a.yaml": "a: 0\n", "same.yaml": "s: 0\n" }, "root");
  origin.git("checkout", "-q", "-b", "feature");
  const head = origin.commit({ "a.yaml": "a: 1\n" }, "head");
  origin.git("checkout", "-q", "main");
  const base = origin.commit({ "b.yaml": "b: 0\n" }, "base");
  const merge = origin.pullRequest(7, "main", "feature");
  const server = await serve({ repositories: { "acme/shop": origin.dir }, token: TOKEN, ...options });
  return { origin, head, base, merge, server };
}

function storeOf(server: GitServer, options: Partial<StoreOptions> = {}): ObjectStore {
  const defaults = { workspace: undefined, tempDir: makeFolder(), repository: "acme/shop", token: TOKEN };
  return objectStore({ ...defaults, serverUrl: server.url, ...options });
}

/** The files of a commit, read without the work tree. */
function filesOf(store: ObjectStore, commit: string) {
  return contents(commitTree({ ...store, workTree: undefined }, commit, { label: commit }));
}

/** Paths, kinds, modes, times and bytes of everything below a folder. */
function snapshot(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .sort()
    .map((path) => {
      const stat = lstatSync(join(dir, path));
      return `${path} ${stat.mode} ${stat.mtimeMs} ${stat.isFile() ? readFileSync(join(dir, path)).toString("base64") : ""}`;
    });
}

describe("a store without a workspace", () => {
  it("fetches a ref with its parents, and the trees of all three can be read", async () => {
    const { server, merge, base, head } = await pullRequest();
    const store = storeOf(server);
    expect(ensureCommit(store, { ref: MERGE, depth: 2 })).toBe(merge);
    expect(parents(store, merge)).toEqual([base, head]);
    expect(filesOf(store, merge)).toEqual({ "a.yaml": "a: 1\n", "b.yaml": "b: 0\n", "same.yaml": "s: 0\n" });
    expect(filesOf(store, base)).toEqual({ "a.yaml": "a: 0\n", "b.yaml": "b: 0\n", "same.yaml": "s: 0\n" });
    expect(filesOf(store, head)).toEqual({ "a.yaml": "a: 1\n", "same.yaml": "s: 0\n" });
  });

  it("fetches a commit by its id, and no more of its history than asked for", async () => {
    const { server, base, origin } = await pullRequest();
    const store = storeOf(server);
    expect(ensureCommit(store, { commit: base, depth: 1 })).toBe(base);
    expect(hasCommit(store, origin.git("rev-parse", "main~1"))).toBe(false);
    expect(filesOf(store, base)["b.yaml"]).toBe("b: 0\n");
  });

  it("asks the server once for what it then has, and each time for a ref, which may have moved", async () => {
    const { server, merge, origin } = await pullRequest();
    const store = storeOf(server);
    ensureCommit(store, { commit: merge, depth: 2 });
    const asked = (await server.requests()).length;
    ensureCommit(store, { commit: merge, depth: 2 });
    expect((await server.requests()).length).toBe(asked);
    ensureCommit(store, { ref: MERGE, depth: 2 });
    origin.git("update-ref", MERGE, "main");
    expect(ensureCommit(store, { ref: MERGE, depth: 2 })).toBe(origin.git("rev-parse", "main"));
  });

  it("understands a branch by its short name", async () => {
    const { server, head } = await pullRequest();
    expect(ensureCommit(storeOf(server), { ref: "feature", depth: 1 })).toBe(head);
  });
});

describe("a store with a workspace", () => {
  it.each([
    [0, 0],
    [2, 0],
    [1, 1],
  ])("that was checked out at depth %i fetches %i times", async (depth, fetches) => {
    const { server, origin, merge, base, head } = await pullRequest();
    const workspace = checkout(origin, { ref: MERGE, depth });
    const store = storeOf(server, { workspace: workspace.dir });
    ensureCommit(store, { commit: merge, depth: 2 });
    for (const parent of [base, head]) ensureCommit(store, { commit: parent, depth: 1 });
    expect(filesOf(store, base)["b.yaml"]).toBe("b: 0\n");
    expect(filesOf(store, head)["a.yaml"]).toBe("a: 1\n");
    const fetched = (await server.requests()).filter((request) => request.path.endsWith("/info/refs"));
    expect(fetched).toHaveLength(fetches);
  });

  it("fetches only what the workspace lacks", async () => {
    const { server, origin, base } = await pullRequest();
    const big = Buffer.alloc(2_000_000, "0123456789abcdef");
    for (let i = 0; i < big.length; i += 7) big[i] = (i * 2654435761) % 251;
    origin.commit({ "big.bin": big });
    const merge = origin.pullRequest(8, "main", "feature");
    const parent = origin.git("rev-parse", "main");
    const workspace = checkout(origin, { ref: "refs/pull/8/merge", depth: 1 });
    const store = storeOf(server, { workspace: workspace.dir });
    ensureCommit(store, { commit: parent, depth: 1 });
    expect(filesOf(store, parent)["b.yaml"]).toBe("b: 0\n");
    const packs = readdirSync(join(store.gitDir, "objects"), { recursive: true, encoding: "utf8" });
    const bytes = packs.reduce((sum, path) => sum + lstatSync(join(store.gitDir, "objects", path)).size, 0);
    expect(bytes).toBeLessThan(300_000);
    expect(hasCommit(store, merge) && !hasCommit(store, base)).toBe(true);
  });

  it("leaves the workspace byte for byte as it was: refs, index, configuration, files", async () => {
    const { server, origin, merge, base } = await pullRequest();
    const workspace = checkout(origin, { ref: MERGE, depth: 1 });
    workspace.write({ "a.yaml": "dirty", "untracked.yaml": "u" });
    const before = snapshot(workspace.dir);
    const store = storeOf(server, { workspace: workspace.dir });
    ensureCommit(store, { commit: merge, depth: 2 });
    ensureCommit(store, { ref: MERGE, depth: 2 });
    ensureMergeBase(store, merge, base);
    contents(commitTree(store, merge, { label: "merge" }));
    expect(snapshot(workspace.dir)).toEqual(before);
  });

  it("reads files of the workspace only where they are those of the commit", async () => {
    const { server, origin, merge } = await pullRequest();
    const workspace = checkout(origin, { ref: MERGE, depth: 1 });
    workspace.write({ "a.yaml": "dirty" });
    const store = storeOf(server, { workspace: workspace.dir });
    expect(contents(commitTree(store, merge, { label: "merge" }))["a.yaml"]).toBe("a: 1\n");
  });

  it("does not borrow from a partial clone, whose content may be missing", async () => {
    const { server, origin, base } = await pullRequest();
    const partial = makeFolder();
    origin.git("clone", "-q", "--filter=blob:none", "--no-checkout", `file://${origin.dir}`, partial);
    const store = storeOf(server, { workspace: partial });
    ensureCommit(store, { commit: base, depth: 1 });
    expect(filesOf(store, base)["b.yaml"]).toBe("b: 0\n");
  });

  it("borrows what the workspace itself borrows", async () => {
    const { server, origin, base } = await pullRequest();
    const reference = makeFolder();
    origin.git("clone", "-q", "--bare", ".", reference);
    const workspace = makeFolder();
    origin.git("clone", "-q", "--reference", reference, `file://${origin.dir}`, workspace);
    expect(existsSync(join(workspace, ".git/objects/info/alternates"))).toBe(true);
    const store = storeOf(server, { workspace });
    expect(hasCommit(store, base)).toBe(true);
    expect(filesOf(store, base)["b.yaml"]).toBe("b: 0\n");
  });

  it("survives a workspace whose history ends where it does not say so", async () => {
    const { server, origin, merge, base } = await pullRequest();
    const workspace = checkout(origin, { ref: MERGE, depth: 1 });
    rmSync(join(workspace.dir, ".git/shallow"));
    const store = storeOf(server, { workspace: workspace.dir });
    ensureCommit(store, { commit: merge, depth: 2 });
    expect(filesOf(store, base)["b.yaml"]).toBe("b: 0\n");
  });

  it("treats a workspace that is no repository as none", async () => {
    const { server, merge } = await pullRequest();
    const store = storeOf(server, { workspace: makeFolder({ "a.yaml": "a" }) });
    expect(store.workTree).toBeUndefined();
    expect(ensureCommit(store, { commit: merge, depth: 2 })).toBe(merge);
  });
});

describe("the merge base of two commits", () => {
  /** Two branches with so many commits since they parted. */
  function branches(length: number): { readonly origin: TestRepo; readonly base: string } {
    const origin = makeRepo();
    origin.commit({ "r.yaml": "root" });
    const base = origin.commit({ "a.yaml": "base" });
    const grow = (name: string) => {
      const lines: string[] = [];
      for (let i = 0; i < length; i++) {
        lines.push(
          `commit refs/heads/${name}\ncommitter A <a@example.com> ${1_700_000_000 + i} +0000\ndata 1\n${i % 10}\n`,
        );
        if (i === 0) lines.push(`from ${base}\n`);
        lines.push(`M 644 inline ${name}.yaml\ndata ${String(i).length}\n${i}\n`);
      }
      return lines.join("");
    };
    writeFileSync(join(origin.dir, ".git/import"), grow("left") + grow("right"));
    origin.git("-c", "alias.import=!git fast-import --quiet < .git/import", "import");
    return { origin, base };
  }

  it.each([3, 700])("that parted %i commits ago is found by deepening, with its files", async (length) => {
    const { origin, base } = branches(length);
    const server = await serve({ repositories: { "acme/shop": origin.dir }, token: TOKEN });
    const [left, right] = [origin.git("rev-parse", "left"), origin.git("rev-parse", "right")];
    const store = storeOf(server);
    ensureCommit(store, { commit: left, depth: 1 });
    ensureCommit(store, { commit: right, depth: 1 });
    expect(ensureMergeBase(store, left, right)).toBe(base);
    expect(filesOf(store, base)).toEqual({ "a.yaml": "base", "r.yaml": "root" });
  });

  it("is found without the server where the workspace has the history", async () => {
    const { origin, base } = branches(3);
    const server = await serve({ repositories: { "acme/shop": origin.dir }, token: TOKEN });
    const workspace = checkout(origin, { ref: "refs/heads/left", depth: 0 });
    const store = storeOf(server, { workspace: workspace.dir });
    expect(ensureMergeBase(store, origin.git("rev-parse", "left"), origin.git("rev-parse", "right"))).toBe(base);
    expect(await server.requests()).toEqual([]);
  });

  it("of unrelated histories is none", async () => {
    const { origin } = branches(3);
    origin.git("checkout", "-q", "--orphan", "other");
    const other = origin.commit({ "o.yaml": "" });
    const server = await serve({ repositories: { "acme/shop": origin.dir }, token: TOKEN });
    expect(ensureMergeBase(storeOf(server), origin.git("rev-parse", "left"), other)).toBeUndefined();
  });

  it("of a commit that is nowhere is an error", async () => {
    const { origin } = branches(3);
    const server = await serve({ repositories: { "acme/shop": origin.dir }, token: TOKEN });
    const left = origin.git("rev-parse", "left");
    expect(() => ensureMergeBase(storeOf(server), left, "1".repeat(40))).toThrow(
      expect.objectContaining({ code: "BAD_REF" }),
    );
  });
});

describe("the token", () => {
  it("goes to the server with every request, as actions/checkout sends it", async () => {
    const { server, merge } = await pullRequest();
    ensureCommit(storeOf(server), { commit: merge, depth: 2 });
    const requests = await server.requests();
    expect(requests.length).toBeGreaterThan(1);
    for (const request of requests)
      expect(request.authorization).toBe(`basic ${Buffer.from(`x-access-token:${TOKEN}`).toString("base64")}`);
  });

  it("stands in no argument, no file and no error", async () => {
    const { server, merge } = await pullRequest({ fault: { status: 500 } });
    const bin = makeFolder();
    const log = join(bin, "arguments");
    writeFileSync(
      join(bin, "git"),
      `#!/bin/sh\nprintf '%s\\n' "$@" >> ${log}\nexport PATH="${environment.PATH}"\nexec git "$@"\n`,
    );
    chmodSync(join(bin, "git"), 0o755);
    process.env.PATH = `${bin}:${environment.PATH}`;
    const store = storeOf(server);
    let message = "";
    try {
      ensureCommit(store, { commit: merge, depth: 2 });
    } catch (error) {
      message = String(error);
    }
    const secrets = [TOKEN, Buffer.from(`x-access-token:${TOKEN}`).toString("base64")];
    const kept = snapshot(store.tempDir).map((line) =>
      Buffer.from(line.split(" ").at(-1) ?? "", "base64").toString("latin1"),
    );
    expect(readFileSync(log, "utf8")).toContain("fetch");
    for (const secret of secrets)
      expect([message, readFileSync(log, "utf8"), JSON.stringify(store), ...kept].join("\n")).not.toContain(secret);
  });

  it("is not sent where there is none", async () => {
    const { origin } = await pullRequest();
    const open = await serve({ repositories: { "acme/shop": origin.dir } });
    ensureCommit(storeOf(open, { token: "" }), { ref: MERGE, depth: 1 });
    for (const request of await open.requests()) expect(request.authorization).toBe("");
  });

  it("is not sent on to where a server points", async () => {
    const { server, origin } = await pullRequest();
    const away = await serve({ repositories: { "acme/shop": origin.dir }, redirect: server.url });
    expect(() => ensureCommit(storeOf(away), { ref: MERGE, depth: 1 })).toThrow(
      expect.objectContaining({ code: "GIT_FAILED" }),
    );
    expect(await server.requests()).toEqual([]);
  });

  it("that is wrong is an error that names the permission, and no helper is asked for another", async () => {
    const { server, merge } = await pullRequest();
    const asked = join(makeFolder(), "asked");
    process.env.HOME = makeFolder({
      ".gitconfig": `[credential]\n\thelper = "!touch ${asked}"\n[url "http://127.0.0.1:1/"]\n\tinsteadOf = ${server.url}\n`,
    });
    process.env.GIT_ASKPASS = "touch";
    process.env.SSH_ASKPASS = "touch";
    expect(() => ensureCommit(storeOf(server, { token: "wrong" }), { commit: merge, depth: 2 })).toThrow(
      expect.objectContaining({
        code: "GIT_FAILED",
        message: expect.stringMatching(/`contents: read`.*`fetch-depth: 2`$/),
      }),
    );
    expect(existsSync(asked)).toBe(false);
  });
});

describe("a fetch that fails", () => {
  it.each<[string, GitServerOptions["fault"]]>([
    ["the server is broken", { status: 503 }],
    ["the server hangs up", "reset"],
    ["the server does not answer in time", { delayMs: 60_000 }],
  ])("because %s is one line that names the checkout that needs no fetch", async (_, fault) => {
    const { server, merge } = await pullRequest(fault === undefined ? {} : { fault });
    const store = storeOf(server, { timeoutMs: 1500 });
    expect(() => ensureCommit(store, { commit: merge, depth: 2 })).toThrow(
      expect.objectContaining({
        code: "GIT_FAILED",
        message: expect.stringMatching(/^`[0-9a-f]{40}` could not be fetched from `http:[^\n]*`fetch-depth: 2`$/),
      }),
    );
  });

  it("because nothing listens says so", () => {
    const store = objectStore({
      workspace: undefined,
      tempDir: makeFolder(),
      serverUrl: "http://127.0.0.1:9",
      repository: "a/b",
      token: TOKEN,
    });
    expect(() => ensureCommit(store, { ref: "main", depth: 1 })).toThrow(
      /`main` could not be fetched from `http:\/\/127\.0\.0\.1:9\/a\/b`: .*`fetch-depth: 2`$/,
    );
  });

  it("because the repository is another or not to be seen says so", async () => {
    const { server } = await pullRequest();
    expect(() => ensureCommit(storeOf(server, { repository: "acme/none" }), { ref: "main", depth: 1 })).toThrow(
      /acme\/none.*not found.*`fetch-depth: 2`$/,
    );
  });

  it.each([{ ref: "refs/pull/8/merge" }, { commit: "1".repeat(40) }])(
    "because the server does not have %j is told apart",
    async (wanted) => {
      const { server } = await pullRequest();
      expect(() => ensureCommit(storeOf(server), { ...wanted, depth: 2 })).toThrow(
        expect.objectContaining({ code: "BAD_REF", message: expect.stringMatching(/^`.*` is not in `http:/) }),
      );
    },
  );

  it.each([
    "-x",
    "--upload-pack=touch x",
    "+main",
    "^main",
    "main:refs/heads/x",
    "a b",
    "a\nb",
    "refs/heads/*",
    "main~1",
    "a..b",
    "@{u}",
    "",
  ])("is not even tried for %j", (ref) => {
    const defaults = { workspace: undefined, tempDir: makeFolder(), repository: "a/b", token: "" };
    const store = objectStore({ ...defaults, serverUrl: "http://127.0.0.1:9" });
    expect(() => ensureCommit(store, { ref, depth: 1 })).toThrow(
      expect.objectContaining({ code: "BAD_REF", message: `\`${ref}\` is not a git ref` }),
    );
  });

  it.each([
    [{ serverUrl: "file:///etc" }, /`file:\/\/\/etc` is not the address/],
    [{ serverUrl: "https://user:pw@github.com" }, /is not the address/],
    [{ serverUrl: "github.com" }, /is not the address/],
    [{ repository: "../../etc" }, /is not a repository's/],
    [{ repository: "a/b/c" }, /is not a repository's/],
  ])("is not even tried at %j", (options, message) => {
    const defaults = {
      workspace: undefined,
      tempDir: makeFolder(),
      serverUrl: "https://github.com",
      repository: "a/b",
      token: "",
    };
    expect(() => objectStore({ ...defaults, ...options })).toThrow(message);
  });

  it("because the folder for temporary files is not there is an error that names it", () => {
    const tempDir = join(makeFolder(), "none");
    expect(() =>
      objectStore({ workspace: undefined, tempDir, serverUrl: "https://github.com", repository: "a/b", token: "" }),
    ).toThrow(
      expect.objectContaining({
        code: "BAD_PATH",
        message: `the folder for temporary files, \`${tempDir}\`, does not exist`,
      }),
    );
  });
});
