import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommentMode, News } from "../../src/github/outcome.ts";
import { COMMITS } from "./fake/events.ts";
import { fault } from "./fake/faults.ts";
import { type FakeGitHub, startFakeGitHub } from "./fake/server.ts";
import { addComment } from "./fake/state.ts";
import { comment, earlier, HASTE, ID, says, writes } from "./talk.ts";

const BOT = "github-actions[bot]";
let fake: FakeGitHub;
const bodies = (): readonly string[] => fake.state.comments.map(({ body }) => body);

beforeEach(async () => {
  fake = await startFakeGitHub();
});
afterEach(() => fake.close());

describe("the life of a comment", () => {
  it("is created with the marker on its first line", async () => {
    expect(await comment(fake, says("findings"))).toBe("created");
    expect(bodies()).toEqual([
      `<!-- netpol-review {"v":1,"id":"${ID}","head":"${COMMITS.head}","truncated":false} -->\n### 🔴 netpol-review: findings`,
    ]);
  });

  it("is updated in place by the next push", async () => {
    await comment(fake, says("findings", "### 🔴 netpol-review: one"));
    expect(await comment(fake, says("findings", "### 🔴 netpol-review: two"))).toBe("updated");
    expect(bodies()).toHaveLength(1);
    expect(bodies()[0]).toContain("two");
  });

  it("is turned to resolved when there is nothing to say any more, and says what was resolved", async () => {
    addComment(fake.state, 7, BOT, earlier("### 🔴 netpol-review: merge blocked"));
    expect(await comment(fake, says("nothing"))).toBe("resolved");
    expect(bodies()[0]?.split("\n").slice(1)).toEqual([
      "### ✅ netpol-review: resolved",
      "",
      "before: ### 🔴 netpol-review: merge blocked",
    ]);
  });

  it("stays resolved without a request while nothing comes up", async () => {
    addComment(fake.state, 7, BOT, earlier("### 🔴 netpol-review: one"));
    await comment(fake, says("nothing"));
    const before = writes(fake).length;
    expect(await comment(fake, says("nothing"))).toBe("unchanged");
    expect(writes(fake)).toHaveLength(before);
  });

  it("speaks again in the same place when something comes up after all", async () => {
    addComment(fake.state, 7, BOT, earlier("### ✅ netpol-review: resolved"));
    expect(await comment(fake, says("changes", "### 🟡 netpol-review: again"))).toBe("updated");
    expect(bodies()).toHaveLength(1);
  });

  it("is not written where nothing changed and nothing was said", async () => {
    expect(await comment(fake, says("nothing"))).toBe("none");
    expect(fake.lines()).toEqual(["GET /repos/acme/shop/issues/7/comments"]);
  });

  it("is left alone by the same review: not one request that writes", async () => {
    await comment(fake, says("findings"));
    const before = writes(fake).length;
    expect(await comment(fake, says("findings"))).toBe("unchanged");
    expect(writes(fake)).toHaveLength(before);
  });

  it("is the same review although GitHub stores other line ends", async () => {
    await comment(fake, says("findings", "### 🔴 netpol-review: one\n\ntwo\n"));
    const [stored] = fake.state.comments;
    if (stored !== undefined) stored.body = `${stored.body.replaceAll("\n", "\r\n")}\r\n`;
    expect(await comment(fake, says("findings", "### 🔴 netpol-review: one\n\ntwo\n"))).toBe("unchanged");
  });

  it("is written by a person's token under that person's name", async () => {
    await comment(fake, says("findings", "### 🔴 netpol-review: one"), { token: "person" });
    expect(await comment(fake, says("findings", "### 🔴 netpol-review: two"), { token: "person" })).toBe("updated");
    expect(fake.state.comments.map(({ author }) => author)).toEqual(["octocat"]);
    expect(fake.lines()).not.toContain("POST /graphql");
  });
});

describe("which news is worth a comment", () => {
  const rows: readonly [CommentMode, News, string][] = [
    ["always", "nothing", "created"],
    ["always", "changes", "created"],
    ["changes", "nothing", "none"],
    ["changes", "changes", "created"],
    ["changes", "findings", "created"],
    ["changes", "error", "created"],
    ["findings", "nothing", "none"],
    ["findings", "changes", "none"],
    ["findings", "findings", "created"],
    ["findings", "error", "created"],
    ["never", "findings", "none"],
    ["never", "error", "none"],
  ];
  it.each(rows)("mode %s, news %s: %s", async (mode, news, kind) => {
    expect(await comment(fake, says(news), { mode })).toBe(kind);
  });

  it("mode never asks GitHub nothing", async () => {
    addComment(fake.state, 7, BOT, earlier("### 🔴 netpol-review: one"));
    await comment(fake, says("findings"), { mode: "never" });
    expect(fake.requests).toHaveLength(0);
  });
});

describe("whose comment it is", () => {
  it("is found behind 250 comments of others", async () => {
    for (let i = 0; i < 250; i += 1) addComment(fake.state, 7, "someone", `comment ${i}`);
    addComment(fake.state, 7, BOT, earlier("### 🔴 netpol-review: one"));
    expect(await comment(fake, says("findings"))).toBe("updated");
    expect(fake.lines().filter((line) => line.startsWith("GET /repos/acme/shop/issues/7"))).toHaveLength(3);
    expect(fake.state.comments).toHaveLength(251);
  });

  it("a marker that somebody else wrote is theirs: never touched, whatever is in it", async () => {
    const spoofed = earlier("### ✅ netpol-review: all is well");
    addComment(fake.state, 7, "mallory", spoofed);
    expect(await comment(fake, says("findings"))).toBe("created");
    expect(bodies()[0]).toBe(spoofed);
    expect(writes(fake)).toEqual(["POST /repos/acme/shop/issues/7/comments"]);
  });

  it("an account with almost our name is another account", async () => {
    addComment(fake.state, 7, "github-actions", earlier("### ✅ netpol-review: all is well"));
    expect(await comment(fake, says("findings"))).toBe("created");
  });

  it("a marker that is not on the first line is a quotation", async () => {
    addComment(fake.state, 7, BOT, `> quoted\n${earlier("### 🔴 netpol-review: one")}`);
    expect(await comment(fake, says("findings"))).toBe("created");
  });

  it("a comment of another job of ours is left to that job", async () => {
    addComment(fake.state, 7, BOT, earlier("### 🔴 netpol-review: one", "fedcba9876543210"));
    expect(await comment(fake, says("findings"))).toBe("created");
    expect(await comment(fake, says("nothing"))).toBe("resolved");
    expect(bodies()[0]).toContain("one");
  });

  it("the token's identity is asked for only where a marker has to be believed", async () => {
    addComment(fake.state, 7, "someone", "hello");
    await comment(fake, says("findings"));
    expect(fake.lines()).not.toContain("GET /user");
    await comment(fake, says("findings", "### 🔴 netpol-review: two"));
    expect(fake.lines()).toContain("GET /user");
    expect(fake.lines()).toContain("POST /graphql");
  });

  it("a hostile marker line is no marker", async () => {
    for (const line of [
      '<!-- netpol-review {"v":1,"id":{}} -->',
      "<!-- netpol-review {} -->",
      '<!-- netpol-review {"v":2,"id":"0123456789abcdef"} -->',
      '<!-- netpol-review {"__proto__":{"v":1,"id":"0123456789abcdef"}} -->',
    ]) {
      addComment(fake.state, 7, BOT, line);
    }
    expect(await comment(fake, says("findings"))).toBe("created");
  });
});

describe("several runs", () => {
  it("an older head than the pull request now has writes nothing", async () => {
    const pull = fake.state.pulls.get(7);
    if (pull !== undefined) pull.head = "e".repeat(40);
    expect(await comment(fake, says("findings"))).toBe("stale");
    addComment(fake.state, 7, BOT, earlier("### 🔴 netpol-review: one", ID, "e".repeat(40)));
    expect(await comment(fake, says("findings"))).toBe("stale");
    expect(await comment(fake, says("nothing"))).toBe("stale");
    expect(writes(fake)).toEqual([]);
  });

  it("two that create at the same moment leave one comment", async () => {
    let arrived = 0;
    let release = (): void => {};
    const both = new Promise<void>((resolve) => {
      release = resolve;
    });
    const meet = {
      kind: "meanwhile",
      run: () => {
        arrived += 1;
        if (arrived === 2) release();
        return both;
      },
    } as const;
    fake.faults.push(fault("POST /repos", meet, 2));
    const kinds = await Promise.all([comment(fake, says("findings")), comment(fake, says("findings"))]);
    expect(kinds).toEqual(["created", "created"]);
    expect(bodies()).toHaveLength(1);
  });

  it("the later of two that differ has the last word, in the older's comment", async () => {
    const other = {
      kind: "meanwhile",
      run: () => {
        addComment(fake.state, 7, BOT, earlier("### 🔴 netpol-review: first"));
      },
    } as const;
    fake.faults.push(fault("POST /repos", other));
    expect(await comment(fake, says("findings", "### 🔴 netpol-review: second"))).toBe("created");
    expect(bodies()).toHaveLength(1);
    expect(bodies()[0]).toContain("second");
  });

  it("twins that an older version left behind become one", async () => {
    addComment(fake.state, 7, BOT, earlier("### 🔴 netpol-review: one"));
    addComment(fake.state, 7, "someone", earlier("### 🔴 netpol-review: one"));
    addComment(fake.state, 7, BOT, earlier("### 🔴 netpol-review: two"));
    expect(await comment(fake, says("findings", "### 🔴 netpol-review: three"))).toBe("updated");
    expect(fake.state.comments.map(({ author, body }) => [author, body.slice(-5)])).toEqual([
      [BOT, "three"],
      ["someone", ": one"],
    ]);
  });

  it("a comment that is deleted between reading and writing is created anew", async () => {
    addComment(fake.state, 7, BOT, earlier("### 🔴 netpol-review: one"));
    const gone = {
      kind: "meanwhile",
      run: () => {
        fake.state.comments = [];
      },
    } as const;
    fake.faults.push(fault("PATCH", gone));
    expect(await comment(fake, says("findings"))).toBe("created");
    expect(bodies()).toHaveLength(1);
  });

  it("a comment that is deleted before it could be resolved stays deleted", async () => {
    addComment(fake.state, 7, BOT, earlier("### 🔴 netpol-review: one"));
    const gone = {
      kind: "meanwhile",
      run: () => {
        fake.state.comments = [];
      },
    } as const;
    fake.faults.push(fault("PATCH", gone));
    expect(await comment(fake, says("nothing"))).toBe("none");
    expect(bodies()).toEqual([]);
  });
});

describe("what a token may not do", () => {
  it.each([
    ["read", "fault:forbidden"],
    ["blind", "fault:forbidden"],
    ["wrong", "fault:unauthorised"],
    ["", "fault:unauthorised"],
  ])("token %j: %s, and nothing is written", async (token, expected) => {
    expect(await comment(fake, says("findings"), { token })).toBe(expected);
    expect(fake.state.comments).toEqual([]);
  });

  it("without a token not even a request is sent, and with nothing to say it is no fault", async () => {
    await comment(fake, says("findings"), { token: "" });
    expect(await comment(fake, says("nothing"), { token: "" })).toBe("none");
    expect(fake.requests).toEqual([]);
  });

  it("a read-only token with nothing to say is no fault", async () => {
    expect(await comment(fake, says("nothing"), { token: "read" })).toBe("none");
  });

  it("a locked conversation", async () => {
    const pull = fake.state.pulls.get(7);
    if (pull !== undefined) pull.locked = true;
    expect(await comment(fake, says("findings"))).toBe("fault:locked");
  });

  it("a pull request that is not there", async () => {
    expect(await comment(fake, says("findings"), { number: 8 })).toBe("fault:missing");
  });

  it("a private repository hides itself from who may not see it", async () => {
    fake.state.isPublic = false;
    expect(await comment(fake, says("findings"), { token: "blind" })).toBe("fault:forbidden");
  });
});

describe("a body within GitHub's limits", () => {
  it("has at most 60,000 bytes, marker included", async () => {
    let room = 0;
    const outcome = {
      ...says("findings"),
      markdown: ({ budget }: { readonly budget: number }) => {
        room = budget;
        return { text: "é".repeat(budget / 2), truncated: true };
      },
    };
    await comment(fake, outcome, { patience: HASTE });
    expect(Buffer.byteLength(bodies()[0] ?? "")).toBeLessThanOrEqual(60_000);
    expect(room).toBeGreaterThan(59_000);
    expect(bodies()[0]).toContain('"truncated":true');
  });

  it("is only the verdict where a report does not keep to its budget", async () => {
    await comment(fake, says("findings", `### 🔴 netpol-review: long\n${"x".repeat(70_000)}`));
    expect(bodies()[0]?.split("\n").slice(1)).toEqual([
      "### 🔴 netpol-review: long",
      "",
      "The report is too long to be shown here; the files of [the run](https://github.com/acme/shop/actions/runs/42) that the outputs name have all of it.",
    ]);
  });

  it("is well-formed Unicode whatever a manifest held", async () => {
    await comment(fake, says("findings", "### 🔴 netpol-review: \ud800 half"));
    expect(bodies()[0]).toContain("\ufffd half");
  });
});
