import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";
import { describe as described, requestViolations, responseViolations } from "./fake/openapi.ts";

const comments = described("POST", "/repos/acme/shop/issues/7/comments");

it("the committed description is what the script cuts out of the published one", () => {
  const root = path.resolve(import.meta.dirname, "../..");
  execFileSync(process.execPath, ["scripts/cut-openapi.mjs", "--check"], { cwd: root });
});

it.each<[string, URLSearchParams, unknown, readonly string[]]>([
  ["a comment as it should be", new URLSearchParams(), { body: "x" }, []],
  ["without a body", new URLSearchParams(), undefined, ["body: must be object"]],
  ["a body without text", new URLSearchParams(), {}, ["body: must have required property 'body'"]],
  ["a body of another type", new URLSearchParams(), { body: 1 }, ["body/body: must be string"]],
  [
    "a key that is not described",
    new URLSearchParams(),
    { body: "x", draft: true },
    ["body has `draft`, which is not described"],
  ],
  ["a query that is not described", new URLSearchParams({ page: "1" }), { body: "x" }, ["query page is not described"]],
])("the fake objects to a request: %s", (_, query, body, violations) => {
  expect(comments && requestViolations(comments, query, body)).toEqual(violations);
});

it("the fake objects to its own answers", () => {
  expect(comments && responseViolations(comments, 201, { id: 1 }).length).toBeGreaterThan(0);
  expect(comments && responseViolations(comments, 200, {})).toEqual(["answer 200 is not described"]);
  expect(comments && responseViolations(comments, 403, { message: "no" })).toEqual([]);
});

it("what the Action has no business with is not described", () => {
  expect(described("POST", "/repos/acme/shop/statuses/abc")).toBeUndefined();
  expect(described("PUT", "/repos/acme/shop/issues/7/lock")).toBeUndefined();
});
