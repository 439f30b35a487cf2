import { describe, expect, it } from "vitest";
import { buildReport } from "../../src/report/build.ts";
import { formatDiffCsv, formatFindingsCsv } from "../../src/report/csv.ts";
import { NONE } from "../../src/sets/conn.ts";
import { block, clusterInput, flowDiff, group, peer, peers, reportInput, tcp, workload } from "./fixtures.ts";
import { PEERS, story } from "./stories.ts";

describe("CSV of a diff", () => {
  it("has the columns of the contract", () => {
    expect(formatDiffCsv(story("opened-and-closed"))).toBe(
      'type,src,dst,base,head,note\r\nchanged,"0.0.0.0/0,::/0",production/web[Deployment],TCP 80,"TCP 80,443",\r\nremoved,production/web[Deployment],production/db[StatefulSet],TCP 3306,No Connections,\r\n',
    );
  });

  it("has one more for the cluster where there are several", () => {
    const lines = formatDiffCsv(story("same-change-in-two-clusters")).split("\r\n");
    expect(lines[0]).toBe("type,src,dst,base,head,note,cluster");
    expect(lines[1]).toBe("added,entire-cluster,production/db[StatefulSet],No Connections,TCP 3306,,production-eu");
  });

  it.each([
    ["=HYPERLINK(1)", "'=HYPERLINK(1)/db[Deployment]"],
    ["@SUM", "'@SUM/db[Deployment]"],
    ['a"b', '"a""b/db[Deployment]"'],
    ["a\nb", '"a\nb/db[Deployment]"'],
  ])("a namespace %j is no formula and stays one field", (namespace, field) => {
    const row = group(block(peers(peer(workload(namespace, "db"))), peers(PEERS.db), NONE, tcp(1)));
    expect(formatDiffCsv(buildReport(reportInput([clusterInput({ diff: flowDiff([row]) })])))).toContain(
      `\r\nadded,${field},`,
    );
  });
});

describe("CSV of a check", () => {
  it("has a line for each finding", () => {
    expect(formatFindingsCsv(story("check"))).toBe(
      "cluster,rule,kind,severity,message,file,line\r\n,db-ingress,violated,error,`production/web[Deployment]` may connect to `production/db[StatefulSet]` on TCP 3306,k8s/production/db.yaml,14\r\n",
    );
  });
});
