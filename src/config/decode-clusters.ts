import { closest } from "fastest-levenshtein";
import type { YamlNode } from "../manifest/yaml/node.ts";
import type { DeliveryTool, ManifestSource } from "../roots/config-types.ts";
import type { AddressSet } from "../sets/addresses.ts";
import { decodeCidrs } from "./decode-peer.ts";
import { choiceOf, field, itemsOf, type Report, textOf, textsOf } from "./fields.ts";
import { checkPath, decodeGlobs } from "./globs.ts";
import { quote } from "./read.ts";
import type { ClusterSettings } from "./types.ts";

/** What a cluster takes from the file where it says nothing itself, and what is known outside the file. */
export type ClusterDefaults = {
  readonly file: string;
  readonly cni: string | undefined;
  readonly podCidrs: AddressSet | undefined;
  /** Names of network plugins. */
  readonly knownPlugins: readonly string[];
};

const EVERYTHING: ManifestSource = { kind: "paths", pattern: "." };
const TOOLS: readonly DeliveryTool[] = ["flux", "argocd"];

/** One entry of `clusters:`; without `manifests` it is every manifest below the repository root. */
export function decodeCluster(node: YamlNode, defaults: ClusterDefaults, report: Report): ClusterSettings {
  const manifests = itemsOf(field(node, "manifests")).flatMap((item) => decodeManifest(item, report));
  const from = field(node, "from");
  return {
    name: textOf(field(node, "name")) ?? "",
    render: choiceOf(field(node, "render"), ["auto", "none", "kustomize", "helm"]) ?? "auto",
    manifests: field(node, "manifests") === undefined ? [EVERYTHING] : manifests,
    namespace: textOf(field(node, "namespace")),
    kubeVersion: textOf(field(node, "kubeVersion")),
    apiVersions: textsOf(field(node, "apiVersions")).map(({ text }) => text),
    remotes: choiceOf(field(node, "remotes"), ["refuse", "allow"]) ?? "refuse",
    from: from === undefined ? TOOLS : itemsOf(from).flatMap((item) => choiceOf(item, TOOLS) ?? []),
    cni: decodePlugin(field(node, "cni"), defaults.knownPlugins, report) ?? defaults.cni,
    podCidrs: decodePodCidrs(field(node, "podCIDRs"), report) ?? defaults.podCidrs,
    at: { file: defaults.file, line: node.line },
  };
}

function decodeManifest(node: YamlNode, report: Report): readonly ManifestSource[] {
  if (node.kind === "scalar") return decodeGlob(node, report).map((pattern) => ({ kind: "paths", pattern }));
  const kustomize = field(node, "kustomize");
  if (kustomize !== undefined) return decodeGlob(kustomize, report).map((pattern) => ({ kind: "kustomize", pattern }));
  return decodeGlob(field(node, "helm"), report).map((chart) => ({
    kind: "helm",
    chart,
    release: textOf(field(node, "release")),
    namespace: textOf(field(node, "namespace")),
    values: decodeGlobs(field(node, "values"), report),
  }));
}

function decodeGlob(node: YamlNode | undefined, report: Report): readonly string[] {
  const text = textOf(node);
  return text !== undefined && checkPath(text, node?.line ?? 0, report) ? [text] : [];
}

/** The name of a network plugin that is known; another one is reported with the nearest. */
export function decodePlugin(node: YamlNode | undefined, known: readonly string[], report: Report): string | undefined {
  const name = textOf(node);
  if (name === undefined || known.includes(name)) return name;
  const nearest = known.length === 0 ? "" : `: the nearest known one is ${quote(closest(name, [...known]))}`;
  report(node?.line ?? 0, `unknown network plugin ${quote(name)}${nearest}`);
  return undefined;
}

/** The addresses of `podCIDRs`; `undefined` where it is not there. */
export function decodePodCidrs(node: YamlNode | undefined, report: Report): AddressSet | undefined {
  return node === undefined ? undefined : decodeCidrs(node, report);
}
