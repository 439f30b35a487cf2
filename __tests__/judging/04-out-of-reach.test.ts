import { describe, expect, test } from "vitest";
import type { ExposureChange } from "../../src/gate/exposure.ts";
import { rulesOf } from "../gate/rules.ts";
import { judgeWorld, workload, world } from "../gate/world.ts";
import { api, DB, DB_INGRESS, production, web } from "./story.ts";

describe("judging 4: the subject leaves the reach of policies", () => {
  test("hostNetwork makes it `ungoverned`, with the flows that open for it", () => {
    const onNode = workload("production/db", { kind: "StatefulSet", hostNetwork: true });
    const { findings, conclusion } = judgeWorld(
      world(production(), production([web, api, onNode])),
      rulesOf(DB_INGRESS),
    );
    expect(findings.map(({ kind, severity }) => [kind, severity])).toEqual([["ungoverned", "error"]]);
    expect(findings[0]?.message).toContain(
      `\`${DB}\` joins the network of its node (\`hostNetwork: true\`), where no policy governs it`,
    );
    expect(findings[0]?.blocks.length).toBeGreaterThan(0);
    expect(conclusion).toBe("failure");
  });

  test("another network by annotation makes it `ungoverned` though no flow changes", () => {
    const attached = workload("production/db", {
      kind: "StatefulSet",
      otherNetworks: ["k8s.v1.cni.cncf.io/networks=macvlan"],
    });
    const { findings } = judgeWorld(world(production(), production([web, api, attached])), rulesOf(DB_INGRESS));
    expect(findings.map(({ kind }) => kind)).toEqual(["ungoverned"]);
    expect(findings[0]?.message).toContain("`k8s.v1.cni.cncf.io/networks=macvlan`");
    expect(findings[0]?.at).toEqual({ file: "production/db.yaml", line: 1 });
  });

  test("a subject that no policy governs in base, or that was out of reach all along, is none", () => {
    const onNode = workload("production/db", { kind: "StatefulSet", hostNetwork: true });
    const free = judgeWorld(world(production(undefined, []), production([web, api, onNode], [])), rulesOf(DB_INGRESS));
    const always = judgeWorld(
      world(production([web, api, onNode]), production([web, api, onNode])),
      rulesOf(DB_INGRESS),
    );
    expect([...free.findings, ...always.findings]).toEqual([]);
  });

  test("a subject of an egress rule counts by the policies of its egress", () => {
    const rule = "protected: [{ name: out, from: { workload: db } }]";
    const onNode = workload("production/db", { kind: "StatefulSet", hostNetwork: true });
    const { findings } = judgeWorld(world(production(), production([web, api, onNode])), rulesOf(rule));
    expect(findings.filter(({ kind }) => kind === "ungoverned")).toEqual([]);
  });
});

describe("judging 4: what stands in front of a subject is not judged", () => {
  const service = (app: string): ExposureChange => ({
    object: { group: "", kind: "Service", namespace: "production", name: "front" },
    at: { file: "production/service.yaml", line: 3 },
    targets: [{ namespace: "production", requirements: [{ key: "app", operator: "In", values: [app] }] }],
  });

  test("a changed Service that leads to a subject is a warning", () => {
    const { findings, conclusion } = judgeWorld(world(production(), production()), {
      ...rulesOf(DB_INGRESS),
      exposures: [service("db")],
    });
    expect(findings.map(({ kind, severity, at }) => [kind, severity, at?.file])).toEqual([
      ["not-judged", "warning", "production/service.yaml"],
    ]);
    expect(conclusion).toBe("changed");
  });

  test("one that leads elsewhere is none", () => {
    const { findings } = judgeWorld(world(production(), production()), {
      ...rulesOf(DB_INGRESS),
      exposures: [service("web")],
    });
    expect(findings).toEqual([]);
  });
});
