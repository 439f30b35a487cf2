import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type GitHubClient, openGitHub } from "../../src/github/client.ts";
import { awaitPull, compareMergeBase, parseCentralFile, readCentralFile } from "../../src/github/files.ts";
import { COMMITS } from "./fake/events.ts";
import { fault, status } from "./fake/faults.ts";
import { type FakeGitHub, startFakeGitHub } from "./fake/server.ts";
import { HASTE } from "./talk.ts";

const repository = { owner: "acme", repo: "shop" };
let fake: FakeGitHub;
let github: GitHubClient;
const open = (token: string): GitHubClient =>
  openGitHub({ apiUrl: fake.url, token, version: "1", variables: {}, patience: HASTE });

beforeEach(async () => {
  fake = await startFakeGitHub();
  github = open("write");
});
afterEach(() => fake.close());

describe("a configuration of another repository", () => {
  it.each([
    ["acme/rules/netpol.yml@v1", { owner: "acme", repo: "rules", path: "netpol.yml", ref: "v1" }],
    ["acme/rules/a/b c/n.yml@feat/x", { owner: "acme", repo: "rules", path: "a/b c/n.yml", ref: "feat/x" }],
    [".github/netpol-review.yml", undefined],
    ["rules@v1", undefined],
    ["acme/rules", undefined],
  ])("%s", (text, expected) => {
    expect(parseCentralFile(text)).toEqual(expected);
  });

  it.each([
    "acme/rules/n.yml@",
    "acme/rules/n.yml@-x",
    "acme/rules/n.yml@a..b",
    "acme/rules/n.yml@a b",
    "acme/rules/../x@v1",
    "acme/rules//x@v1",
  ])("%s is an error", (text) => {
    expect(() => parseCentralFile(text)).toThrow(`\`${text}\``);
  });

  const file = { owner: "acme", repo: "rules", path: "net pol/ü#?.yml", ref: "v1" };

  it("is read raw, whatever its name is", async () => {
    fake.state.files.set("acme/rules/net pol/ü#?.yml@v1", "version: 1\n");
    expect(await readCentralFile(github, file)).toBe("version: 1\n");
    expect(fake.requests[0]?.path).toBe("/repos/acme/rules/contents/net%20pol/%C3%BC%23%3F.yml");
    expect(fake.requests[0]?.headers.accept).toBe("application/vnd.github.raw+json");
  });

  it("that is not there, or not to be seen, is an error that says both", async () => {
    await expect(readCentralFile(github, file)).rejects.toThrow(
      "`acme/rules/net pol/ü#?.yml@v1` is not there, or the token may not read `acme/rules` (404: Not Found); pass a `token` that can",
    );
  });

  it("that is a folder is an error", async () => {
    fake.state.files.set("acme/rules/net/x.yml@v1", "version: 1\n");
    await expect(readCentralFile(github, { ...file, path: "net" })).rejects.toThrow("is not a text file");
  });

  it("that GitHub does not hand out is an error that says why", async () => {
    fake.faults.push(fault("GET /repos/acme/rules", status(502), 100));
    await expect(readCentralFile(github, file)).rejects.toThrow("could not be read from GitHub (502: Server Error)");
  });
});

describe("the pull request as it is now", () => {
  it("is told", async () => {
    const pull = await awaitPull(github, repository, { number: 7, head: COMMITS.head });
    expect(pull).toEqual({ head: COMMITS.head, baseBranch: "main", mergeable: true, mergeCommit: COMMITS.merge });
  });

  it("is waited for while GitHub tries to merge it", async () => {
    const pull = fake.state.pulls.get(7);
    if (pull !== undefined) pull.mergeable = null;
    const merged = (): void => {
      if (pull !== undefined) pull.mergeable = false;
    };
    fake.faults.push(fault("GET", { kind: "meanwhile", run: () => {} }));
    fake.faults.push(fault("GET", { kind: "meanwhile", run: merged }));
    expect(await awaitPull(github, repository, { number: 7, head: COMMITS.head })).toMatchObject({ mergeable: false });
    expect(fake.requests).toHaveLength(2);
  });

  it("is not waited for where it has another head already", async () => {
    const pull = fake.state.pulls.get(7);
    if (pull !== undefined) pull.mergeable = null;
    await awaitPull(github, repository, { number: 7, head: COMMITS.older });
    expect(fake.requests).toHaveLength(1);
  });

  it("is unknown where GitHub does not answer", async () => {
    fake.faults.push(fault("GET", status(503), 100));
    expect(await awaitPull(github, repository, { number: 7, head: COMMITS.head })).toBeUndefined();
  });
});

describe("a merge base from the API", () => {
  it("of a branch with a slash", async () => {
    fake.state.mergeBases.set(`release/1.0...${COMMITS.head}`, COMMITS.older);
    const base = { kind: "branch", name: "release/1.0" } as const;
    expect(await compareMergeBase(github, repository, base, COMMITS.head)).toBe(COMMITS.older);
  });

  it("is unknown where GitHub has none", async () => {
    const base = { kind: "commit", id: COMMITS.base } as const;
    expect(await compareMergeBase(github, repository, base, COMMITS.head)).toBeUndefined();
  });
});

describe("GitHub Enterprise Server", () => {
  it("has its API below /api/v3 and its GraphQL beside it", async () => {
    const server = openGitHub({
      apiUrl: `${fake.url}/api/v3`,
      token: "write",
      version: "1",
      variables: {},
      patience: HASTE,
    });
    await awaitPull(server, repository, { number: 7, head: COMMITS.head });
    expect((await server.viewer()).data).toEqual({ viewer: { login: "github-actions[bot]" } });
    expect(fake.lines()).toEqual(["GET /repos/acme/shop/pulls/7", "POST /api/graphql"]);
  });
});
