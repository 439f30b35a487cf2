import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { makeFolder } from "../tree/repo.ts";
import { netpolReview } from "./command.ts";

const FLEET = resolve(import.meta.dirname, "../../examples/fleet");
const [base, head] = [join(FLEET, "base"), join(FLEET, "head")];
const { jobs } = parse(readFileSync(join(FLEET, "workflow.yml"), "utf8"));
const steps = (job: { steps: readonly { run?: string; uses?: string }[] }) => job.steps;

describe("the example of a fleet", () => {
  test("has two clusters, which the pull request changes alike", () => {
    expect(JSON.parse(netpolReview(base, "clusters", ".").stdout)).toEqual({
      include: [{ cluster: "eu" }, { cluster: "us" }],
    });
    const { exit, stdout } = netpolReview(FLEET, "diff", "base", "head");
    expect(exit).toBe(1);
    expect(stdout).toContain("In eu and us:");
  });

  test("gives the same verdict from the reports of two jobs", () => {
    const folder = makeFolder();
    for (const name of ["eu", "us"]) {
      const to = ["--cluster", name, "-o", "json", "-f", `${name}.json`];
      expect(netpolReview(folder, "diff", base, head, ...to).exit).toBe(1);
    }
    const whole = netpolReview(folder, "diff", base, head, "-o", "markdown");
    expect(netpolReview(folder, "merge", "-o", "markdown", "eu.json", "us.json")).toEqual(whole);
  });
});

describe("the workflow of the example", () => {
  test("ends in a job that runs whatever became of the others, and that only it comments", () => {
    expect(jobs.verdict.if).toBe("always()");
    expect(jobs.verdict.needs).toEqual(["plan", "review"]);
    expect(jobs.review.steps[0].with.comment).toBe("never");
    const writers = Object.keys(jobs).filter((job) => jobs[job].permissions["pull-requests"] === "write");
    expect(writers).toEqual(["verdict"]);
  });

  test("takes the matrix from `clusters` and hands it to `merge`", () => {
    expect(jobs.review.strategy["fail-fast"]).toBe(false);
    expect(jobs.review.strategy.matrix).toContain("fromJson(needs.plan.outputs.matrix)");
    expect(steps(jobs.plan).at(-1)?.run).toContain("clusters --repo repository --base HEAD^1 --head HEAD");
    expect(steps(jobs.verdict).some(({ run = "" }) => run.includes("merge --matrix matrix.json"))).toBe(true);
  });

  test("puts nothing that somebody else chose into a script", () => {
    for (const job of Object.values<{ steps: readonly { run?: string }[] }>(jobs)) {
      for (const { run = "" } of steps(job)) expect(run).not.toMatch(/\$\{\{/);
    }
  });

  test("fails without any report, and writes a comment all the same", () => {
    const folder = makeFolder({ "matrix.json": '{"include":[{"cluster":"eu"}]}' });
    const { exit } = netpolReview(folder, "merge", "--matrix", "matrix.json", "-o", "markdown", "-f", "comment.md");
    expect(exit).toBe(2);
    expect(readFileSync(join(folder, "comment.md"), "utf8")).toContain("There is no report of the cluster `eu`");
  });
});
