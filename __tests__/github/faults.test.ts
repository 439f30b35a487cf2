import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openGitHub } from "../../src/github/client.ts";
import { GitHubFault } from "../../src/github/fault.ts";
import { fault, type Mishap, primaryLimit, secondaryLimit, status } from "./fake/faults.ts";
import { type FakeGitHub, startFakeGitHub } from "./fake/server.ts";
import { addComment } from "./fake/state.ts";
import { comment, earlier, HASTE, says, writes } from "./talk.ts";

const BOT = "github-actions[bot]";
const POST = "POST /repos/acme/shop/issues/7/comments";
const LIST = "GET /repos/acme/shop/issues/7/comments";
let fake: FakeGitHub;

beforeEach(async () => {
  fake = await startFakeGitHub();
});
afterEach(() => fake.close());

const passing: readonly [string, Mishap][] = [
  ["500", status(500)],
  ["502 with a page of HTML", { kind: "html", status: 502 }],
  ["503", status(503)],
  ["a reset connection", { kind: "reset" }],
  ["a body that ends early", { kind: "truncate" }],
  ["a body that ends early and claims to be whole", { kind: "short" }],
];

describe("a fault that passes is not noticed", () => {
  it.each(passing)("reading: %s", async (_, mishap) => {
    fake.faults.push(fault(LIST, mishap, 2));
    expect(await comment(fake, says("findings"))).toBe("created");
  });

  it.each(passing)("updating: %s", async (_, mishap) => {
    addComment(fake.state, 7, BOT, earlier("### 🔴 netpol-review: one"));
    fake.faults.push(fault("PATCH", mishap, 2));
    expect(await comment(fake, says("findings"))).toBe("updated");
    expect(fake.state.comments).toHaveLength(1);
  });

  it.each(passing)("creating, not carried out: %s", async (_, mishap) => {
    fake.faults.push(fault(POST, mishap, 2));
    expect(await comment(fake, says("findings"))).toBe("created");
    expect(fake.state.comments).toHaveLength(1);
    expect(writes(fake)).toEqual([POST, POST, POST]);
  });

  it.each(passing)(
    "creating, carried out but the answer was lost: %s, and it is not created twice",
    async (_, mishap) => {
      fake.faults.push(fault(POST, mishap, 1, true));
      expect(await comment(fake, says("findings"))).toBe("created");
      expect(fake.state.comments).toHaveLength(1);
      expect(writes(fake)).toEqual([POST]);
    },
  );

  it("an attempt that is too slow is given up and made again", async () => {
    fake.faults.push(fault(LIST, { kind: "slow", delayMs: 1000 }));
    expect(await comment(fake, says("findings"), { patience: { ...HASTE, attemptMs: 200 } })).toBe("created");
    expect(fake.lines().filter((line) => line === LIST).length).toBeGreaterThan(2);
  });
});

describe("a fault that stays ends in one fault of the right kind", () => {
  it.each(passing)("reading: %s", async (_, mishap) => {
    fake.faults.push(fault(LIST, mishap, 100));
    expect(await comment(fake, says("findings"))).toBe("fault:unavailable");
    expect(fake.lines().length).toBeLessThanOrEqual(4);
  });

  it.each(passing)("creating: %s, three times and no more", async (_, mishap) => {
    fake.faults.push(fault(POST, mishap, 100));
    expect(await comment(fake, says("findings"))).toBe("fault:unavailable");
    expect(writes(fake)).toEqual([POST, POST, POST]);
  });

  it("an API that answers HTML and says 200", async () => {
    fake.faults.push(fault(LIST, { kind: "html", status: 200 }, 100));
    expect(await comment(fake, says("findings"))).toBe("fault:unavailable");
    expect(writes(fake)).toEqual([]);
  });

  it.each([
    [401, "fault:unauthorised"],
    [403, "fault:forbidden"],
    [404, "fault:missing"],
    [410, "fault:missing"],
    [422, "fault:refused"],
  ])("%i is an answer, not a hiccup: it is not asked again", async (code, expected) => {
    fake.faults.push(fault(LIST, status(code, "No"), 100));
    expect(await comment(fake, says("findings"))).toBe(expected);
    expect(fake.lines()).toEqual([LIST]);
  });

  it("nobody listens", async () => {
    const github = openGitHub({
      apiUrl: "http://127.0.0.1:1",
      token: "write",
      version: "1",
      variables: {},
      patience: HASTE,
    });
    await expect(github.send("GET /user", {})).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("a fault's text is one line of GitHub's own words, without the token", async () => {
    fake.faults.push(fault("GET /user", status(422, "first\n::error::second\u202e")));
    const github = openGitHub({ apiUrl: fake.url, token: "person", version: "1", variables: {}, patience: HASTE });
    const error = await github.send("GET /user", {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GitHubFault);
    expect(String(error)).toBe("GitHubFault: 422: first ::error::second\\u202e");
  });
});

describe("rate limits", () => {
  it.each([
    ["secondary, with a word on how long", secondaryLimit(2)],
    ["secondary, without", secondaryLimit(undefined)],
    ["primary", primaryLimit(1)],
  ])("are waited for within the allowance: %s", async (_, mishap) => {
    fake.faults.push(fault(POST, mishap));
    expect(await comment(fake, says("findings"))).toBe("created");
    expect(fake.state.comments).toHaveLength(1);
  });

  it.each([
    ["secondary", secondaryLimit(61)],
    ["primary", primaryLimit(3600)],
  ])("are not waited for where they last longer: %s", async (_, mishap) => {
    fake.faults.push(fault(POST, mishap, 100));
    expect(await comment(fake, says("findings"))).toBe("fault:limited");
    expect(writes(fake)).toEqual([POST]);
  });

  it("share one allowance, however often they come", async () => {
    fake.faults.push(fault(POST, secondaryLimit(25), 100));
    expect(await comment(fake, says("findings"))).toBe("fault:limited");
    expect(writes(fake)).toEqual([POST, POST, POST]);
  });

  it("429 is a rate limit too", async () => {
    fake.faults.push(fault(LIST, status(429, "Too many requests", { "retry-after": "3600" }), 100));
    expect(await comment(fake, says("findings"))).toBe("fault:limited");
  });
});

describe("one deadline for everything", () => {
  it("ends a slow answer", async () => {
    fake.faults.push(fault(LIST, { kind: "slow", delayMs: 5000 }));
    const started = performance.now();
    expect(await comment(fake, says("findings"), { patience: { ...HASTE, totalMs: 300 } })).toBe("fault:deadline");
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("ends a wait for a rate limit", async () => {
    fake.faults.push(fault(LIST, secondaryLimit(50), 100));
    const started = performance.now();
    const patience = { ...HASTE, secondMs: 100, totalMs: 300 };
    expect(await comment(fake, says("findings"), { patience })).toBe("fault:deadline");
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("ends retries", async () => {
    fake.faults.push(fault(LIST, status(503), 100));
    const patience = { ...HASTE, secondMs: 1000, totalMs: 500 };
    expect(await comment(fake, says("findings"), { patience })).toBe("fault:deadline");
  });

  it("counts only the time that GitHub takes", async () => {
    const github = openGitHub({
      apiUrl: fake.url,
      token: "person",
      version: "1",
      variables: {},
      patience: { ...HASTE, totalMs: 1000 },
    });
    await github.send("GET /user", {});
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect((await github.send("GET /user", {})).status).toBe(200);
  });
});
