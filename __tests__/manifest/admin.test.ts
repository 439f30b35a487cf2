import { describe, expect, it } from "vitest";
import { convertAdmin } from "../../src/manifest/admin.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import { holds, type Predicate } from "../../src/model/predicate.ts";
import { formatAddresses, parseCidr } from "../../src/sets/address-text.ts";
import { NO_ADDRESS } from "../../src/sets/addresses.ts";
import { EVERYTHING } from "../../src/sets/conn.ts";
import { formatConn } from "../../src/sets/conn-text.ts";
import { CONTEXT, objectsOf } from "./context.ts";

function anp(name: string, priority: number, rest: string, subject = "{namespaces: {}}"): string {
  return `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: ${name}}\nspec:\n  priority: ${priority}\n  subject: ${subject}\n${rest}---\n`;
}

function cnp(tier: string, rest: string): string {
  return `apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: c}\nspec:\n  tier: ${tier}\n  priority: 5\n  subject: {namespaces: {}}\n${rest}---\n`;
}

function convert(text: string, podCidrs = "") {
  const options = { ...CONTEXT.options, podCidrs: parseCidr(podCidrs)?.set ?? NO_ADDRESS };
  return convertAdmin(objectsOf(text).objects, { ...CONTEXT, options });
}

const rule = (action: string, to: string) => `  egress:\n  - action: ${action}\n    to:\n    - ${to}\n`;
const from = (action: string, peer = "namespaces: {}") =>
  `  ingress:\n  - action: ${action}\n    from:\n    - ${peer}\n`;

describe("what admin policies become", () => {
  it("they stand in the admin and baseline tiers, isolate nothing, and decide by action", () => {
    const baseline = `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: BaselineAdminNetworkPolicy\nmetadata: {name: default}\nspec:\n  subject: {namespaces: {}}\n${from("Deny")}---\n`;
    const { policies } = convert(anp("a", 7, from("Pass")) + cnp("Baseline", from("Accept")) + baseline);
    expect(
      policies.map(({ tier, rank, order, isolates, rules }) => [tier, rank, order[0], isolates, rules[0]?.action]),
    ).toEqual([
      ["admin", 1, 7, false, "pass"],
      ["baseline", 3, 5, false, "allow"],
      ["baseline", 3, 1001, false, "deny"],
    ]);
  });

  it("a direction without rules gives no policy", () => {
    expect(convert(anp("a", 1, "  ingress: []\n")).policies).toEqual([]);
  });

  it("no ports means every protocol, ICMP too; a named port has the protocol of the pod", () => {
    const { policies } = convert(
      anp(
        "a",
        1,
        `${from("Allow")}  - action: Allow\n    from: [{namespaces: {}}]\n    ports: [{namedPort: web}, {portNumber: {port: 80}}]\n`,
      ),
    );
    expect(policies[0]?.rules.map(({ conn }) => [formatConn(conn.conn, EVERYTHING), conn.names])).toEqual([
      ["All Connections", []],
      ["TCP 80", [{ name: "web", protocol: undefined }]],
    ]);
  });

  it("networks of one rule are one set, which decides whether it holds pods", () => {
    const { policies } = convert(anp("a", 1, rule("Deny", 'networks: [0.0.0.0/0]\n    - networks: ["::/0"]')));
    const peer = policies[0]?.rules[0]?.peer;
    expect(peer).toMatchObject({ op: "addresses", pods: true });
    expect(peer?.op === "addresses" && formatAddresses(peer.set)).toBe("0.0.0.0/0,::/0");
  });

  it("a network that holds a part of `podCIDRs` allows every pod, and denies and passes none", () => {
    const holdsPods = (action: string) => {
      const { policies } = convert(anp("a", 1, rule(action, "networks: [10.244.1.0/24]")), "10.244.0.0/16");
      const peer = policies[0]?.rules[0]?.peer;
      return peer?.op === "addresses" ? peer.pods : undefined;
    };
    expect(["Allow", "Deny", "Pass"].map(holdsPods)).toEqual([true, false, false]);
  });

  it("pods are chosen by the labels of their namespaces and by their own", () => {
    const pods = "pods: {namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels: {app: b}}}";
    const { policies } = convert(anp("a", 1, from("Allow", pods), `{${pods}}`));
    const chosen = {
      op: "and",
      of: [
        { op: "pods" },
        { op: "namespaceLabels", requirement: { key: "team", operator: "In", values: ["a"] } },
        { op: "podLabels", requirement: { key: "app", operator: "In", values: ["b"] } },
      ],
    };
    expect([policies[0]?.subject, policies[0]?.rules[0]?.peer]).toEqual([chosen, chosen]);
  });

  it("a network with bits beyond its prefix is read as the whole block and told", () => {
    const { issues } = convert(anp("a", 1, rule("Allow", "networks: [10.0.0.7/8]")));
    expect(issues.map(({ code, severity, at }) => [code, severity, at?.line])).toEqual([["SUSPECT", "warning", 10]]);
  });
});

describe("peers that are no pods", () => {
  const entity = (name: string): Endpoint => ({ kind: "entity", name });
  const peerOf = (text: string, index = 0): Predicate => {
    const peer = convert(text).policies[index]?.rules[0]?.peer;
    if (peer === undefined) throw new Error("no rule");
    return peer;
  };

  it("nodes are entities named after their labels, and a selector holds of every node that has its conditions", () => {
    const text =
      anp("a", 1, rule("Allow", "nodes: {matchLabels: {a: b, c: d}}")) +
      anp("b", 2, rule("Deny", "nodes: {matchLabels: {a: b}}")) +
      anp("c", 3, rule("Deny", "nodes: {}"));
    expect(convert(text).entities).toEqual(["any node", "node with {a=b,c=d}", "node with {a=b}"]);
    const held = (index: number) => convert(text).entities.filter((name) => holds(peerOf(text, index), entity(name)));
    expect(held(0)).toEqual(["node with {a=b,c=d}"]);
    expect(held(1)).toEqual(["node with {a=b,c=d}", "node with {a=b}"]);
    expect(held(2)).toEqual(["any node", "node with {a=b,c=d}", "node with {a=b}"]);
  });

  it("what a node stands for is an assumption", () => {
    const { assumptions } = convert(anp("a", 1, rule("Allow", "nodes: {}")));
    expect(assumptions.map(({ text, at }) => [text.split(" stands")[0], at?.line])).toEqual([
      ["`entity:any node`", 10],
    ]);
  });

  it("domain names are peers of their own; a wildcard holds names at any depth and not the domain itself", () => {
    const text = anp("a", 1, rule("Allow", 'domainNames: ["*.Example.com."]'));
    expect(convert(text).fqdns).toEqual(["*.example.com"]);
    const holdsName = (pattern: string) => holds(peerOf(text), { kind: "fqdn", pattern });
    expect(["*.example.com", "a.example.com", "b.a.example.com"].map(holdsName)).toEqual([true, true, true]);
    expect(["example.com", "badexample.com", "example.org"].map(holdsName)).toEqual([false, false, false]);
  });
});

describe("policies of equal priority", () => {
  const conflicts = (text: string) => convert(text).issues.map(({ code, subject }) => `${code} ${subject}`);

  it("are told where they decide the same traffic differently", () => {
    expect(conflicts(anp("a", 1, from("Allow")) + anp("b", 1, from("Deny")))).toEqual([
      "PRIORITY_CONFLICT AdminNetworkPolicy b",
    ]);
    expect(conflicts(anp("a", 1, from("Allow")) + anp("b", 1, from("Pass")))).toEqual([
      "PRIORITY_CONFLICT AdminNetworkPolicy b",
    ]);
  });

  it("are not told where priority, subjects, peers, ports or directions keep them apart", () => {
    const labelled = (value: string) => `{namespaces: {matchLabels: {team: ${value}}}}`;
    const ports = (port: number) => `${from("Deny")}    ports: [{portNumber: {port: ${port}}}]\n`;
    expect(conflicts(anp("a", 1, from("Allow")) + anp("b", 2, from("Deny")))).toEqual([]);
    expect(conflicts(anp("a", 1, from("Allow"), labelled("one")) + anp("b", 1, from("Deny"), labelled("two")))).toEqual(
      [],
    );
    expect(
      conflicts(
        anp("a", 1, from("Allow", "namespaces: {matchLabels: {team: one}}")) +
          anp("b", 1, from("Deny", "namespaces: {matchLabels: {team: two}}")),
      ),
    ).toEqual([]);
    expect(conflicts(anp("a", 1, ports(80)) + anp("b", 1, ports(81).replace("Deny", "Allow")))).toEqual([]);
    expect(conflicts(anp("a", 1, from("Allow")) + anp("b", 1, rule("Deny", "namespaces: {}")))).toEqual([]);
    expect(conflicts(anp("a", 1, from("Allow")) + anp("b", 1, from("Allow")))).toEqual([]);
    expect(conflicts(anp("a", 1, ports(80)) + anp("b", 1, from("Deny")))).toEqual([]);
  });

  it("stand with what allows before what passes before what denies", () => {
    const { policies } = convert(anp("a", 1, from("Deny")) + anp("b", 1, from("Pass")) + anp("c", 1, from("Allow")));
    const sorted = [...policies].sort((x, y) => (x.order[1] < y.order[1] ? -1 : 1));
    expect(sorted.map(({ object }) => object.name)).toEqual(["c", "b", "a"]);
  });

  it("are not compared beyond a bound, which is told once", () => {
    const many = Array.from({ length: 301 }, (_, i) => anp(`p${i}`, 1, from("Allow"))).join("");
    expect(conflicts(many)).toHaveLength(1);
  });
});

describe("slips in admin policies", () => {
  const message = (text: string) => convert(text).issues.map((issue) => issue.message)[0] ?? "";
  const slips: readonly (readonly [string, string, string])[] = [
    [
      "the old shape of namespaces",
      anp("a", 1, from("Allow", "namespaces: {namespaceSelector: {}}")),
      "the selector itself stands here",
    ],
    [
      "the old shape of pods",
      anp("a", 1, from("Allow", "pods: {namespaces: {namespaceSelector: {}}, podSelector: {}}")),
      "the selector stands under `namespaceSelector`",
    ],
    [
      "selectors of NetworkPolicy",
      anp("a", 1, from("Allow", "podSelector: {}")),
      "chosen by `pods: {namespaceSelector: …, podSelector: …}`",
    ],
    [
      "networks in an ingress rule",
      anp("a", 1, from("Allow", "networks: [10.0.0.0/8]")),
      "an ingress rule has no networks",
    ],
    ["ports in place of protocols", cnp("Admin", `${from("Accept")}    ports: []\n`), "perhaps `protocols`"],
    ["Allow in a ClusterNetworkPolicy", cnp("Admin", from("Allow")), "must be one of `Accept`, `Deny`, `Pass`"],
    [
      "a label without a value",
      anp("a", 1, from("Allow", "namespaces: {matchLabels: {team: }}")),
      "the condition is lost",
    ],
  ];
  it.each(slips)("%s is named, with its remedy", (_, text, says) => {
    expect(message(text)).toContain(says);
  });
});
