import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { convertAdmin } from "../../src/manifest/admin.ts";
import { canonical } from "../../src/manifest/canonical.ts";
import { buildCluster } from "../../src/manifest/cluster.ts";
import { convertNetworkPolicy } from "../../src/manifest/networkpolicy.ts";
import { readObjects } from "../../src/manifest/objects.ts";
import type { YamlEntry, YamlMap, YamlNode } from "../../src/manifest/yaml/node.ts";
import { CONTEXT, OPTIONS } from "./context.ts";

/** Names that lead deep into policies and workloads, and some that lead nowhere. */
const KEYS = [
  ...["metadata", "spec", "podSelector", "namespaceSelector", "matchLabels", "matchExpressions", "key", "operator"],
  ...["values", "ingress", "egress", "from", "to", "ports", "port", "endPort", "protocol", "ipBlock", "cidr", "except"],
  ...["policyTypes", "subject", "namespaces", "pods", "action", "priority", "tier", "networks", "nodes", "domainNames"],
  ...["protocols", "tcp", "destinationPort", "number", "range", "start", "end", "portNumber", "namedPort", "template"],
  ...["containers", "initContainers", "containerPort", "name", "namespace", "labels", "selector", "replicas", "items"],
  ...["ownerReferences", "annotations", "kind", "__proto__", "constructor", "$patch", "jobTemplate", "hostNetwork"],
];
const VALUES = [
  "a",
  "",
  "In",
  "Exists",
  "TCP",
  "10.0.0.0/8",
  "::/0",
  "Ingress",
  "Allow",
  "Admin",
  "{{ x }}",
  "on",
  "web",
];

const scalar = fc
  .oneof(fc.constantFrom(...VALUES), fc.constantFrom(0, 80, 70000, -1, 1.5), fc.boolean(), fc.constant(null))
  .map((value): YamlNode => ({ kind: "scalar", line: 3, value, text: String(value) }));

const { node } = fc.letrec<{ node: YamlNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: "large", withCrossShrink: true },
    scalar,
    fc.array(tie("node"), { maxLength: 3 }).map((items): YamlNode => ({ kind: "seq", line: 2, items })),
    fc.array(fc.tuple(fc.constantFrom(...KEYS), tie("node")), { maxLength: 5 }).map(mapOf),
  ),
}));

function mapOf(pairs: readonly (readonly [string, YamlNode])[]): YamlMap {
  const entries = new Map<string, YamlEntry>(pairs.map(([key, value]) => [key, { keyLine: 2, value }]));
  return { kind: "map", line: 1, entries };
}

function text(value: string): YamlNode {
  return { kind: "scalar", line: 1, value, text: value };
}

const TYPES = [
  ["networking.k8s.io/v1", "NetworkPolicy"],
  ["policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy"],
  ["policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy"],
  ["apps/v1", "Deployment"],
  ["batch/v1", "CronJob"],
  ["v1", "Pod"],
  ["v1", "Namespace"],
  ["v1", "List"],
  ["template.openshift.io/v1", "Template"],
  ["postgresql.cnpg.io/v1", "Cluster"],
] as const;

const document = fc.tuple(fc.constantFrom(...TYPES), node, node).map(([[apiVersion, kind], metadata, spec]) =>
  mapOf([
    ["apiVersion", text(apiVersion)],
    ["kind", text(kind)],
    ["metadata", metadata.kind === "map" ? { ...metadata, entries: named(metadata) } : metadata],
    [kind === "List" ? "items" : kind === "Template" ? "objects" : "spec", spec],
  ]),
);

function named(metadata: YamlMap): YamlMap["entries"] {
  return new Map(metadata.entries).set("name", { keyLine: 1, value: text("a") });
}

const RUNS = { seed: 20240607, numRuns: 3000 };

describe("any document", () => {
  it("is read, or told with its file and a line, and never thrown over", () => {
    fc.assert(
      fc.property(fc.array(document, { maxLength: 3 }), (documents) => {
        const read = readObjects(documents, { file: "a.yaml", blob: "0" });
        const { issues } = buildCluster({ ...read, counts: { files: 1, documents: 1, skipped: 0 } }, OPTIONS);
        for (const { at, message } of issues) {
          expect(at?.file).toBe("a.yaml");
          expect(message).not.toMatch(/\n|undefined|\[object/);
        }
      }),
      RUNS,
    );
  });

  it("of a policy kind is either evaluated or told as an error, never neither", () => {
    fc.assert(
      fc.property(document, (each) => {
        const { objects, issues } = readObjects([each], { file: "a.yaml", blob: "0" });
        for (const object of objects) {
          if (object.ref.kind !== "NetworkPolicy") continue;
          const converted = convertNetworkPolicy(object, CONTEXT);
          const errors = [...issues, ...converted.issues].filter(({ severity }) => severity === "error");
          expect(converted.policies.length === 0).toBe(errors.length > 0);
        }
        const admin = objects.filter(({ ref }) => ref.group === "policy.networking.k8s.io");
        const rejected = convertAdmin(admin, CONTEXT).issues.filter(({ severity }) => severity === "error");
        expect(rejected.length).toBeLessThanOrEqual(admin.length);
      }),
      RUNS,
    );
  });

  it("has one canonical text, whatever the order of its keys", () => {
    fc.assert(
      fc.property(node, (each) => canonical(reversed(each)) === canonical(each)),
      RUNS,
    );
  });
});

function reversed(each: YamlNode): YamlNode {
  if (each.kind === "scalar") return { ...each, line: each.line + 1 };
  if (each.kind === "seq") return { ...each, items: each.items.map(reversed) };
  return mapOf([...each.entries].reverse().map(([key, { value }]) => [key, reversed(value)] as const));
}
