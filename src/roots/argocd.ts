import type { YamlMap, YamlNode } from "../manifest/yaml/node.ts";
import type { HelmSet, HelmValues } from "../tree/render-request.ts";
import {
  type DeliveredHelm,
  type Delivery,
  type KustomizationEdits,
  labelOf,
  placeOf,
  unreadFields,
} from "./delivery.ts";
import { at, listAt, mapAt, plain, textAt, textsAt } from "./fields.ts";

/**
 * Fields of an Argo CD Application that are applied, and below them those that change nothing of what is applied.
 * Source: Argo CD, Application v1alpha1 API.
 */
const KNOWN_SPEC: ReadonlySet<string> = new Set([
  "source",
  "sources",
  "destination.namespace",

  "project",
  "info",
  "revisionHistoryLimit",
  "ignoreDifferences",
  "syncPolicy.automated",
  "syncPolicy.retry",
  "syncPolicy.syncOptions",
]);

const KNOWN_SOURCE: ReadonlySet<string> = new Set([
  "path",
  "helm.releaseName",
  "helm.valueFiles",
  "helm.ignoreMissingValueFiles",
  "helm.values",
  "helm.valuesObject",
  "helm.parameters",
  "helm.namespace",
  "helm.kubeVersion",
  "helm.apiVersions",
  "kustomize.namePrefix",
  "kustomize.nameSuffix",
  "kustomize.namespace",
  "kustomize.images",
  "kustomize.patches",
  "kustomize.components",
  "kustomize.replicas",
  "directory.recurse",
  "directory.include",
  "directory.exclude",

  "name",
  "helm.passCredentials",
  "helm.skipSchemaValidation",
  "helm.skipTests",
  "helm.skipCrds",
  "helm.version",
]);

/** Reads an Argo CD Application: one delivery for each of its sources that has a path. */
export function readArgo(object: YamlMap, file: string): Delivery[] {
  if (textAt(object, "kind")?.text !== "Application") return [];
  if (!textAt(object, "apiVersion")?.text.startsWith("argoproj.io/")) return [];
  const spec = mapAt(object, "spec");
  const single = mapAt(spec, "source");
  const sources = listAt(spec, "sources").length > 0 ? listAt(spec, "sources") : single === undefined ? [] : [single];
  return sources.flatMap((source, index) => delivery(object, { file, spec, source, index }) ?? []);
}

type From = {
  readonly file: string;
  readonly spec: YamlMap | undefined;
  readonly source: YamlNode;
  readonly index: number;
};

function delivery(object: YamlMap, { file, spec, source, index }: From): Delivery | undefined {
  const path = textAt(source, "path")?.text;
  if (path === undefined || textAt(source, "chart") !== undefined) return undefined;
  const destination = textAt(spec, "destination", "namespace")?.text;
  const label = labelOf(object);
  return {
    tool: "argocd",
    id: `${file}#${label}#${index}`,
    label,
    at: placeOf(object, file),
    path,
    namespace: destination === undefined ? undefined : { name: destination, forced: false },
    suspended: false,
    edits: edits(mapAt(source, "kustomize")),
    substitute: undefined,
    helm: helm(mapAt(source, "helm"), textAt(object, "metadata", "name")?.text ?? ""),
    directory: {
      recurse: textAt(source, "directory", "recurse")?.text === "true",
      include: textAt(source, "directory", "include")?.text ?? "",
      exclude: textAt(source, "directory", "exclude")?.text ?? "",
    },
    unread: new Map([...unreadFields(spec, KNOWN_SPEC), ...unreadFields(source, KNOWN_SOURCE)]),
  };
}

function edits(kustomize: YamlMap | undefined): KustomizationEdits | undefined {
  const values = new Map<string, YamlNode>();
  const lists = new Map<string, readonly YamlNode[]>();
  for (const field of ["namePrefix", "nameSuffix", "namespace"]) {
    const value = at(kustomize, field);
    if (value !== undefined && textAt(value) !== undefined) values.set(field, value);
  }
  for (const field of ["patches", "components", "replicas"]) {
    const items = listAt(kustomize, field);
    if (items.length > 0) lists.set(field, items);
  }
  return values.size + lists.size === 0 ? undefined : { values, lists };
}

function helm(node: YamlMap | undefined, name: string): DeliveredHelm {
  return {
    release: textAt(node, "releaseName")?.text ?? name,
    namespace: textAt(node, "namespace")?.text,
    valueFiles: textsAt(node, "valueFiles"),
    ignoreMissing: textAt(node, "ignoreMissingValueFiles")?.text === "true",
    values: inlineValues(node),
    set: listAt(node, "parameters").flatMap(parameter),
    kubeVersion: textAt(node, "kubeVersion")?.text,
    apiVersions: textsAt(node, "apiVersions").map((api) => api.text),
  };
}

/** `valuesObject` comes before `values`, as Argo CD reads them. */
function inlineValues(node: YamlMap | undefined): HelmValues[] {
  const object = mapAt(node, "valuesObject");
  if (object !== undefined) return [{ text: JSON.stringify(plain(object)) }];
  const values = textAt(node, "values");
  return values === undefined ? [] : [{ text: values.text }];
}

function parameter(node: YamlNode): HelmSet[] {
  const name = textAt(node, "name")?.text;
  const value = textAt(node, "value")?.text ?? "";
  return name === undefined ? [] : [{ name, value, text: textAt(node, "forceString")?.text === "true" }];
}
