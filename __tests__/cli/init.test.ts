import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { PLUGIN_NAMES } from "../../src/manifest/plugins/profiles.ts";
import { loadParser } from "../github/workflow-parser.ts";
import { type Files, makeFolder } from "../tree/repo.ts";
import { type Ended, netpolReview } from "./command.ts";

const CONFIG = ".github/netpol-review.yml";
const WORKFLOW = ".github/workflows/netpol-review.yml";

function pods(kind: string, name: string, image: string, more = ""): string {
  return `apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name}, app.kubernetes.io/version: "1" } }
    spec: { containers: [{ name: main, image: "${image}"${more} }] }
`;
}
function policy(name: string, ingress: string): string {
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: shop }
spec:
  podSelector: { matchLabels: { app: ${name} } }
  policyTypes: [Ingress]
  ingress: ${ingress}
`;
}
const FROM_API = "[{ from: [{ podSelector: { matchLabels: { app: api } } }], ports: [{ port: 5432 }] }]";
const SHOP: Files = {
  "k8s/api.yaml": pods("Deployment", "api", "shop/api:1"),
  "k8s/db.yaml": pods("StatefulSet", "db", "registry.example.com:5000/library/postgres:17"),
  "k8s/db-policy.yaml": policy("db", FROM_API),
};

type Started = Ended & { readonly dir: string; readonly config: string };

function init(files: Files): Started {
  const dir = makeFolder(files);
  const ended = netpolReview(dir, "init");
  return { ...ended, dir, config: readFileSync(join(dir, CONFIG), "utf8") };
}

/** The written configuration is one, and the tree that it was written for passes. */
function settled({ dir, config }: Started): NonNullable<ReturnType<typeof parseConfig>["config"]> {
  const parsed = parseConfig(Buffer.from(config), CONFIG, PLUGIN_NAMES);
  expect(parsed.issues).toEqual([]);
  expect(netpolReview(dir, "check", ".").exit).toBe(0);
  expect(netpolReview(dir, "diff", ".", ".", "-o", "json").stdout).toContain('"conclusion": "success"');
  if (parsed.config === undefined) throw new Error("no configuration");
  return parsed.config;
}

describe("netpol-review init", () => {
  test("protects a data store from all but those whom its policies let in", () => {
    const started = init(SHOP);
    expect(settled(started).rules.map(({ name, allowed }) => [name, allowed.length])).toEqual([["db-ingress", 1]]);
    expect(started.stdout).toContain("protects shop/db[StatefulSet] (PostgreSQL): rule db-ingress");
    expect(started.config).toContain("- from: { namespace: shop, podSelector: { matchLabels: { app: api } } }");
    expect(started.config).not.toContain("app.kubernetes.io/version");
  });

  test("the rule that it wrote objects to a change that opens the store", () => {
    const { dir, config } = init(SHOP);
    const head = makeFolder({ ...SHOP, [CONFIG]: config, "k8s/db-policy.yaml": policy("db", "[{}]") });
    expect(netpolReview(dir, "diff", ".", head).exit).toBe(1);
  });

  test.each<[string, string, Files]>([
    ["without a policy", "no policy restricts who may connect to it", { "k8s/db-policy.yaml": undefined }],
    ["open to everybody", "its policies let everybody in", { "k8s/db-policy.yaml": policy("db", "[{}]") }],
    [
      "in its node's network",
      "no policy governs it",
      { "k8s/db.yaml": pods("StatefulSet", "db", "postgres").replace("spec: { c", "spec: { hostNetwork: true, c") },
    ],
  ])("leaves out the rule of a store %s, and says why", (_, why, files) => {
    const started = init({ ...SHOP, ...files });
    expect(settled(started).rules).toEqual([]);
    expect(started.stdout).toContain("left out shop/db[StatefulSet] (PostgreSQL): ");
    expect(started.stdout).toContain(why);
    expect(started.config).toContain("#   - name: db-ingress");
  });

  test.each([
    ["an image", "postgres:17", "", true],
    ["an image by digest", "ghcr.io/acme/valkey@sha256:00", "", true],
    ["a port of a StatefulSet", "acme/thing:1", ", ports: [{ containerPort: 27017 }]", true],
    ["its image, at a port that many share", "clickhouse:24", ", ports: [{ containerPort: 8123 }]", true],
    ["a port that many share", "home-assistant:1", ", ports: [{ containerPort: 8123 }]", false],
    ["an exporter", "quay.io/acme/postgres-exporter:1", "", false],
    ["a program of one's own", "acme/thing:1", ", ports: [{ containerPort: 8080 }]", false],
  ])("knows a store by %s", (_, image, more, is) => {
    const { stdout } = init({ "a.yaml": pods("StatefulSet", "thing", image, more) });
    expect(stdout.includes("left out shop/thing[StatefulSet]")).toBe(is);
  });

  test.each<[string, string]>([
    ["addresses", "[{ from: [{ ipBlock: { cidr: 203.0.113.0/24, except: [203.0.113.7/32] } }] }]"],
    ["labels of namespaces", "[{ from: [{ namespaceSelector: { matchLabels: { team: a } } }] }]"],
    ["every namespace", "[{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { on: 'true' } } }] }]"],
    [
      "expressions",
      "[{ from: [{ podSelector: { matchExpressions: [{ key: a, operator: NotIn, values: [b, '1'] }, { key: x/y, operator: Exists }] } }] }]",
    ],
    ["nobody", "[]"],
  ])("writes down that %s may connect", (_, ingress) => {
    const started = init({ ...SHOP, "k8s/db-policy.yaml": policy("db", ingress) });
    expect(settled(started).rules.map(({ name }) => name)).toEqual(["db-ingress"]);
  });

  test("names the network plugin that the tree installs", () => {
    const agent = pods("DaemonSet", "calico-node", "docker.io/calico/node:v3.30.0");
    const started = init({ ...SHOP, "calico.yaml": agent });
    expect(settled(started).cni).toBe("calico");
    expect(started.stdout).toContain("network plugin: calico");
  });

  test("names folders that define the same objects as clusters", () => {
    const both = ["eu", "us"].flatMap((name) =>
      Object.entries(SHOP).map(([path, text]) => [path.replace("k8s", `clusters/${name}`), text] as const),
    );
    const started = init(Object.fromEntries(both));
    expect(settled(started).clusters.map(({ name }) => name)).toEqual(["eu", "us"]);
    const beside = init({ ...Object.fromEntries(both), "other.yaml": pods("Deployment", "other", "other") });
    expect(settled(beside).clusters).toEqual([]);
    expect(beside.config).toContain('# clusters:\n#   - name: eu\n#     manifests: ["clusters/eu/**"]');
  });

  test("leaves it to people whether a folder of fixtures is deployed", () => {
    const started = init({ ...SHOP, "test/fixtures/a.yaml": pods("Deployment", "a", "a") });
    expect(settled(started).exclude).toEqual([]);
    expect(started.stdout).toContain("left out an exclusion of test/**");
    expect(started.config).toContain('#   - "test/**"');
  });

  test("an empty repository gets a configuration that protects nothing, and is told so", () => {
    const started = init({ "README.md": "" });
    expect(settled(started).rules).toEqual([]);
    expect(started.stdout).toContain("nothing here looks like a data store");
  });

  test("names of manifests cannot leave their comment or their scalar", () => {
    const name = '"db\\nversion: 2"';
    const hostile = pods("StatefulSet", "db", "postgres").replace("labels: { app: db,", `labels: { app: ${name},`);
    const started = init({ "a.yaml": hostile });
    expect(parseConfig(Buffer.from(started.config), CONFIG, PLUGIN_NAMES).issues).toEqual([]);
  });
});

describe("what netpol-review init writes over: nothing", () => {
  test("a configuration and a workflow that are there stay as they are", () => {
    const files = { ...SHOP, [CONFIG]: "version: 1\n", [WORKFLOW]: "on: push\n" };
    const dir = makeFolder(files);
    const { stdout, exit } = netpolReview(dir, "init", ".");
    expect(exit).toBe(0);
    expect(stdout).toBe(`kept ${CONFIG}: it is there already\nkept ${WORKFLOW}: it is there already\n`);
    expect(readFileSync(join(dir, CONFIG), "utf8")).toBe("version: 1\n");
    expect(readFileSync(join(dir, WORKFLOW), "utf8")).toBe("on: push\n");
  });

  test("a workflow of another name that runs the review is enough", () => {
    const dir = makeFolder({ ".github/workflows/ci.yaml": "steps: [{ uses: netpol-review/netpol-review@v1 }]\n" });
    expect(netpolReview(dir, "init").stdout).toContain("kept .github/workflows/ci.yaml: it runs the review already");
  });

  test("a link that leads nowhere is not followed", () => {
    const dir = makeFolder();
    mkdirSync(join(dir, ".github"));
    symlinkSync(join(dir, "elsewhere.yml"), join(dir, CONFIG));
    expect(netpolReview(dir, "init").stdout).toContain(`kept ${CONFIG}`);
  });

  test("the workflow that it writes is one to GitHub's own parser", async () => {
    const { parseWorkflow, NoOperationTraceWriter } = await loadParser();
    const { dir } = init(SHOP);
    const content = readFileSync(join(dir, WORKFLOW), "utf8");
    const { context } = parseWorkflow({ name: WORKFLOW, content }, new NoOperationTraceWriter());
    expect(context.errors.getErrors()).toEqual([]);
  });
});
