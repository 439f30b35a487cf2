import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildReport, type ReportInput } from "../../src/report/build.ts";
import { formatDiffJson } from "../../src/report/json.ts";
import { formatMarkdown } from "../../src/report/markdown.ts";
import { addressesOf } from "../../src/report/overlap.ts";
import { formatText } from "../../src/report/text.ts";
import { formatAddresses } from "../../src/sets/address-text.ts";
import { ALL_ADDRESSES, ALL_V6, addressSet, NO_ADDRESS, subtractAddresses } from "../../src/sets/addresses.ts";
import { NONE } from "../../src/sets/conn.ts";
import {
  ANY_POD,
  arrival,
  block,
  CONTEXT,
  cluster,
  clusterInput,
  finding,
  flowDiff,
  group,
  judgement,
  outside,
  peer,
  peers,
  reportInput,
  tcp,
  workload,
} from "./fixtures.ts";
import { PEERS, STORIES } from "./stories.ts";

const { web, api, db } = PEERS;
const ISSUE = {
  code: "TEMPLATE",
  severity: "warning",
  at: { file: "a.yaml", line: 3 },
  message: "was not rendered",
} as const;

describe("order is decided once", () => {
  it("equal inputs give byte-equal outputs, whatever the order of their parts", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...[...STORIES.keys()].filter((name) => name !== "larger-than-a-comment")),
        fc.integer(),
        (name, seed) => {
          const input = STORIES.get(name);
          if (input === undefined) throw new Error("no story");
          expect(outputs(shuffled(input, seed))).toEqual(outputs(input));
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });
});

function outputs(input: ReportInput): readonly string[] {
  const report = buildReport(input);
  const style = { color: false, width: 80 };
  return [
    formatDiffJson(report),
    formatMarkdown(report, { budget: 60_000, runUrl: "" }).text,
    formatText(report, style),
  ];
}

function shuffled(input: ReportInput, seed: number): ReportInput {
  let state = seed;
  const mix = <T>(items: readonly T[]): readonly T[] => {
    const keyed = items.map((item) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
      return { item, key: state };
    });
    return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
  };
  return {
    ...input,
    issues: mix(input.issues),
    configChanges: mix(input.configChanges),
    clusters: mix(input.clusters).map((each) => ({
      ...each,
      excerpts: mix(each.excerpts),
      judgement: { ...each.judgement, findings: mix(each.judgement.findings), issues: mix(each.judgement.issues) },
      diff:
        each.diff === undefined
          ? undefined
          : {
              ...each.diff,
              groups: mix(each.diff.groups.map((row) => ({ ...row, causes: mix(row.causes) }))),
              arrivals: mix(each.diff.arrivals),
              assumptions: mix(each.diff.assumptions),
              rows: ((rows) => (limit: number) => ({ ...rows(limit), changes: mix(rows(limit).changes) }))(
                each.diff.rows,
              ),
            },
    })),
  };
}

describe("rows that a rule objects to", () => {
  const opening = group(block(peers(web), peers(db), NONE, tcp(3306)));
  const other = group(block(peers(web), peers(api), NONE, tcp(5000)));
  const protectedOf = (more: Parameters<typeof finding>[0]) =>
    buildReport(
      reportInput([
        clusterInput({
          diff: flowDiff([other, opening]),
          judgement: judgement("failure", [finding({ blocks: [opening.block], ...more })]),
        }),
      ]),
    ).clusters[0]?.groups.map((row) => [row.dst, row.protected]);

  it("come first and carry the severity", () => {
    expect(protectedOf({})).toEqual([
      ["production/db[StatefulSet]", "error"],
      ["production/api[Deployment]", undefined],
    ]);
    expect(protectedOf({ severity: "warning" })?.[0]).toEqual(["production/db[StatefulSet]", "warning"]);
  });

  it("are none where the finding is excepted", () => {
    expect(protectedOf({ excepted: { reason: "x", until: "2027-01-01" } })?.map(([, mark]) => mark)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it("are found by overlapping addresses too", () => {
    const wide = subtractAddresses(ALL_ADDRESSES, addressSet([10, 20], []));
    const rows = flowDiff([group(block(outside(wide), peers(db), NONE, tcp(1)))]);
    const mark = (first: number, last: number) =>
      buildReport(
        reportInput([
          clusterInput({
            diff: rows,
            judgement: judgement("failure", [
              finding({ blocks: [block(outside(addressSet([first, last], [])), peers(db), NONE, tcp(1))] }),
            ]),
          }),
        ]),
      ).clusters[0];
    expect([mark(5, 12)?.groups[0]?.protected, mark(5, 12)?.findings[0]?.changes]).toEqual(["error", [0]]);
    expect([mark(10, 20)?.groups[0]?.protected, mark(10, 20)?.findings[0]?.changes]).toEqual([undefined, []]);
  });
});

describe("addresses that were written as text are read back", () => {
  it.each([[ALL_ADDRESSES], [ALL_V6], [NO_ADDRESS], [addressSet([3, 9, 12, 12], [5n, 70n])]])("%#", (set) => {
    expect(addressesOf(formatAddresses(set))).toBe(set);
  });

  it("and anything else is none", () => {
    expect(addressesOf("production/db[StatefulSet]")).toBe(NO_ADDRESS);
    expect(addressesOf("1.2.3.4-::5")).toBe(NO_ADDRESS);
  });
});

describe("what is worth a comment", () => {
  const fresh = workload("production", "fresh");
  const flows = group(block(peers(peer(fresh, "head")), peers(db), NONE, tcp(1)));
  const newsOf = (more: Parameters<typeof clusterInput>[0], all: Partial<ReportInput> = {}) =>
    buildReport(reportInput([clusterInput(more)], all)).news;
  const comes = (more: Partial<ReturnType<typeof arrival>>) => ({
    diff: flowDiff([flows], { arrivals: [arrival(fresh, more)] }),
    judgement: judgement("changed"),
  });
  const governed = { ingress: true, egress: false };

  it("nothing, where nothing changed", () => expect(newsOf({})).toBe("nothing"));

  it("flows that open or close between what stays", () => {
    expect(
      newsOf({ diff: flowDiff([group(block(peers(web), peers(db), NONE, tcp(1)))]), judgement: judgement("changed") }),
    ).toBe("changes");
  });

  it("not a workload that comes under policies, or goes", () => {
    expect(newsOf(comes({ governed }))).toBe("nothing");
    expect(newsOf(comes({ side: "base" }))).toBe("nothing");
    expect(newsOf(comes({ successor: workload("production", "old") }))).toBe("nothing");
  });

  it("a new workload that nothing selects in a namespace that has policies, or of which a rule speaks", () => {
    expect(newsOf(comes({}))).toBe("changes");
    expect(newsOf({ ...comes({ governed }), subjects: ["production/fresh[Deployment]"] })).toBe("changes");
    expect(newsOf({ ...comes({}), head: cluster({ policies: [] }) })).toBe("nothing");
  });

  it("never a tree without any policy on both sides", () => {
    const { counts } = cluster();
    const bare = cluster({ policies: [], counts: { ...counts, policies: 0 } });
    const change = flowDiff([group(block(peers(ANY_POD), peers(db), NONE, tcp(1)))]);
    expect(newsOf({ diff: change, base: bare, head: bare, judgement: judgement("changed") })).toBe("nothing");
  });

  it("findings, but not excepted ones alone", () => {
    expect(newsOf({ judgement: judgement("failure", [finding()]) })).toBe("findings");
    expect(newsOf({ judgement: judgement("changed", [finding({ severity: "warning" })]) })).toBe("findings");
    expect(newsOf({ judgement: judgement("success", [finding({ excepted: { reason: "x", until: "y" } })]) })).toBe(
      "nothing",
    );
  });

  it("an error, also beside a failure; a file that could not be read; a change of the rules", () => {
    const unread = { ...ISSUE, severity: "error" } as const;
    expect(newsOf({ judgement: judgement("error", [], [unread]) })).toBe("error");
    expect(newsOf({ judgement: judgement("failure", [finding()], [unread]) })).toBe("error");
    expect(newsOf({ judgement: judgement("success", [], [unread]) })).toBe("changes");
    expect(
      newsOf({}, { configChanges: [{ severity: "warning", message: "x", at: undefined }], conclusion: "changed" }),
    ).toBe("changes");
  });
});

describe("issues and assumptions", () => {
  it("an issue that is equal on both sides stays out of the comment and in the JSON", () => {
    const report = buildReport(
      reportInput([clusterInput({ judgement: judgement("success", [], [ISSUE]), standing: [ISSUE] })]),
    );
    expect(formatMarkdown(report, { budget: 60_000, runUrl: "" }).text).not.toContain("was not rendered");
    expect(formatDiffJson(report)).toContain("was not rendered");
  });

  it("an issue that only one side has is told", () => {
    const report = buildReport(reportInput([clusterInput({ judgement: judgement("success", [], [ISSUE]) })]));
    expect(formatMarkdown(report, { budget: 60_000, runUrl: "" }).text).toContain("Was not rendered");
  });

  it("assumptions are told only where a row rests on them", () => {
    const assumptions = [{ text: "`10.0.0.0/8` lies outside the cluster", at: undefined }];
    const text = (groups: Parameters<typeof flowDiff>[0]) =>
      formatMarkdown(buildReport(reportInput([clusterInput({ diff: flowDiff(groups, { assumptions }) })])), {
        budget: 60_000,
        runUrl: "",
      }).text;
    expect(text([])).not.toContain("lies outside");
    expect(text([group(block(peers(web), peers(db), NONE, tcp(1)))])).toContain("lies outside");
  });
});

describe("a new workload that nothing selects", () => {
  it("is still refused by a protected peer to which nothing opens", () => {
    const fresh = workload("production", "fresh");
    const build = (target: typeof db) =>
      buildReport(
        reportInput([
          clusterInput({
            diff: flowDiff([group(block(peers(peer(fresh, "head")), peers(target), NONE, tcp(1)))], {
              arrivals: [arrival(fresh)],
            }),
            subjects: [db.text],
          }),
        ]),
      ).clusters[0]?.arrivals[0]?.refusedBy;
    expect(build(web)).toEqual([db.text]);
    expect(build(db)).toEqual([]);
  });
});

describe("the conclusion", () => {
  it("is the gravest of clusters and of what belongs to none", () => {
    const of = (...all: readonly ("success" | "changed" | "failure" | "error")[]) =>
      buildReport(
        reportInput(
          all.slice(1).map((each, i) => clusterInput({ name: `c${i}`, judgement: judgement(each) })),
          { conclusion: all[0] ?? "success", context: CONTEXT },
        ),
      ).conclusion;
    expect(of("success", "success")).toBe("success");
    expect(of("success", "changed", "success")).toBe("changed");
    expect(of("error", "changed")).toBe("error");
    expect(of("error", "failure")).toBe("failure");
  });
});
