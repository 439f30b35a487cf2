import { buildReport, type ReportInput } from "../../src/report/build.ts";
import type { Report } from "../../src/report/report.ts";
import { ALL_ADDRESSES } from "../../src/sets/addresses.ts";
import { ALL, NONE, ports, union } from "../../src/sets/conn.ts";
import {
  ANY_POD,
  arrival,
  block,
  CONTEXT,
  cause,
  cluster,
  clusterInput,
  finding,
  flowDiff,
  group,
  judgement,
  outside,
  peer,
  peers,
  policy,
  reportInput,
  tcp,
  witness,
  workload,
} from "./fixtures.ts";

const web = peer(workload("production", "web"));
const api = peer(workload("production", "api"));
const db = peer(workload("production", "db", { kind: "StatefulSet" }));

const EXCERPT = {
  file: "k8s/production/db.yaml",
  line: 14,
  text: "-    - podSelector: { matchLabels: { app: api } }\n+    - namespaceSelector: {}\n     ports:\n",
};

const EVERY_NAMESPACE = cause();

const PASTE = `exceptions:
  - rule: "db-ingress"
    from: { namespaceSelector: {} }
    to: { namespace: "production", workload: "db[StatefulSet]" }
    ports: [TCP/3306]
    until: 2026-12-31
    reason: say why, and name the ticket
`;

const wide = block(peers(ANY_POD, web), peers(db), NONE, tcp(3306));

function opened(name: string, extra: { readonly file?: string } = {}) {
  const at = { file: extra.file ?? EXCERPT.file, line: 14 };
  const why = { ...EVERY_NAMESPACE, at };
  return clusterInput({
    name,
    diff: flowDiff([group(wide, { src: "any pod in the cluster", causes: [why] })]),
    judgement: judgement("failure", [finding({ blocks: [wide], causes: [why], at })]),
    excerpts: [{ ...EXCERPT, file: at.file }],
    exceptionFor: () => PASTE,
    notOpened: () => ["addresses outside the cluster"],
  });
}

const reports = workload("production", "reports", { declaredPorts: "TCP 8080" });
const newcomer = peer(reports, "head");
const neighbours = Array.from({ length: 11 }, (_, i) => workload("production", `app-${i}`));

function unpoliced() {
  const added = { note: "workload production/reports[Deployment] added", type: "added" as const };
  const because = [
    cause({ object: "Deployment production/reports", at: reports.source, rule: "", kind: "workload", text: "added" }),
  ];
  const inward = block(peers(...neighbours.map((each) => peer(each))), peers(newcomer), NONE, ALL);
  const outward = block(peers(newcomer), outside(ALL_ADDRESSES), NONE, ALL);
  const shown = (each: typeof inward, src: string, dst: string) =>
    group(each, { ...added, src, dst, causes: because, witness: witness(src, dst, 8080) });
  return clusterInput({
    head: cluster({
      workloads: [...neighbours, reports],
      policies: neighbours.map((each) =>
        policy("production", each.name, {
          op: "podLabels",
          requirement: { key: "app", operator: "In", values: [each.name] },
        }),
      ),
    }),
    diff: flowDiff(
      [
        shown(inward, "every other workload in production", "production/reports[Deployment]"),
        shown(outward, "production/reports[Deployment]", "0.0.0.0/0,::/0"),
      ],
      { arrivals: [arrival(reports)] },
    ),
    judgement: judgement("changed"),
    subjects: ["production/db[StatefulSet]"],
  });
}

const cidr = block(outside(ALL_ADDRESSES), peers(web), tcp(80), union(tcp(80), tcp(443)));
const broken = block(peers(web), peers(db), tcp(3306), NONE);

function mixed() {
  const label = cause({
    object: "Deployment production/web",
    at: { file: "k8s/production/web.yaml", line: 9 },
    rule: "",
    kind: "labels",
    text: "label `tier` changed from `front` to `edge`",
  });
  return clusterInput({
    diff: flowDiff([
      group(cidr, { src: "any address outside the cluster", causes: [label] }),
      group(broken, { causes: [cause({ side: "base", text: "no longer allows" })] }),
    ]),
    judgement: judgement("changed"),
    excerpts: [{ file: "k8s/production/web.yaml", line: 9, text: "-        tier: front\n+        tier: edge\n" }],
  });
}

const unreadable = {
  code: "YAML_SYNTAX",
  severity: "error",
  at: { file: "k8s/broken.yaml", line: 12 },
  message: "mapping values are not allowed here",
  hides: true,
} as const;

const standing = {
  code: "TEMPLATE",
  severity: "warning",
  at: { file: "charts/app/templates/db.yaml", line: 3 },
  message: "`{{ .Values.name }}` is a template that was not rendered",
} as const;

function many(rows: number) {
  const groups = Array.from({ length: rows }, (_, i) => {
    const one = block(
      peers(peer(workload(`team-${i % 40}`, `client-${i}`))),
      peers(peer(workload("shared", `svc-${i % 7}`))),
      NONE,
      ports("TCP", 1 + (i % 9)),
    );
    return group(one, { causes: [cause({ at: { file: `k8s/team-${i % 40}/client-${i}.yaml`, line: 3 } })] });
  });
  return [...groups, group(wide, { src: "any pod in the cluster", causes: [EVERY_NAMESPACE] })];
}

const hostile =
  "production/`x` <img src=x onerror=alert(1)> | @everyone #1 ::set-output name=a::b \u202e\u200b\n### pwned";

/** What the golden files show, by name: each a review that somebody could meet. */
export const STORIES: ReadonlyMap<string, ReportInput> = new Map([
  ["opened-to-every-namespace", reportInput([opened("")])],
  ["new-workload-without-policy", reportInput([unpoliced()])],
  ["opened-and-closed", reportInput([mixed()])],
  ["no-rules", reportInput([mixed()], { context: { ...CONTEXT, rules: 0 } })],
  ["local-directories", reportInput([opened("")], { context: local() })],
  ["warn-mode", reportInput([opened("")], { context: { ...CONTEXT, mode: "warn" } })],
  [
    "same-change-in-two-clusters",
    reportInput([
      opened("production-us", { file: "overlays/us/db.yaml" }),
      opened("production-eu", { file: "overlays/eu/db.yaml" }),
      { ...mixed(), name: "staging" },
    ]),
  ],
  [
    "unreadable-file",
    reportInput([
      clusterInput({
        base: cluster({ issues: [standing] }),
        head: cluster({
          issues: [standing, unreadable],
          counts: { files: 14, documents: 19, skipped: 1, workloads: 11, policies: 5 },
        }),
        judgement: judgement("error", [], [unreadable, standing]),
        standing: [standing],
      }),
    ]),
  ],
  [
    "opened-and-unreadable",
    reportInput([{ ...opened(""), judgement: { ...opened("").judgement, issues: [unreadable] } }]),
  ],
  [
    "no-configuration-to-use",
    reportInput([], {
      conclusion: "error",
      issues: [
        {
          code: "CONFIG_INVALID",
          severity: "error",
          at: { file: ".github/netpol-review.yml", line: 4 },
          message: "unknown key `protect`; did you mean `protected`?",
        },
      ],
    }),
  ],
  [
    "flannel",
    reportInput([
      clusterInput({
        head: cluster({ plugin: { name: "flannel", reason: "`cni` of the configuration", enforces: false } }),
        judgement: judgement("changed", [
          finding({
            kind: "unenforced",
            severity: "warning",
            message:
              "the network plugin `flannel` enforces no policy: nothing protects `production/[pod with {app=db}]`",
            at: { file: ".github/netpol-review.yml", line: 3 },
            causes: [],
            witness: undefined,
            allowedBefore: "",
          }),
        ]),
      }),
    ]),
  ],
  [
    "rules-change-and-exception",
    reportInput(
      [
        {
          ...opened(""),
          judgement: judgement("changed", [
            finding({ blocks: [wide], excepted: { reason: "one-off import, ticket OPS-311", until: "2027-01-31" } }),
          ]),
        },
      ],
      {
        conclusion: "changed",
        configChanges: [
          {
            severity: "warning",
            message: "the rule `web-egress` is removed",
            at: { file: ".github/netpol-review.yml", line: 9 },
          },
        ],
      },
    ),
  ],
  ["nothing-changed", reportInput([clusterInput()])],
  [
    "check",
    reportInput([checked()], { shape: "check", context: { ...local(), reproduce: "netpol-review check head/" } }),
  ],
  ["large", reportInput([{ ...opened(""), diff: flowDiff(many(40)) }])],
  ["larger-than-a-comment", reportInput([{ ...opened(""), diff: flowDiff(many(3000)) }])],
  [
    "hostile-names",
    reportInput([
      clusterInput({
        diff: flowDiff([
          group(wide, {
            src: hostile,
            causes: [cause({ object: hostile, text: hostile, at: { file: `k8s/${hostile}.yaml`, line: 3 } })],
          }),
        ]),
        judgement: judgement("failure", [
          finding({
            rule: hostile,
            owner: hostile,
            description: hostile,
            message: `\`${hostile}\` may now connect`,
            blocks: [wide],
          }),
        ]),
        excerpts: [{ ...EXCERPT, text: "+ ```\n+ <script>@everyone\n" }],
        exceptionFor: () => `- rule: "${hostile}"`,
      }),
    ]),
  ],
]);

function local() {
  return {
    ...CONTEXT,
    setting: "local" as const,
    base: { label: "base/", commit: undefined },
    head: { label: "head/", commit: undefined },
    reproduce: "netpol-review diff base/ head/",
    links: undefined,
  };
}

function checked() {
  const violated = finding({
    kind: "violated",
    message: "`production/web[Deployment]` may connect to `production/db[StatefulSet]` on TCP 3306",
    allowedBefore: "",
    causes: [cause({ text: "allows" })],
  });
  return clusterInput({ base: undefined, diff: undefined, judgement: judgement("failure", [violated]) });
}

/** The report of one story. */
export function story(name: string): Report {
  const input = STORIES.get(name);
  if (input === undefined) throw new Error(`no story ${name}`);
  return buildReport(input);
}

export const PEERS = { web, api, db };
