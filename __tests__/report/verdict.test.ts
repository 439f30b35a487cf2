import { describe, expect, it } from "vitest";
import type { FindingKind } from "../../src/gate/finding.ts";
import { buildReport } from "../../src/report/build.ts";
import type { Context } from "../../src/report/report.ts";
import { mark } from "../../src/report/verdict.ts";
import { NONE } from "../../src/sets/conn.ts";
import {
  arrival,
  block,
  CONTEXT,
  clusterInput,
  finding,
  flowDiff,
  group,
  judgement,
  peers,
  reportInput,
  tcp,
  workload,
} from "./fixtures.ts";
import { PEERS } from "./stories.ts";

const { web, api, db } = PEERS;

function titleOf(input: Parameters<typeof clusterInput>[0], context: Partial<Context> = {}, names = [""]): string {
  return buildReport(
    reportInput(
      names.map((name) => clusterInput({ ...input, name })),
      { context: { ...CONTEXT, ...context } },
    ),
  ).title;
}

const failing = (...findings: readonly Parameters<typeof finding>[0][]) => ({
  judgement: judgement(
    "failure",
    findings.map((each) => finding(each)),
  ),
});
const issue = (code: "YAML_SYNTAX" | "RENDER_FAILED" | "CONFIG_INVALID", file: string) =>
  ({ code, severity: "error", at: { file, line: 1 }, message: "bad" }) as const;

describe("the verdict says whether it blocks", () => {
  it.each([
    ["pull-request", "enforce", "merge blocked, 1 protected path widened"],
    ["merge-group", "enforce", "merge blocked, 1 protected path widened"],
    ["push", "enforce", "check fails, 1 protected path widened"],
    ["local", "enforce", "check fails, 1 protected path widened"],
    ["pull-request", "warn", "warning only, 1 protected path widened"],
  ] as const)("%s, %s", (setting, mode, title) => expect(titleOf(failing({}), { setting, mode })).toBe(title));

  it("an error blocks in every mode", () => {
    const unread = {
      judgement: judgement("error", [], [issue("YAML_SYNTAX", "a.yaml"), issue("YAML_SYNTAX", "b.yaml")]),
    };
    expect(titleOf(unread, { mode: "warn" })).toBe("merge blocked, no answer: 2 files could not be read");
    expect(titleOf(unread, { setting: "local" })).toBe("no answer: 2 files could not be read");
  });

  it("each conclusion has a mark of its own", () => {
    expect((["failure", "error", "changed", "success"] as const).map(mark)).toEqual(["🔴", "🟠", "🟡", "✅"]);
  });
});

describe("the verdict says on what account", () => {
  it.each<[FindingKind, string]>([
    ["violated", "1 rule violated"],
    ["joined", "1 workload joins those allowed"],
    ["ungoverned", "1 protected workload leaves the reach of policies"],
    ["subject-lost", "1 rule lost what it protects"],
    ["unenforced", "1 rule that nothing enforces"],
  ])("%s", (kind, words) => expect(titleOf(failing({ kind }))).toBe(`merge blocked, ${words}`));

  it("a path is counted once, however many flows widen it and in however many clusters", () => {
    expect(titleOf(failing({ message: "one" }, { message: "two" }))).toBe("merge blocked, 1 protected path widened");
    expect(titleOf(failing({}, { rule: "web-egress" }))).toBe("merge blocked, 2 protected paths widened");
    expect(titleOf(failing({}), {}, ["a", "b", "c"])).toBe("merge blocked, 1 protected path widened");
  });

  it("two kinds in words, the rest as a number", () => {
    expect(titleOf(failing({}, { kind: "joined" }, { kind: "subject-lost" }, { kind: "ungoverned" }))).toBe(
      "merge blocked, 1 protected path widened, 1 workload joins those allowed, 2 more findings",
    );
  });

  it("warnings and excepted findings are not what blocks", () => {
    const excepted = { reason: "x", until: "2027-01-01" };
    expect(titleOf(failing({}, { severity: "warning", kind: "joined" }, { kind: "violated", excepted }))).toBe(
      "merge blocked, 1 protected path widened",
    );
    expect(titleOf({ judgement: judgement("changed", [finding({ severity: "warning" })]) })).toBe(
      "check passes, 1 protected path widened (warning)",
    );
  });

  it("flows that opened and closed, in pairs", () => {
    const open = group(block(peers(web, api), peers(db), NONE, tcp(1)));
    const closed = group(block(peers(web), peers(api), tcp(1), NONE));
    const of = (...groups: readonly (typeof open)[]) =>
      titleOf({ diff: flowDiff(groups), judgement: judgement("changed") });
    expect(of(open, closed)).toBe("check passes, 2 flows opened, 1 closed");
    expect(of(closed)).toBe("check passes, 1 flow closed");
    expect(of(group(block(peers(web), peers(api), tcp(1), tcp(1), { narrowed: "opened" })))).toBe(
      "check passes, limits above layer 4 changed",
    );
  });

  it("workloads that came and went, where nothing else changed", () => {
    const fresh = workload("elsewhere", "fresh");
    const of = (...arrivals: readonly ReturnType<typeof arrival>[]) =>
      titleOf({ diff: flowDiff([], { arrivals }), judgement: judgement("changed") });
    expect(of(arrival(fresh))).toBe("check passes, 1 new workload");
    expect(of(arrival(fresh), arrival(workload("elsewhere", "old"), { side: "base" }))).toBe(
      "check passes, 1 new workload, 1 workload removed",
    );
    expect(of(arrival(workload("production", "fresh")))).toBe("check passes, 1 new workload has no network policy");
  });

  it("what could not be read, beside any other verdict", () => {
    const unread = issue("RENDER_FAILED", "overlays/a");
    expect(titleOf({ judgement: judgement("failure", [finding()], [unread]) })).toBe(
      "merge blocked, 1 protected path widened, 1 file could not be read or rendered",
    );
    expect(titleOf({ judgement: judgement("success", [], [unread]) })).toBe(
      "check passes, no flow is seen to change, 1 file could not be read or rendered",
    );
    expect(titleOf({ judgement: judgement("error", [], [issue("CONFIG_INVALID", "c.yml")]) })).toBe(
      "merge blocked, no answer: the configuration cannot be used",
    );
  });
});
