import { describe, expect, it } from "vitest";
import { diffFlows } from "../../src/diff/diff.ts";
import { universe } from "../../src/engine/universe.ts";
import type { Workload } from "../../src/model/cluster.ts";
import type { Policy } from "../../src/model/policy.ts";
import { and, not, PODS, type Predicate } from "../../src/model/predicate.ts";
import { NONE } from "../../src/sets/conn.ts";
import { formatConn } from "../../src/sets/conn-text.ts";
import { cluster, podsWith, policy, tcp, workload } from "../gate/world.ts";

const OPTIONS = { representatives: false, spoken: [], limit: 100 };
const [web, db] = [workload("shop/web"), workload("shop/db")];
const toDb = policy("egress", "shop/web", { app: "web" }, [{ peer: podsWith({ app: "db" }, "shop") }]);
const fromWeb = policy("ingress", "shop/db", { app: "db" }, [
  { peer: podsWith({ app: "web" }, "shop"), conn: tcp(80) },
]);
const onPort = (port: number) => workload("shop/db", { ports: [{ name: "http", protocol: "TCP", port }] });
const named: Policy = {
  ...fromWeb,
  rules: fromWeb.rules.map((rule) => ({
    ...rule,
    conn: { ...rule.conn, conn: tcp(22), names: [{ name: "http", protocol: "TCP" }] },
  })),
};
const narrowed = (digest: string): Policy => ({
  ...fromWeb,
  rules: fromWeb.rules.map((rule) => ({ ...rule, narrowed: digest })),
});

const inTier = (tier: string) => workload("shop/db", { labels: { app: "db", tier } });
const forTier: Policy = {
  ...fromWeb,
  rules: fromWeb.rules.map((rule) => ({ ...rule, local: podsWith({ tier: "a" }) })),
};

type Tree = readonly [workloads: readonly Workload[], policies: readonly Policy[]];

/** What changes from `web` to `db`: opened, closed, head, and how a restriction above layer 4 changed. */
function change([before, was]: Tree, [after, is]: Tree): string {
  const base = cluster({ workloads: before, policies: was });
  const head = cluster({ workloads: after, policies: is });
  const diff = diffFlows(universe(base, head, OPTIONS), []);
  const found = diff.groups
    .map(({ block }) => block)
    .find(
      ({ src, dst }) =>
        src.kind === "peers" &&
        dst.kind === "peers" &&
        src.peers.some(({ text }) => text.startsWith("shop/web[")) &&
        dst.peers.some(({ text }) => text.startsWith("shop/db[")),
    );
  if (found === undefined) return "none";
  const text = (conn: typeof found.opened) => formatConn(conn, diff.universe);
  return `+ ${text(found.opened)} - ${text(found.closed)} = ${text(found.head)} ${found.narrowed ?? ""}`.trim();
}

const ALL = "All Connections";
const NO = "No Connections";
const relabelled = (name: string) => workload(`shop/${name}`, { labels: { app: "x" } });

describe("the change from one workload to another", () => {
  it.each<[string, Tree, Tree, string]>([
    ["nothing", [[web, db], [toDb]], [[web, db], [toDb]], "none"],
    [
      "a policy comes",
      [[web, db], []],
      [[web, db], [fromWeb]],
      `+ ${NO} - SCTP 1-65535,TCP 1-79,81-65535,UDP 1-65535 = TCP 80`,
    ],
    [
      "the destination is relabelled",
      [[web, db], [toDb]],
      [[web, relabelled("db")], [toDb]],
      `+ ${NO} - ${ALL} = ${NO}`,
    ],
    [
      "the source is relabelled",
      [[web, db], [fromWeb]],
      [[relabelled("web"), db], [fromWeb]],
      `+ ${NO} - TCP 80 = ${NO}`,
    ],
    ["a named port moves", [[web, onPort(80)], [named]], [[web, onPort(81)], [named]], "+ TCP 81 - TCP 80 = TCP 22,81"],
    [
      "the destination loses a label that a rule asks of its own pods",
      [[web, inTier("a")], [forTier]],
      [[web, inTier("b")], [forTier]],
      `+ ${NO} - TCP 80 = ${NO}`,
    ],
    [
      "a tier begins to isolate",
      [[web, db], [{ ...fromWeb, isolates: false, rules: [] }]],
      [[web, db], [{ ...fromWeb, rules: [] }]],
      `+ ${NO} - ${ALL} = ${NO}`,
    ],
    ["a restriction comes", [[web, db], [fromWeb]], [[web, db], [narrowed("a")]], `+ ${NO} - TCP 80 = TCP 80 closed`],
    ["a restriction goes", [[web, db], [narrowed("a")]], [[web, db], [fromWeb]], `+ TCP 80 - ${NO} = TCP 80 opened`],
    [
      "a restriction changes",
      [[web, db], [narrowed("a")]],
      [[web, db], [narrowed("b")]],
      `+ ${NO} - ${NO} = TCP 80 changed`,
    ],
  ])("%s", (_, base, head, expected) => {
    expect(change(base, head)).toBe(expected);
  });
});

/** The names of undeclared pods between which and `db` something changes. */
function undeclared(
  before: readonly Policy[],
  after: readonly Policy[],
  spoken: readonly Predicate[] = [],
): readonly string[] {
  const [base, head] = [before, after].map((policies) => cluster({ workloads: [web, db], policies }));
  if (base === undefined || head === undefined) throw new Error("two sides were given");
  const diff = diffFlows(universe(base, head, { ...OPTIONS, representatives: true, spoken }), spoken);
  const names = diff.rows(1000).changes.flatMap(({ src, dst }) => [src, dst]);
  return [...new Set(names.flatMap(({ peer }) => (peer?.kind === "representative" ? [peer.text] : [])))].sort();
}

/** True of declared pods alone, which know the name of their service account. */
const holdsName: Predicate = { op: "serviceAccount", names: ["default"] };

it("an undeclared pod of two kinds is left out where one of them changes like it, whichever rule comes first", () => {
  const namespaces = (key: string): Predicate =>
    and(PODS, { op: "namespaceLabels", requirement: { key, operator: "In", values: ["a"] } });
  const rules = [{ peer: namespaces("app") }, { peer: namespaces("tier"), conn: tcp(80) }];
  const base = cluster({ workloads: [web], policies: [policy("egress", "shop/web", { app: "web" }, [])] });
  const told = [rules, [...rules].reverse()].map((list) => {
    const head = cluster({ workloads: [web], policies: [policy("egress", "shop/web", { app: "web" }, list)] });
    const { changes } = diffFlows(universe(base, head, { ...OPTIONS, representatives: true }), []).rows(100);
    return [...new Set(changes.map(({ dst }) => dst.text))].sort();
  });
  const one = ["[namespace with {app=a}]/[all pods]", "[namespace with {tier=a}]/[all pods]"];
  expect(told).toEqual([one, one]);
});

describe("undeclared pods with the labels of a declared workload", () => {
  const pod = "shop/[pod with {app=web}]";
  const isolated: Policy = { ...fromWeb, rules: [] };

  it("are named beside it where something opens for them", () => {
    expect(undeclared([isolated], [fromWeb])).toContain(pod);
  });

  it("are not named where flows only close, which is said of the workload", () => {
    expect(undeclared([fromWeb], [isolated])).not.toContain(pod);
  });

  it("are named where a protected path means them and not the workload", () => {
    const others = and(PODS, not(holdsName));
    expect(undeclared([fromWeb], [isolated], [others])).toContain(pod);
  });

  it("are named where flows close for them alone", () => {
    const other = policy("ingress", "shop/db", { app: "db" }, [
      { peer: podsWith({ app: "cache" }, "shop"), conn: tcp(80) },
    ]);
    expect(undeclared([other], [isolated])).toContain("shop/[pod with {app=cache}]");
  });
});

it("two pods that two rules of one policy admit to the same ports have a cause each", () => {
  const pods = [web, workload("shop/cron"), db];
  const isolated: Policy = { ...fromWeb, rules: [] };
  const admitting = policy(
    "ingress",
    "shop/db",
    { app: "db" },
    ["web", "cron"].map((app) => ({ peer: podsWith({ app }, "shop"), conn: tcp(80) })),
  );
  const base = cluster({ workloads: pods, policies: [isolated] });
  const head = cluster({ workloads: pods, policies: [admitting] });
  const rows = diffFlows(universe(base, head, OPTIONS), []).rows(100).changes;
  const told = rows.map(({ src, causes }) => `${src.text}: ${causes.map(({ rule }) => rule).join()}`);
  expect(told.sort()).toEqual(["shop/cron[Deployment]: ingress[1]", "shop/web[Deployment]: ingress[0]"]);
});

it("two pods to which the name of a port means different things have causes of their own", () => {
  const http = (name: string, protocol: "TCP" | "UDP") =>
    workload(`shop/${name}`, { ports: [{ name: "http", protocol, port: 80 }] });
  const workloads = [web, http("api", "TCP"), http("cache", "UDP")];
  const numbered = policy("egress", "shop/web", { app: "web" }, [
    { peer: PODS, conn: tcp(80) },
    { peer: PODS, conn: tcp(80) },
  ]);
  const [named, other] = numbered.rules;
  if (named === undefined || other === undefined) throw new Error("two rules were given");
  const conn = { ...named.conn, conn: NONE, names: [{ name: "http", protocol: "TCP" as const }] };
  const base = cluster({ workloads, policies: [{ ...numbered, rules: [{ ...named, conn }, other] }] });
  const head = cluster({ workloads, policies: [{ ...numbered, rules: [] }] });
  const rows = diffFlows(universe(base, head, OPTIONS), []).rows(100).changes;
  const told = rows.map(({ dst, causes }) => `${dst.text}: ${causes.map(({ rule }) => rule).join()}`);
  expect(told.filter((text) => /api|cache/.test(text)).sort()).toEqual([
    "shop/api[Deployment]: egress[0],egress[1]",
    "shop/cache[Deployment]: egress[1]",
  ]);
});

describe("rows that come about alike", () => {
  it("name the policy of their own pod each", () => {
    const [one, two] = ["one", "two"].map((name) => workload(`shop/${name}`));
    const deny = (name: string) => policy("ingress", `shop/${name}`, { app: name }, [{ peer: PODS, conn: tcp(80) }]);
    const workloads = [web, one, two].filter((each) => each !== undefined);
    const base = cluster({ workloads, policies: [] });
    const head = cluster({ workloads, policies: [deny("one"), deny("two")] });
    const { changes } = diffFlows(universe(base, head, OPTIONS), []).rows(100);
    const told = changes
      .filter(({ src }) => src.text.startsWith("shop/web["))
      .map(({ dst, causes }) => `${dst.text}: ${causes.map(({ object }) => object).join()}`);
    expect(told.sort()).toEqual([
      "shop/one[Deployment]: NetworkPolicy shop/one",
      "shop/two[Deployment]: NetworkPolicy shop/two",
    ]);
  });
});
