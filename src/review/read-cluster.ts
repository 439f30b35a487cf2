import type { Config } from "../config/types.ts";
import type { Issue } from "../errors.ts";
import { buildCluster } from "../manifest/cluster.ts";
import type { ClusterOptions } from "../manifest/context.ts";
import type { Loaded, ObjectCache } from "../manifest/load-tree.ts";
import type { ManifestObject } from "../manifest/object.ts";
import type { Cluster } from "../model/cluster.ts";
import type { DeployedCluster } from "../roots/deployed.ts";
import { objectsOfSide } from "../roots/objects.ts";
import { NO_ADDRESS } from "../sets/addresses.ts";
import type { Tree } from "../tree/tree.ts";

/** Flags that stand above the configuration. */
export type Overrides = {
  readonly namespace?: string;
  readonly cni?: string;
  readonly podCidrs?: ClusterOptions["podCidrs"];
  readonly ipBlocks?: "match-pods" | "external-only";
  readonly staged?: "ignore" | "enforce";
};

/** One cluster of both trees as objects, and as the cluster that they describe. */
export type ReadSide = {
  readonly cluster: Cluster;
  readonly objects: readonly ManifestObject[];
  readonly loaded: Loaded;
};

export type ReadInput = {
  readonly cluster: DeployedCluster;
  readonly trees: { readonly base: Tree; readonly head: Tree };
  readonly config: Config;
  readonly overrides: Overrides;
  /** Paths whose content differs between the sides. */
  readonly changed: ReadonlySet<string>;
  readonly cache: ObjectCache;
};

/** Reads both sides of one cluster; the plugin that base shows judges both. Source: judging, "the plugin". */
export function readCluster(input: ReadInput): { readonly base: ReadSide; readonly head: ReadSide } {
  const options = optionsOf(input);
  const base = readSide(input, "base", options);
  const recognised = options.cni ?? base.cluster.plugin.name;
  const sameTree = input.trees.base === input.trees.head;
  if (sameTree) return { base, head: base };
  const head = readSide(input, "head", options);
  if (recognised === undefined || head.cluster.plugin.name === recognised) return { base, head };
  const judged = buildCluster(head.loaded, { ...options, cni: recognised });
  const told = otherPlugin(base.cluster, head.cluster);
  return { base, head: { ...head, cluster: { ...judged, issues: [...judged.issues, told] } } };
}

function otherPlugin(base: Cluster, head: Cluster): Issue {
  const name = (cluster: Cluster) => cluster.plugin.name ?? "none that is recognised";
  const message = `the network plugin changes from \`${name(base)}\` to \`${name(head)}\`: both sides are judged by base's, and what the new one enforces is not`;
  return { code: "PLUGIN", severity: "error", at: undefined, subject: "network plugin", message, hides: true };
}

/** What the configuration and the flags say about one cluster. */
export function optionsOf({
  cluster,
  config,
  overrides,
}: Pick<ReadInput, "cluster" | "config" | "overrides">): ClusterOptions {
  const settings = config.clusters.find(({ name }) => name === cluster.name);
  return {
    namespace: overrides.namespace ?? cluster.namespace ?? settings?.namespace ?? "default",
    cni: overrides.cni ?? settings?.cni ?? config.cni,
    podCidrs: overrides.podCidrs ?? settings?.podCidrs ?? config.podCidrs ?? NO_ADDRESS,
    ipBlocks: overrides.ipBlocks,
    staged: overrides.staged ?? config.staged ?? "ignore",
    namespaceLabels: config.namespaces,
  };
}

function readSide(input: ReadInput, side: "base" | "head", options: ClusterOptions): ReadSide {
  const limits = limitsOf(input.config);
  const { cache, changed } = input;
  const loaded = objectsOfSide(input.trees[side], input.cluster[side], {
    cache,
    changed,
    ...(limits === undefined ? {} : { limits }),
  });
  const issues = [...input.cluster.issues[side], ...loaded.issues];
  return {
    objects: loaded.objects,
    loaded: { ...loaded, issues },
    cluster: buildCluster({ ...loaded, issues }, options),
  };
}

/** How much may be read, where the configuration says it. */
export function limitsOf(
  config: Config,
): { fileBytes: number; documents: number; aliases: number; depth: number } | undefined {
  const { fileBytes, documents, aliases, depth } = config.limits;
  if (fileBytes === undefined && documents === undefined && aliases === undefined && depth === undefined)
    return undefined;
  return {
    fileBytes: fileBytes ?? 20_000_000,
    documents: documents ?? 20_000,
    aliases: aliases ?? 100,
    depth: depth ?? 200,
  };
}
