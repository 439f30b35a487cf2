import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { annotationsOf } from "../../src/report/annotations.ts";
import { buildReport } from "../../src/report/build.ts";
import { formatDiffCsv } from "../../src/report/csv.ts";
import { formatDiffJson } from "../../src/report/json.ts";
import { formatMarkdown } from "../../src/report/markdown.ts";
import type { Report } from "../../src/report/report.ts";
import { formatResolved } from "../../src/report/resolved.ts";
import { formatText } from "../../src/report/text.ts";
import { ALL, NONE, namedPort } from "../../src/sets/conn.ts";
import {
  ANY_POD,
  arrival,
  block,
  CONTEXT,
  cause,
  cluster,
  clusterInput,
  finding,
  flowDiff,
  group,
  judgement,
  peer,
  peers,
  policy,
  reportInput,
  tcp,
  witness,
  workload,
} from "./fixtures.ts";
import { faultsOf } from "./markdown-checker.ts";

const SHARP = [
  "`",
  "``",
  "```",
  "~~~",
  "\n",
  "\r",
  "\r\n",
  "|",
  "\\",
  "\\|",
  "\\`",
  "<img src=x onerror=alert(1)>",
  "<!--",
  "-->",
  "</details>",
  "<script>",
  "@everyone",
  "@acme/data",
  "#1",
  "GH-7",
  "acme/shop#12",
  "abc1234abc",
  "https://evil.example",
  "www.evil.example",
  "a@b.example",
  "[x](https://evil.example)",
  "![x](//evil.example/a.png)",
  "**",
  "_",
  "~~",
  "$x$",
  "$`x`$",
  ":tada:",
  "### ",
  "> ",
  "- ",
  "1. ",
  "&lt;",
  "&#64;",
  "::error::x",
  "##[error]x",
  "::set-output name=a::b",
  "\u001b[31m",
  "\u202e",
  "\u200b",
  "\u00ad",
  "\ufeff",
  "\u2028",
  "\u{e0041}",
  "\ud800",
  "\0",
  "%%{init}%%",
  "=1+1",
  "+1",
  "@SUM(1)",
  "__proto__",
  "constructor",
  "production/db",
  " ",
  "a",
  "é",
  "名",
];

const nasty = fc.array(fc.constantFrom(...SHARP), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(""));

/** A report in which every string that can come from outside is a hostile one. */
function reportOf(words: readonly string[]): Report {
  let next = 0;
  const word = () => words[next++ % words.length] ?? "x";
  const at = () => ({ file: word(), line: 3 });
  const why = () => cause({ object: word(), at: at(), rule: word(), text: word() });
  const target = peer(workload(word(), word(), { kind: word() }));
  const fresh = workload(word(), word(), { declaredPorts: word(), source: at() });
  const flows = block(peers(ANY_POD), peers(target), NONE, namedPort("TCP", word()));
  const other = block(peers(peer(fresh, "head")), peers(target), NONE, ALL);
  const closed = block(peers(ANY_POD), peers(target), tcp(1), NONE, { narrowed: "closed" });
  const seen = { ...witness(word(), word(), word()) };
  const issue = { code: "YAML_SYNTAX", severity: "error", at: at(), message: word() } as const;
  const one = (name: string) =>
    clusterInput({
      name,
      head: cluster({
        policies: [policy(fresh.namespace, word(), { op: "nothing" })],
        plugin: { name: word(), reason: word(), enforces: false },
        deviations: [{ at: at(), object: { group: "", kind: word(), namespace: word(), name: word() }, text: word() }],
      }),
      diff: flowDiff(
        [
          group(flows, { src: word(), causes: [why(), why()], witness: seen, note: word() }),
          group(closed, { causes: [why()], witness: seen }),
          group(other, { causes: [why()], witness: seen, note: word() }),
        ],
        {
          arrivals: [
            arrival(fresh),
            arrival(workload(word(), word()), { side: "base", successor: workload(word(), word()) }),
          ],
          assumptions: [{ text: word(), at: at() }],
        },
      ),
      judgement: judgement(
        "failure",
        [
          finding({
            rule: word(),
            description: word(),
            owner: word(),
            message: word(),
            allowedBefore: word(),
            causes: [why()],
            blocks: [flows],
            witness: seen,
          }),
          finding({
            rule: word(),
            severity: "warning",
            message: `\`${word()}\` ${word()}`,
            blocks: [closed],
            witness: undefined,
          }),
          finding({ rule: word(), message: word(), excepted: { reason: word(), until: word() } }),
        ],
        [issue, { ...issue, at: undefined, severity: "warning", message: word() }],
      ),
      excerpts: [{ file: word(), line: 3, text: `-${word()}\n+${word()}\n` }],
      read: word(),
      subjects: [target.text],
      ruleOf: () => ({ at: at(), to: next % 2 === 0 ? undefined : { kind: "external" } }),
      exceptionFor: () => `- rule: ${word()}\n  from: ${word()}`,
      notOpened: () => [word()],
    });
  const context = {
    ...CONTEXT,
    base: { label: word(), commit: CONTEXT.base.commit },
    reproduce: word(),
    config: word(),
  };
  return buildReport(
    reportInput([one(word()), one(`${word()}2`)], {
      context,
      issues: [{ ...issue, message: word() }],
      configChanges: [{ severity: "warning", message: word(), at: at() }],
    }),
  );
}

const runUrl = "https://github.com/acme/shop/actions/runs/1";
const RUNS = { numRuns: 150, seed: 20_260_101 };

describe("no string from outside gets out of its place", () => {
  const words = fc.array(nasty, { minLength: 3, maxLength: 40 });

  it("in Markdown, at any budget", () => {
    fc.assert(
      fc.property(words, fc.constantFrom(60_000, 9_000, 5_000, 1), (list, budget) => {
        expect(faultsOf(formatMarkdown(reportOf(list), { budget, runUrl }).text)).toEqual([]);
      }),
      RUNS,
    );
  });

  it("in the resolved comment, also where somebody has edited the earlier one", () => {
    fc.assert(
      fc.property(words, nasty, (list, edit) => {
        const report = reportOf(list);
        const before = `${formatMarkdown(report, { budget: 60_000, runUrl }).text}\nRule ${edit}\n### 🔴 netpol-review: ${edit}`;
        const once = formatResolved(report, before);
        expect(faultsOf(once)).toEqual([]);
        expect(formatResolved(report, once)).toBe(once);
      }),
      RUNS,
    );
  });

  it("in text and annotations: one line stays one line, nothing hidden, no workflow command", () => {
    fc.assert(
      fc.property(words, (list) => {
        const report = reportOf(list);
        const lines = formatText(report, { color: false, width: undefined }).split("\n");
        const notes = annotationsOf(report).flatMap(({ title, message }) => [title, message]);
        for (const line of [...lines, ...notes]) {
          expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]/);
          expect(line).not.toMatch(/##\[|^\s*::[a-z-]+.*::/i);
        }
      }),
      RUNS,
    );
  });

  it("in JSON, which keeps every name as it is, and in CSV, where none is a formula", () => {
    fc.assert(
      fc.property(words, (list) => {
        const report = reportOf(list);
        const parsed: unknown = JSON.parse(formatDiffJson(report));
        expect(parsed).toMatchObject({
          changes: report.clusters.flatMap(({ changes }) => changes.map(({ src, dst }) => ({ src, dst }))),
        });
        expect(fieldsOf(formatDiffCsv(report)).filter((field) => /^[=+\-@\t\r]/.test(field))).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** The fields of RFC 4180 text. */
function fieldsOf(csv: string): readonly string[] {
  return [...csv.matchAll(/(?:^|,|\r\n)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g)].map((m) =>
    (m[1] ?? m[2] ?? "").replaceAll('""', '"'),
  );
}
