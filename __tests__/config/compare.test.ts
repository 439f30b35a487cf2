import { describe, expect, test } from "vitest";
import { compareAnnotations, compareConfigs } from "../../src/config/compare-configs.ts";
import { configOf } from "../gate/rules.ts";
import { workload } from "../gate/world.ts";

const rule = (more = "", name = "db") => `  - { name: ${name}, to: { workload: db }${more} }\n`;
const rules = (...lines: readonly string[]) => `protected:\n${lines.join("")}`;
const exception = (until: string, reason = "x") =>
  `exceptions: [{ rule: db, from: { workload: etl }, until: ${until}, reason: ${reason} }]\n`;

/** `what kind name loosens` of every change. */
const changes = (base: string, head: string) =>
  compareConfigs(configOf(base), configOf(head)).map(
    ({ what, kind, name, loosens }) => `${kind} ${what} ${name} ${loosens ? "loosens" : "keeps"}`,
  );

describe("what a change to the configuration changes", () => {
  test.each<[string, string, string, readonly string[]]>([
    ["nothing", rules(rule()), rules(rule()), []],
    [
      "comments, order and notation only",
      `mode: warn\n${rules(rule())}`,
      `# why\n${rules('  - name: "db"\n    to: { workload: "db" }\n')}mode: warn\n`,
      [],
    ],
    ["a rule more", rules(rule()), rules(rule(), rule("", "web")), ["added rule web keeps"]],
    ["a rule less", rules(rule(), rule("", "web")), rules(rule()), ["removed rule web loosens"]],
    ["a milder rule", rules(rule()), rules(rule(", severity: warning")), ["changed rule db loosens"]],
    ["a stricter rule", rules(rule(", severity: warning")), rules(rule(", on: violate")), ["changed rule db keeps"]],
    ["another subject", rules(rule()), rules("  - { name: db, to: { workload: web } }\n"), ["changed rule db loosens"]],
    ["more allowed", rules(rule()), rules(rule(", allowed: [{ from: { workload: a } }]")), ["changed rule db loosens"]],
    ["less allowed", rules(rule(", allowed: [{ from: { workload: a } }]")), rules(rule()), ["changed rule db keeps"]],
    ["a mute join", rules(rule(", join: error")), rules(rule()), ["changed rule db loosens"]],
    ["another owner", rules(rule()), rules(rule(", owner: x")), ["changed rule db keeps"]],
    [
      "an exception",
      rules(rule()),
      rules(rule()) + exception("2027-01-01"),
      ["added exception db: from [any namespace]/etl loosens"],
    ],
    [
      "an exception less",
      rules(rule()) + exception("2027-01-01"),
      rules(rule()),
      ["removed exception db: from [any namespace]/etl keeps"],
    ],
    [
      "a longer exception",
      rules(rule()) + exception("2027-01-01"),
      rules(rule()) + exception("2027-02-01"),
      ["changed exception db: from [any namespace]/etl loosens"],
    ],
    [
      "a shorter exception",
      rules(rule()) + exception("2027-02-01"),
      rules(rule()) + exception("2027-01-01"),
      ["changed exception db: from [any namespace]/etl keeps"],
    ],
    ["a mode that only warns", "mode: enforce", "mode: warn", ["changed setting mode loosens"]],
    ["a mode that enforces", "mode: warn", "mode: enforce", ["changed setting mode keeps"]],
    ["less that is read", "", "exclude: [a]", ["changed setting exclude loosens"]],
    ["more that may stay unread", "", "accept-unread: [a]", ["changed setting accept-unread loosens"]],
    ["another plugin", "cni: calico", "cni: flannel", ["changed setting cni loosens"]],
    ["limits", "", "limits: { depth: 9 }", ["changed setting limits keeps"]],
    [
      "a cluster less",
      "clusters: [{ name: a }, { name: b }]",
      "clusters: [{ name: a }]",
      ["removed cluster b loosens"],
    ],
    [
      "other manifests",
      "clusters: [{ name: a }]",
      "clusters: [{ name: a, manifests: [x] }]",
      ["changed cluster a loosens"],
    ],
    ["labels of a namespace", "", "namespaces: { a: { labels: { b: c } } }", ["changed setting namespaces loosens"]],
  ])("%s", (_, base, head, expected) => {
    expect(changes(base, head)).toEqual(expected);
  });

  test("a file that goes takes all its rules, one that comes brings them", () => {
    const config = configOf(rules(rule()));
    expect(compareConfigs(config, undefined)).toMatchObject([
      { kind: "removed", name: "db", side: "base", at: { line: 3 } },
    ]);
    expect(compareConfigs(undefined, config)).toMatchObject([
      { kind: "added", name: "db", side: "head", at: { line: 3 } },
    ]);
  });

  test("a changed rule says what was and what will be", () => {
    const [change] = compareConfigs(configOf(rules(rule())), configOf(rules(rule(", severity: warning"))));
    expect(change?.details).toEqual([{ field: "severity", base: "error", head: "warning" }]);
  });

  test("annotations of workloads that come and go are told", () => {
    const marked = workload("a/db", { protects: ["ingress"] });
    const plain = workload("a/db");
    expect(compareAnnotations([marked], [plain])).toMatchObject([
      { kind: "removed", what: "annotation", name: "annotation a/db[Deployment]", loosens: true },
    ]);
    expect(compareAnnotations([plain], [marked])).toMatchObject([{ kind: "added", loosens: false }]);
    expect(compareAnnotations([marked], [marked])).toEqual([]);
    expect(compareAnnotations([marked], [workload("a/db", { protects: ["egress"] })])).toMatchObject([
      { kind: "changed", loosens: true },
    ]);
  });
});
