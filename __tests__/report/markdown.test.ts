import { describe, expect, it } from "vitest";
import { buildReport } from "../../src/report/build.ts";
import { formatMarkdown } from "../../src/report/markdown.ts";
import type { Report } from "../../src/report/report.ts";
import { formatResolved } from "../../src/report/resolved.ts";
import { NONE } from "../../src/sets/conn.ts";
import {
  block,
  cause,
  clusterInput,
  finding,
  flowDiff,
  group,
  judgement,
  peer,
  peers,
  reportInput,
  tcp,
  workload,
} from "./fixtures.ts";
import { faultsOf } from "./markdown-checker.ts";
import { story } from "./stories.ts";

const runUrl = "https://github.com/acme/shop/actions/runs/1";
const comment = (report: Report, budget = 60_000) => formatMarkdown(report, { budget, runUrl });

/** `protectedRows` rows that a rule objects to and `others` that none does, in `clusters` clusters that all differ. */
function wide(protectedRows: number, others: number, clusters: number): Report {
  const one = (name: string) => {
    const row = (i: number, port: number) => {
      const from = peer(workload(`team-${i % 3}`, `${name}-client-${i}`));
      const why = cause({ at: { file: `k8s/${name}/client-${i}.yaml`, line: 3 } });
      return group(block(peers(from), peers(peer(workload("shared", "db"))), NONE, tcp(port)), { causes: [why] });
    };
    const bad = Array.from({ length: protectedRows }, (_, i) => row(i, 1));
    const fine = Array.from({ length: others }, (_, i) => row(i, 2));
    const findings = bad.map(({ block: each, causes }, i) =>
      finding({
        rule: `rule-${i}`,
        message: `\`${name}-client-${i}\` may now connect to \`shared/db\``,
        blocks: [each],
        causes,
      }),
    );
    return clusterInput({
      name,
      diff: flowDiff([...bad, ...fine]),
      judgement: judgement(bad.length > 0 ? "failure" : "changed", findings),
    });
  };
  return buildReport(
    reportInput(
      Array.from({ length: clusters }, (_, i) => one(clusters === 1 ? "" : `cluster-${i}`)),
      { maxPairs: 0 },
    ),
  );
}

describe("a comment stays within its budget, whatever it has to say", () => {
  it.each([
    [0, 3000, 1],
    [150, 500, 1],
    [3000, 0, 1],
    [5, 200, 20],
    [40, 40, 60],
    [1, 1, 900],
  ])("%d protected rows, %d others, %d clusters", (protectedRows, others, clusters) => {
    const { text, truncated } = comment(wide(protectedRows, others, clusters));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60_000);
    expect(truncated).toBe(true);
    expect(text.split("\n").slice(0, 4).join("\n")).toContain(`Left out here, for its length`);
    expect(text).toContain(runUrl);
    expect(text.startsWith("### ")).toBe(true);
    expect(text.trimEnd().endsWith("</sub>")).toBe(true);
    expect(faultsOf(text)).toEqual([]);
  });

  it("leaves out rows that no rule protects, then details, then single rows, then all but counts", () => {
    const report = wide(30, 60, 1);
    const told = new Set<string | undefined>();
    for (let budget = 40_000; budget > 1_000; budget -= 200) {
      told.add(/Left out here, for its length:\*\* ([^.]*)/.exec(comment(report, budget).text)?.[1]);
    }
    expect([...told]).toEqual([
      undefined,
      "60 rows that no rule protects",
      "rows that no rule protects, and what was analysed",
      "single rows, which are counted by namespace, and what was analysed",
      "everything but counts",
    ]);
  });

  it("holds where every name is as long and as odd as can be, down to the verdict alone", () => {
    const odd = (n: number) => "\u{e0041}\u202e🔴".repeat(400) + n;
    const cause1 = (n: number) => cause({ at: { file: odd(n).repeat(20), line: 1 }, object: odd(n), text: odd(n) });
    const findings = Array.from({ length: 60 }, (_, i) =>
      finding({ rule: odd(i), description: odd(i), message: odd(i), owner: odd(i), causes: [cause1(i)] }),
    );
    const issue = (i: number) =>
      ({ code: "UNREADABLE", severity: "error", at: { file: odd(i), line: 1 }, message: odd(i) }) as const;
    const report = buildReport(
      reportInput(
        Array.from({ length: 30 }, (_, i) =>
          clusterInput({
            name: odd(i),
            judgement: judgement("failure", findings, [issue(i)]),
            exceptionFor: () => odd(1).repeat(50),
          }),
        ),
        {
          configChanges: Array.from({ length: 40 }, (_, i) => ({
            severity: "warning",
            message: odd(i),
            at: issue(i).at,
          })),
        },
      ),
    );
    for (const budget of [60_000, 20_000, 500]) {
      const { text, truncated } = comment(report, budget);
      expect([Buffer.byteLength(text) <= budget, truncated, faultsOf(text)]).toEqual([true, true, []]);
    }
    expect(comment(report, 500).text).toContain("merge blocked");
  });

  it("says nothing of length where all of it fits", () => {
    const { text, truncated } = comment(story("large"));
    expect(truncated).toBe(false);
    expect(text).not.toContain("Left out");
  });

  it("keeps names of 10,000 characters short", () => {
    const long = peer(workload("n".repeat(10_000), "x".repeat(10_000)));
    const row = group(block(peers(long), peers(long), NONE, tcp(1)), {
      causes: [cause({ object: `NetworkPolicy ${"p".repeat(10_000)}` })],
    });
    const report = buildReport(reportInput([clusterInput({ diff: flowDiff([row]), judgement: judgement("changed") })]));
    const { text, truncated } = comment(report);
    expect(truncated).toBe(false);
    expect(text.length).toBeLessThan(5_000);
    expect(text).toContain("…");
  });
});

describe("what a reader does not need is not there", () => {
  it("no empty fold, no empty table, no heading for the only cluster", () => {
    for (const name of ["nothing-changed", "opened-to-every-namespace", "unreadable-file", "no-configuration-to-use"]) {
      const { text } = comment(story(name));
      expect(text).not.toMatch(/<\/summary>\s*<\/details>|\n#### |\n{3}|\| --- \|\n\n/);
    }
  });

  it("the same change in several clusters once", () => {
    const { text } = comment(story("same-change-in-two-clusters"));
    expect(text.match(/db-ingress`\]/g)).toHaveLength(1);
    expect(text).toContain("In `production-eu` and `production-us`");
  });

  it("the same lines of a manifest once", () => {
    expect(comment(story("same-change-in-two-clusters")).text.match(/\+ {4}- namespaceSelector/g)).toHaveLength(1);
  });

  it("five rows are open, the rest is folded", () => {
    const { text } = comment(story("large"));
    const [open = "", folded = ""] = text.split("<details><summary>36 more changes</summary>");
    expect(open.match(/^\| [🔴🟡⚪]/gmu)).toHaveLength(5);
    expect(folded.match(/^\| [🔴🟡⚪]/gmu)).toHaveLength(36);
  });
});

describe("an earlier comment that has nothing to say any more", () => {
  const marker = (head: string) => `<!-- netpol-review {"v":1,"id":"x","head":"${head}","truncated":false} -->\n`;
  const resolved = (before: string) => formatResolved(story("nothing-changed"), before);

  it.each([
    ["opened-to-every-namespace", "**Resolved:** 1 protected path widened (`db-ingress`), at `1234567`."],
    ["opened-and-closed", "**Resolved:** 1 flow opened, 1 closed, at `1234567`."],
    ["unreadable-file", "**Resolved:** no answer: 1 file could not be read, at `1234567`."],
  ])("%s: says what was resolved", (name, line) => {
    const once = resolved(`${marker("1234567890abcdef")}${comment(story(name)).text}`);
    expect(once.split("\n")[0]).toMatch(/^### ✅ netpol-review: resolved/);
    expect(once).toContain(line);
    expect(resolved(`${marker("fedcba9876543210")}${once}`)).toBe(once);
  });

  it("says no more than that where the earlier text is none of ours", () => {
    expect(resolved("something else")).not.toContain("**Resolved:**");
  });
});
