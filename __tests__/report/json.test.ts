import { readFileSync } from "node:fs";
import { Ajv, type AnySchema, type ValidateFunction } from "ajv";
import { describe, expect, it } from "vitest";
import { buildReport } from "../../src/report/build.ts";
import { buildExplain } from "../../src/report/explain.ts";
import { formatCheckJson, formatDiffJson, formatExplainJson, formatListJson } from "../../src/report/json.ts";
import { buildList } from "../../src/report/list.ts";
import { ALL, NONE, union } from "../../src/sets/conn.ts";
import {
  ANY_POD,
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
import { PEERS, STORIES, story } from "./stories.ts";

const ISSUE = { code: "YAML_SYNTAX", severity: "error", at: { file: "a.yaml", line: 3 }, message: "bad" } as const;

const LIST = buildList({
  flows: [
    { src: "b/b[Pod]", dst: "a/a[Pod]", conn: tcp(80) },
    { src: "a/a[Pod]", dst: "b/b[Pod]", conn: ALL },
  ],
  universe: ALL,
  issues: [ISSUE, { ...ISSUE, at: undefined }],
  assumptions: [{ text: "one", at: { file: "a.yaml", line: 0 } }],
  plugin: { name: "calico", reason: "configured", enforces: true },
});

const END = { allowed: true, selecting: ["NetworkPolicy a/b"], causes: [cause()], text: "ingress[0] allows it" };
const SIDE = { allowed: true, egress: END, ingress: END };
const EXPLAIN = buildExplain({
  src: "a/a[Pod]",
  dst: "b/b[Pod]",
  parts: [
    { conn: tcp(80), head: SIDE, base: { ...SIDE, allowed: false }, fix: "" },
    { conn: union(tcp(1), tcp(2)), head: { ...SIDE, allowed: false }, base: undefined, fix: "add a rule" },
  ],
  universe: ALL,
  assumptions: [{ text: "one", at: { file: cause().at.file, line: 0 } }],
  issues: [ISSUE],
});

/** The published schema, with every key that it does not name forbidden: what we print must all be described. */
function closed(name: string): AnySchema {
  const text = readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), "utf8");
  const parsed: unknown = JSON.parse(text, (_, value: unknown) =>
    isObjectSchema(value) ? { ...value, additionalProperties: false } : value,
  );
  if (typeof parsed !== "object" || parsed === null) throw new Error("no schema");
  return parsed;
}

function isObjectSchema(value: unknown): value is object {
  return (
    typeof value === "object" && value !== null && "properties" in value && "type" in value && value.type === "object"
  );
}

const AJV = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
const validators = new Map<string, ValidateFunction>();

function faults(name: string, text: string): unknown {
  const validate = validators.get(name) ?? AJV.compile(closed(name));
  validators.set(name, validate);
  return validate(JSON.parse(text)) ? [] : validate.errors;
}

describe("rows of single pairs, which are written in parts", () => {
  it.each([...STORIES.keys()])("are the JSON that anybody would write: %s", (name) => {
    const lines = formatDiffJson(story(name)).split("\n");
    const rows = lines.filter((line) => line.startsWith("    {")).map((line) => line.trim().replace(/,$/, ""));
    expect(rows.map((row) => JSON.stringify(JSON.parse(row)))).toEqual(rows);
  });
});

describe("each document fits its published schema, which names every key", () => {
  for (const [name, input] of STORIES) {
    const shape = input.shape;
    it(`${shape}: ${name}`, () => {
      const report = story(name);
      expect(faults(shape, shape === "check" ? formatCheckJson(report) : formatDiffJson(report))).toEqual([]);
    });
  }

  it("list", () => expect(faults("list", formatListJson(LIST))).toEqual([]));

  it("explain", () => expect(faults("explain", formatExplainJson(EXPLAIN))).toEqual([]));

  it("and refuses what does not", () => {
    expect(faults("list", formatListJson(LIST).replace('"flows"', '"floes"'))).not.toEqual([]);
    expect(faults("diff", formatDiffJson(story("nothing-changed")).replace('"success"', '"fine"'))).not.toEqual([]);
  });
});

describe("the document of a diff", () => {
  const parse = (text: string): unknown => JSON.parse(text);

  it("has the keys of the contract, with the words of the contract", () => {
    expect(parse(formatDiffJson(story("opened-to-every-namespace")))).toMatchObject({
      schema: "netpol-review/diff/v1",
      conclusion: "failure",
      summary: { opened: 2, closed: 0, findings: 1, workloadsAdded: 0, workloadsRemoved: 0 },
      changes: [
        {
          src: "entire-cluster",
          dst: "production/db[StatefulSet]",
          base: "No Connections",
          head: "TCP 3306",
          opened: "TCP 3306",
          closed: "No Connections",
          type: "added",
          note: "",
          cluster: "",
          causes: [
            {
              object: "NetworkPolicy production/db",
              file: "k8s/production/db.yaml",
              line: 14,
              rule: "ingress[0]",
              side: "head",
            },
          ],
          witness: { protocol: "TCP", port: 3306 },
        },
        { src: "production/web[Deployment]" },
      ],
      groups: [{ src: "any pod in the cluster", pairs: 2 }],
      findings: [
        {
          rule: "db-ingress",
          severity: "error",
          changes: [0, 1],
          file: "k8s/production/db.yaml",
          line: 14,
          cluster: "",
        },
      ],
      issues: [],
    });
  });

  it("keeps an excepted finding and does not count it", () => {
    expect(parse(formatDiffJson(story("rules-change-and-exception")))).toMatchObject({
      conclusion: "changed",
      summary: { findings: 0 },
      findings: [{ excepted: true, reason: "one-off import, ticket OPS-311", until: "2027-01-31" }],
    });
  });

  it("leaves out the place of what has none", () => {
    const report = buildReport(reportInput([], { conclusion: "error", issues: [{ ...ISSUE, at: undefined }] }));
    expect(parse(formatDiffJson(report))).toMatchObject({
      issues: [{ code: "YAML_SYNTAX", severity: "error", message: "bad" }],
    });
    expect(formatDiffJson(report)).not.toContain('"file"');
  });

  it("numbers the changes of a finding over all clusters", () => {
    const { findings } = JSON.parse(formatDiffJson(story("same-change-in-two-clusters"))) satisfies unknown;
    expect(findings).toMatchObject([
      { changes: [0, 1], cluster: "production-eu" },
      { changes: [2, 3], cluster: "production-us" },
    ]);
  });

  it("ends `changes` at the limit, says so, and keeps groups and counts whole", () => {
    const input = STORIES.get("same-change-in-two-clusters");
    if (input === undefined) throw new Error("no story");
    const whole = buildReport(input);
    const short = buildReport({ ...input, maxPairs: 3 });
    expect(short.clusters.map(({ changes }) => changes.length)).toEqual([2, 1, 0]);
    expect(parse(formatDiffJson(short))).toMatchObject({ truncated: true, summary: { opened: 5, closed: 1 } });
    expect(parse(formatDiffJson(whole))).toMatchObject({ truncated: false, summary: { opened: 5, closed: 1 } });
    expect(short.clusters.map(({ groups }) => groups)).toEqual(whole.clusters.map(({ groups }) => groups));
  });

  it("holds names as they are, and no key of a name is lost", () => {
    const name = "__proto__";
    const odd = peer(workload(name, "constructor".repeat(1000)));
    const change = block(peers(odd), peers(PEERS.db), NONE, tcp(1));
    const report = buildReport(
      reportInput([clusterInput({ diff: flowDiff([group(change)]), judgement: judgement("changed") })]),
    );
    expect(parse(formatDiffJson(report))).toMatchObject({ changes: [{ src: odd.text }] });
  });
});

describe("changes that a finding objects to", () => {
  const to = (port: number) => block(peers(ANY_POD, PEERS.web), peers(PEERS.db), NONE, tcp(port));
  const about = (blocks: readonly ReturnType<typeof block>[]) =>
    buildReport(
      reportInput([
        clusterInput({
          diff: flowDiff([group(to(1)), group(block(peers(PEERS.api), peers(PEERS.db), NONE, tcp(3306)))]),
          judgement: judgement("failure", [finding({ blocks })]),
        }),
      ]),
    ).clusters[0]?.findings[0]?.changes;

  it("share peers and connections with it", () => {
    expect(about([block(peers(PEERS.api), peers(PEERS.db), NONE, tcp(3306))])).toEqual([1]);
    expect(about([block(peers(PEERS.web), peers(PEERS.db), NONE, tcp(1))])).toEqual([2]);
  });

  it("are none where peers or ports differ", () => {
    expect(about([block(peers(PEERS.api), peers(PEERS.web), NONE, tcp(3306))])).toEqual([]);
    expect(about([block(peers(PEERS.api), peers(PEERS.db), NONE, tcp(1))])).toEqual([]);
    expect(about([])).toEqual([]);
  });
});
