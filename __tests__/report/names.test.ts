import { describe, expect, it } from "vitest";
import { markdownLine } from "../../src/report/markdown-inline.ts";
import { connWords, exactNames, namesOf, toldBy } from "../../src/report/names.ts";
import { CONTEXT } from "./fixtures.ts";
import { story } from "./stories.ts";

const report = story("opened-to-every-namespace");
const names = namesOf(report);
const words = (text: string) => markdownLine(names.peer(text), CONTEXT);

describe("peers in words", () => {
  it.each([
    ["production/db[StatefulSet]", "`production/db`"],
    ["production/db[StatefulSet 0]", "`production/db[StatefulSet 0]`"],
    ["entire-cluster", "any other pod, any namespace"],
    ["0.0.0.0/0,::/0", "any address outside the cluster"],
    ["10.0.0.0/8,192.168.0.0/16", "`10.0.0.0/8,192.168.0.0/16`"],
    ["any pod in the cluster", "any pod in the cluster"],
    ["any pod in the cluster except a/x[Pod], a/y[Pod]", "any pod in the cluster except `a/x` and `a/y`"],
    ["any pod in production", "any pod in `production`"],
    ["any pod in production except a/x[Pod]", "any pod in `production` except `a/x`"],
    ["every workload in production, other/x[Job]", "every workload in `production` and `other/x`"],
    ["any address outside the cluster except 10.0.0.0/8", "any address outside the cluster except `10.0.0.0/8`"],
    ["production/[pod with {env in (a, b),x=y}]", "`production/[pod with {env in (a, b),x=y}]`"],
    ["a, b, c, d, e, f", "`a`, `b`, `c`, `d` and 2 more"],
    ["a, b, c and 4 more", "`a`, `b`, `c` and 4 more"],
    ["1.0.0.0/8, 2.0.0.0/8 and more addresses", "`1.0.0.0/8`, `2.0.0.0/8` and more addresses"],
    [`${"n".repeat(100)}, ${"m".repeat(100)}, o`, `\`${"n".repeat(100)}\` and 2 more`],
    ["any pod in the cluster <b>", "`any pod in the cluster <b>`"],
    ["{ingress-controller}", "`{ingress-controller}`"],
  ])("%s", (text, shown) => expect(words(text)).toBe(shown));

  it("keep their kind where several kinds share a name", () => {
    const [cluster] = report.clusters;
    const same = { ...report, clusters: cluster === undefined ? [] : [{ ...cluster, ambiguous: ["production/db"] }] };
    expect(namesOf(same).short("production/db[StatefulSet]")).toBe("production/db[StatefulSet]");
    expect(namesOf(same).short("production/web[Deployment]")).toBe("production/web");
    expect(exactNames.short("production/web[Deployment]")).toBe("production/web[Deployment]");
  });
});

describe("connections in words", () => {
  it.each([
    ["No Connections", "blocked"],
    ["All Connections", "everything"],
    ["TCP 80,443,8000-8100,UDP 53", "TCP 80,443,8000-8100,UDP 53"],
    ["ICMP [type 8]", "ICMP \\[type 8\\]"],
    ["TCP gh-7", "TCP `gh-7`"],
    [`TCP ${"1,".repeat(60)}2`, `\`TCP ${"1,".repeat(37)}1…\``],
  ])("%s", (text, shown) => expect(markdownLine(connWords(text), CONTEXT)).toBe(shown));
});

describe("a sentence of the gate", () => {
  it.each([
    [
      "`any pod in the cluster` may reach `a/x[Pod], b/y[Job]` on TCP 1.",
      "any pod in the cluster may reach `a/x` and `b/y` on TCP 1",
    ],
    ["nothing `open", "nothing \\`open"],
    ["", ""],
  ])("%s", (message, shown) => expect(markdownLine(toldBy(message, names), CONTEXT)).toBe(shown));
});
