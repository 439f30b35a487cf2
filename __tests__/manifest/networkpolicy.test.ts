import { describe, expect, it } from "vitest";
import { convertNetworkPolicy } from "../../src/manifest/networkpolicy.ts";
import { parseCidr } from "../../src/sets/address-text.ts";
import { NO_ADDRESS } from "../../src/sets/addresses.ts";
import { EVERYTHING } from "../../src/sets/conn.ts";
import { formatConn } from "../../src/sets/conn-text.ts";
import { CONTEXT, objectOf } from "./context.ts";

const HEAD = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: p\n  namespace: ns\n";

function convert(spec: string) {
  return convertNetworkPolicy(objectOf(`${HEAD}spec:\n${spec}`), CONTEXT);
}

function message(spec: string): string {
  const { policies, issues } = convert(spec);
  expect(policies).toEqual([]);
  return issues.map((issue) => `${issue.at?.line} ${issue.message}`).join("\n");
}

describe("slips that people make", () => {
  const slips: readonly (readonly [title: string, spec: string, says: string])[] = [
    ["`from` inside egress", "  egress:\n  - from: []\n", "7 … the peers of an egress rule stand under `to`"],
    ["`to` inside ingress", "  ingress:\n  - to: []\n", "8 … the peers of an ingress rule stand under `from`"],
    ["peers beside `from`", "  ingress:\n  - podSelector: {}\n", "peers stand in a list under `from`"],
    [
      "`matchLabels` directly in a peer",
      "  ingress:\n  - from:\n    - matchLabels: {a: b}\n",
      "labels stand under a `podSelector`",
    ],
    [
      "a quoted port number",
      '  ingress:\n  - ports:\n    - port: "80"\n',
      'is the text `"80"`; a port number stands without quotes',
    ],
    [
      "a label that YAML read as a boolean",
      "  podSelector:\n    matchLabels:\n      app: on\n",
      'is the boolean `on`, and labels are text (write `"on"`)',
    ],
    [
      "a label that YAML read as a number",
      "  podSelector:\n    matchLabels:\n      v: 1.10\n",
      'is the number `1.10`, and labels are text (write `"1.10"`)',
    ],
    [
      "a lower case policy type",
      "  policyTypes: [ingress]\n",
      "must be `Ingress` or `Egress`, not `ingress`: write `Ingress`",
    ],
    ["a lower case protocol", "  ingress:\n  - ports:\n    - protocol: tcp\n", "not `tcp`: write `TCP`"],
    ["a misspelt field", "  podSelector:\n    matchLoads: {a: b}\n", "perhaps `matchLabels`"],
    ["labels without matchLabels", "  podSelector:\n    app: web\n", "labels stand under `matchLabels`"],
    ["a namespace by name", "  ingress:\n  - from:\n    - namespace: prod\n", "kubernetes.io/metadata.name"],
    [
      "a range as text",
      "  ingress:\n  - ports:\n    - port: 80-90\n",
      "a range is written `port: 80` with `endPort: 90`",
    ],
    [
      "an except outside its block",
      "  egress:\n  - to:\n    - ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}\n",
      "must lie within `10.0.0.0/8` and be smaller",
    ],
    [
      "an except that is all of its block",
      "  egress:\n  - to:\n    - ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}\n",
      "must lie within `10.0.0.0/8` and be smaller",
    ],
    ["a patch directive", "  $patch: replace\n", "a patch is no object"],
  ];
  it.each(slips)("%s is named, with its remedy", (_, spec, says) => {
    const text = message(spec);
    const [line, words] = says.includes(" … ") ? says.split(" … ") : [undefined, says];
    if (line !== undefined) expect(text).toMatch(/^[78] /);
    expect(text).toContain(words);
  });

  it("the place of a fault is the line of the field", () => {
    expect(
      message("  podSelector: {}\n  ingress:\n  - from:\n    - podSelector: {}\n    ports:\n    - port: 70000\n"),
    ).toMatch(/^12 /);
  });

  it("several faults are one issue that counts them", () => {
    const text = message("  podSelektor: {}\n  policyTypes: [x]\n  ingress: {}\n");
    expect(text.split("\n")).toHaveLength(1);
    expect(text).toContain("(and 2 more faults)");
  });

  it("a placeholder in a selector, a label or a port is a template, not a rejected value", () => {
    const places = [
      `  podSelector:\n    matchLabels:\n      app: \${APP}\n`,
      "  podSelector:\n    matchLabels:\n      '{{ key }}': web\n",
      `  ingress:\n  - ports:\n    - port: \${PORT}\n`,
      "  policyTypes: ['{{ type }}']\n",
      `  egress:\n  - to:\n    - ipBlock: {cidr: '\${CIDR}'}\n`,
    ];
    for (const spec of places) {
      const { policies, issues } = convert(spec);
      expect(policies).toEqual([]);
      expect(issues.map(({ code, hides }) => [code, hides])).toEqual([["TEMPLATE", true]]);
    }
  });

  it("a placeholder in labels or annotations of the policy itself changes nothing", () => {
    const text = `${HEAD}  labels: {app: "\${APP}"}\n  annotations: {note: "{{ x }}"}\nspec: {}\n`;
    expect(convertNetworkPolicy(objectOf(text), CONTEXT).issues).toEqual([]);
  });

  it("a hostile value does not fill the report", () => {
    const value = "x".repeat(100_000);
    expect(message(`  podSelector:\n    matchLabels:\n      app: "a b ${value}"\n`).length).toBeLessThan(1500);
  });
});

describe("what a NetworkPolicy becomes", () => {
  it("one policy a direction that it isolates, in the order of the tier plan", () => {
    const { policies } = convert("  podSelector: {matchLabels: {a: b}}\n  policyTypes: [Egress, Ingress, ]\n");
    expect(
      policies.map(({ direction, isolates, tier, rank, order }) => [direction, isolates, tier, rank, order]),
    ).toEqual([
      ["ingress", true, "networkpolicy", 2, [0, "p/ns/KubernetesNetworkPolicy"]],
      ["egress", true, "networkpolicy", 2, [0, "p/ns/KubernetesNetworkPolicy"]],
    ]);
    expect(policies[0]?.subject).toEqual({
      op: "and",
      of: [
        { op: "pods" },
        { op: "namespace", name: "ns" },
        { op: "podLabels", requirement: { key: "a", operator: "In", values: ["b"] } },
      ],
    });
  });

  it("a rule has the line of its dash and its path", () => {
    const { policies } = convert("  ingress:\n  - from:\n    - podSelector: {}\n  - {}\n");
    expect(policies[0]?.rules.map(({ source, path }) => `${source.file}:${source.line} ${path}`)).toEqual([
      "a.yaml:8 ingress[0]",
      "a.yaml:10 ingress[1]",
    ]);
  });

  it("no ports means every protocol, a port without number its protocol, a name stays a name", () => {
    const { policies } = convert(
      "  ingress:\n  - {}\n  - ports: [{}]\n  - ports: [{protocol: UDP}]\n  - ports: [{port: 80, endPort: 90}, {port: http}]\n",
    );
    const terms = policies[0]?.rules.map(({ conn }) => [formatConn(conn.conn, EVERYTHING), conn.names]);
    expect(terms).toEqual([
      ["All Connections", []],
      ["TCP 1-65535", []],
      ["UDP 1-65535", []],
      ["TCP 80-90", [{ name: "http", protocol: "TCP" }]],
    ]);
  });

  it("a block that holds a part of `podCIDRs` allows every pod, which is assumed", () => {
    const podCidrs = parseCidr("10.244.0.0/16")?.set ?? NO_ADDRESS;
    const context = { ...CONTEXT, options: { ...CONTEXT.options, podCidrs } };
    const text = `${HEAD}spec:\n  ingress:\n  - from:\n    - ipBlock: {cidr: 10.244.1.0/24}\n`;
    const { policies, assumptions } = convertNetworkPolicy(objectOf(text), context);
    expect(policies[0]?.rules[0]?.peer).toMatchObject({ op: "addresses", pods: true });
    expect(assumptions.map(({ at }) => at?.line)).toEqual([9]);
  });

  it("rules of a direction that policyTypes leaves out are told", () => {
    const { policies, issues } = convert("  policyTypes: [Egress]\n  ingress:\n  - {}\n");
    expect(policies.map(({ direction }) => direction)).toEqual(["egress"]);
    expect(issues.map(({ code, severity, at }) => [code, severity, at?.line])).toEqual([["INERT_RULES", "warning", 9]]);
  });

  it("extensions/v1beta1 is read as networking.k8s.io/v1 and told", () => {
    const text = `${HEAD.replace("networking.k8s.io/v1", "extensions/v1beta1")}spec: {}\n`;
    const { policies, issues } = convertNetworkPolicy(objectOf(text), CONTEXT);
    expect(policies.map(({ object }) => object.group)).toEqual(["networking.k8s.io"]);
    expect(issues.map(({ code, severity }) => [code, severity])).toEqual([["SUSPECT", "warning"]]);
  });
});
