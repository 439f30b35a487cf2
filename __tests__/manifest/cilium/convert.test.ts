import { describe, expect, test } from "vitest";
import type { Cluster } from "../../../src/model/cluster.ts";
import { includes } from "../../../src/sets/conn.ts";
import { byDefinition } from "../../conformance/relation.ts";
import { clusterOf, endpoint, pods, point } from "../cluster-of.ts";

const PODS = pods("prod/db app=db", "prod/api app=api robot", "dev/web app=web");
const NAMESPACES = ["prod", "dev"]
  .map((name) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {env: ${name}}}\n`)
  .join("---\n");

/** A policy of `prod` whose subject is `db`, with these lines beside its selector. */
function policy(spec: string, { kind = "CiliumNetworkPolicy", subject = "{matchLabels: {app: db}}" } = {}): string {
  const namespace = kind === "CiliumNetworkPolicy" ? ", namespace: prod" : "";
  return `apiVersion: cilium.io/v2\nkind: ${kind}\nmetadata: {name: p${namespace}}\nspec:\n  endpointSelector: ${subject}\n  ${spec.trim().replaceAll("\n", "\n  ")}\n`;
}

const CLUSTERWIDE = { kind: "CiliumClusterwideNetworkPolicy" };

function under(...texts: readonly string[]): Cluster {
  return clusterOf([texts.join("---\n"), PODS, NAMESPACES], { cni: "cilium" });
}

function open(cluster: Cluster, src: string, dst: string, what = "TCP 80"): boolean {
  const [from, to] = [src, dst].map((text) => ({ text, endpoint: endpoint(cluster, text) }));
  if (from === undefined || to === undefined) return false;
  const { protocol, port } = point(what);
  return includes(byDefinition(cluster)(from, to), protocol, port);
}

function issues(cluster: Cluster): readonly string[] {
  return cluster.issues
    .filter(({ code }) => code !== "UNMATCHED_SELECTOR" && code !== "UNMATCHED_NAMED_PORT")
    .map(({ code, at, message }) => `${code} ${at?.line}: ${message.replace(/^`[^`]*` /, "")}`);
}

const REJECTED = "is not evaluated, the API server rejects it: ";

describe("policies that Cilium refuses", () => {
  test.each<[string, number, string]>([
    ["ingress: []", 4, "`spec` must have a rule in `ingress`, `ingressDeny`, `egress` or `egressDeny`"],
    [
      "enableDefaultDeny: {ingress: true}",
      4,
      "`spec` must have a rule in `ingress`, `ingressDeny`, `egress` or `egressDeny`",
    ],
    ["ingress: [{from: []}]", 6, "`spec.ingress[0].from` is no field of an ingress rule; perhaps `fromEndpoints`"],
    [
      "podSelector: {}\ningress: [{}]",
      6,
      "`spec.podSelector` is no field of a rule of a Cilium policy; perhaps `endpointSelector`",
    ],
    [
      "ingress: [{fromEntities: [world, planet]}]",
      6,
      "`spec.ingress[0].fromEntities[1]` is no entity: `planet`; there are `all`, `none`, `world`, `cluster`, `host`, `remote-node`, `kube-apiserver`, `ingress`, `health`, `init`, `unmanaged`",
    ],
    [
      "ingress: [{fromEndpoints: [{matchLabels: {'k8s:a b': c}}]}]",
      6,
      "`spec.ingress[0].fromEndpoints[0].matchLabels.k8s:a b` is no label key",
    ],
    [
      "ingress: [{fromEndpoints: [{matchExpressions: [{key: a, operator: in, values: [b]}]}]}]",
      6,
      "`spec.ingress[0].fromEndpoints[0].matchExpressions[0].operator` must be `In`, `NotIn`, `Exists` or `DoesNotExist`, not `in`",
    ],
    ["ingress: [{fromRequires: [{}]}]", 6, "`spec.ingress[0].fromRequires` must be empty: it is no longer supported"],
    [
      "ingress: [{toPorts: [{ports: [{port: 80}]}]}]",
      6,
      '`spec.ingress[0].toPorts[0].ports[0].port` must be text, not the number `80` (write `"80"`)',
    ],
    ["ingress: [{toPorts: [{ports: [{port: ''}]}]}]", 6, "`spec.ingress[0].toPorts[0].ports[0].port` is required"],
    [
      "ingress: [{toPorts: [{ports: [{port: '80', protocol: tcp}]}]}]",
      6,
      "`spec.ingress[0].toPorts[0].ports[0].protocol` must be `TCP`, `UDP`, `SCTP` or `ANY`, not `tcp`",
    ],
    [
      "ingress: [{toPorts: [{ports: [{port: '080'}]}]}]",
      6,
      "`spec.ingress[0].toPorts[0].ports[0].port` must be a port between 0 and 65535 or a name, not `080`",
    ],
    [
      "ingress: [{toPorts: [{ports: [{port: '80', protocol: UDP}], rules: {http: [{}]}}]}]",
      6,
      "`spec.ingress[0].toPorts[0].rules` can only apply to TCP, not UDP",
    ],
    [
      "ingress: [{toPorts: [{ports: [{port: '53'}], rules: {dns: [{matchPattern: '*'}]}}]}]",
      6,
      "`spec.ingress[0].toPorts[0].rules.dns` is not allowed in an ingress rule",
    ],
    [
      "egress: [{toPorts: [{ports: [{port: '0', protocol: TCP}], rules: {http: [{}]}}]}]",
      6,
      "`spec.egress[0].toPorts[0].rules` cannot stand beside port `0`",
    ],
    [
      "egress: [{toPorts: [{ports: [{port: '80', protocol: TCP}], rules: {http: [{}], dns: []}}]}]",
      6,
      "`spec.egress[0].toPorts[0].rules` must be of one kind, not `http` and `dns`",
    ],
    [
      "ingressDeny: [{toPorts: [{ports: [{port: '80'}], rules: {http: [{}]}}]}]",
      6,
      "`spec.ingressDeny[0].toPorts[0].rules` is no field of an entry of toPorts under a deny rule",
    ],
    [
      "egressDeny: [{toFQDNs: [{matchName: a.example}]}]",
      6,
      "`spec.egressDeny[0].toFQDNs` is no field of an egressDeny rule; names can only be allowed",
    ],
    ["egress: [{toFQDNs: [{}]}]", 6, "`spec.egress[0].toFQDNs[0]` must have one of `matchName` and `matchPattern`"],
    [
      "egress: [{toCIDRSet: [{cidr: 10.0.0.0/8, cidrGroupRef: a}]}]",
      6,
      "`spec.egress[0].toCIDRSet[0]` must have one of `cidr`, `cidrGroupRef` and `cidrGroupSelector`",
    ],
    [
      "egress: [{toCIDRSet: [{cidr: 10.0.0.1}]}]",
      6,
      "`spec.egress[0].toCIDRSet[0].cidr` must be an address block such as `10.9.8.0/24`, not `10.0.0.1`",
    ],
    [
      "ingress: [{icmps: [{fields: [{type: Ping}]}]}]",
      6,
      "`spec.ingress[0].icmps[0].fields[0].type` is no ICMP type of this family: `Ping`",
    ],
    [
      "ingress: [{icmps: [{fields: [{type: 256}]}]}]",
      6,
      "`spec.ingress[0].icmps[0].fields[0].type` must be a number between 0 and 255 or the name of a type",
    ],
    [
      "ingress: [{authentication: {mode: maybe}, fromEndpoints: [{}]}]",
      6,
      "`spec.ingress[0].authentication.mode` must be `disabled`, `required` or `test-always-fail`, not `maybe`",
    ],
    [
      "nodeSelector: {}\ningress: [{}]",
      6,
      "`spec.nodeSelector` cannot stand beside `endpointSelector` (and 1 more fault)",
    ],
  ])("%.90s", (spec, line, message) => {
    const cluster = under(policy(spec));
    expect(cluster.policies).toEqual([]);
    expect(issues(cluster)).toEqual([expect.stringContaining(`REJECTED ${line}: ${REJECTED}${message}`)]);
  });

  test("one bad rule among `specs` refuses the whole object", () => {
    const good = "{endpointSelector: {}, ingress: [{}]}";
    const text = `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: prod}\nspecs: [${good}, {endpointSelector: {}}]\n`;
    expect(under(text).policies).toEqual([]);
    expect(issues(under(text))[0]).toContain("`specs[1]` must have a rule");
  });

  test("an object without `spec` and `specs` is refused", () => {
    expect(
      issues(under("apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: prod}\n"))[0],
    ).toContain("must have a `spec` or `specs`");
  });
});

describe("default deny", () => {
  test.each<[string, boolean, boolean]>([
    ["ingress: [{}]", false, true],
    ["ingress: [{fromEndpoints: []}]", false, true],
    ["ingressDeny: [{fromEndpoints: [{}]}]", false, true],
    ["ingress: []\negress: [{}]", true, false],
    ["enableDefaultDeny: {ingress: false}\ningress: [{}]", true, true],
    ["enableDefaultDeny: {egress: true}\ningress: [{}]", false, true],
    ["ingress: [{toPorts: [{}]}]", false, true],
  ])("`%s`: in %s, out %s", (spec, incoming, outgoing) => {
    const cluster = under(policy(spec));
    expect([open(cluster, "dev/web", "prod/db"), open(cluster, "prod/db", "dev/web")]).toEqual([incoming, outgoing]);
  });

  test("an isolated pod hears its own node, unless a rule denies that", () => {
    const denied = under(policy("ingressDeny: [{fromEntities: [host], toPorts: [{ports: [{port: '80'}]}]}]"));
    expect([
      open(denied, "entity:host", "prod/db", "TCP 80"),
      open(denied, "entity:host", "prod/db", "TCP 81"),
    ]).toEqual([false, true]);
    expect(open(denied, "entity:remote-node", "prod/db", "TCP 81")).toBe(false);
    const kubernetes = under(
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: k, namespace: prod}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n",
    );
    expect([open(kubernetes, "entity:host", "prod/db"), open(kubernetes, "prod/db", "entity:host")]).toEqual([
      true,
      false,
    ]);
  });
});

describe("denials", () => {
  test("a denial beats every allowance, of NetworkPolicy v1 too, in whatever order they stand", () => {
    const allow =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: prod}\nspec: {podSelector: {}, ingress: [{}]}\n";
    const deny = policy(
      "ingress: [{fromEndpoints: [{}]}]\ningressDeny: [{toPorts: [{ports: [{port: '80', protocol: TCP}]}]}]",
    );
    for (const cluster of [under(allow, deny), under(deny, allow)]) {
      expect([open(cluster, "prod/api", "prod/db"), open(cluster, "prod/api", "prod/db", "TCP 81")]).toEqual([
        false,
        true,
      ]);
    }
  });
});

describe("peers", () => {
  const from = (peers: string, more = {}) => under(policy(`ingress: [{${peers}}]`, more));
  const who = ["prod/api", "dev/web", "203.0.113.1", "entity:host", "entity:remote-node", "entity:kube-apiserver"];

  test.each<[string, string, readonly string[]]>([
    ["an empty selector is the own namespace", "fromEndpoints: [{}]", ["prod/api"]],
    [
      "`NotIn` on the namespace matches whoever has none",
      "fromEndpoints: [{matchExpressions: [{key: 'k8s:io.kubernetes.pod.namespace', operator: NotIn, values: [prod]}]}]",
      ["dev/web", "203.0.113.1", "entity:remote-node", "entity:kube-apiserver"],
    ],
    [
      "a reserved label lifts the namespace",
      "fromEndpoints: [{matchExpressions: [{key: 'reserved:host', operator: DoesNotExist}]}]",
      ["prod/api", "dev/web", "203.0.113.1", "entity:remote-node", "entity:kube-apiserver"],
    ],
    [
      "`reserved:world` is the outside, the API server with it",
      "fromEndpoints: [{matchLabels: {'reserved:world': ''}}]",
      ["203.0.113.1", "entity:kube-apiserver"],
    ],
    [
      "a label without a source may be a reserved one",
      "fromEndpoints: [{matchExpressions: [{key: remote-node, operator: Exists}, {key: 'k8s:io.kubernetes.pod.namespace', operator: DoesNotExist}]}]",
      ["entity:remote-node"],
    ],
    [
      "`NotIn` on the service account is the pods of all others",
      "fromEndpoints: [{matchExpressions: [{key: io.cilium.k8s.policy.serviceaccount, operator: NotIn, values: [robot]}, {key: 'k8s:io.kubernetes.pod.namespace', operator: Exists}]}]",
      ["dev/web"],
    ],
    [
      "labels of namespaces lift the namespace",
      "fromEndpoints: [{matchLabels: {io.cilium.k8s.namespace.labels.env: dev}}]",
      ["dev/web"],
    ],
    [
      "`all` is everybody",
      "fromEntities: [all]",
      ["prod/api", "dev/web", "203.0.113.1", "entity:remote-node", "entity:kube-apiserver"],
    ],
    ["`none` is nobody", "fromEntities: [none]", []],
    [
      "`world` is the outside, the API server with it",
      "fromEntities: [world]",
      ["203.0.113.1", "entity:kube-apiserver"],
    ],
    [
      "a block of most addresses holds the API server",
      "fromCIDRSet: [{cidr: 0.0.0.0/0, except: [10.0.0.0/8]}]",
      ["203.0.113.1", "entity:kube-apiserver"],
    ],
    ["a narrower block does not", "fromCIDR: [203.0.113.1, 10.0.0.0/8]", ["203.0.113.1"]],
  ])("%s", (_title, peers, expected) => {
    const cluster = from(peers);
    const alwaysHeard = ["entity:host"];
    expect(who.filter((each) => open(cluster, each, "prod/db"))).toEqual(
      who.filter((each) => [...expected, ...alwaysHeard].includes(each)),
    );
  });

  test("in a clusterwide policy an empty selector is every pod and nobody else", () => {
    const cluster = from("fromEndpoints: [{}]", CLUSTERWIDE);
    expect(who.filter((each) => open(cluster, each, "prod/db"))).toEqual(["prod/api", "dev/web", "entity:host"]);
  });

  test("a pod in its node's network comes in as a node, not as a pod", () => {
    const node =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: agent, namespace: prod, labels: {app: agent}}\nspec: {hostNetwork: true, containers: [{name: c, image: x}]}\n";
    const by = (peers: string) => open(under(policy(`ingress: [{${peers}}]`), node), "prod/agent", "prod/db");
    expect(
      ["fromEntities: [remote-node]", "fromEntities: [cluster]", "fromEndpoints: [{}]", "fromEntities: [world]"].map(
        by,
      ),
    ).toEqual([true, true, false, false]);
  });

  test("entities are peers where a policy names them, and nodes and the API server always", () => {
    expect(from("fromEntities: [ingress, cluster]").entities).toEqual([
      "host",
      "ingress",
      "kube-apiserver",
      "remote-node",
    ]);
    expect(under().entities).toEqual(["host", "kube-apiserver", "remote-node"]);
    expect(clusterOf([PODS]).entities).toEqual([]);
  });

  test("names are peers of their own: lower case, without the final dot, matched by wider patterns and the world", () => {
    const cluster = under(
      policy("egress:\n- toFQDNs: [{matchName: API.example.com.}, {matchPattern: '*.example.org'}]"),
    );
    expect(cluster.fqdns).toEqual(["*.example.org", "api.example.com"]);
    const flows = ["fqdn:api.example.com", "fqdn:a.example.org", "fqdn:a.b.example.org", "203.0.113.1"].map((dst) =>
      open(cluster, "prod/db", dst),
    );
    expect(flows).toEqual([true, true, false, false]);
    const world = under(policy("egress: [{toEntities: [world]}]"));
    const block = under(policy("egress: [{toCIDR: [203.0.113.0/24]}]"));
    expect([open(world, "prod/db", "fqdn:x.example"), open(block, "prod/db", "fqdn:x.example")]).toEqual([true, false]);
  });

  test("a group of blocks is found by its name or by its labels", () => {
    const group =
      "apiVersion: cilium.io/v2\nkind: CiliumCIDRGroup\nmetadata: {name: office, labels: {site: a}}\nspec: {externalCIDRs: [198.51.100.0/24]}\n";
    const by = (rule: string) =>
      open(under(policy(`ingress: [{fromCIDRSet: [${rule}]}]`), group), "198.51.100.1", "prod/db");
    expect([
      by("{cidrGroupRef: office}"),
      by("{cidrGroupSelector: {matchLabels: {site: a}}}"),
      by("{cidrGroupSelector: {matchLabels: {site: b}}}"),
      by("{cidrGroupSelector: {matchLabels: {site: a, floor: x}}}"),
    ]).toEqual([true, true, false, false]);
    expect(issues(from("fromCIDRSet: [{cidrGroupRef: nowhere}]"))).toEqual([
      "SUSPECT 6: names the CiliumCIDRGroup `nowhere`, which the tree does not declare: it holds no address here",
    ]);
  });

  test("the name of the cluster is not known: an allow takes every pod to be in it, a deny none, both aloud", () => {
    const peer = "fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.cluster: east}}]";
    const allow = under(policy(`ingress: [{${peer}}]`));
    const deny = under(policy(`enableDefaultDeny: {ingress: false}\ningressDeny: [{${peer}}]`));
    expect([open(allow, "prod/api", "prod/db"), open(deny, "prod/api", "prod/db")]).toEqual([true, true]);
    expect([allow, deny].map(({ assumptions }) => assumptions.length)).toEqual([1, 1]);
  });

  test("node labels stand in no manifest: an allow is for every node, a deny for none", () => {
    const nodes = "fromNodes: [{matchLabels: {a: b}}]";
    const allow = from(nodes);
    const deny = under(policy(`enableDefaultDeny: {ingress: false}\ningressDeny: [{${nodes}}]`));
    const heard = (cluster: Cluster) =>
      ["entity:remote-node", "203.0.113.1"].map((src) => open(cluster, src, "prod/db"));
    expect([heard(allow), heard(deny)]).toEqual([
      [true, false],
      [true, true],
    ]);
  });

  test("what selects nodes by labels, and groups of a cloud provider, are told", () => {
    expect(issues(from("fromNodes: [{matchLabels: {a: b}}]"))[0]).toMatch(/^NOT_ANALYSED 6: selects nodes by labels/);
    const groups = under(policy("egress: [{toGroups: [{aws: {}}]}]"));
    expect(groups.issues).toMatchObject([{ code: "NOT_ANALYSED", severity: "error", hides: true }]);
    expect(open(groups, "prod/db", "203.0.113.1")).toBe(false);
  });
});

describe("Services", () => {
  const service = (name: string, spec: string, namespace = "prod") =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {tier: ${name}}}\nspec: ${spec}\n`;
  const to = (reference: string, ...more: readonly string[]) =>
    under(policy(`egress: [{toServices: [${reference}]}]`), ...more);

  test("a name without a namespace is meant in every namespace", () => {
    const both = [service("a", "{selector: {app: api}}"), service("a", "{selector: {app: web}}", "dev")];
    const everywhere = to("{k8sService: {serviceName: a}}", ...both);
    const one = to("{k8sService: {serviceName: a, namespace: dev}}", ...both);
    expect(
      [everywhere, one].map((cluster) => ["prod/api", "dev/web"].map((dst) => open(cluster, "prod/db", dst))),
    ).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  test("a Service of another name is not meant", () => {
    const both = [service("a", "{selector: {app: api}}"), service("b", "{selector: {app: web}}", "dev")];
    const cluster = to("{k8sService: {serviceName: a}}", ...both);
    expect(["prod/api", "dev/web"].map((dst) => open(cluster, "prod/db", dst))).toEqual([true, false]);
  });

  test("a selector of Services with a namespace is meant in that one alone", () => {
    const both = [service("a", "{selector: {app: api}}"), service("a", "{selector: {app: web}}", "dev")];
    const cluster = to("{k8sServiceSelector: {namespace: dev, selector: {matchLabels: {tier: a}}}}", ...both);
    expect(["prod/api", "dev/web"].map((dst) => open(cluster, "prod/db", dst))).toEqual([false, true]);
  });

  test("Services are found by their labels", () => {
    const cluster = to(
      "{k8sServiceSelector: {selector: {matchLabels: {tier: a}}}}",
      service("a", "{selector: {app: api}}"),
      service("b", "{selector: {app: web}}", "dev"),
    );
    expect(["prod/api", "dev/web"].map((dst) => open(cluster, "prod/db", dst))).toEqual([true, false]);
  });

  test("a Service that is not there matches nobody, and the danger of that is told", () => {
    const cluster = to("{k8sService: {serviceName: gone, namespace: prod}}");
    expect(["prod/api", "203.0.113.1"].map((dst) => open(cluster, "prod/db", dst))).toEqual([false, false]);
    expect(issues(cluster)).toEqual([
      expect.stringMatching(
        /^SUSPECT 6: names the Service `prod\/gone`, which the tree does not declare: .*Cilium opens the rule's ports to everybody/,
      ),
    ]);
  });

  test("a Service without a selector has endpoints that nobody reads", () => {
    expect(issues(to("{k8sService: {serviceName: a}}", service("a", "{}")))[0]).toContain(
      "names the Service `prod/a`, which selects no pods",
    );
  });
});

describe("ports and what stands above them", () => {
  const on = (entry: string) => under(policy(`ingress: [{toPorts: [${entry}]}]`));

  test.each<[string, readonly boolean[]]>([
    ["{ports: [{port: '80', protocol: TCP}]}", [true, false, false]],
    ["{ports: [{port: '80'}]}", [true, true, false]],
    ["{ports: [{port: '0', protocol: TCP}]}", [true, false, true]],
    ["{ports: [{port: '80', endPort: 90, protocol: TCP}]}", [true, false, true]],
    ["{ports: [{port: '80', endPort: 70, protocol: TCP}]}", [true, false, false]],
    ["{ports: [{port: HTTP, protocol: TCP}]}", [false, false, false]],
  ])("%s: TCP 80, UDP 80, TCP 85 are %s", (entry, expected) => {
    expect(["TCP 80", "UDP 80", "TCP 85"].map((what) => open(on(entry), "dev/web", "prod/db", what))).toEqual(expected);
  });

  test("names are compared without case, and resolve on the destination", () => {
    expect(open(on("{ports: [{port: HTTP}]}"), "dev/web", "prod/db", "TCP 8080")).toBe(true);
  });

  test("a rule without ports is every protocol, one with ports is none but theirs", () => {
    const whole = under(policy("ingress: [{fromEndpoints: [{}]}]"));
    expect([
      open(whole, "prod/api", "prod/db", "ICMP 8"),
      open(on("{ports: [{port: '0'}]}"), "prod/api", "prod/db", "ICMP 8"),
    ]).toEqual([true, false]);
  });

  test("ICMP by number, by name, and of both families", () => {
    const cluster = under(
      policy("ingress: [{icmps: [{fields: [{type: 0}, {type: EchoRequest}, {type: EchoRequest, family: IPv6}]}]}]"),
    );
    const flows = ["ICMP 0", "ICMP 8", "ICMP 3", "ICMPv6 128", "ICMPv6 8", "TCP 80"].map((what) =>
      open(cluster, "dev/web", "prod/db", what),
    );
    expect(flows).toEqual([true, true, false, true, false, false]);
  });

  test("rules above layer 4 leave the port open and are kept as what narrows it", () => {
    const narrowed = (entry: string, direction = "egress") =>
      under(policy(`${direction}: [{toPorts: [${entry}]}]`)).policies[0]?.rules[0]?.narrowed;
    expect(narrowed("{ports: [{port: '80', protocol: TCP}], rules: {http: [{method: GET, path: /}]}}")).toBe(
      'http [{"method":"GET","path":"/",},]',
    );
    expect(narrowed("{ports: [{port: '53'}], rules: {dns: [{matchPattern: '*'}]}}")).toBe(
      'dns [{"matchPattern":"*",},]',
    );
    expect(narrowed("{ports: [{port: '443', protocol: TCP}], serverNames: [b.example, a.example]}")).toBe(
      "serverNames a.example b.example",
    );
    expect(narrowed("{ports: [{port: '80', protocol: TCP}], rules: {http: []}}")).toBeUndefined();
    expect(narrowed("{ports: [{port: '80', protocol: TCP}]}")).toBeUndefined();
  });

  test("authentication is not evaluated, and told", () => {
    expect(issues(under(policy("ingress: [{fromEndpoints: [{}], authentication: {mode: required}}]")))).toEqual([
      "NOT_ANALYSED 6: asks for authentication (`required`), which is not evaluated: its rule is taken to allow without",
    ]);
  });
});

describe("labels that Cilium leaves out of identities by default", () => {
  const sets = pods("prod/s app=s,pod-template-hash=x");
  const on = (condition: string) => `{matchExpressions: [{key: pod-template-hash, ${condition}}]}`;

  test.each([
    [
      "an allow by such a label counts",
      `ingress: [{fromEndpoints: [${on("operator: In, values: [x]")}]}]`,
      [true, false],
    ],
    [
      "an allow by its absence is for everybody",
      `ingress: [{fromEndpoints: [${on("operator: DoesNotExist")}]}]`,
      [true, true],
    ],
    [
      "a deny by such a label is for nobody",
      `ingress: [{fromEndpoints: [{}]}]\ningressDeny: [{fromEndpoints: [${on("operator: Exists")}]}]`,
      [true, true],
    ],
    [
      "a deny by its absence is for those without it",
      `ingress: [{fromEndpoints: [{}]}]\ningressDeny: [{fromEndpoints: [${on("operator: DoesNotExist")}]}]`,
      [true, false],
    ],
  ])("%s", (_title, spec, expected) => {
    const cluster = under(policy(spec), sets);
    expect(["prod/s", "prod/api"].map((src) => open(cluster, src, "prod/db"))).toEqual(expected);
    expect(issues(cluster)[0]).toMatch(
      /^SUSPECT \d: selects by `pod-template-hash`, which Cilium leaves out of identities by default/,
    );
  });

  test("a policy that selects its pods by such a label governs none", () => {
    const cluster = under(policy("ingress: [{}]", { subject: "{matchLabels: {pod-template-hash: x}}" }), sets);
    expect(open(cluster, "dev/web", "prod/s")).toBe(true);
  });
});

describe("subjects", () => {
  test("a foreign namespace in the selector of a policy is overridden, and told", () => {
    const cluster = under(
      policy("ingress: [{}]", { subject: "{matchLabels: {app: db, 'k8s:io.kubernetes.pod.namespace': dev}}" }),
    );
    expect(open(cluster, "dev/web", "prod/db")).toBe(false);
    expect(issues(cluster)).toEqual([
      "SUSPECT 2: names another namespace in its `endpointSelector`: Cilium takes `prod` all the same",
    ]);
  });

  test("a clusterwide policy is bound by the namespaces that it names", () => {
    const cluster = under(
      policy("ingress: [{}]", { ...CLUSTERWIDE, subject: "{matchLabels: {'k8s:io.kubernetes.pod.namespace': dev}}" }),
    );
    expect([open(cluster, "prod/api", "prod/db"), open(cluster, "prod/api", "dev/web")]).toEqual([true, false]);
  });

  test("a policy for nodes governs no pod, and is listed", () => {
    const cluster = under(
      "apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: nodes}\nspec: {nodeSelector: {}, ingress: [{}]}\n",
    );
    expect(cluster.policies).toEqual([]);
    expect(cluster.issues).toMatchObject([{ code: "NOT_ANALYSED", severity: "warning", hides: true }]);
  });

  test("causes name the list and the place of a rule, in `specs` too", () => {
    const text =
      "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: prod}\nspec: {endpointSelector: {}, ingressDeny: [{}]}\nspecs:\n- endpointSelector: {}\n  ingress:\n  - {}\n  - {}\n";
    const rules = under(text).policies.flatMap((each) =>
      each.rules.map(({ path, source }) => `${each.tier} ${path} ${source.line}`),
    );
    expect(rules.filter((each) => !each.includes("own node"))).toEqual([
      "cilium-deny ingressDeny[0] 4",
      "policy specs[0].ingress[0] 8",
      "policy specs[0].ingress[1] 9",
    ]);
  });
});
