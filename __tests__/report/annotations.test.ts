import { describe, expect, it } from "vitest";
import { annotationsOf } from "../../src/report/annotations.ts";
import { buildReport } from "../../src/report/build.ts";
import { NONE } from "../../src/sets/conn.ts";
import { block, CONTEXT, cause, clusterInput, finding, judgement, peers, reportInput, tcp } from "./fixtures.ts";
import { PEERS, story } from "./stories.ts";

const one = (more: Parameters<typeof finding>[0], mode: "enforce" | "warn" = "enforce") =>
  annotationsOf(
    buildReport(
      reportInput([clusterInput({ judgement: judgement("failure", [finding(more)]) })], {
        context: { ...CONTEXT, mode },
      }),
    ),
  );

describe("annotations", () => {
  it("stand at the cause in the head and say who may now reach what", () => {
    expect(one({ blocks: [block(peers(PEERS.web), peers(PEERS.db), NONE, tcp(3306))] })).toEqual([
      {
        severity: "error",
        title: "netpol-review: db-ingress",
        message:
          "Any pod in the cluster may now connect to production/db[StatefulSet] on TCP 3306, for example production/web[Deployment]. On main only production/api[Deployment] could.",
        file: "k8s/production/db.yaml",
        line: 14,
      },
    ]);
  });

  it("are warnings for warnings, and for all findings where the check only warns", () => {
    expect(one({ severity: "warning" })[0]?.severity).toBe("warning");
    expect(one({}, "warn")[0]?.severity).toBe("warning");
  });

  it("have no place where the cause is gone", () => {
    expect(one({ causes: [cause({ side: "base" })] })[0]?.file).toBeUndefined();
    expect(one({ kind: "subject-lost", causes: [] })[0]?.file).toBeUndefined();
    expect(one({ kind: "joined", causes: [] })[0]?.file).toBe("k8s/production/db.yaml");
  });

  it("are none for excepted findings", () => {
    expect(one({ excepted: { reason: "x", until: "2027-01-01" } })).toEqual([]);
  });

  it("name the files that kept the review from an answer, in every mode", () => {
    expect(annotationsOf(story("unreadable-file"))).toEqual([
      {
        severity: "error",
        title: "netpol-review: no answer",
        message: "Mapping values are not allowed here (YAML_SYNTAX)",
        file: "k8s/broken.yaml",
        line: 12,
      },
    ]);
    expect(annotationsOf(story("opened-and-unreadable")).map(({ title }) => title)).toEqual([
      "netpol-review: no answer",
      "netpol-review: db-ingress",
    ]);
  });

  it("say a change of several clusters once, with their names", () => {
    const all = annotationsOf(story("same-change-in-two-clusters"));
    expect(all).toHaveLength(1);
    expect(all[0]?.message).toContain("In production-eu and production-us.");
  });
});
