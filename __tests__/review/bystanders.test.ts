import { describe, expect, it } from "vitest";
import { formatDiffJson } from "../../src/report/json.ts";
import { CONFIG_PATH, factsInTrees } from "../../src/review/config-facts.ts";
import { type ReviewInput, review, whatIsRead } from "../../src/review.ts";
import { memoryTree } from "../laws/memory-tree.ts";
import { reviewInput } from "./input.ts";

const deployment = (namespace: string, name: string, labels = `app: ${name}`) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  replicas: 1
  selector:
    matchLabels:
      ${labels}
  template:
    metadata:
      labels:
        ${labels}
    spec:
      containers:
      - name: main
        image: main:1
        ports:
        - name: http
          containerPort: 8080
`;

const policy = (namespace: string, name: string, spec: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
${spec}`;

const home = (name: string) => `apiVersion: v1
kind: Namespace
metadata:
  name: ${name}
  labels:
    team: ${name}
`;

const DENY = "  podSelector: {}\n  policyTypes:\n  - Ingress\n";
const from = (peer: string) => `  podSelector:
    matchLabels:
      app: db
  ingress:
  - from:
    - ${peer}
`;
const OWN = from("podSelector: {}");

const rule = (to: string) => `version: 1\nprotected:\n  - name: r\n    to: ${to}\n`;

/** Three namespaces alike; what differs is in the first. */
const FILES: Readonly<Record<string, string>> = Object.fromEntries(
  ["a", "b", "c"].flatMap((each) => [
    [`${each}/home.yaml`, `${home(each)}---\n${policy(each, "deny", DENY)}`],
    [`${each}/web.yaml`, deployment(each, "web")],
    [`${each}/db.yaml`, deployment(each, "db")],
    [`${each}/policy.yaml`, policy(each, "own", OWN)],
  ]),
);

function inputOf(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): ReviewInput {
  const [base, head] = [memoryTree(before), memoryTree(after)];
  return reviewInput(base, head, factsInTrees(base, head, CONFIG_PATH, false));
}

type Files = Readonly<Record<string, string>>;

/** The namespaces that are read where `changed` takes the place of files of both sides, and `common` is on both. */
async function namespacesRead(changed: Files, common: Files = {}): Promise<string> {
  const base = { ...FILES, ...common };
  const input = inputOf(base, { ...base, ...changed });
  expect(input.choice.fatal).toEqual([]);
  const [read] = await whatIsRead(input);
  expect(read?.head.counts.workloads).toBeGreaterThanOrEqual(6);
  return [...(read?.head.namespaces.keys() ?? [])].sort().join();
}

describe("a change of rules between pods that are named", () => {
  it.each<[string, Files, string]>([
    [
      "of its own namespace needs this one alone",
      { "a/policy.yaml": policy("a", "own", `${OWN}    ports:\n    - port: 80\n`) },
      "a",
    ],
    [
      "of a namespace by name needs that one, too",
      {
        "a/policy.yaml": policy(
          "a",
          "own",
          from("namespaceSelector:\n        matchLabels:\n          kubernetes.io/metadata.name: b"),
        ),
      },
      "a,b",
    ],
    [
      "of addresses needs no other",
      { "a/policy.yaml": policy("a", "own", from("ipBlock:\n        cidr: 192.0.2.0/24")) },
      "a",
    ],
    ["that a policy adds for pods which are isolated already", { "a/more.yaml": policy("a", "more", OWN) }, "a"],
    ["of another namespace needs one that is declared, too", { "more.yaml": policy("c", "more", OWN) }, "a,c"],
    ["that does nothing", { "a/policy.yaml": `# note\n${policy("a", "own", OWN)}` }, "a"],
    [
      "beside another release of a workload",
      { "a/web.yaml": deployment("a", "web").replace("main:1", "main:2").replace("replicas: 1", "replicas: 3") },
      "a",
    ],
  ])("%s", async (_, changed, expected) => {
    expect(await namespacesRead(changed)).toBe(expected);
  });
});

const MORE_PORTS = { "a/policy.yaml": policy("a", "own", `${OWN}    ports:\n    - port: 80\n`) };
const NAMED = `  podSelector: {}
  egress:
  - to:
    - namespaceSelector: {}
    ports:
    - port: http
`;
const OWNED = `apiVersion: v1
kind: Pod
metadata:
  name: one
  namespace: b
  labels:
    app: one
  ownerReferences:
  - kind: Sandbox
    name: one
spec:
  containers:
  - name: main
    image: main:1
`;
const OF_SERVICE = `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: out
  namespace: b
spec:
  selector: all()
  types: [Egress]
  egress:
  - action: Allow
    destination:
      services:
        name: web
        namespace: c
`;

describe("everything is read where", () => {
  it.each<[string, Files, Files]>([
    [
      "a rule speaks of namespaces by their labels",
      { "a/policy.yaml": policy("a", "own", from("namespaceSelector:\n        matchLabels:\n          team: b")) },
      {},
    ],
    [
      "a rule admits everybody",
      {
        "a/policy.yaml": policy(
          "a",
          "own",
          from("podSelector: {}").replace("- from:\n    - podSelector: {}", "- ports:\n    - port: 80"),
        ),
      },
      {},
    ],
    [
      "a rule admits addresses that pods may have",
      { "a/policy.yaml": policy("a", "own", from("ipBlock:\n        cidr: 10.0.0.0/8")) },
      {},
    ],
    ["a policy ceases to isolate", { "a/home.yaml": home("a") }, {}],
    [
      "a policy begins to isolate",
      { "a/more.yaml": policy("a", "more", "  podSelector: {}\n  policyTypes:\n  - Egress\n") },
      {},
    ],
    [
      "a policy selects other pods in a direction in which not all are isolated",
      {
        "a/out.yaml": policy(
          "a",
          "out",
          "  podSelector:\n    matchLabels:\n      app: web\n  policyTypes:\n  - Egress\n",
        ),
      },
      {
        "a/out.yaml": policy(
          "a",
          "out",
          "  podSelector:\n    matchLabels:\n      app: db\n  policyTypes:\n  - Egress\n",
        ),
      },
    ],
    ["a workload comes", { "a/more.yaml": deployment("a", "more") }, {}],
    ["a label of a pod changes", { "a/web.yaml": deployment("a", "web", "app: other") }, {}],
    [
      "a label of a namespace changes",
      { "a/home.yaml": `${home("a").replace("team: a", "team: b")}---\n${policy("a", "deny", DENY)}` },
      {},
    ],
    [
      "a route differs",
      {
        "a/route.yaml":
          "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: i\n  namespace: a\nspec:\n  defaultBackend:\n    service:\n      name: web\n      port:\n        number: 80\n",
      },
      {},
    ],
    [
      "a Service leads elsewhere by its name",
      {
        "a/service.yaml":
          "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n  namespace: a\nspec:\n  externalName: web.b.svc.cluster.local\n  type: ExternalName\n",
      },
      {},
    ],
    [
      "the plugin reads policies in its own way",
      { "a/policy.yaml": policy("a", "own", `${OWN}    ports:\n    - port: 80\n`) },
      { [CONFIG_PATH]: "version: 1\ncni: weave-net\n" },
    ],
    [
      "a rule judges what stands",
      { "a/policy.yaml": policy("a", "own", `${OWN}    ports:\n    - port: 80\n`) },
      { [CONFIG_PATH]: `${rule("{ namespace: a, pods: { app: db } }")}    on: violate\n` },
    ],
    [
      "a rule speaks of any namespace",
      { "a/policy.yaml": policy("a", "own", `${OWN}    ports:\n    - port: 80\n`) },
      { [CONFIG_PATH]: rule("{ pods: { app: db } }") },
    ],
    [
      "a label of a namespace without workloads changes",
      { "d.yaml": home("d").replace("team: d", "team: b") },
      { "d.yaml": home("d") },
    ],
    ["a rule names a port of pods of any namespace", MORE_PORTS, { "b/out.yaml": policy("b", "out", NAMED) }],
    ["pods have an owner", MORE_PORTS, { "b/pod.yaml": OWNED }],
    ["a policy may speak of a Service", MORE_PORTS, { "b/calico.yaml": OF_SERVICE }],
    [
      "limits are configured",
      { "a/policy.yaml": policy("a", "own", `${OWN}    ports:\n    - port: 80\n`) },
      { [CONFIG_PATH]: "version: 1\nlimits: { depth: 50 }\n" },
    ],
  ])("%s", async (_, changed, common) => {
    expect(await namespacesRead(changed, common)).toMatch(/^a,b,c/);
  });
});

describe("a namespace is read where its objects are", () => {
  const changed = { "a/policy.yaml": policy("a", "own", `${OWN}    ports:\n    - port: 80\n`) };
  it.each<[string, Files, string]>([
    ["unusual", { "b/web.yaml": deployment("b", "web").replace("kind: Deployment", "kind: DaemonSet") }, "a,b"],
    ["spoken of by a rule", { [CONFIG_PATH]: rule("{ namespace: b, pods: { app: db } }") }, "a,b"],
    [
      "workloads of one name and two kinds",
      { "b/again.yaml": deployment("b", "web").replace("kind: Deployment", "kind: StatefulSet") },
      "a,b",
    ],
    ["two of one name", { "b/again.yaml": deployment("b", "web") }, "a,b"],
    [
      "a policy that selects nobody",
      { "b/policy.yaml": policy("b", "own", OWN.replace("app: db", "app: none")) },
      "a,b",
    ],
    [
      "a policy that asks for one label too many",
      { "b/policy.yaml": policy("b", "own", OWN.replace("app: db", "app: db\n      tier: none")) },
      "a,b",
    ],
    [
      "a policy with the name of a port that no pod has",
      { "b/policy.yaml": policy("b", "own", `${OWN}    ports:\n    - port: dns\n`) },
      "a,b",
    ],
    [
      "a policy for all pods with the name of a port that none has",
      { "b/policy.yaml": policy("b", "own", "  podSelector: {}\n  ingress:\n  - ports:\n    - port: dns\n") },
      "a,b",
    ],
    ["in a namespace that nobody declares", { "d/policy.yaml": policy("d", "own", OWN) }, "a,d"],
    [
      "in a file with those of another that is read",
      { "b/more.yaml": `${policy("a", "x", DENY)}---\n${policy("b", "x", DENY)}` },
      "a,b",
    ],
    ["as usual", { "b/policy.yaml": policy("b", "own", `${OWN}    ports:\n    - port: http\n`) }, "a"],
  ])("%s", async (_, common, expected) => {
    expect(await namespacesRead(changed, common)).toBe(expected);
  });
});

describe("a finding", () => {
  it("names who was allowed before, wherever they are", async () => {
    const base = {
      ...FILES,
      "a/policy.yaml": policy("a", "own", from("podSelector:\n        matchLabels:\n          app: cron")),
      "a/other.yaml": policy("a", "other", from("namespaceSelector:\n        matchLabels:\n          team: b")),
      [CONFIG_PATH]: rule("{ namespace: a, pods: { app: db } }"),
    };
    const input = inputOf(base, { ...base, "a/policy.yaml": policy("a", "own", OWN) });
    const [read] = await whatIsRead(input);
    expect([...(read?.head.namespaces.keys() ?? [])]).toEqual(["a"]);
    const [finding] = (await review(input)).clusters.flatMap(({ findings }) => findings);
    expect(finding?.allowedBefore).toContain("every workload in b");
    expect(formatDiffJson(await review(input))).toBe(formatDiffJson(await review({ ...input, everything: true })));
  });
});
