import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { readEnvironment } from "../../src/github/environment.ts";
import { decodeEvent, isUntrusted, mayComment, mayRender, type ReviewEvent } from "../../src/github/event.ts";
import {
  COMMITS,
  forkedPullRequest,
  mergeGroup,
  otherEvent,
  pullRequest,
  push,
  type RunnerEvent,
} from "./fake/events.ts";

const { base, head, merge, none } = COMMITS;

function decode({ variables, payload }: RunnerEvent): ReviewEvent {
  return decodeEvent(readEnvironment(variables), JSON.stringify(payload));
}

function faultOf(event: RunnerEvent): string {
  try {
    decode(event);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return "no error";
}

describe("an event of GitHub", () => {
  const usual = { kind: "pull", name: "pull_request", number: 7, head, merge, baseCommit: base, baseBranch: "main" };
  const rows: readonly [string, RunnerEvent, object, { comments: boolean; renders: boolean; untrusted: boolean }][] = [
    [
      "pull_request opened",
      pullRequest("opened"),
      { ...usual, fork: false, attempt: 1 },
      { comments: true, renders: true, untrusted: false },
    ],
    [
      "pull_request synchronize",
      pullRequest("synchronize"),
      usual,
      { comments: true, renders: true, untrusted: false },
    ],
    ["pull_request reopened", pullRequest("reopened"), usual, { comments: true, renders: true, untrusted: false }],
    [
      "pull_request edited, with another base",
      pullRequest("edited"),
      usual,
      { comments: true, renders: true, untrusted: false },
    ],
    ["pull_request labeled", pullRequest("labeled"), usual, { comments: true, renders: true, untrusted: false }],
    [
      "pull_request ready_for_review",
      pullRequest("ready_for_review"),
      usual,
      { comments: true, renders: true, untrusted: false },
    ],
    ["a draft", pullRequest("opened", { draft: true }), usual, { comments: true, renders: true, untrusted: false }],
    [
      "pull_request closed is judged in silence",
      pullRequest("closed", { merged: false }),
      usual,
      { comments: false, renders: true, untrusted: false },
    ],
    [
      "a fork's head is untrusted",
      forkedPullRequest(),
      { ...usual, fork: true },
      { comments: true, renders: true, untrusted: true },
    ],
    [
      "a fork that was deleted is still a fork",
      pullRequest("opened", { head: { sha: head, ref: "change", repo: null } }),
      { ...usual, fork: true },
      { comments: true, renders: true, untrusted: true },
    ],
    [
      "pull_request_target names no merge commit and runs no tool",
      pullRequest("opened", {}, "pull_request_target"),
      { ...usual, name: "pull_request_target", merge: undefined },
      { comments: true, renders: false, untrusted: false },
    ],
    [
      "merge_group",
      mergeGroup(),
      { kind: "mergeGroup", head, baseBranch: "main", baseCommit: base },
      { comments: false, renders: true, untrusted: false },
    ],
    [
      "push to the default branch",
      push(),
      { kind: "push", before: base, after: head, onDefaultBranch: true },
      { comments: false, renders: true, untrusted: false },
    ],
    [
      "first push of a branch",
      push({ ref: "refs/heads/new", before: none, created: true }),
      { kind: "push", before: undefined, onDefaultBranch: false },
      { comments: false, renders: true, untrusted: false },
    ],
    [
      "forced push",
      push({ forced: true }),
      { kind: "push", before: base, after: head },
      { comments: false, renders: true, untrusted: false },
    ],
    [
      "a branch of the default branch's name in a folder is another one",
      push({ ref: "refs/heads/x/main" }),
      { onDefaultBranch: false },
      { comments: false, renders: true, untrusted: false },
    ],
    [
      "a tag of the default branch's name is another ref",
      push({ ref: "refs/tags/main" }),
      { onDefaultBranch: false },
      { comments: false, renders: true, untrusted: false },
    ],
    [
      "deleted branch",
      push({ deleted: true, after: none }),
      { kind: "deleted", ref: "refs/heads/main" },
      { comments: false, renders: true, untrusted: false },
    ],
    [
      "deleted branch, told by the zero id alone",
      push({ deleted: undefined, after: none }),
      { kind: "deleted" },
      { comments: false, renders: true, untrusted: false },
    ],
    [
      "workflow_dispatch",
      otherEvent("workflow_dispatch"),
      { kind: "other", name: "workflow_dispatch", commit: head },
      { comments: false, renders: true, untrusted: false },
    ],
    [
      "schedule",
      otherEvent("schedule"),
      { kind: "other", name: "schedule", commit: head },
      { comments: false, renders: true, untrusted: false },
    ],
    [
      "an event that did not exist when this was written",
      otherEvent("moon_landing"),
      { kind: "other", name: "moon_landing", commit: head },
      { comments: false, renders: true, untrusted: false },
    ],
  ];
  it.each(rows)("%s", (_, event, expected, rights) => {
    const decoded = decode(event);
    expect(decoded).toMatchObject(expected);
    expect({ comments: mayComment(decoded), renders: mayRender(decoded), untrusted: isUntrusted(decoded) }).toEqual(
      rights,
    );
  });
});

describe("an event file that is of no use is one clear error", () => {
  const environment = readEnvironment(pullRequest("opened").variables);
  it.each([
    ["", "is not a JSON object"],
    ["{", "is not a JSON object"],
    ["[]", "is not a JSON object"],
    ["null", "is not a JSON object"],
    ["<html>", "is not a JSON object"],
    ["{}", "the event `pull_request` carries no usable `pull_request.head.sha`"],
    ['{"__proto__":{"pull_request":{"number":7}}}', "carries no usable `pull_request.head.sha`"],
  ])("%j", (text, message) => {
    expect(() => decodeEvent(environment, text)).toThrow(InputError);
    expect(() => decodeEvent(environment, text)).toThrow(message);
  });

  it.each([
    [pullRequest("opened", { head: { sha: "--upload-pack=x", ref: "x", repo: null } }), "pull_request.head.sha"],
    [pullRequest("opened", { head: { sha: none, ref: "x", repo: null } }), "pull_request.head.sha"],
    [pullRequest("opened", { base: { sha: base } }), "pull_request.base.ref"],
    [pullRequest("opened", { base: { ref: "main" } }), "pull_request.base.sha"],
    [push({ repository: {} }), "repository.default_branch"],
    [push({ ref: undefined }), "ref"],
    [push({ after: undefined }), "after"],
    [{ ...mergeGroup(), payload: { merge_group: { head_sha: head, base_sha: base } } }, "merge_group.base_ref"],
  ])("without a usable field, case %#", (event, field) => {
    expect(faultOf(event)).toContain(`\`${field}\``);
  });

  it("a byte order mark before the JSON does no harm", () => {
    const event = pullRequest("opened");
    expect(decodeEvent(environment, `\ufeff${JSON.stringify(event.payload)}`).kind).toBe("pull");
  });
});

describe("the runner's variables", () => {
  const usual = pullRequest("opened").variables;
  it.each(["GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_WORKSPACE", "RUNNER_TEMP"])(
    "%s has to be there",
    (name) => {
      expect(() => readEnvironment({ ...usual, [name]: "" })).toThrow(`\`${name}\` is not set`);
    },
  );

  it("a repository name is owner and name", () => {
    expect(() => readEnvironment({ ...usual, GITHUB_REPOSITORY: "a/b/c" })).toThrow("not `owner/name`");
  });

  it.each(["ftp://x", "x", "https://", "file:///etc"])("the API is not at %s", (url) => {
    expect(() => readEnvironment({ ...usual, GITHUB_API_URL: url })).toThrow("`GITHUB_API_URL`");
  });

  it("an API below a path is kept, as GitHub Enterprise Server has it", () => {
    const environment = readEnvironment({ ...usual, GITHUB_API_URL: "https://git.acme.example/api/v3/" });
    expect(environment.apiUrl).toBe("https://git.acme.example/api/v3");
  });
});
