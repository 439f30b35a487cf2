import type { ExposureChange, PodsOf } from "../gate/exposure.ts";
import { canonical } from "../manifest/canonical.ts";
import { type Backend, backendsOf, parentsOf } from "../manifest/exposure-kinds.ts";
import { kindRow } from "../manifest/kinds.ts";
import type { ManifestObject } from "../manifest/object.ts";
import { inItsNamespace } from "../manifest/placed.ts";
import type { YamlEntry, YamlNode } from "../manifest/yaml/node.ts";
import type { Requirement } from "../model/labels.ts";

/**
 * Services, Ingresses, Gateways and routes that differ between the sides, with the pods that they lead to on either
 * side; `namespace` is for objects that name none. What leads to no pods of the trees is left out.
 */
export function exposureChanges(
  base: readonly ManifestObject[],
  head: readonly ManifestObject[],
  namespace: string,
): readonly ExposureChange[] {
  const before = exposing(base, namespace);
  const after = exposing(head, namespace);
  const changes: ExposureChange[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const was = before.get(key);
    const is = after.get(key);
    if (was?.origin === is?.origin || (was !== undefined && is !== undefined && meaning(was) === meaning(is))) continue;
    const shown = is ?? was;
    if (shown === undefined) continue;
    const targets = [
      ...(was === undefined ? [] : targetsOf(was, before, new Set())),
      ...(is === undefined ? [] : targetsOf(is, after, new Set())),
    ];
    if (targets.length > 0) changes.push({ object: shown.ref, at: shown.source, targets });
  }
  return changes;
}

/** What lets traffic in on one side, by kind, namespace and name. */
type Exposing = ReadonlyMap<string, ManifestObject>;

function exposing(objects: readonly ManifestObject[], namespace: string): Exposing {
  const out = new Map<string, ManifestObject>();
  for (const object of objects) {
    const role = kindRow(object.ref.group, object.ref.kind)?.role;
    if (role !== "service" && role !== "exposure") continue;
    const placed = inItsNamespace(object, namespace);
    out.set(keyOf({ kind: placed.ref.kind, namespace: placed.ref.namespace, name: placed.ref.name }), placed);
  }
  return out;
}

function keyOf({ kind, namespace, name }: Backend): string {
  return `${kind}\n${namespace}\n${name}`;
}

/** The pods behind an object, over as many Services and routes as it takes; each is visited once. */
function targetsOf(object: ManifestObject, side: Exposing, seen: Set<ManifestObject>): readonly PodsOf[] {
  if (seen.has(object)) return [];
  seen.add(object);
  const { namespace, name, kind } = object.ref;
  if (kind === "Service") return [...podsOf(object), ...aliased(object, side, seen)];
  const behind = backendsOf(object).map((each) => side.get(keyOf(inNamespace(each, namespace))));
  if (kind === "Gateway") {
    for (const route of side.values()) {
      const parents = parentsOf(route).map((each) => inNamespace(each, route.ref.namespace));
      if (parents.some((parent) => parent.kind === kind && parent.name === name && parent.namespace === namespace))
        behind.push(route);
    }
  }
  return behind.flatMap((each) => (each === undefined ? [] : targetsOf(each, side, seen)));
}

function inNamespace(backend: Backend, own: string): Backend {
  return backend.namespace === "" ? { ...backend, namespace: own } : backend;
}

/** What an ExternalName leads to, where it names a Service of the cluster. */
function aliased(object: ManifestObject, side: Exposing, seen: Set<ManifestObject>): readonly PodsOf[] {
  const external = at(at(object.node, "spec"), "externalName");
  const found = external?.kind === "scalar" ? /^([^.]+)\.([^.]+)\.svc(\.|$)/.exec(external.text) : null;
  const [, name, namespace] = found ?? [];
  if (name === undefined || namespace === undefined) return [];
  const service = side.get(keyOf({ kind: "Service", namespace, name }));
  return service === undefined ? [] : targetsOf(service, side, seen);
}

function podsOf(object: ManifestObject): readonly PodsOf[] {
  const selector = at(at(object.node, "spec"), "selector");
  if (selector?.kind !== "map" || selector.entries.size === 0) return [];
  const requirements: Requirement[] = [];
  for (const [key, { value }] of selector.entries) {
    if (value.kind !== "scalar") return [];
    requirements.push({ key, operator: "In", values: [String(value.value)] });
  }
  return [{ namespace: object.ref.namespace, requirements }];
}

function at(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node?.kind === "map" ? node.entries.get(key)?.value : undefined;
}

/**
 * Annotations that no load balancer, controller or proxy reads; keys without a prefix are private to users.
 * Source: Kubernetes documentation, annotations, syntax and character set.
 */
const IDLE_ANNOTATION =
  /^[^/]*$|^(kubectl\.kubernetes\.io|meta\.helm\.sh|helm\.sh|argocd\.argoproj\.io|kustomize\.toolkit\.fluxcd\.io|(internal\.)?config\.kubernetes\.io|prometheus\.io|checksum|reloader\.stakater\.com|netpol-review\.io)\//;

/** What an object says, without lines, labels and idle annotations: equal where nothing about what it exposes differs. */
function meaning({ node, origin }: ManifestObject): string {
  const annotations = at(at(node, "metadata"), "annotations");
  const entries = new Map<string, YamlEntry>(
    annotations?.kind === "map" ? [...annotations.entries].filter(([key]) => !IDLE_ANNOTATION.test(key)) : [],
  );
  const spec = at(node, "spec");
  const text = [canonical({ kind: "map", line: 0, entries }), spec === undefined ? "" : canonical(spec)];
  return text.some((each) => each === undefined) ? origin : text.join("\n");
}
