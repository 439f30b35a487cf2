import type { Config } from "../config/types.ts";
import type { Issue } from "../errors.ts";
import { buildCluster } from "../manifest/cluster.ts";
import type { ClusterOptions } from "../manifest/context.ts";
import { kindRow } from "../manifest/kinds.ts";
import { isManifestPath, loadTree, type ObjectCache } from "../manifest/load-tree.ts";
import type { ManifestObject } from "../manifest/object.ts";
import { readObjects } from "../manifest/objects.ts";
import type { Cluster } from "../model/cluster.ts";
import type { DeployedCluster, DeployedSide } from "../roots/deployed.ts";
import type { RawEntry } from "../roots/plan-types.ts";
import type { RenderedDocument } from "../roots/rendered-types.ts";
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
export type ReadSide = { readonly cluster: Cluster; readonly objects: readonly ManifestObject[] };

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
  const judged = build(input, "head", { ...options, cni: recognised }, head.objects, head.cluster);
  return {
    base,
    head: {
      objects: head.objects,
      cluster: { ...judged, issues: [...judged.issues, otherPlugin(base.cluster, head.cluster)] },
    },
  };
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
  const objects: ManifestObject[] = [];
  const issues: Issue[] = [...input.cluster.issues[side]];
  const counts = { files: 0, documents: 0, skipped: 0 };
  for (const { entries, namespace, policiesOnly } of batches(input.cluster[side].raw)) {
    const limits = limitsOf(input.config);
    const loaded = loadTree(input.trees[side], entries, input.cache, {
      changed: input.changed,
      listed: new Set(entries.filter(({ path }) => !isManifestPath(path)).map(({ path }) => path)),
      ...(limits === undefined ? {} : { limits }),
      ...(namespace === undefined ? {} : { namespaceOf: () => namespace }),
    });
    objects.push(...(policiesOnly ? loaded.objects.filter(isPolicy) : loaded.objects));
    issues.push(...loaded.issues);
    counts.files += loaded.counts.files;
    counts.documents += loaded.counts.documents;
    counts.skipped += loaded.counts.skipped;
  }
  for (const document of input.cluster[side].documents) {
    const read = renderedObjects(document, input.cache);
    objects.push(...read.objects);
    issues.push(...read.issues);
    counts.documents++;
  }
  const read = { objects, issues, counts };
  return { objects, cluster: buildCluster(read, options) };
}

function build(
  input: ReadInput,
  side: "base" | "head",
  options: ClusterOptions,
  objects: readonly ManifestObject[],
  read: Cluster,
): Cluster {
  const issues = input.cluster.issues[side];
  return buildCluster({ objects, issues, counts: read.counts }, options);
}

type Batch = {
  readonly entries: RawEntry["entry"][];
  readonly namespace: RawEntry["namespace"];
  readonly policiesOnly: boolean;
};

/** Entries that are read alike, together; each batch stays in path order. */
function batches(raw: DeployedSide["raw"]): readonly Batch[] {
  const found = new Map<string, Batch>();
  for (const { entry, namespace, policiesOnly } of raw) {
    const key = `${policiesOnly}|${namespace?.forced ?? ""}|${namespace?.name ?? ""}`;
    const batch = found.get(key);
    if (batch === undefined) found.set(key, { entries: [entry], namespace, policiesOnly });
    else batch.entries.push(entry);
  }
  return [...found.values()];
}

function isPolicy({ ref }: ManifestObject): boolean {
  const role = kindRow(ref.group, ref.kind)?.role;
  return role !== undefined && !["workload", "operator", "namespace", "service", "serviceaccount"].includes(role);
}

function renderedObjects(document: RenderedDocument, cache: ObjectCache): ReturnType<typeof readObjects> {
  const key = `rendered\n${document.origin}\n${document.namespace?.name ?? ""}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const { file } = document.source;
  const given = document.namespace === undefined ? {} : { defaultNamespace: document.namespace };
  const read = readObjects([document.node], { file, blob: document.origin, ...given });
  cache.set(key, { ...read, documents: 1, skipped: 0 });
  return read;
}

function limitsOf(
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
