import { describe, expect, test } from "vitest";
import { calicoPlan, tieKey } from "../../../src/manifest/calico/tiers.ts";
import type { Cluster } from "../../../src/model/cluster.ts";
import { judge } from "../../../src/pointwise/judge.ts";
import { clusterOf, endpoint, pods, point, type Under } from "../cluster-of.ts";
import { objectsOf } from "../context.ts";

const PODS = pods("prod/db app=db", "prod/api app=api robot", "dev/web app=web");

/** A policy of `prod` with these lines as its spec. */
function policy(spec: string, { kind = "NetworkPolicy", name = "p", group = "projectcalico.org/v3" } = {}): string {
  const namespace = kind.includes("Global") ? "" : ", namespace: prod";
  return `apiVersion: ${group}\nkind: ${kind}\nmetadata: {name: ${name}${namespace}}\nspec:\n  ${spec.trim().replaceAll("\n", "\n  ")}\n`;
}

function under(text: string, options: Under = {}): Cluster {
  return clusterOf([text, PODS], { cni: "calico", podCidrs: ["10.244.0.0/16"], ...options });
}

function open(cluster: Cluster, src: string, dst: string, what = "TCP 80"): boolean {
  const flow = { src: endpoint(cluster, src), dst: endpoint(cluster, dst), ...point(what) };
  return judge(cluster.policies, flow).allowed;
}

/** What is said of the policies: code, line and message after the object's name. */
function issues(cluster: Cluster): readonly string[] {
  return cluster.issues
    .filter(({ code }) => code !== "UNMATCHED_SELECTOR" && code !== "UNMATCHED_NAMED_PORT")
    .map(({ code, at, message }) => `${code} ${at?.line}: ${message.replace(/^`[^`]*` /, "")}`);
}

const REJECTED = "is not evaluated, the API server rejects it: ";

describe("policies that Calico's API refuses", () => {
  test.each<[string, string, string]>([
    [
      "selector: app == 'db' &",
      "5",
      "`spec.selector` cannot be read at character 13 of `app == 'db' &`: expected `&&`, not `&` alone",
    ],
    [
      "selector: global()",
      "5",
      "`spec.selector` holds `global()`; `global()` can only stand alone in the `namespaceSelector` of a rule",
    ],
    ["order: first", "5", "`spec.order` must be a number, not the text `first`"],
    [
      "ingress: [{action: allow}]",
      "5",
      "`spec.ingress[0].action` must be `Allow`, `Deny`, `Pass` or `Log`, not `allow`",
    ],
    ["ingress: [{}]", "5", "`spec.ingress[0].action` is required"],
    ["types: [Ingress, Ingress]", "5", "`spec.types[1]` names `Ingress` twice"],
    ["types: [ingress]", "5", "`spec.types[0]` must be `Ingress` or `Egress`, not `ingress`"],
    [
      "policyTypes: [Ingress]",
      "5",
      "`spec.policyTypes` is no field of the spec of a NetworkPolicy of Calico; perhaps `types`",
    ],
    [
      "namespaceSelector: all()",
      "5",
      "`spec.namespaceSelector` is no field of the spec of a NetworkPolicy of Calico; only a GlobalNetworkPolicy has one",
    ],
    [
      "ingress: [{action: Allow, source: {nets: [10.0.0.1]}}]",
      "5",
      "`spec.ingress[0].source.nets[0]` must be a block: write `10.0.0.1/32`",
    ],
    [
      "ingress: [{action: Allow, source: {nets: [10.0.0.0/8, '2001:db8::/32']}}]",
      "5",
      "`spec.ingress[0]` holds both IPv4 and IPv6 blocks; write one rule for each",
    ],
    [
      "ingress: [{action: Allow, ipVersion: 6, source: {nets: [10.0.0.0/8]}}]",
      "5",
      "`spec.ingress[0]` has `ipVersion: 6` and IPv4 blocks",
    ],
    [
      "ingress: [{action: Allow, source: {notNets: [0.0.0.0/0]}}]",
      "5",
      "`spec.ingress[0].source.notNets[0]` must not be all of IPv4: the rule would match nothing",
    ],
    [
      "ingress: [{action: Allow, protocol: tcp}]",
      "5",
      "`spec.ingress[0].protocol` must be a number or one of `TCP`, `UDP`, `ICMP`, `ICMPv6`, `SCTP`, `UDPLite`, not the text `tcp`",
    ],
    [
      "ingress: [{action: Allow, protocol: 0}]",
      "5",
      "`spec.ingress[0].protocol` must be a protocol number between 1 and 255, not `0`",
    ],
    [
      "ingress: [{action: Allow, protocol: TCP, icmp: {type: 8}}]",
      "5",
      "`spec.ingress[0].icmp` needs the `protocol` of the rule to be `ICMP` or `ICMPv6`",
    ],
    [
      "ingress: [{action: Allow, protocol: ICMP, icmp: {code: 1}}]",
      "5",
      "`spec.ingress[0].icmp.code` needs a `type` beside it",
    ],
    [
      "ingress: [{action: Allow, protocol: ICMP, ipVersion: 6}]",
      "5",
      "`spec.ingress[0].protocol` `ICMP` needs `ipVersion: 4`",
    ],
    [
      "ingress: [{action: Allow, protocol: UDPLite, destination: {ports: [80]}}]",
      "5",
      "`spec.ingress[0].destination.ports` needs the `protocol` of the rule to be `TCP`, `UDP` or `SCTP`",
    ],
    [
      "ingress: [{action: Allow, protocol: TCP, destination: {ports: ['80-90']}}]",
      "5",
      "`spec.ingress[0].destination.ports[0]` is no port; a range is written `80:90`",
    ],
    [
      "ingress: [{action: Allow, protocol: TCP, destination: {ports: [70000]}}]",
      "5",
      "`spec.ingress[0].destination.ports[0]` must be a port between 1 and 65535, not `70000`",
    ],
    [
      "ingress: [{action: Allow, destination: {services: {name: a}}}]",
      "5",
      "`spec.ingress[0].destination.services` can stand only under `source` in an ingress rule",
    ],
    [
      "ingress: [{action: Allow, protocol: UDP, http: {methods: [GET]}}]",
      "5",
      "`spec.ingress[0].http` needs the `protocol` of the rule to be `TCP`",
    ],
    [
      "ingress: [{action: Allow, http: {paths: [{exact: a}]}}]",
      "5",
      "`spec.ingress[0].http.paths[0]` must start with `/` and hold no `?`, `#` or blank, not `a`",
    ],
    [`selector: a == '${"x".repeat(1020)}'`, "5", "`spec.selector` is longer than the 1024 characters of a selector"],
  ])("%.90s", (spec, line, message) => {
    const cluster = under(policy(spec));
    expect(cluster.policies).toEqual([]);
    expect(issues(cluster)).toEqual([`REJECTED ${line}: ${REJECTED}${message}`]);
    expect(open(cluster, "dev/web", "prod/db")).toBe(true);
  });

  test.each([
    ["a.b.c", false],
    ["tier.name", true],
    ["knp.default.a.b.c", true],
  ])("the name `%s` of a policy is taken: %s", (name, taken) => {
    expect(under(policy("selector: all()", { name })).policies.length > 0).toBe(taken);
    expect(under(policy("types: [Ingress]", { name, group: "crd.projectcalico.org/v1" })).policies).toHaveLength(1);
  });

  test("every fault is counted, one is told, and the policy does not exist", () => {
    const cluster = under(policy("order: x\nselector: '('\ningress: [{action: Go}]"));
    expect(cluster.policies).toEqual([]);
    expect(issues(cluster)).toEqual([expect.stringMatching(/^REJECTED 6: .* \(and 2 more faults\)$/)]);
  });

  test("what a template would fill in is told as such", () => {
    expect(issues(under(policy("selector: app == '{{ .Values.app }}'")))[0]).toMatch(
      /^TEMPLATE 5: .*a template that nobody filled in/,
    );
  });
});

describe("tiers", () => {
  const tier = (name: string, spec: string) =>
    `apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

  test("stand by order, then by name; without an order after the baseline", () => {
    const text = [
      tier("z", "{order: 5}"),
      tier("b", "{order: 1000}"),
      tier("none", "{}"),
      tier("a", "{order: 5}"),
    ].join("---\n");
    const { objects } = objectsOf(text);
    const plan = calicoPlan(objects);
    expect([plan.admin, plan.networkPolicy, plan.baseline]).toEqual([
      { tier: "kube-admin", rank: 3 },
      { tier: "default", rank: 4, order: 1000 },
      { tier: "kube-baseline", rank: 5 },
    ]);
    expect(calicoPlan([]).admin).toEqual({ tier: "kube-admin", rank: 0 });
  });

  test("a policy in a tier that the tree does not declare is not evaluated, and says so", () => {
    const cluster = under(policy("tier: security\ntypes: [Ingress]"));
    expect(cluster.policies).toEqual([]);
    expect(cluster.issues).toMatchObject([{ code: "NOT_ANALYSED", severity: "error", hides: true, at: { line: 5 } }]);
    expect(issues(cluster)[0]).toContain(
      "the tree declares no Tier `security`, so its order and default action are not known",
    );
  });

  test.each([
    ["default", "{order: 1000000, defaultAction: Pass}", "`spec.defaultAction` must be `Deny` in the tier `default`"],
    ["default", "{order: 5, defaultAction: Deny}", "`spec.order` must be 1000000 in the tier `default`"],
    ["kube-admin", "{order: 1000}", "`spec.defaultAction` must be `Pass` in the tier `kube-admin`"],
    ["x", "{order: soon}", "`spec.order` must be a number, not the text `soon`"],
    ["x", "{order: 1, defaultAction: Allow}", "`spec.defaultAction` must be `Deny` or `Pass`, not `Allow`"],
    ["a.b", "{order: 1}", "`metadata.name` must have no dot, as names of tiers are part of other names"],
  ])("the tier %s with %s is refused", (name, spec, message) => {
    expect(issues(under(tier(name, spec)))[0]).toContain(message);
  });

  test("a text breaks ties: name, then namespace, then kind", () => {
    expect(tieKey({ group: "projectcalico.org", kind: "NetworkPolicy", namespace: "a", name: "p" })).toBe(
      "p/a/NetworkPolicy",
    );
    expect(tieKey({ group: "networking.k8s.io", kind: "NetworkPolicy", namespace: "a", name: "p" })).toBe(
      "p/a/KubernetesNetworkPolicy",
    );
  });
});

describe("types", () => {
  const both = "ingress: [{action: Allow}]\negress: [{action: Allow}]";

  test.each<[string, string, readonly string[], readonly string[]]>([
    ["projectcalico.org/v3", "selector: all()", ["ingress"], []],
    ["projectcalico.org/v3", "egress: [{action: Allow}]", ["egress"], []],
    ["projectcalico.org/v3", "egress: []", ["ingress"], []],
    ["projectcalico.org/v3", both, ["egress", "ingress"], []],
    [
      "projectcalico.org/v3",
      "types: []",
      ["ingress"],
      ["SUSPECT 5: has an empty list of `types`, which newer API servers reject: read as if it were absent"],
    ],
    [
      "crd.projectcalico.org/v1",
      "egress: [{action: Allow}]",
      ["egress", "ingress"],
      ["SUSPECT 4: is Calico's stored form and names no `types`: it governs ingress and egress"],
    ],
    [
      "projectcalico.org/v3",
      `types: [Ingress]\n${both}`,
      ["ingress"],
      ["INERT_RULES 7: has egress rules without effect: `types` does not name `Egress`"],
    ],
  ])("%s with `%s`", (group, spec, directions, expected) => {
    const cluster = under(policy(spec, { group }));
    expect(cluster.policies.map(({ direction }) => direction).sort()).toEqual(directions);
    expect(issues(cluster)).toEqual(expected);
  });
});

describe("address families", () => {
  const rule = (text: string) => under(policy(`selector: app == 'db'\ningress: [${text}]`));

  test("a rule with IPv4 blocks says nothing on IPv6, even if it only takes them away", () => {
    const cluster = rule("{action: Allow, source: {notNets: [203.0.113.0/24]}}");
    expect([open(cluster, "198.51.100.1", "prod/db"), open(cluster, "203.0.113.1", "prod/db")]).toEqual([true, false]);
    expect([open(cluster, "2001:db8::1", "prod/db"), open(cluster, "dev/web", "prod/db")]).toEqual([false, true]);
  });

  test("a Deny of what is not in an IPv6 block denies nothing on IPv4", () => {
    const cluster = rule("{action: Deny, source: {notNets: ['2001:db8::/32']}}, {action: Allow}");
    expect([open(cluster, "203.0.113.1", "prod/db"), open(cluster, "dev/web", "prod/db")]).toEqual([true, true]);
    expect([open(cluster, "2001:db9::1", "prod/db"), open(cluster, "2001:db8::1", "prod/db")]).toEqual([false, true]);
  });

  test("`ipVersion: 6` is no rule for pods that have IPv4 alone", () => {
    const cluster = rule("{action: Allow, ipVersion: 6}");
    expect([open(cluster, "2001:db8::1", "prod/db"), open(cluster, "203.0.113.1", "prod/db")]).toEqual([true, false]);
    expect(open(cluster, "dev/web", "prod/db")).toBe(false);
  });

  test("pods in both families are matched by an Allow for one of them, and by no Deny", () => {
    const both = { podCidrs: ["10.244.0.0/16", "fd00::/64"] };
    const allow = under(policy("selector: app == 'db'\ningress: [{action: Allow, ipVersion: 6}]"), both);
    const deny = under(policy("selector: app == 'db'\ningress: [{action: Deny, ipVersion: 6}, {action: Allow}]"), both);
    expect([open(allow, "dev/web", "prod/db"), open(deny, "dev/web", "prod/db")]).toEqual([true, true]);
  });

  test("a block that holds a part of `podCIDRs` allows every pod and denies none, and is assumed aloud", () => {
    const allow = rule("{action: Allow, source: {nets: [10.244.1.0/24]}}");
    const deny = rule("{action: Deny, source: {nets: [10.244.1.0/24]}}, {action: Allow}");
    expect([open(allow, "dev/web", "prod/db"), open(deny, "dev/web", "prod/db")]).toEqual([true, true]);
    expect([allow, deny].map(({ assumptions }) => assumptions.length)).toEqual([1, 1]);
  });

  test("a part of `podCIDRs` that is taken away leaves an Allow as wide and a Deny as narrow as can be", () => {
    const allow = rule("{action: Allow, source: {notNets: [10.244.1.0/24]}}");
    const deny = rule("{action: Deny, source: {notNets: [10.244.1.0/24]}}, {action: Allow}");
    expect([open(allow, "dev/web", "prod/db"), open(deny, "dev/web", "prod/db")]).toEqual([true, true]);
  });
});

describe("network sets and host endpoints", () => {
  const set = (kind: string, labels: string, nets: string, namespace = "") =>
    `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: {name: s${namespace}, labels: {${labels}}${namespace === "" ? "" : `, namespace: ${namespace}`}}\nspec: {nets: [${nets}]}\n`;

  test("a network set is matched by the labels of its namespace, too", () => {
    const text = [
      set("NetworkSet", "kind: x", "198.51.100.0/24", "dev"),
      policy(
        "selector: app == 'db'\ningress: [{action: Allow, source: {selector: kind == 'x', namespaceSelector: env == 'd'}}]",
      ),
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: dev, labels: {env: d}}\n",
    ];
    const cluster = under(text.join("---\n"));
    expect([open(cluster, "198.51.100.1", "prod/db"), open(cluster, "198.51.101.1", "prod/db")]).toEqual([true, false]);
  });

  test("a `notSelector` of a set with a part of `podCIDRs` leaves an Allow as wide and a Deny as narrow as can be", () => {
    const beside = (rules: string) =>
      under(
        [
          set("GlobalNetworkSet", "kind: x", "10.244.1.0/24"),
          policy(`selector: app == 'db'\ningress: [${rules}]`, { kind: "GlobalNetworkPolicy" }),
        ].join("---\n"),
      );
    const allow = beside("{action: Allow, source: {notSelector: kind == 'x'}}");
    const deny = beside("{action: Deny, source: {notSelector: kind == 'x'}}, {action: Allow}");
    expect([open(allow, "dev/web", "prod/db"), open(deny, "dev/web", "prod/db")]).toEqual([true, true]);
    expect([open(allow, "203.0.113.1", "prod/db"), open(deny, "203.0.113.1", "prod/db")]).toEqual([true, false]);
  });

  test("a set that holds the addresses of pods matches pods", () => {
    const text = [
      set("GlobalNetworkSet", "kind: x", "10.244.0.0/16"),
      policy("selector: app == 'db'\ningress: [{action: Allow, source: {selector: kind == 'x'}}]", {
        kind: "GlobalNetworkPolicy",
      }),
    ];
    expect(open(under(text.join("---\n")), "dev/web", "prod/db")).toBe(true);
  });

  test("an address in no set is matched by no selector, and by every `notSelector`", () => {
    const text = (side: string) =>
      policy(`selector: app == 'db'\ningress: [{action: Allow, source: {${side}}}]`, { kind: "GlobalNetworkPolicy" });
    const positive = under(text("selector: '!has(x)'"));
    const negative = under(text("notSelector: has(x)"));
    expect([open(positive, "203.0.113.1", "prod/db"), open(negative, "203.0.113.1", "prod/db")]).toEqual([false, true]);
    expect([open(positive, "dev/web", "prod/db"), open(negative, "dev/web", "prod/db")]).toEqual([true, true]);
  });

  test("a host endpoint is a peer by its addresses", () => {
    const host =
      "apiVersion: projectcalico.org/v3\nkind: HostEndpoint\nmetadata: {name: n1, labels: {role: node}}\nspec: {node: n1, expectedIPs: [192.0.2.7]}\n";
    const cluster = under(
      [
        host,
        policy(
          "selector: app == 'db'\ningress: [{action: Allow, source: {selector: role == 'node', namespaceSelector: global()}}]",
        ),
      ].join("---\n"),
    );
    expect([open(cluster, "192.0.2.7", "prod/db"), open(cluster, "192.0.2.8", "prod/db")]).toEqual([true, false]);
  });

  test.each([
    ["NetworkSet", "kind: x", "10.0.0.0/33", "`spec.nets[0]` must be an address block"],
    [
      "GlobalNetworkSet",
      "projectcalico.org/namespace: a",
      "10.0.0.0/8",
      "`metadata.labels` must not hold `projectcalico.org/namespace`",
    ],
  ])("a %s with {%s} and [%s] is refused", (kind, labels, nets, message) => {
    expect(issues(under(set(kind, labels, nets)))[0]).toContain(message);
  });
});

describe("subjects", () => {
  test("a policy governs the pods of the service accounts that it selects, and no others", () => {
    const account =
      "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot, namespace: prod, labels: {role: bot}}\n";
    const cluster = under(`${account}---\n${policy("serviceAccountSelector: role == 'bot'\ntypes: [Ingress]")}`);
    expect(["prod/api", "prod/db"].map((dst) => open(cluster, "dev/web", dst))).toEqual([false, true]);
  });
});

describe("rules", () => {
  test("a condition on a service account's name other than equality is tried on the declared ones", () => {
    const cluster = under(
      policy(
        "selector: app == 'db'\ningress: [{action: Allow, source: {selector: projectcalico.org/serviceaccount starts with 'rob'}}]",
      ),
    );
    expect([open(cluster, "prod/api", "prod/db"), open(cluster, "dev/web", "prod/db")]).toEqual([true, false]);
  });

  test("source ports: an Allow counts without them, a Deny not at all, and both are told", () => {
    const cluster = under(
      policy(
        "selector: app == 'db'\ningress:\n- {action: Deny, protocol: TCP, source: {ports: [1]}}\n- {action: Allow, protocol: TCP, source: {ports: [2]}}",
      ),
    );
    expect(open(cluster, "dev/web", "prod/db")).toBe(true);
    expect(issues(cluster)).toEqual([
      "NOT_ANALYSED 7: names source ports, which are not evaluated: this deny is taken not to match",
      "NOT_ANALYSED 8: names source ports, which are not evaluated: every source port is taken to be allowed",
    ]);
  });

  test("an HTTP match leaves TCP open and is kept as what narrows it", () => {
    const cluster = under(policy("selector: app == 'db'\ningress: [{action: Allow, http: {methods: [GET]}}]"));
    expect([open(cluster, "dev/web", "prod/db"), open(cluster, "dev/web", "prod/db", "UDP 80")]).toEqual([true, false]);
    expect(cluster.policies[0]?.rules[0]?.narrowed).toBe('http {"methods":["GET",],}');
  });

  test("a port by name without a protocol has the one that the pod declares", () => {
    const cluster = under(policy("selector: app == 'db'\ningress: [{action: Allow, destination: {ports: [http]}}]"));
    expect(["TCP 8080", "UDP 8080", "TCP 80"].map((what) => open(cluster, "dev/web", "prod/db", what))).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("`notICMP` takes one message away, and `notPorts` take names away", () => {
    const icmp = under(policy("selector: app == 'db'\ningress: [{action: Allow, protocol: ICMP, notICMP: {type: 8}}]"));
    expect(["ICMP 8", "ICMP 0", "TCP 80"].map((what) => open(icmp, "dev/web", "prod/db", what))).toEqual([
      false,
      true,
      false,
    ]);
    const names = under(
      policy("selector: app == 'db'\ningress: [{action: Allow, protocol: TCP, destination: {notPorts: [http]}}]"),
    );
    expect(["TCP 8080", "TCP 80"].map((what) => open(names, "dev/web", "prod/db", what))).toEqual([false, true]);
  });

  test("a Service that the tree does not hold, or that names no namespace, is told", () => {
    const text = policy(
      "selector: app == 'api'\ntypes: [Egress]\negress: [{action: Allow, destination: {services: {name: db}}}]",
    );
    const service =
      "---\napiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: prod}\nspec: {selector: {app: db}, ports: [{port: 1, targetPort: http}]}\n";
    const without = under(text);
    expect(open(without, "prod/api", "prod/db", "TCP 8080")).toBe(false);
    expect(issues(without)).toEqual([
      "SUSPECT 7: names the Service `db` without a namespace: taken from `prod`, though Calico itself may find nothing",
      "SUSPECT 7: names the Service `prod/db`, which the tree does not declare: its rule matches nothing here",
    ]);
    const known = under(text + service);
    expect([open(known, "prod/api", "prod/db", "TCP 8080"), open(known, "prod/api", "prod/db", "TCP 1")]).toEqual([
      true,
      false,
    ]);
  });
});

describe("Services as sources", () => {
  test("the pods behind them may connect on every port, whatever ports the Service has", () => {
    const service =
      "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: dev}\nspec: {selector: {app: web}, ports: [{port: 1, targetPort: http}]}\n";
    const rule = "selector: app == 'db'\ningress: [{action: Allow, source: {services: {name: web, namespace: dev}}}]";
    const cluster = under(`${policy(rule)}---\n${service}`);
    expect(["TCP 80", "TCP 8080", "UDP 53"].map((what) => open(cluster, "dev/web", "prod/db", what))).toEqual([
      true,
      true,
      true,
    ]);
    expect(open(cluster, "prod/api", "prod/db", "TCP 8080")).toBe(false);
  });
});

describe("the two groups and the staged ones", () => {
  test("the same policy in both groups is one, the last, and is told", () => {
    const deny = policy("selector: app == 'db'\ntypes: [Ingress]");
    const allow = policy("selector: app == 'db'\ntypes: [Ingress]\ningress: [{action: Allow}]", {
      group: "crd.projectcalico.org/v1",
    });
    const cluster = under(`${deny}---\n${allow}`);
    expect(open(cluster, "dev/web", "prod/db")).toBe(true);
    expect(issues(cluster)).toEqual([
      "DUPLICATE_OBJECT 9: is also defined at 0.yaml:2, differently: the definition here counts",
    ]);
  });

  const staged = (kind: string, action: string, spec: string, name = "p") =>
    policy(`stagedAction: ${action}\n${spec}`, { kind, name });

  test.each([
    ["StagedNetworkPolicy", "selector: app == 'db'\ntypes: [Ingress]"],
    ["StagedGlobalNetworkPolicy", "selector: app == 'db'\ntypes: [Ingress]"],
    ["StagedKubernetesNetworkPolicy", "podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]"],
  ])("a %s is listed and not enforced, unless it is asked for", (kind, spec) => {
    const text = staged(kind, "Set", spec);
    const ignored = under(text);
    expect([open(ignored, "dev/web", "prod/db"), issues(ignored)]).toEqual([
      true,
      ["NOT_ENFORCED 2: is staged and not enforced; `--staged enforce` reviews the tree as if it were"],
    ]);
    const enforced = under(text, { staged: "enforce" });
    expect([open(enforced, "dev/web", "prod/db"), issues(enforced)]).toEqual([false, []]);
    expect(enforced.policies[0]?.source).toEqual({ file: "0.yaml", line: 2 });
  });

  test("a staged policy takes the place of the one with its name, `Delete` removes it, `Ignore` does neither", () => {
    const deny = policy("selector: app == 'db'\ntypes: [Ingress]");
    const allow = "selector: app == 'db'\ningress: [{action: Allow}]";
    const openWith = (...rest: readonly string[]) =>
      open(under([deny, ...rest].join("---\n"), { staged: "enforce" }), "dev/web", "prod/db");
    expect(openWith()).toBe(false);
    expect(openWith(staged("StagedNetworkPolicy", "Set", allow))).toBe(true);
    expect(openWith(staged("StagedNetworkPolicy", "Delete", "tier: default"))).toBe(true);
    expect(openWith(staged("StagedNetworkPolicy", "Ignore", allow))).toBe(false);
    const beside = under([deny, staged("StagedNetworkPolicy", "Set", allow, "q")].join("---\n"), { staged: "enforce" });
    expect(beside.policies.map(({ object }) => object.name)).toEqual(["p", "q"]);
  });
});
