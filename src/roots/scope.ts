import { InputError } from "../errors.ts";
import type { ClusterConfig, DeliveryTool, ManifestSource, RootsConfig } from "./config-types.ts";
import { isIgnored } from "./inventory.ts";
import { cleanPattern, isGlob, type PathMatch, pathMatcher } from "./match.ts";

/** One cluster's share of a tree, before anything was looked for in it. */
export type Scope = {
  readonly name: string;
  readonly namespace: string | undefined;
  /** Where kustomizations, charts and files are looked for; each `false` where the configuration rules it out. */
  readonly kustomizations: PathMatch;
  readonly charts: PathMatch;
  readonly raw: PathMatch;
  /** Files that are raw whatever lies around them: named one by one, or `render: none`. */
  readonly asTheyAre: PathMatch;
  /** Named roots: literal folders, and globs of them. */
  readonly named: readonly Extract<ManifestSource, { kind: "kustomize" | "helm" }>[];
  readonly patterns: readonly string[];
  readonly from: readonly DeliveryTool[];
  readonly kubeVersion: string | undefined;
  readonly apiVersions: readonly string[];
  readonly remotes: ClusterConfig["remotes"];
};

/** The clusters that a configuration names, or the one that it does not. */
export function scopesOf(config: RootsConfig): Scope[] {
  const excluded = pathMatcher(config.exclude);
  if (config.clusters.length > 0) return config.clusters.map((cluster) => scopeOf(cluster, excluded));
  const patterns = config.paths.length > 0 ? config.paths : ["."];
  const only: ClusterConfig = {
    name: "",
    render: "auto",
    manifests: patterns.map((pattern) => ({ kind: "paths", pattern })),
    namespace: undefined,
    kubeVersion: undefined,
    apiVersions: [],
    remotes: "refuse",
    from: ["flux", "argocd"],
  };
  return [scopeOf(only, excluded)];
}

function scopeOf(cluster: ClusterConfig, excluded: PathMatch): Scope {
  const patterns = cluster.manifests.flatMap((source) => (source.kind === "paths" ? [source.pattern] : []));
  const inside = pathMatcher(patterns);
  const within: PathMatch = (path) => inside(path) && !excluded(path) && !isIgnored(path);
  const nothing: PathMatch = () => false;
  const literal = new Set(patterns.map(cleanPattern).filter((pattern) => !isGlob(pattern)));
  const { render } = cluster;
  return {
    name: cluster.name,
    namespace: cluster.namespace,
    kustomizations: render === "auto" || render === "kustomize" ? within : nothing,
    charts: render === "auto" || render === "helm" ? within : nothing,
    raw: render === "auto" || render === "none" ? within : nothing,
    asTheyAre: render === "none" ? within : (path) => literal.has(path) && within(path),
    named: cluster.manifests.filter((source) => source.kind !== "paths").map(checked),
    patterns,
    from: cluster.from,
    kubeVersion: cluster.kubeVersion,
    apiVersions: cluster.apiVersions,
    remotes: cluster.remotes,
  };
}

type Named = Extract<ManifestSource, { kind: "kustomize" | "helm" }>;

function checked(source: Named): Named {
  const paths = source.kind === "kustomize" ? [source.pattern] : [source.chart, ...source.values];
  for (const path of paths) {
    if (!cleanPattern(path).split("/").includes("..")) continue;
    throw new InputError(
      "BAD_PATH",
      undefined,
      `\`${path}\` leads outside the repository; paths are relative to its root`,
    );
  }
  return source;
}
