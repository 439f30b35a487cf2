import type { YamlMap, YamlNode } from "../manifest/yaml/node.ts";
import { type Delivery, type KustomizationEdits, labelOf, placeOf, unreadFields } from "./delivery.ts";
import { at, listAt, mapAt, textAt } from "./fields.ts";

/**
 * Fields of a Flux Kustomization that are applied, and below them those that change nothing of what is applied.
 * Source: Flux, kustomize-controller, Kustomization v1 API.
 */
const KNOWN: ReadonlySet<string> = new Set([
  "path",
  "targetNamespace",
  "components",
  "patches",
  "images",
  "namePrefix",
  "nameSuffix",
  "commonMetadata.labels",
  "postBuild.substitute",
  "suspend",

  "interval",
  "retryInterval",
  "timeout",
  "prune",
  "wait",
  "force",
  "dependsOn",
  "healthChecks",
  "healthCheckExprs",
  "serviceAccountName",
  "decryption",
  "deletionPolicy",
]);

/** Switches an object off, as an annotation or a label. */
const RECONCILE = "kustomize.toolkit.fluxcd.io/reconcile";

/** Reads a Flux Kustomization; `undefined` for any other object. */
export function readFlux(object: YamlMap, file: string): Delivery | undefined {
  if (textAt(object, "kind")?.text !== "Kustomization") return undefined;
  if (!textAt(object, "apiVersion")?.text.startsWith("kustomize.toolkit.fluxcd.io/")) return undefined;
  const spec = mapAt(object, "spec");
  const target = textAt(spec, "targetNamespace")?.text;
  const label = labelOf(object);
  const unread = unreadFields(spec, KNOWN);
  const control = ["annotations", "labels"]
    .map((field) => textAt(object, "metadata", field, RECONCILE))
    .find((each) => each !== undefined);
  if (control !== undefined) unread.set("metadata.annotations", { digest: control.text, line: control.line });
  return {
    tool: "flux",
    id: `${file}#${label}`,
    label,
    at: placeOf(object, file),
    path: textAt(spec, "path")?.text ?? "./",
    namespace: target === undefined ? undefined : { name: target, forced: true },
    suspended: textAt(spec, "suspend")?.text === "true" || control?.text.toLowerCase() === "disabled",
    edits: edits(spec),
    substitute: substitute(spec),
    helm: undefined,
    directory: { recurse: true, include: "", exclude: "" },
    unread,
  };
}

function edits(spec: YamlMap | undefined): KustomizationEdits | undefined {
  const values = new Map<string, YamlNode>();
  const lists = new Map<string, readonly YamlNode[]>();
  for (const field of ["namePrefix", "nameSuffix"]) {
    const value = at(spec, field);
    if (value !== undefined && textAt(value) !== undefined) values.set(field, value);
  }
  for (const field of ["components", "patches", "images"]) {
    const items = listAt(spec, field);
    if (items.length > 0) lists.set(field, items);
  }
  const labels = mapAt(spec, "commonMetadata", "labels");
  if (labels !== undefined) lists.set("labels", [pairs(labels)]);
  return values.size + lists.size === 0 ? undefined : { values, lists };
}

/** kustomize's `labels` entry that labels objects and leaves selectors and templates alone. */
function pairs(labels: YamlMap): YamlMap {
  return { kind: "map", line: labels.line, entries: new Map([["pairs", { keyLine: labels.line, value: labels }]]) };
}

function substitute(spec: YamlMap | undefined): Delivery["substitute"] {
  const build = mapAt(spec, "postBuild");
  if (build === undefined) return undefined;
  const values = new Map<string, string>();
  for (const [key, { value }] of mapAt(build, "substitute")?.entries ?? []) {
    if (value.kind === "scalar") values.set(key, value.value === null ? "" : String(value.value));
  }
  return { values, isComplete: listAt(build, "substituteFrom").length === 0 };
}
