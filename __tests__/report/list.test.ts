import { describe, expect, it } from "vitest";
import { formatListCsv } from "../../src/report/csv.ts";
import { formatListJson } from "../../src/report/json.ts";
import {
  buildList,
  formatListMarkdown,
  formatListNotes,
  formatListText,
  type ListInput,
} from "../../src/report/list.ts";
import { ALL, type Conn, union } from "../../src/sets/conn.ts";
import { CONTEXT, tcp } from "./fixtures.ts";
import { faultsOf } from "./markdown-checker.ts";

const flow = (src: string, dst: string, conn: Conn = tcp(80)) => ({ src, dst, conn });

function list(flows: ListInput["flows"], more: Partial<ListInput> = {}) {
  return buildList({
    flows,
    universe: ALL,
    issues: [],
    assumptions: [],
    plugin: { name: undefined, reason: "", enforces: true },
    ...more,
  });
}

describe("a list of flows", () => {
  const report = list([
    flow("b/b[Pod]", "a/a[Pod]"),
    flow("a/a[Pod]", "b/b[Pod]", union(tcp(443), tcp(80))),
    flow("a/a[Pod]", "0.0.0.0/0,::/0", ALL),
  ]);

  it("is one line a flow, sorted, in words that scripts know", () => {
    expect(formatListText(report)).toBe(
      "a/a[Pod] => 0.0.0.0/0,::/0 : All Connections\na/a[Pod] => b/b[Pod] : TCP 80,443\nb/b[Pod] => a/a[Pod] : TCP 80\n",
    );
  });

  it("is the same rows in JSON and CSV", () => {
    expect(JSON.parse(formatListJson(report))).toMatchObject({
      schema: "netpol-review/list/v1",
      flows: [
        { src: "a/a[Pod]", dst: "0.0.0.0/0,::/0", conn: "All Connections" },
        { conn: "TCP 80,443" },
        { src: "b/b[Pod]" },
      ],
      issues: [],
    });
    expect(formatListCsv(report)).toBe(
      'src,dst,conn\r\na/a[Pod],"0.0.0.0/0,::/0",All Connections\r\na/a[Pod],b/b[Pod],"TCP 80,443"\r\nb/b[Pod],a/a[Pod],TCP 80\r\n',
    );
  });

  it("is a table in Markdown", () => {
    expect(formatListMarkdown(report, CONTEXT)).toBe(`### netpol-review: 3 flows allowed

| From | To | Connections |
| --- | --- | --- |
| \`a/a[Pod]\` | any address outside the cluster | everything |
| \`a/a[Pod]\` | \`b/b[Pod]\` | TCP 80,443 |
| \`b/b[Pod]\` | \`a/a[Pod]\` | TCP 80 |
`);
  });

  it("is empty where nothing is allowed", () => {
    expect(formatListText(list([]))).toBe("");
    expect(formatListMarkdown(list([]), CONTEXT)).toBe("### netpol-review: 0 flows allowed\n");
  });

  it("shows addresses in full and hostile names on one line", () => {
    const many = Array.from({ length: 300 }, (_, i) => `10.0.${i % 256}.${2 * (i % 100)}`).join(",");
    const odd = "a/x\n=> b : TCP 1\u001b[31m[Pod]";
    const text = formatListText(list([flow(many, odd)]));
    expect(text).toContain(many);
    expect(text.split("\n")).toHaveLength(2);
    expect(text).toContain("a/x\\u000a=> b");
    expect(faultsOf(formatListMarkdown(list([flow(many, odd)]), CONTEXT))).toEqual([]);
  });
});

describe("what a person should know beside the flows", () => {
  const issue = {
    code: "REJECTED",
    severity: "error",
    at: { file: "a.yaml", line: 4 },
    message: "`spec.podSelector` must be a map",
  } as const;
  const report = list([], {
    issues: [issue],
    assumptions: [{ text: "`10.0.0.0/8` lies outside", at: undefined }],
    plugin: { name: "flannel", reason: "configured", enforces: false },
  });

  it("stands apart from the rows", () => {
    expect(formatListNotes(report, { color: false, width: undefined })).toBe(
      "flannel enforces no network policy: every flow is allowed, whatever the policies say.\na.yaml:4: spec.podSelector must be a map (REJECTED)\nAssumed: 10.0.0.0/8 lies outside\n",
    );
    expect(formatListText(report)).toBe("");
    expect(formatListNotes(list([]), { color: false, width: 80 })).toBe("");
  });
});
