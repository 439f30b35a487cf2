import { describe, expect, test } from "vitest";
import { type Files, issuesOf, reviewFiles } from "../manifest/review-files.ts";

const STANDING: Files = {
  ".github/netpol-review.yml": `version: 1
protected: [{ name: db, to: { namespace: production, pods: { app: db } } }]
`,
  "db.yaml": `apiVersion: v1
kind: Pod
metadata: { name: db, namespace: production, labels: { app: db } }
spec: { containers: [{ name: db, image: db }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: production, labels: { app: web } }
spec: { containers: [{ name: web, image: web }] }
`,
  "services.yaml": `apiVersion: v1
kind: Service
metadata: { name: db, namespace: production }
spec: { selector: { app: db }, ports: [{ port: 3306 }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: production }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: alias, namespace: front }
spec: { type: ExternalName, externalName: db.production.svc.cluster.local }
`,
  "routes.yaml": `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: standing, namespace: production }
spec:
  parentRefs: [{ name: edge, namespace: gateways }]
  rules: [{ backendRefs: [{ name: db, port: 3306 }] }]
`,
};

const object = (type: string, spec: string, metadata = "name: x, namespace: production") => {
  const [apiVersion, kind] = type.split(" ");
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { ${metadata} }\nspec: ${spec}\n`;
};
const route = (backend: string) => `{ rules: [{ backendRefs: [${backend}] }] }`;

const LEADING: readonly (readonly [title: string, manifest: string])[] = [
  ["Service", object("v1 Service", "{ type: LoadBalancer, selector: { app: db }, ports: [{ port: 1 }] }")],
  [
    "a Service that is a name for another",
    object("v1 Service", "{ type: ExternalName, externalName: db.production.svc }"),
  ],
  [
    "Ingress by a rule",
    object(
      "networking.k8s.io/v1 Ingress",
      "{ rules: [{ http: { paths: [{ path: /, backend: { service: { name: db } } }] } }] }",
    ),
  ],
  [
    "Ingress by its default backend",
    object("networking.k8s.io/v1 Ingress", "{ defaultBackend: { service: { name: db } } }"),
  ],
  [
    "Ingress of an old version",
    object("extensions/v1beta1 Ingress", "{ rules: [{ http: { paths: [{ backend: { serviceName: db } }] } }] }"),
  ],
  ...["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"].map(
    (kind) => [kind, object(`gateway.networking.k8s.io/v1 ${kind}`, route("{ name: db }"))] as const,
  ),
  [
    "a route from another namespace",
    object(
      "gateway.networking.k8s.io/v1 HTTPRoute",
      route("{ name: db, namespace: production }"),
      "name: x, namespace: front",
    ),
  ],
  [
    "a route over an alias",
    object("gateway.networking.k8s.io/v1 HTTPRoute", route("{ name: alias }"), "name: x, namespace: front"),
  ],
  [
    "a Gateway whose route leads there",
    object("gateway.networking.k8s.io/v1 Gateway", "{ listeners: [] }", "name: edge, namespace: gateways"),
  ],
  ["Route of OpenShift", object("route.openshift.io/v1 Route", "{ to: { kind: Service, name: db } }")],
  [
    "Route of OpenShift by an alternate backend",
    object(
      "route.openshift.io/v1 Route",
      "{ to: { kind: Service, name: web }, alternateBackends: [{ kind: Service, name: db }] }",
    ),
  ],
  [
    "IngressRoute of Traefik",
    object("traefik.io/v1alpha1 IngressRoute", "{ routes: [{ services: [{ name: db, port: 1 }] }] }"),
  ],
];

async function notJudged(base: Files, head: Files): Promise<readonly string[]> {
  const report = await reviewFiles({ ...STANDING, ...base }, { ...STANDING, ...head });
  expect(issuesOf(report)).toEqual([]);
  return report.clusters.flatMap(({ findings }) => findings.map(({ kind, message }) => `${kind}: ${message}`));
}

describe("judging 4: what leads to a subject and changes is told, not judged", () => {
  test.each(LEADING)("%s", async (_, manifest) => {
    const added = await notJudged({}, { "new.yaml": manifest });
    expect(added).toHaveLength(1);
    expect(added[0]).toMatch(/^not-judged: .* leads to `production\/db\[Pod\].*` and changes/);
    expect(await notJudged({ "new.yaml": manifest }, {})).toHaveLength(1);
  });

  test("the same object in another file, under another label, in another layout is no change", async () => {
    for (const [, manifest] of LEADING) {
      const moved = manifest.replace("metadata: {", "metadata: { labels: { chart: a-2 },");
      expect(await notJudged({ "new.yaml": manifest }, { "moved.yaml": `# moved\n${moved}` })).toEqual([]);
    }
  });

  test("an annotation that a controller reads is a change, one that nobody reads is none", async () => {
    const ingress = (annotation: string) =>
      object(
        "networking.k8s.io/v1 Ingress",
        "{ defaultBackend: { service: { name: db } } }",
        `name: x, namespace: production, annotations: { ${annotation} }`,
      );
    const listed = ingress("nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8");
    expect(await notJudged({ "new.yaml": listed }, { "new.yaml": ingress("a: b") })).toHaveLength(1);
    for (const key of ["checksum/config", "description"]) {
      const [before = "", after = ""] = [`${key}: a`, `${key}: b`].map(ingress);
      expect(await notJudged({ "new.yaml": before }, { "new.yaml": after })).toEqual([]);
    }
  });

  test("what leads elsewhere, or to nothing of the tree, is none", async () => {
    for (const [, manifest] of LEADING) {
      const elsewhere = manifest
        .replaceAll("name: db", "name: web")
        .replaceAll("serviceName: db", "serviceName: web")
        .replaceAll("app: db", "app: web")
        .replaceAll("alias", "nothing")
        .replaceAll("edge", "inner")
        .replaceAll("db.production", "web.production");
      expect(await notJudged({}, { "new.yaml": elsewhere })).toEqual([]);
    }
  });

  test("placeholders in one are no issue: it holds neither pods nor policies", async () => {
    const templated = object(
      "networking.k8s.io/v1 Ingress",
      "{ defaultBackend: { service: { name: db } } }",
      "name: '{{ name }}', namespace: '{{ ns }}'",
    );
    expect(await notJudged({}, { "new.yaml": templated })).toEqual([]);
  });

  test("a namespace that only an Ingress speaks of is no namespace of the cluster", async () => {
    const far = object("networking.k8s.io/v1 Ingress", "{ rules: [] }", "name: x, namespace: far");
    const report = await reviewFiles(STANDING, { ...STANDING, "new.yaml": far });
    expect(report.conclusion).toBe("success");
  });
});
