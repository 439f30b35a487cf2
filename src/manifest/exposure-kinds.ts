import { type Field, items, member, memberAt, root, text } from "./fields.ts";
import type { ManifestObject } from "./object.ts";

/** Another object that traffic is handed to, by kind and name; `namespace` is empty for the object's own. */
export type Backend = { readonly kind: string; readonly namespace: string; readonly name: string };

/** A kind whose objects let traffic in from outside and hand it to Services. */
export type ExposureKind = {
  readonly group: string;
  readonly kind: string;
  readonly formerly: readonly string[];
  /** `changed`: only the objects of changed files are read; `always`: other objects are found through them. */
  readonly read: "changed" | "always";
  readonly backends: (spec: Field) => readonly Backend[];
  readonly source: string;
};

const ROUTES = ["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"];
const TRAEFIK = ["IngressRoute", "IngressRouteTCP", "IngressRouteUDP"];

/** One row a kind. */
export const EXPOSURE_KINDS: readonly ExposureKind[] = [
  {
    group: "networking.k8s.io",
    kind: "Ingress",
    formerly: ["extensions"],
    read: "changed",
    backends: (spec) => [
      ...ingressBackend(member(spec, "defaultBackend")),
      ...ingressBackend(member(spec, "backend")),
      ...list(spec, "rules").flatMap((rule) =>
        list(member(rule, "http"), "paths").flatMap((path) => ingressBackend(member(path, "backend"))),
      ),
    ],
    source: "kubernetes/api networking/v1 and networking/v1beta1 types.go, IngressSpec",
  },
  ...ROUTES.map(
    (kind): ExposureKind => ({
      group: "gateway.networking.k8s.io",
      kind,
      formerly: [],
      read: "always",
      backends: (spec) =>
        list(spec, "rules").flatMap((rule) => [
          ...list(rule, "backendRefs").flatMap((each) => named(each)),
          ...list(rule, "filters").flatMap((each) => named(memberAt(each, ["requestMirror", "backendRef"]))),
        ]),
      source: "kubernetes-sigs/gateway-api apis/v1/shared_types.go, BackendObjectReference",
    }),
  ),
  {
    group: "gateway.networking.k8s.io",
    kind: "Gateway",
    formerly: [],
    read: "changed",
    backends: () => [],
    source: "kubernetes-sigs/gateway-api apis/v1/gateway_types.go: its routes name it, in parentRefs",
  },
  {
    group: "route.openshift.io",
    kind: "Route",
    formerly: [""],
    read: "changed",
    backends: (spec) => [
      ...named(member(spec, "to")),
      ...list(spec, "alternateBackends").flatMap((each) => named(each)),
    ],
    source: "openshift/api route/v1/types.go, RouteSpec",
  },
  ...TRAEFIK.map(
    (kind): ExposureKind => ({
      group: "traefik.io",
      kind,
      formerly: ["traefik.containo.us"],
      read: "changed",
      backends: (spec) =>
        list(spec, "routes").flatMap((route) => list(route, "services").flatMap((each) => named(each))),
      source: "traefik/traefik pkg/provider/kubernetes/crd/traefikio/v1alpha1",
    }),
  ),
];

const BY_IDENTITY = new Map(EXPOSURE_KINDS.map((row) => [`${row.group}/${row.kind}`, row]));

/** The Services and others that an object of one of these kinds names as its backends. */
export function backendsOf({ ref, node }: ManifestObject): readonly Backend[] {
  const row = BY_IDENTITY.get(`${ref.group}/${ref.kind}`);
  return row === undefined ? [] : row.backends(member(root(node), "spec"));
}

/** The objects that a route of the Gateway API says it belongs to. */
export function parentsOf({ node }: ManifestObject): readonly Backend[] {
  return list(member(root(node), "spec"), "parentRefs").flatMap((each) => named(each, "Gateway"));
}

function ingressBackend(backend: Field): readonly Backend[] {
  const name = text(memberAt(backend, ["service", "name"])) ?? text(member(backend, "serviceName")) ?? "";
  return name === "" ? [] : [{ kind: "Service", namespace: "", name }];
}

function named(reference: Field, usual = "Service"): readonly Backend[] {
  const name = text(member(reference, "name")) ?? "";
  const kind = text(member(reference, "kind")) ?? usual;
  return name === "" ? [] : [{ kind, namespace: text(member(reference, "namespace")) ?? "", name }];
}

/** Items of a list; none where it is no list, which is for the API server to refuse. */
function list(field: Field, name: string): readonly Field[] {
  const found = member(field, name);
  return found.node?.kind === "seq" ? items(found) : [];
}
