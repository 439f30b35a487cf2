import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { formatClause } from "../../src/gate/rule-text.ts";
import { formatAddresses } from "../../src/sets/address-text.ts";

const FILE = ".github/netpol-review.yml";
const PLUGINS = ["calico", "cilium", "flannel", "weave-net"];
const parse = (text: string | Uint8Array) =>
  parseConfig(typeof text === "string" ? new TextEncoder().encode(text) : text, FILE, PLUGINS);
/** `line: message` of every problem. */
const problems = (text: string | Uint8Array) => {
  const { config, issues } = parse(text);
  expect(config === undefined).toBe(issues.length > 0);
  return issues.map(({ at, message }) => `${at?.line}: ${message}`);
};
const ok = (text: string) => {
  const { config, issues } = parse(text);
  expect(issues).toEqual([]);
  if (config === undefined) throw new Error("no configuration");
  return config;
};

const CONTRACT = `# yaml-language-server: $schema=…
version: 1
clusters:                       # optional; default: one cluster, every manifest below the repository root
  - name: production
    manifests: [k8s/production/**]        # files, folders, globs
    namespace: production                 # for objects that name none (default: default)
    cni: calico                           # optional, see the semantics page
    podCIDRs: [10.244.0.0/16]             # optional; decides whether an ipBlock covers pods
protected:
  - name: db-ingress
    description: only the API may talk to the database
    to: { namespace: production, pods: { app: db } }     # shorthand for matchLabels; full selectors work too
    ports: [TCP/3306]                     # optional; default: every port of every protocol
    allowed:                              # everything else that a change opens is a finding
      - from: { namespace: production, pods: { app: api } }
    on: widen                             # widen (default): judge what the change opens · violate: judge the head tree as it is
    severity: error                       # error fails the check · warning does not
    owner: "@acme/data"                   # optional; named in the comment
    join: error                           # workloads that come to match \`allowed\` (judging.md, 3)
namespaces:                               # labels of namespaces that the tree does not declare
  monitoring: { labels: { team: platform } }
exceptions:
  - rule: db-ingress
    from: { namespace: migration }        # also \`to\`, \`ports\`
    until: 2027-01-31                     # required, as is reason
    reason: one-off import, ticket OPS-311
mode: enforce                             # pins the input of the same name, as do \`render\` and \`paths\`
exclude: [examples/**, '**/testdata/**']  # not deployed from here
accept-unread: [apps/*/helmrelease.yaml]  # what may change unread: counted, never an error
limits: { fileBytes: 20000000 }
`;

describe("a valid configuration", () => {
  test("means what the contract's example says", () => {
    const config = ok(CONTRACT);
    expect(config).toMatchObject({
      file: FILE,
      mode: "enforce",
      render: undefined,
      paths: undefined,
      exclude: ["examples/**", "**/testdata/**"],
      acceptUnread: ["apps/*/helmrelease.yaml"],
      limits: { fileBytes: 20000000 },
      prerendered: false,
      namespaces: new Map([["monitoring", new Map([["team", "platform"]])]]),
    });
    expect(config.clusters).toMatchObject([
      {
        name: "production",
        manifests: [{ kind: "paths", pattern: "k8s/production/**" }],
        namespace: "production",
        cni: "calico",
        render: "auto",
        remotes: "refuse",
        from: ["flux", "argocd"],
        at: { file: FILE, line: 4 },
      },
    ]);
    expect(config.clusters.map(({ podCidrs }) => podCidrs && formatAddresses(podCidrs))).toEqual(["10.244.0.0/16"]);
    expect(config.rules).toMatchObject([
      {
        name: "db-ingress",
        description: "only the API may talk to the database",
        on: "widen",
        severity: "error",
        owner: "@acme/data",
        join: "error",
        declared: "here",
        at: { file: FILE, line: 10 },
      },
    ]);
    expect(config.rules.map(formatClause)).toEqual(["to production/[pod with {app=db}] on TCP/3306"]);
    expect(config.rules.flatMap(({ allowed }) => allowed.map(formatClause))).toEqual([
      "from production/[pod with {app=api}]",
    ]);
    expect(config.exceptions).toMatchObject([
      { rule: "db-ingress", until: "2027-01-31", reason: "one-off import, ticket OPS-311", at: { line: 23 } },
    ]);
  });

  test("holds every source of manifests of a cluster", () => {
    const { clusters } = ok(`
version: 1
clusters:
  - name: production
    render: none
    manifests:
      - k8s/raw/**
      - kustomize: overlays/production
      - helm: charts/app
        release: app
        namespace: production
        values: [charts/app/values.yaml, env/production.yaml]
    kubeVersion: "1.33"
    apiVersions: [monitoring.coreos.com/v1]
    remotes: allow
    from: []
`);
    expect(clusters).toMatchObject([
      {
        render: "none",
        manifests: [
          { kind: "paths", pattern: "k8s/raw/**" },
          { kind: "kustomize", pattern: "overlays/production" },
          {
            kind: "helm",
            chart: "charts/app",
            release: "app",
            namespace: "production",
            values: ["charts/app/values.yaml", "env/production.yaml"],
          },
        ],
        kubeVersion: "1.33",
        apiVersions: ["monitoring.coreos.com/v1"],
        remotes: "allow",
        from: [],
      },
    ]);
  });

  test("gives the file's plugin and pod ranges to clusters that have none", () => {
    const { clusters } = ok(
      "version: 1\ncni: calico\npodCIDRs: [10.0.0.0/16]\nclusters: [{ name: a }, { name: b, cni: cilium, podCIDRs: [10.9.0.0/16] }]",
    );
    expect(clusters.map(({ cni, podCidrs }) => [cni, podCidrs && formatAddresses(podCidrs)])).toEqual([
      ["calico", "10.0.0.0/16"],
      ["cilium", "10.9.0.0/16"],
    ]);
    expect(clusters[0]?.manifests).toEqual([{ kind: "paths", pattern: "." }]);
  });

  test.each([
    ["JSON", '{"version": 1, "protected": [{"name": "a", "to": {"external": true}}]}'],
    ["with a byte order mark", "\uFEFFversion: 1\nprotected: [{ name: a, to: { external: true } }]"],
    ["with CRLF", "version: 1\r\nprotected:\r\n  - name: a\r\n    to: { external: true }\r\n"],
    ["with aliases", "version: 1\nprotected:\n  - name: a\n    to: &x { external: true }\n  - name: b\n    to: *x\n"],
  ])("may be %s", (_, text) => {
    expect(ok(text).rules[0]?.to).toEqual({ kind: "external" });
  });

  test.each([
    ["{ namespace: a }", "a/[all pods]"],
    ["{ pods: { app: db } }", "[any namespace]/[pod with {app=db}]"],
    ["{ pods: {} }", "[any namespace]/[all pods]"],
    ["{ namespaceSelector: {} }", "[any namespace]/[all pods]"],
    ["{ namespace: a, workload: db }", "a/db"],
    ["{ workload: 'db[StatefulSet]' }", "[any namespace]/db[StatefulSet]"],
    [
      "{ namespaceSelector: { matchLabels: { team: x } }, podSelector: { matchExpressions: [{ key: tier, operator: DoesNotExist }] } }",
      "[namespace with {team=x}]/[pod with {!tier}]",
    ],
    [
      "{ pods: { matchExpressions: [{ key: env, operator: NotIn, values: [x, y] }] } }",
      "[any namespace]/[pod with {env notin (x,y)}]",
    ],
    ["{ pods: { matchLabels: { app: db } } }", "[any namespace]/[pod with {app=db}]"],
    ["{ pods: { matchLabels: x } }", "[any namespace]/[pod with {matchLabels=x}]"],
    ["{ cidr: [10.0.0.0/8, fd00::/8] }", "10.0.0.0/8,fd00::/8"],
    ["{ external: true }", "any address outside the cluster"],
    ["{ anywhere: true }", "anything"],
    ["{ entity: kube-apiserver }", "entity:kube-apiserver"],
    ["{ fqdn: '*.example.com' }", "fqdn:*.example.com"],
  ])("reads the peer %s as %s", (peer, text) => {
    expect(ok(`version: 1\nprotected: [{ name: a, to: ${peer} }]`).rules.map(formatClause)).toEqual([`to ${text}`]);
  });

  test("reads ports of every form", () => {
    const { rules } = ok(
      "version: 1\nprotected: [{ name: a, to: { anywhere: true }, ports: [TCP/80, TCP/8000-8100, UDP, SCTP/7, TCP/http, ICMP] }]",
    );
    expect(rules.map(formatClause)).toEqual(["to anything on SCTP/7, TCP/80, TCP/8000-8100, UDP, ICMP, TCP/http"]);
  });

  test("is not moved by keys that mean something to JavaScript", () => {
    const { rules } = ok(
      "version: 1\nprotected: [{ name: a, to: { pods: { __proto__: x, constructor: y } } }]".replace(
        "__proto__",
        "toString",
      ),
    );
    expect(rules.map(formatClause)).toEqual(["to [any namespace]/[pod with {constructor=y,toString=x}]"]);
    expect(problems("version: 1\n__proto__: { mode: warn }")).toEqual([
      "2: unknown key `__proto__`, the nearest known key is `version`",
    ]);
  });
});

describe("what is wrong is said with its line and what to write instead", () => {
  const rule = (more: string) => `version: 1\nprotected:\n  - name: db\n    to: { namespace: a }\n    ${more}\n`;
  const cluster = (more: string) => `version: 1\nclusters:\n  - name: a\n    ${more}\n`;
  const exception = (more: string) => rule(`owner: x\nexceptions:\n  - ${more}`);

  test.each<[string, string | Uint8Array, readonly string[]]>([
    ["an empty file", "", ["0: the file is empty: it starts with `version: 1`"]],
    ["comments only", "# nothing\n", ["0: the file is empty: it starts with `version: 1`"]],
    ["a list", "- version: 1", ["1: the configuration is no map of settings: it starts with `version: 1`"]],
    ["a text", "version", ["1: the configuration is no map of settings: it starts with `version: 1`"]],
    [
      "no version",
      "mode: warn",
      ["1: key `version` is missing: this is the configuration of netpol-review, a map of settings"],
    ],
    ["another version", "version: 2", ["1: `version` is `2`: expected the number 1"]],
    ["a version in quotes", 'version: "1"', ['1: `version` is `"1"`: expected the number 1']],
    ["two documents", "version: 1\n---\nversion: 1", ["2: a second document: the configuration is one document"]],
    ["no UTF-8", new Uint8Array([0x76, 0xff, 0xfe]), ["0: the file is not UTF-8 text: save it as UTF-8"]],
    ["a key twice", "version: 1\nmode: warn\nmode: enforce", ["3: key `mode` stands twice in one map; keep one"]],
    ["an unknown key", "version: 1\nprotcted: []", ["2: unknown key `protcted`, the nearest known key is `protected`"]],
    [
      "an unknown key of a rule",
      rule("severty: error"),
      ["5: unknown key `severty`, the nearest known key is `severity`"],
    ],
    [
      "an unknown key of a peer",
      "version: 1\nprotected:\n  - name: a\n    to:\n      namespace: a\n      pod: { app: db }",
      ["6: unknown key `pod`, the nearest known key is `pods`"],
    ],
    ["a choice that is none", rule("severity: fatal"), ["5: `severity` is `fatal`: expected `error` or `warning`"]],
    [
      "a rule without an end",
      "version: 1\nprotected:\n  - name: db",
      [
        "3: an entry of `protected` is a map with `name`: expected a protected path: a map with `name`, and `to`, `from` or both",
      ],
    ],
    [
      "a rule without a name",
      "version: 1\nprotected:\n  - to: { external: true }",
      ["3: key `name` is missing: this is a protected path: a map with `name`, and `to`, `from` or both"],
    ],
    [
      "a name like an annotation's",
      "version: 1\nprotected:\n  - name: annotation a/b[C]\n    to: { external: true }",
      [
        "3: `name` is `annotation a/b[C]`: expected a name of at most 100 letters, digits, spaces and `-`, `_`, `.`, `/`, `:`, not starting with `annotation `",
      ],
    ],
    [
      "two rules of one name",
      rule("owner: x\n  - name: db\n    to: { external: true }"),
      ["6: a second rule called `db`, the first stands in line 3: names are unique"],
    ],
    [
      "two clusters of one name",
      cluster("render: auto\n  - name: a"),
      ["5: a second cluster called `a`, the first stands in line 3: names are unique"],
    ],
    [
      "an empty peer",
      "version: 1\nprotected:\n  - name: a\n    to: {}",
      [
        "4: `to` is an empty map: expected a peer: `{ namespace | namespaceSelector, pods | podSelector | workload }`, `{ cidr: [..] }`, `{ external: true }` or `{ anywhere: true }`",
      ],
    ],
    [
      "two peers in one",
      "version: 1\nprotected:\n  - name: a\n    to: { cidr: [10.0.0.0/8], pods: { app: db } }",
      [
        "4: `to` is a map with `cidr`, `pods`: expected a peer: `{ namespace | namespaceSelector, pods | podSelector | workload }`, `{ cidr: [..] }`, `{ external: true }` or `{ anywhere: true }`",
      ],
    ],
    [
      "two ways to name pods",
      "version: 1\nprotected:\n  - name: a\n    to: { workload: db, pods: { app: db } }",
      [
        "4: `to` is a map with `workload`, `pods`: expected a peer: `{ namespace | namespaceSelector, pods | podSelector | workload }`, `{ cidr: [..] }`, `{ external: true }` or `{ anywhere: true }`",
      ],
    ],
    [
      "a label that YAML reads as a boolean",
      rule("from: { pods: { app: true } }"),
      [
        "5: `app` is `true`: expected a label value, at most 63 letters, digits, `-`, `_` and `.`; in quotes where YAML reads something else",
      ],
    ],
    [
      "a label that YAML reads as a number",
      rule("from: { pods: { version: 1.10 } }"),
      [
        "5: `version` is `1.10`: expected a label value, at most 63 letters, digits, `-`, `_` and `.`; in quotes where YAML reads something else",
      ],
    ],
    [
      "a label key that is none",
      rule("from: { pods: { 'a b': x } }"),
      ["5: key `a b` is not a label key, such as `app` or `example.com/tier`"],
    ],
    [
      "a short selector where a full one belongs",
      rule("from: { podSelector: { app: db } }"),
      ["5: unknown key `app`, the nearest known key is `matchLabels`"],
    ],
    [
      "In without values",
      rule("from: { podSelector: { matchExpressions: [{ key: a, operator: In }] } }"),
      [
        "5: an entry of `matchExpressions` is a map with `key`, `operator`: expected a map with `key`, `operator` and `values`",
      ],
    ],
    [
      "Exists with values",
      rule("from: { podSelector: { matchExpressions: [{ key: a, operator: Exists, values: [b] }] } }"),
      [
        "5: an entry of `matchExpressions` is a map with `key`, `operator`, `values`: expected a map with `key`, `operator` and `values`",
      ],
    ],
    [
      "a port without a protocol",
      rule("ports: [80]"),
      ["5: an entry of `ports` is `80`: expected a port, such as `TCP/80`, `TCP/8000-8100`, `TCP/http` or `UDP`"],
    ],
    [
      "a protocol in lower case",
      rule("ports: [tcp/80]"),
      ["5: an entry of `ports` is `tcp/80`: expected a port, such as `TCP/80`, `TCP/8000-8100`, `TCP/http` or `UDP`"],
    ],
    [
      "a port out of range",
      rule("ports: [TCP/0, TCP/70000, TCP/90-80]"),
      ["5: `TCP/0` is outside 1-65535", "5: `TCP/70000` is outside 1-65535", "5: `TCP/90-80` ends before it starts"],
    ],
    [
      "no port at all",
      rule("ports: []"),
      ["5: `ports` is an empty list: expected a list of ports, such as `[TCP/80, TCP/8000-8100, UDP]`"],
    ],
    [
      "a CIDR that is none",
      rule("from: { cidr: [10.0.0.0, 10.0.0.0/33, a.b.c.d/8] }"),
      [
        "5: `10.0.0.0` is no CIDR: write an address and a prefix, such as `10.0.0.0/8`",
        "5: `10.0.0.0/33` is no CIDR: write an address and a prefix, such as `10.0.0.0/8`",
        "5: `a.b.c.d/8` is no CIDR: write an address and a prefix, such as `10.0.0.0/8`",
      ],
    ],
    [
      "a CIDR with host bits",
      rule("from: { cidr: [10.0.0.7/24] }"),
      ["5: `10.0.0.7/24` names an address inside its block: write `10.0.0.0/24`"],
    ],
    ["external: false", rule("from: { external: false }"), ["5: `external` is `false`: expected `true`"]],
    [
      "a workload that is declared elsewhere",
      "version: 1\nprotected:\n  - name: a\n    to: { workload: db }\n    declared: elsewhere",
      ["3: `workload` names what the tree declares: with `declared: elsewhere` select by `pods`"],
    ],
    [
      "an empty clause",
      rule("allowed: [{}]"),
      ["5: an entry of `allowed` is an empty map: expected a map with `from`, `to` and `ports`, at least one of them"],
    ],
    [
      "an exception to no rule",
      exception("{ rule: db-ingres, until: 2027-01-31, reason: x }"),
      ["7: an exception to `db-ingres`, which is no rule here: the nearest rule is `db`"],
    ],
    [
      "an exception without an end",
      exception("{ rule: db, reason: x }"),
      ["7: key `until` is missing: this is an exception: a map with `rule`, `until` and `reason`"],
    ],
    [
      "an exception without a reason",
      exception("{ rule: db, until: 2027-01-31 }"),
      ["7: key `reason` is missing: this is an exception: a map with `rule`, `until` and `reason`"],
    ],
    [
      "a day that does not exist",
      exception("{ rule: db, until: 2027-02-29, reason: x }"),
      ["7: `until` is `2027-02-29`, a day that does not exist"],
    ],
    [
      "a month that does not exist",
      exception("{ rule: db, until: 2027-13-01, reason: x }"),
      ["7: `until` is `2027-13-01`, a day that does not exist"],
    ],
    [
      "a date of another form",
      exception("{ rule: db, until: 31.01.2027, reason: x }"),
      ["7: `until` is `31.01.2027`: expected a day that exists, such as `2027-01-31`"],
    ],
    [
      "an unknown plugin",
      cluster("cni: calicoo"),
      ["4: unknown network plugin `calicoo`: the nearest known one is `calico`"],
    ],
    [
      "an unknown plugin of the file",
      "version: 1\ncni: weave",
      ["2: unknown network plugin `weave`: the nearest known one is `weave-net`"],
    ],
    [
      "a glob that leads outside",
      cluster("manifests: [../other/**, 'a/../../b', 'C:/x', 'https://x/y', '{..,a}/b']"),
      [
        "4: `../other/**` leads outside the repository: name a path below its root",
        "4: `a/../../b` leads outside the repository: name a path below its root",
        "4: `C:/x` leads outside the repository: name a path below its root",
        "4: `https://x/y` leads outside the repository: name a path below its root",
        "4: `{..,a}/b` leads outside the repository: name a path below its root",
      ],
    ],
    [
      "an exclude that leads outside",
      "version: 1\nexclude: [ok/**, ../x]",
      ["2: `../x` leads outside the repository: name a path below its root"],
    ],
    [
      "a values file outside",
      cluster("manifests: [{ helm: charts/a, values: [../v.yaml] }]"),
      ["4: `../v.yaml` leads outside the repository: name a path below its root"],
    ],
    [
      "a path with backslashes",
      'version: 1\nexclude: ["k8s\\\\x"]',
      ["2: `k8s\\x` has a `\\`: components are separated by `/`"],
    ],
    [
      "a kustomization with a release",
      cluster("manifests: [{ kustomize: a, release: b }]"),
      [
        "4: an entry of `manifests` is a map with `kustomize`, `release`: expected a file, folder or glob, or a map with `kustomize` or `helm`",
      ],
    ],
    [
      "a number for manifests",
      cluster("manifests: [7]"),
      ["4: an entry of `manifests` is `7`: expected a file, folder or glob, or a map with `kustomize` or `helm`"],
    ],
    [
      "a version of Kubernetes without quotes",
      cluster("kubeVersion: 1.30"),
      ['4: `kubeVersion` is `1.30`: expected a Kubernetes version in quotes, such as `"1.33"`'],
    ],
    [
      "an unknown tool",
      cluster("from: [flux, argo]"),
      ["4: an entry of `from` is `argo`: expected `flux` or `argocd`"],
    ],
    [
      "clusters and paths",
      cluster("render: auto\npaths: [k8s]"),
      ["5: `paths` and `clusters` exclude each other: name the manifests of each cluster in `manifests`"],
    ],
    [
      "a namespace without labels",
      "version: 1\nnamespaces:\n  monitoring: {}",
      ["3: key `labels` is missing: this is a map with `labels`"],
    ],
    [
      "an unknown limit",
      "version: 1\nlimits: { filebytes: 1 }",
      ["2: unknown key `filebytes`, the nearest known key is `fileBytes`"],
    ],
    ["a limit of nothing", "version: 1\nlimits: { depth: 0 }", ["2: `depth` is `0`: expected a whole number above 0"]],
    ["an alias without an anchor", "version: 1\nmode: *x", ["2: alias `*x` names no anchor above it"]],
  ])("%s", (_, text, expected) => {
    const found = problems(text);
    expect(found).toEqual(expected);
  });

  test("all problems of a file are told at once, in order of their lines", () => {
    const text = `version: 1
clusters:
  - name: a
    cni: calicoo
protected:
  - name: db
    to: { pods: { app: true } }
  - name: web
    to: { cidr: [10.0.0.1/8] }
    severty: error
  - name: ok
    to: { cidr: [10.0.0.1/8] }
exceptions:
  - { rule: db, until: 2027-02-30, reason: x }
`;
    expect(problems(text).map((line) => line.slice(0, line.indexOf(":")))).toEqual(["4", "7", "10", "12", "14"]);
  });

  test("every issue is an error of the configuration, in its file", () => {
    const { issues } = parse("version: 1\nprotcted: []");
    expect(issues).toMatchObject([{ code: "CONFIG_INVALID", severity: "error", at: { file: FILE } }]);
  });
});

describe("hostile input", () => {
  test.each([
    ["deep nesting", `version: 1\nx: ${"[".repeat(100_000)}`],
    ["deep nesting that ends", `version: 1\nx: ${"[".repeat(60)}${"]".repeat(60)}`],
    [
      "aliases in aliases",
      `version: 1\na0: &a0 [x, x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join("\n")}`,
    ],
    ["an alias of itself", "version: 1\nx: &a [*a]"],
    ["two megabytes", `version: 1\n${"# x\n".repeat(500_000)}`],
    ["a tag", "version: 1\nmode: !!js/function 'x'"],
    ["a key that is a map", "version: 1\n? { a: b }\n: c"],
    ["a thousand unknown keys", `version: 1\n${Array.from({ length: 1000 }, (_, i) => `k${i}: 1`).join("\n")}`],
  ])("%s ends in issues within a second", (_, text) => {
    const start = performance.now();
    expect(problems(text).length).toBeGreaterThan(0);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test("nothing of the file can leave its code span or its line", () => {
    const found = problems('version: 1\n"`x`\\n::error::\\u202e": 1\nmode: "a`\\r\\n::set-output"');
    for (const message of found) expect(message).not.toMatch(/[\n\r\u202e]/);
    expect(found.every((message) => (message.match(/`/g)?.length ?? 0) % 2 === 0)).toBe(true);
  });
});
