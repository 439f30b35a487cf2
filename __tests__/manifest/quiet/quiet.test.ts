import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildCluster } from "../../../src/manifest/cluster.ts";
import { type LoadEntry, loadTree } from "../../../src/manifest/load-tree.ts";
import { type QuietFile, QuietReader } from "../../../src/manifest/quiet/file.ts";
import { oddNamespaces } from "../../../src/manifest/quiet/odd.ts";
import { OPTIONS } from "../context.ts";
import { missing, SHARED } from "../shared.ts";
import { edit, edited } from "../yaml/edits.ts";
import { yamlFiles } from "../yaml/files.ts";
import { objectsOf } from "./objects.ts";
import { QUIET } from "./texts.ts";

const ABSENT = missing("real");
const SEED = Number(process.env.LAW_SEED ?? (process.env.LAW_LONG === undefined ? 20_261_125 : Date.now() % 2 ** 31));
const RUNS = Number(process.env.YAML_MUTATIONS ?? 3_000);
const reader = new QuietReader();

const quiet = (text: string): QuietFile | undefined => reader.read(Buffer.from(text));

/** What the decoders make of the same file. */
function decoded(text: string) {
  const entry: LoadEntry = { path: "a.yaml", blob: "x", kind: "file" };
  const readable = {
    read: (_: unknown, visit: (entry: LoadEntry, bytes: Uint8Array) => void) => visit(entry, Buffer.from(text)),
  };
  const loaded = loadTree(readable, [entry], new Map(), { changed: new Set() });
  return { loaded, cluster: buildCluster(loaded, OPTIONS) };
}

/** What is wrong with taking the file for quiet: nothing, where the decoders say the same and find nothing. */
function faults(text: string, file: QuietFile): readonly string[] {
  const { loaded, cluster } = decoded(text);
  const objects = objectsOf(file);
  const said: string[] = [];
  const claim = (what: string, is: unknown, is2: unknown) => {
    if (JSON.stringify(is) !== JSON.stringify(is2))
      said.push(`${what}: ${JSON.stringify(is)}, not ${JSON.stringify(is2)}`);
  };
  claim("documents", file.documents, loaded.counts.documents);
  claim("skipped", file.skipped, loaded.counts.skipped);
  const declared = objects.some(({ role }) => role === "namespace");
  const issues = oddNamespaces([file], declared).size > 0 ? loaded.issues : cluster.issues;
  claim(
    "issues",
    [],
    issues.map(({ code, message }) => `${code} ${message}`),
  );
  claim(
    "objects",
    objects.map(({ kind, namespace, name }) => [kind, namespace, name]),
    loaded.objects.map(({ ref }) => [ref.kind, ref.kind === "Namespace" ? ref.name : ref.namespace, ref.name]),
  );
  const isTwice =
    new Set(objects.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`)).size < objects.length;
  if (isTwice) return said;
  const workloads = objects.filter(({ role }) => role === "workload");
  claim("workloads", workloads.length, cluster.counts.workloads);
  claim("policies", objects.filter(({ role }) => role === "policy").length, cluster.counts.policies);
  for (const { namespace, name, kind, labels, ports } of workloads) {
    const found = cluster.workloads.find(
      (each) => each.namespace === namespace && each.name === name && each.kind === kind,
    );
    const given = [...(found?.pod.labels ?? [])].map(([key, value]) => `${key}=${value}`);
    claim(
      "labels",
      labels.filter((label) => !given.includes(label)),
      [],
    );
    claim(
      "ports",
      ports,
      found?.pod.ports?.map((port) => `${port.name}/${port.protocol}`),
    );
    claim("unusual", [found?.pod.hostNetwork, found?.protected, found?.otherNetworks], [false, [], undefined]);
  }
  claim("plugin", cluster.plugin.name, undefined);
  return said;
}

describe("a quiet file", () => {
  it.each([...QUIET])("is one with %s", (_, text) => {
    const file = quiet(text);
    expect(file).toBeDefined();
    expect(file === undefined ? [] : faults(text, file)).toEqual([]);
  });

  it("says what policies can ask of its workloads, and what its policies ask", () => {
    const file = quiet(QUIET.get("a Deployment, its Service, account and policies") ?? "");
    const objects = file === undefined ? [] : objectsOf(file);
    expect(objects.map(({ kind, labels, ports }) => [kind, labels.join(), ports.join()])).toEqual([
      ["Deployment", "app=web,tier=front,on-call=yes", "http/TCP,dns/UDP"],
      ["Service", "", ""],
      ["ServiceAccount", "", ""],
      ["NetworkPolicy", "app=web", "http/TCP"],
    ]);
  });

  const first = QUIET.get("a Deployment, its Service, account and policies") ?? "";
  const second = QUIET.get("a namespace and its policies") ?? "";
  const third = QUIET.get("lists and mappings between brackets") ?? "";
  it.each<[string, string, string, string]>([
    ["hostNetwork", first, "serviceAccountName: web", "hostNetwork: true"],
    ["an owner", first, "  annotations:\n    checksum", "  ownerReferences: []\n  annotations:\n    checksum"],
    ["a made-up name", first, "  name: web\n", "  generateName: web\n"],
    ["no namespace", first, "  namespace: shop\n  labels", "  labels"],
    ["our annotation", first, "checksum/config", "netpol-review.io/protected"],
    ["another network", first, "prometheus.io/scrape", "k8s.v1.cni.cncf.io/networks"],
    ["a selector that misses its own pods", first, "      app: web\n  template", "      app: api\n  template"],
    ["a key given twice", first, "        tier:", "        app: web\n        tier:"],
    ["a key given twice in a Service", first, "  type: ClusterIP", "  type: ClusterIP\n  type: NodePort"],
    ["a label that is no text", first, '"yes"', "yes"],
    ["a label that the API server refuses", first, "tier: 'front'", "tier: 'fr ont'"],
    ["a port that is none", first, "containerPort: 8080", "containerPort: 80800"],
    ["no containers", first, "      containers:\n      - name: main", "      other:\n      - name: main"],
    ["no selector", first, "  selector:\n    matchLabels:\n      app: web\n  template", "  template"],
    ["two ports of one name", first, "protocol: UDP\n          name: dns", "name: http"],
    ["ports of init containers", first, '        command: ["sh"', '        ports: []\n        command: ["sh"'],
    ["a tab", first, "tier: 'front' #", "tier: 'front'\t#"],
    ["a character beyond ASCII", first, "# web", "# wéb"],
    ["an anchor", first, "resources: {", "resources: &a {"],
    ["another kind", first, "kind: Deployment", "kind: DaemonSet"],
    ["another version of a policy's API", second, "networking.k8s.io/v1", "networking.k8s.io/v2"],
    ["an unknown field of a policy", second, "  podSelector: {}", "  podSelector: {}\n  tier: x"],
    [
      "an unknown field with a whole policy in it",
      second,
      "  podSelector: {}",
      "  podSelector: {}\n  tier:\n    podSelector: {}",
    ],
    ["a port without a number", first, "          containerPort: 8080\n", ""],
    ["an unknown type of policy", second, "- Ingress", "- ingress"],
    ["rules without effect", second, "  policyTypes:\n  - Egress\n", "  policyTypes:\n  - Ingress\n"],
    ["no values", second, "      values:\n      - web\n", ""],
    ["an unknown operator", second, "NotIn", "Not"],
    ["a named port of an egress rule", second, "port: 443", "port: https"],
    ["a range of ports", second, "port: 443", "port: 443\n      endPort: 444"],
    ["a namespace with another name", second, "metadata.name: shop", "metadata.name: other"],
    ["a block with host bits", first, "10.1.0.0/16", "10.1.0.1/16"],
    ["a hole outside of its block", first, "10.1.2.0/24", "10.2.2.0/24"],
    [
      "a peer with two meanings",
      first,
      "          podSelector: {}",
      "          ipBlock:\n            cidr: 10.0.0.0/8",
    ],
    ["a list", first, "kind: ConfigMap", "kind: ConfigMapList"],
    ["items of a ConfigMap", first, "data:\n  kind", "items: []\ndata:\n  kind"],
    ["items of a Deployment", first, "spec:\n  replicas", "items: []\nspec:\n  replicas"],
    ["items of a Service", first, "status: {}", "items: []"],
    ["an object that says what is deployed", first, "v1\nkind: ConfigMap", "argoproj.io/v1alpha1\nkind: Something"],
    ["a separator with text", first, "---\nkind", "--- x\nkind"],
    ["an indented key at the top", second, "metadata:", " metadata:"],
    ["a line that goes on with a kind", first, "metadata:\n  name: conf", "  metadata:\n  name: conf"],
    ["a placeholder", first, "        image: busybox\n", "        image: busybox\n        restartPolicy: $(RESTART)\n"],
    ["a quoted key", first, "        tier:", '        "tier":'],
    ["ingress rules without effect", first, "  policyTypes: []\n", "  policyTypes:\n  - Egress\n"],
    ["an image given twice", first, "        image: busybox\n", "        image: busybox\n        image: other\n"],
    ["brackets with a type that is none", third, "[Ingress, ", "[ingress, "],
    ["brackets with a label given twice", third, "tier: 'back'", "app: api"],
    ["brackets with a key given twice", third, "{port: 53, ", "{port: 53, port: 53, "],
    ["brackets with a key given twice in what nobody wants", third, '"api:1", ', '"api:1", image: x, '],
    ["brackets with an argument that is a mapping", third, '[-v, "--port=80"]', "[{a: b, a: c}]"],
    ["brackets with a label that is no text", third, "tier: 'back'", "tier: yes"],
    ["brackets with a label without a value", third, "tier: 'back'", "tier: "],
    ["brackets with a quoted key", third, "tier: 'back'", "'tier': back"],
    ["brackets with an escape", third, "'back'", '"b\\u0061ck"'],
    ["brackets with a mapping of one entry in a list", third, "[Ingress, ", "[Ingress: x, "],
    ["brackets with a comma too many", third, '"Egress" ]', '"Egress", ]'],
    ["brackets that go on on the next line", third, '"Egress" ]', '"Egress"\n    ]'],
    ["brackets with text behind them", third, '"Egress" ]', '"Egress" ] x'],
    ["brackets with a comment in them", third, '"Egress" ]', '"Egress" #]\n  ]'],
    ["brackets that are not closed", third, '"Egress" ]', '"Egress"'],
    ["brackets of the other sort", third, '[Ingress, "Egress" ]', "{Ingress: x}"],
    ["empty brackets of the other sort", third, '[Ingress, "Egress" ]', "{}"],
    ["brackets around a list in a list", third, '"Egress" ]', "[Egress]]"],
    ["brackets around text where a mapping has to be", third, "[{port: http}, ", "[http, "],
    ["brackets with an unknown field", third, "{matchLabels: {}}", "{matchLabels: {}, x: y}"],
    ["brackets with a port that is none", third, "containerPort: 53", "containerPort: 0"],
    ["brackets with a hole outside of its block", third, "[10.1.2.0/24", "[10.2.2.0/24"],
    ["brackets with no values", third, '[web, "db"]', "[]"],
    [
      "brackets with an owner",
      third,
      "{name: api, namespace: shop, labels",
      "{ownerReferences: [], name: api, namespace: shop, labels",
    ],
    ["brackets around our annotation", third, "annotations: {}}", "annotations: {k8s.v1.cni.cncf.io/networks: x}}"],
    ["brackets in brackets without end", third, '[-v, "--port=80"]', `${"[".repeat(30)}${"]".repeat(30)}`],
    ["a text at column 0", first, "data:\n  kind: |", "data:\n  kind: |\n- x"],
  ])("is none with %s", (_, text, old, other) => {
    expect(text).toContain(old);
    expect(quiet(text)).toBeDefined();
    expect(quiet(text.replace(old, other))).toBeUndefined();
  });

  it.skipIf(ABSENT !== undefined)(`of a real repository says what the decoders say${ABSENT ?? ""}`, () => {
    let taken = 0;
    for (const path of yamlFiles(SHARED)) {
      const text = readFileSync(path, "utf8");
      const file = quiet(text);
      if (file === undefined) continue;
      taken++;
      expect([path, ...faults(text, file)]).toEqual([path]);
    }
    expect(taken).toBeGreaterThan(100);
  });
});

/** Our own quiet files, and small real ones. */
function texts(): readonly string[] {
  const real = ABSENT === undefined ? yamlFiles(SHARED).map((path) => readFileSync(path, "utf8")) : [];
  return [...QUIET.values(), ...real.filter((text) => text.length < MOST && quiet(text) !== undefined).slice(0, MANY)];
}

const MOST = 3_000;
const MANY = 60;

describe("however a file is changed", { timeout: Math.max(20_000, RUNS / 2) }, () => {
  it(`it is quiet only where the decoders find nothing: ${RUNS} changes`, () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.constantFrom(...texts()), fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
        const changed = edits.reduce(edited, text);
        const file = quiet(changed);
        if (file === undefined) return;
        taken++;
        expect(faults(changed, file)).toEqual([]);
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(taken).toBeGreaterThan(RUNS / 10);
  });
});
