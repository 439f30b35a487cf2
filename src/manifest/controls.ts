import type { YamlMap, YamlNode } from "./yaml/node.ts";

/** What Flux takes from labels as well as from annotations. Source: fluxcd/pkg, ssa, AnyInMetadata. */
const LABELS: readonly string[] = ["kustomize.toolkit.fluxcd.io/reconcile", "kustomize.toolkit.fluxcd.io/ssa"];
/** Annotations by which an object asks not to be applied, or to be applied at its own time. */
const ANNOTATIONS: readonly string[] = [...LABELS, "argocd.argoproj.io/hook", "helm.sh/hook"];

/** What an object says about its own delivery; `undefined`: nothing. Jobs are hooks by trade. */
export function controlOf(node: YamlMap): string | undefined {
  const metadata = below(node, "metadata");
  const said = [...read(below(metadata, "annotations"), ANNOTATIONS), ...read(below(metadata, "labels"), LABELS)];
  if (said.length === 0 || wordOf(below(node, "kind")) === "Job") return undefined;
  return [...new Set(said)].join(", ");
}

function read(node: YamlNode | undefined, keys: readonly string[]): readonly string[] {
  if (node?.kind !== "map" || node.entries.size === 0) return [];
  return keys.flatMap((key) => {
    const word = wordOf(node.entries.get(key)?.value);
    return word === undefined ? [] : [`${key}: ${word}`];
  });
}

function below(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node?.kind === "map" ? node.entries.get(key)?.value : undefined;
}

function wordOf(node: YamlNode | undefined): string | undefined {
  return node?.kind === "scalar" && node.value !== null && node.value !== "" ? node.text : undefined;
}
