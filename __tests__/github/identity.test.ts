import { describe, expect, it } from "vitest";
import { identityOf } from "../../src/github/identity.ts";
import { markerLine, parseMarker } from "../../src/github/marker.ts";
import { runnerVariables } from "./fake/events.ts";

const usual = { config: ".github/netpol-review.yml", paths: [], cluster: "", matrix: "null" };
const id = (variables = {}, inputs = {}): string => identityOf(runnerVariables(variables), { ...usual, ...inputs });

describe("a comment's identity", () => {
  it("is 16 hexadecimal digits", () => {
    expect(id()).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    ["another run and attempt", { GITHUB_RUN_ID: "99", GITHUB_RUN_ATTEMPT: "3" }, {}],
    ["another head", { GITHUB_SHA: "f".repeat(40) }, {}],
    [
      "another ref of the same workflow",
      { GITHUB_WORKFLOW_REF: "acme/shop/.github/workflows/review.yml@refs/heads/main" },
      {},
    ],
    ["another name of the same workflow", { GITHUB_WORKFLOW: "renamed" }, {}],
    [
      "another branch with an at sign",
      { GITHUB_WORKFLOW_REF: "acme/shop/.github/workflows/review.yml@refs/heads/a@refs/b" },
      {},
    ],
    [
      "a repository that was renamed",
      {
        GITHUB_REPOSITORY: "acme/store",
        GITHUB_WORKFLOW_REF: "acme/store/.github/workflows/review.yml@refs/heads/main",
      },
      {},
    ],
  ])("is the same for %s", (_, variables, inputs) => {
    expect(id(variables, inputs)).toBe(id());
  });

  it.each([
    ["workflow", { GITHUB_WORKFLOW_REF: "acme/shop/.github/workflows/other.yml@refs/pull/7/merge" }, {}],
    [
      "workflow of another repository",
      { GITHUB_WORKFLOW_REF: "acme/rules/.github/workflows/review.yml@refs/heads/main" },
      {},
    ],
    ["job", { GITHUB_JOB: "second" }, {}],
    ["step", { GITHUB_ACTION: "__acme_netpol-review_2" }, {}],
    ["matrix", {}, { matrix: '{"cluster":"a"}' }],
    ["config", {}, { config: "other.yml" }],
    ["paths", {}, { paths: ["k8s"] }],
    ["cluster", {}, { cluster: "production" }],
  ])("is another for another %s", (_, variables, inputs) => {
    expect(id(variables, inputs)).not.toBe(id());
  });

  it("does not depend on the order of keys and paths", () => {
    expect(id({}, { matrix: '{"a":1,"b":{"c":2,"d":3}}' })).toBe(id({}, { matrix: '{ "b": {"d":3,"c":2}, "a": 1 }' }));
    expect(id({}, { paths: ["a", "b"] })).toBe(id({}, { paths: ["b", "a"] }));
  });

  it("tells values apart that look alike when they are joined", () => {
    expect(id({}, { config: "a", cluster: "bc" })).not.toBe(id({}, { config: "ab", cluster: "c" }));
  });

  it("falls back to the workflow's name where the runner does not tell its file", () => {
    const old = { GITHUB_WORKFLOW_REF: "" };
    expect(id(old)).not.toBe(id());
    expect(id(old)).not.toBe(id({ ...old, GITHUB_WORKFLOW: "other" }));
  });

  it("takes a matrix that is not JSON as it is", () => {
    expect(id({}, { matrix: "{" })).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("the marker", () => {
  const marker = { id: "0123456789abcdef", head: "b".repeat(40), truncated: true };

  it("is read as it was written", () => {
    expect(parseMarker(`${markerLine(marker)}\nrest`)).toEqual(marker);
    expect(parseMarker(`${markerLine(marker)}\r\nrest`)).toEqual(marker);
  });

  it("has the form that the contract promises", () => {
    expect(markerLine({ ...marker, truncated: false })).toBe(
      `<!-- netpol-review {"v":1,"id":"0123456789abcdef","head":"${"b".repeat(40)}","truncated":false} -->`,
    );
  });

  it("cannot end its HTML comment early", () => {
    expect(markerLine({ ...marker, head: "--><script>" })).toBe(
      '<!-- netpol-review {"v":1,"id":"0123456789abcdef","head":"script","truncated":true} -->',
    );
  });

  it.each(["", "text", " <!-- netpol-review {} -->", "<!-- netpol-review {bad} -->", "<!-- other {} -->"])(
    "%j is none",
    (line) => {
      expect(parseMarker(line)).toBeUndefined();
    },
  );
});
