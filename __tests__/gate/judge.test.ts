import { describe, expect, test } from "vitest";
import type { FlowDiff } from "../../src/diff/flow-diff.ts";
import type { Finding } from "../../src/gate/finding.ts";
import { ALL_ADDRESSES } from "../../src/sets/addresses.ts";
import { NONE } from "../../src/sets/conn.ts";
import { api, DB_INGRESS, db, dbPolicy, production, web } from "../judging/story.ts";
import { rulesOf } from "./rules.ts";
import { block, checkWorld, cluster, judgeWorld, podsWith, policy, tcp, workload, world } from "./world.ts";

const kinds = (findings: readonly Finding[]) => findings.map(({ kind, severity }) => `${kind} ${severity}`);
const webToo = policy("ingress", "production/db-web", { app: "db" }, [
  { peer: podsWith({ app: "web" }, "production"), conn: tcp(3306) },
]);
const closed = production();
const open = production([web, api, db], [dbPolicy, webToo]);

describe("a rule that widens", () => {
  test("says who may now connect, who could before, whose rule it is, and where the cause stands", () => {
    const rule = `${DB_INGRESS}    owner: "@acme/data"\n    description: only the API may talk to the database\n`;
    const { findings, conclusion } = judgeWorld(world(closed, open), rulesOf(rule));
    expect(findings).toMatchObject([
      {
        rule: "db-ingress",
        kind: "widened",
        severity: "error",
        owner: "@acme/data",
        description: "only the API may talk to the database",
        message: "`production/web[Deployment]` may now connect to `production/db[StatefulSet]` on TCP 3306",
        allowedBefore: "`production/api[Deployment]`",
        at: { file: "netpol-review.yml", line: 4 },
      },
    ]);
    expect(conclusion).toBe("failure");
  });

  test.each([
    ["severity: warning", ["widened warning"], "changed"],
    ["ports: [TCP/3306]", ["widened error"], "failure"],
    ["ports: [TCP/3300-3400]", ["widened error"], "failure"],
    ["ports: [TCP]", ["widened error"], "failure"],
    ["ports: [UDP, TCP/80]", [], "changed"],
  ])("with `%s`", (more, expected, conclusion) => {
    const judgement = judgeWorld(world(closed, open), rulesOf(`${DB_INGRESS}    ${more}\n`));
    expect(kinds(judgement.findings)).toEqual(expected);
    expect(judgement.conclusion).toBe(conclusion);
  });

  test.each([
    ["{ workload: db }", 1],
    ["{ workload: 'db[StatefulSet]' }", 1],
    ["{ workload: 'db[Deployment]' }", 0],
    ["{ namespace: production, workload: db }", 1],
    ["{ namespace: staging, workload: db }", 0],
    ["{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: production } } }", 1],
    ["{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: staging } } }", 0],
    ["{ podSelector: { matchExpressions: [{ key: app, operator: In, values: [db, cache] }] } }", 1],
    ["{ podSelector: { matchExpressions: [{ key: app, operator: NotIn, values: [db] }] } }", 0],
    ["{ podSelector: { matchExpressions: [{ key: app, operator: Exists }] } }", 1],
    ["{ podSelector: { matchExpressions: [{ key: app, operator: DoesNotExist }] } }", 0],
    ["{ pods: { matchLabels: { app: db } } }", 1],
    ["{ pods: {} }", 1],
    ["{ anywhere: true }", 1],
    ["{ external: true }", 0],
    ["{ cidr: [10.0.0.0/8] }", 0],
  ])("with the subject %s speaks of db: %i", (to, count) => {
    expect(judgeWorld(world(closed, open), rulesOf(`protected: [{ name: a, to: ${to} }]`)).findings).toHaveLength(
      count,
    );
  });

  test("`from` protects what goes out as `to` protects what comes in, and both the flows between", () => {
    const found = (rule: string) =>
      judgeWorld(world(closed, open), rulesOf(`protected: [{ name: a, ${rule} }]`)).findings.length;
    expect(found("from: { workload: web }")).toBe(1);
    expect(found("from: { workload: api }")).toBe(0);
    expect(found("from: { workload: web }, to: { workload: db }")).toBe(1);
    expect(found("from: { workload: web }, to: { workload: api }")).toBe(0);
    expect(found("from: { workload: web }, allowed: [{ to: { workload: db } }]")).toBe(0);
    expect(found("from: { workload: web }, allowed: [{ to: { workload: db }, ports: [TCP/80] }]")).toBe(1);
  });

  test("addresses outside the cluster are cut to what is not allowed", () => {
    const outside = policy("ingress", "production/db-out", { app: "db" }, [
      { peer: block("203.0.112.0/23"), conn: tcp(443) },
    ]);
    const rule = "protected: [{ name: a, to: { workload: db }, allowed: [{ from: { cidr: [203.0.113.0/24] } }] }]";
    const { findings } = judgeWorld(world(closed, production([web, api, db], [dbPolicy, outside])), rulesOf(rule));
    expect(findings.map(({ message }) => message)).toEqual([
      "`203.0.112.0/24` may now connect to `production/db[StatefulSet]` on TCP 443",
    ]);
  });

  test("what head closes is no finding", () => {
    expect(judgeWorld(world(open, closed), rulesOf(DB_INGRESS)).findings).toEqual([]);
  });

  test.each([
    ["opened", 1],
    ["changed", 1],
    ["closed", 0],
  ] as const)("a restriction above layer 4 that is %s makes %i finding", (narrowed, count) => {
    const made = world(open, open);
    const [standing] = made.standing
      .blocks(EVERYWHERE)
      .filter(
        ({ src, dst }) => nameOf(src) === "production/web[Deployment]" && nameOf(dst) === "production/db[StatefulSet]",
      );
    const judged: FlowDiff["judged"] = standing === undefined ? [] : [{ ...standing, narrowed }];
    expect(judged).toHaveLength(1);
    const { findings } = judgeWorld({ ...made, diff: { ...made.diff, judged } }, rulesOf(DB_INGRESS));
    expect(findings).toHaveLength(count);
    if (count > 0) expect(findings[0]?.blocks[0]?.opened).toBe(tcp(3306));
  });
});

const EVERYWHERE = {
  src: { peers: () => true, addresses: ALL_ADDRESSES },
  dst: { peers: () => true, addresses: ALL_ADDRESSES },
};
const nameOf = (end: FlowDiff["judged"][number]["src"]) => (end.kind === "peers" ? end.peers[0]?.text : undefined);

describe("a rule on violations", () => {
  const violate = rulesOf(`${DB_INGRESS}    on: violate\n`);

  test("judges head as it is, changed or not", () => {
    const { findings, conclusion } = judgeWorld(world(open, open), violate);
    expect(kinds(findings)).toEqual(["violated error"]);
    expect(findings[0]?.message).toBe(
      "`production/web[Deployment]` may connect to `production/db[StatefulSet]` on TCP 3306",
    );
    expect(conclusion).toBe("failure");
  });

  test("is content once head closes it", () => {
    expect(judgeWorld(world(open, closed), violate).findings).toEqual([]);
  });

  test("objects to flows among the subject's own pods as long as nobody allows them", () => {
    const three = workload("production/db", { kind: "StatefulSet", replicas: 3 });
    const tree = production([web, api, three], []);
    const among = (text: string) =>
      judgeWorld(world(tree, tree), rulesOf(text)).findings.flatMap(({ blocks }) =>
        blocks.map(({ src }) => nameOf(src)),
      );
    expect(among(`${DB_INGRESS}    on: violate\n`)).toContain("production/db[StatefulSet]");
    expect(among(`${DB_INGRESS}      - from: { pods: { app: db } }\n    on: violate\n`)).not.toContain(
      "production/db[StatefulSet]",
    );
  });
});

describe("`check`", () => {
  test("judges every rule absolutely, whatever its `on`", () => {
    expect(checkWorld(world(open, open), rulesOf(DB_INGRESS))).toMatchObject({
      conclusion: "failure",
      findings: [{ kind: "violated", severity: "error", allowedBefore: "" }],
    });
    expect(checkWorld(world(closed, closed), rulesOf(DB_INGRESS))).toMatchObject({
      conclusion: "success",
      findings: [],
    });
  });

  test("a violation of severity warning is `changed`", () => {
    const { conclusion } = checkWorld(world(open, open), rulesOf(`${DB_INGRESS}    severity: warning\n`));
    expect(conclusion).toBe("changed");
  });

  test("leaves annotations alone: they speak of changes", () => {
    const marked = workload("production/db", { kind: "StatefulSet", protects: ["ingress"] });
    const tree = cluster({ workloads: [web, marked] });
    expect(checkWorld(world(tree, tree), { rules: [] }).findings).toEqual([]);
  });
});

describe("the annotation of a workload", () => {
  const marked = (protects: readonly ("ingress" | "egress")[], labels = { app: "db" }) =>
    workload("production/db", { kind: "StatefulSet", protects, labels });
  const trees = (before: ReturnType<typeof marked>, after: ReturnType<typeof marked>) =>
    world(production([web, api, before], [dbPolicy]), production([web, api, after], [dbPolicy, webToo]));

  test("makes whatever widens its side a finding of the rule `annotation NS/NAME[Kind]`", () => {
    const { findings, conclusion } = judgeWorld(trees(marked(["ingress"]), marked(["ingress"])), { rules: [] });
    expect(findings.map(({ rule, kind }) => [rule, kind])).toEqual([
      ["annotation production/db[StatefulSet]", "widened"],
    ]);
    expect(conclusion).toBe("failure");
  });

  test("is read from base", () => {
    expect(judgeWorld(trees(marked(["ingress"]), marked([])), { rules: [] }).findings).toHaveLength(1);
    expect(judgeWorld(trees(marked([]), marked(["ingress"])), { rules: [] }).findings).toHaveLength(0);
  });

  test("protects the side that it names", () => {
    expect(judgeWorld(trees(marked(["egress"]), marked(["egress"])), { rules: [] }).findings).toEqual([]);
    expect(judgeWorld(trees(marked(["ingress", "egress"]), marked([])), { rules: [] }).findings).toHaveLength(1);
  });

  test("goes with its workload: that is a warning", () => {
    const { findings } = judgeWorld(world(production([web, api, marked(["ingress"])]), production([web, api])), {
      rules: [],
    });
    expect(kinds(findings)).toEqual(["subject-removed warning"]);
  });

  test("can have exceptions by its name", () => {
    const { exceptions } = rulesOf(`
exceptions:
  - { rule: "annotation production/db[StatefulSet]", from: { workload: web }, until: 2030-01-01, reason: import }
`);
    const { findings, conclusion } = judgeWorld(trees(marked(["ingress"]), marked(["ingress"])), {
      rules: [],
      exceptions,
    });
    expect(findings.map(({ excepted }) => excepted?.reason)).toEqual(["import"]);
    expect(conclusion).toBe("changed");
  });
});

describe("without rules", () => {
  test("the flows conclude", () => {
    expect(judgeWorld(world(closed, closed), { rules: [] })).toMatchObject({ conclusion: "success", findings: [] });
    expect(judgeWorld(world(closed, open), { rules: [] })).toMatchObject({ conclusion: "changed", findings: [] });
  });

  test("the world of these tests lets through what its policies say", () => {
    const flows = world(closed, closed).standing.blocks(EVERYWHERE);
    const between = (src: string, dst: string) =>
      flows.find((each) => nameOf(each.src) === src && nameOf(each.dst) === dst)?.head ?? NONE;
    expect(between("production/api[Deployment]", "production/db[StatefulSet]")).toBe(tcp(3306));
    expect(between("production/web[Deployment]", "production/db[StatefulSet]")).toBe(NONE);
    expect(between("production/db[StatefulSet]", "production/web[Deployment]").points.length).toBeGreaterThan(0);
  });
});
