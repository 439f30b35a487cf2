import { describe, expect, test } from "vitest";
import { exceptionFor } from "../../src/gate/exception-text.ts";
import type { Finding } from "../../src/gate/finding.ts";
import { api, DB_INGRESS, db, dbPolicy, production, web } from "../judging/story.ts";
import { configOf } from "./rules.ts";
import {
  ANYTHING,
  block,
  cluster,
  judgeWorld,
  pods,
  podsWith,
  policy,
  tcp,
  type World,
  workload,
  world,
} from "./world.ts";

const UNTIL = "2026-12-31";

/** Pastes what is offered for every finding below the rules, and judges again. */
function accepted(
  made: World,
  text: string,
): { readonly pasted: string; readonly left: readonly Finding[]; readonly all: readonly Finding[] } {
  const config = configOf(text);
  const rule = config.rules[0];
  if (rule === undefined) throw new Error("no rule");
  const offers = judgeWorld(made, config).findings.flatMap((finding) => exceptionFor(finding, rule, UNTIL) ?? []);
  const pasted = offers.map((offer, i) => (i === 0 ? offer : offer.replace(/^exceptions:\n/, ""))).join("");
  const all = judgeWorld(made, configOf(`${text}\n${pasted}`)).findings;
  return { pasted, left: all.filter(({ excepted }) => excepted === undefined), all };
}

const admit = (peer: Parameters<typeof podsWith>[0] | undefined, conn = tcp(3306)) =>
  policy("ingress", "production/db-more", { app: "db" }, [
    { peer: peer === undefined ? ANYTHING : podsWith(peer), conn },
  ]);
const undeclared = [pods(""), pods("production"), pods("production", { app: "db" }), pods("jobs", { app: "etl" })];
const more = (...policies: readonly ReturnType<typeof policy>[]) => production([web, api, db], [dbPolicy, ...policies]);

describe("the exception to paste", () => {
  test("is as narrow as the finding", () => {
    const { pasted, left } = accepted(world(production(), more(admit({ app: "web" }))), DB_INGRESS);
    expect(pasted).toBe(`exceptions:
  - rule: "db-ingress"
    from: { namespace: "production", workload: "web[Deployment]" }
    to: { namespace: "production", workload: "db[StatefulSet]" }
    ports: [TCP/3306]
    until: 2026-12-31
    reason: say why, and name the ticket
`);
    expect(left).toEqual([]);
  });

  test.each<[string, World, string]>([
    ["every peer on every port", world(production(), more(admit(undefined, undefined)), undeclared), DB_INGRESS],
    ["undeclared pods by their labels", world(production(), more(admit({ app: "etl" })), undeclared), DB_INGRESS],
    [
      "addresses that are no CIDR",
      world(
        production(),
        more(
          policy("ingress", "production/x", { app: "db" }, [{ peer: block("0.0.0.0/0") }]),
          policy("ingress", "production/y", { app: "db" }, [{ peer: block("10.0.0.0/9") }]),
        ),
      ),
      `${DB_INGRESS}      - from: { cidr: [10.3.0.0/17] }\n`,
    ],
    [
      "a renamed subject",
      world(
        production(),
        production([
          web,
          api,
          workload("production/database", { labels: { app: "database" }, digest: db.templateDigest }),
        ]),
      ),
      DB_INGRESS,
    ],
    [
      "a subject on its node's network",
      world(
        production(),
        production([web, api, workload("production/db", { kind: "StatefulSet", hostNetwork: true })]),
      ),
      DB_INGRESS,
    ],
    [
      "a joined workload",
      world(production(), production([workload("production/web", { labels: { app: "api" } }), api, db])),
      DB_INGRESS,
    ],
    [
      "a workload that joined and gained no flow",
      world(
        production([web, api, db], []),
        production([workload("production/web", { labels: { app: "api" } }), api, db], []),
      ),
      DB_INGRESS,
    ],
    ["a removed subject", world(production(), production([web, api])), DB_INGRESS],
    [
      "a plugin that enforces nothing",
      world(
        cluster({ workloads: [db], plugin: "flannel", enforces: false }),
        cluster({ workloads: [db], plugin: "flannel", enforces: false }),
      ),
      DB_INGRESS,
    ],
    [
      "a hundred sources and as many destinations",
      crowd(),
      "protected: [{ name: crowd, to: { namespace: production } }]",
    ],
  ])("covers %s", (_, made, text) => {
    const { left, all } = accepted(made, text);
    expect(all.length).toBeGreaterThan(0);
    expect(left).toEqual([]);
  });

  test("is one for every pod where any pod is meant", () => {
    const { pasted } = accepted(world(production(), more(admit(undefined)), undeclared), DB_INGRESS);
    expect(pasted.match(/from: .*/g)).toEqual(["from: { namespaceSelector: {} }", "from: { external: true }"]);
    expect(pasted).not.toContain("metadata.name");
  });

  test("covers nothing beyond the flows of the finding", () => {
    const text = `${DB_INGRESS}\n${accepted(world(production(), more(admit({ app: "web" }))), DB_INGRESS).pasted}`;
    const cron = workload("production/cron");
    const tree = (...policies: readonly ReturnType<typeof policy>[]) =>
      production([web, api, db, cron], [dbPolicy, ...policies]);
    const { findings } = judgeWorld(world(tree(), tree(admit({ app: "cron" }))), configOf(text));
    expect(findings.map(({ excepted }) => excepted)).toEqual([undefined]);
    const other = judgeWorld(world(tree(), tree(admit({ app: "web" }, tcp(22)))), configOf(text));
    expect(other.findings.map(({ excepted }) => excepted)).toEqual([undefined]);
  });

  test("is not offered where no exception can help", () => {
    const config = configOf(DB_INGRESS);
    const rule = config.rules[0];
    const { findings } = judgeWorld(world(production(), production()), {
      ...config,
      exposures: [
        {
          object: { group: "", kind: "Service", namespace: "production", name: "front" },
          at: { file: "s.yaml", line: 1 },
          targets: [{ namespace: "production", requirements: [] }],
        },
      ],
    });
    expect(findings.map((finding) => rule && exceptionFor(finding, rule, UNTIL))).toEqual([undefined]);
  });
});

function crowd(): World {
  const many = Array.from({ length: 12 }, (_, i) => workload(`production/w${i}`));
  const closed = many.map((each, i) => policy("ingress", `production/p${i}`, { app: each.name }, []));
  return world(cluster({ workloads: many, policies: closed }), cluster({ workloads: many }));
}
