import type { Config } from "../config/types.ts";
import type { Issue } from "../errors.ts";
import { buildCluster } from "../manifest/cluster.ts";
import type { ClusterOptions } from "../manifest/context.ts";
import type { ObjectCache } from "../manifest/load-tree.ts";
import type { ManifestObject } from "../manifest/object.ts";
import type { QuietFile } from "../manifest/quiet/file.ts";
import type { Cluster } from "../model/cluster.ts";
import type { DeployedCluster, DeployedSide } from "../roots/deployed.ts";
import { type Controlled, controlIssues } from "../roots/object-controls.ts";
import { type DeployedObjects, objectsOfSide } from "../roots/objects.ts";
import { NO_ADDRESS } from "../sets/addresses.ts";
import type { Tree } from "../tree/tree.ts";
import {
  type Bystanders,
  bystanders,
  differLocally,
  hasOwnedPods,
  missingNear,
  namespacesOf,
  speakOfServices,
  withBystanders,
} from "./bystanders.ts";
import { leftRoots } from "./left-roots.ts";

/** Flags that stand above the configuration. */
export type Overrides = {
  readonly namespace?: string;
  readonly cni?: string;
  readonly podCidrs?: ClusterOptions["podCidrs"];
  readonly ipBlocks?: "match-pods" | "external-only";
  readonly staged?: "ignore" | "enforce";
};

/** One cluster of both trees as objects, and as the cluster that they describe. */
type ReadSide = {
  readonly cluster: Cluster;
  readonly objects: readonly ManifestObject[];
  readonly loaded: DeployedObjects;
};

export type ReadInput = {
  readonly cluster: DeployedCluster;
  readonly trees: { readonly base: Tree; readonly head: Tree };
  readonly config: Config;
  readonly overrides: Overrides;
  /** Paths whose content differs between the sides. */
  readonly changed: ReadonlySet<string>;
  readonly cache: ObjectCache;
  /** What may stay unread where it cannot change an answer; absent: nothing may. */
  readonly spared?: Spared | undefined;
};

/** `isPartial`: some files stayed unread. */
type Sides = { readonly base: ReadSide; readonly head: ReadSide; readonly isPartial?: boolean };

/** Files that are in order, and the namespaces that rules speak of: what stands in these is read in any case. */
export type Spared = { readonly quiet: ReadonlyMap<string, QuietFile>; readonly spoken: ReadonlySet<string> };

/** Reads both sides of one cluster; the plugin that base shows judges both. Source: judging, "the plugin". */
export function readCluster(input: ReadInput): Sides {
  const options = optionsOf(input);
  const near = input.spared === undefined ? undefined : readNear(input, input.spared, options);
  const sides = near ?? readWhole(input, options);
  const { base, head } = input.cluster;
  const left = leftRoots(
    { objects: sides.base.objects, outside: base.outside },
    { objects: sides.head.objects, outside: head.outside },
    options.namespace,
  );
  const told = [...controls(sides), ...left];
  if (told.length === 0) return sides;
  const cluster = { ...sides.head.cluster, issues: [...sides.head.cluster.issues, ...told] };
  return { ...sides, head: { ...sides.head, cluster } };
}

/** Objects of files may say that they are not simply applied; rendered ones were asked where they were rendered. */
function controls({ base, head }: Sides): readonly Issue[] {
  const [inBase, inHead] = [new Set(base.objects), new Set(head.objects)];
  return controlIssues(
    base.objects.filter((object) => !inHead.has(object)).flatMap(controlled),
    head.objects.filter((one) => !inBase.has(one) && !head.loaded.rendered.has(one.origin)).flatMap(controlled),
  );
}

/** Namespaces are shared, accounts have no pods. */
function controlled({ ref, control, source, defaultNamespace }: ManifestObject): readonly Controlled[] {
  if (ref.kind === "Namespace" || ref.kind === "ServiceAccount") return [];
  const namespace = ref.namespace === "" ? (defaultNamespace?.name ?? "") : ref.namespace;
  return [{ name: `${ref.kind} ${namespace}/${ref.name}`, control, source }];
}

function readWhole(input: ReadInput, options: ClusterOptions): Sides {
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

const MOST_TRIES = 4;

/**
 * Both sides without the files that cannot change an answer about the change between them; `undefined` where it cannot be
 * told which these are. Source: `docs/decisions/0009-files-that-stay-unread.md`.
 */
function readNear(input: ReadInput, spared: Spared, options: ClusterOptions): Sides | undefined {
  const candidates = inBoth(input.cluster, spared.quiet);
  if (candidates.size === 0) return undefined;
  const others = {
    base: loadSide(input, "base", candidates).objects,
    head: loadSide(input, "head", candidates).objects,
  };
  const all = [...others.base, ...others.head];
  if (!differLocally(others.base, others.head) || hasOwnedPods(all) || speakOfServices(all)) return undefined;
  const isDeclared = all.some(({ ref }) => ref.kind === "Namespace" && ref.group === "");
  const declared = isDeclared ? [] : firstDeclared(candidates);
  let near = new Set([...namespacesOf(all, options.namespace), ...spared.spoken, ...declared]);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const away = bystanders(candidates, near, isDeclared || declared.length > 0);
    if (away.size === 0) return undefined;
    const sides = { base: readSide(input, "base", options, away), head: readSide(input, "head", options, away) };
    near = new Set([...near, ...namespacesOf([...sides.base.objects, ...sides.head.objects], options.namespace)]);
    const missing = missingNear({ base: sides.base.cluster, head: sides.head.cluster }, near);
    if (missing === undefined) return undefined;
    if (missing.size === 0) return { ...sides, isPartial: true };
    for (const name of missing) near.add(name);
  }
  return undefined;
}

/** The quiet files that both sides read as they stand, for no namespace in particular. */
function inBoth({ base, head }: DeployedCluster, quiet: Bystanders): Bystanders {
  const inBase = new Set<string>();
  const isAlike = (path: string) => base.outside?.has(path) === head.outside?.has(path);
  for (const one of base.raw) if (isPlain(one) && isAlike(one.entry.path)) inBase.add(one.entry.path);
  const found = new Map<string, QuietFile>();
  for (const one of head.raw) {
    const { path } = one.entry;
    const file = isPlain(one) && inBase.has(path) ? quiet.get(path) : undefined;
    if (file !== undefined) found.set(path, file);
  }
  return found;
}

function isPlain({ namespace, policiesOnly, listed }: DeployedSide["raw"][number]): boolean {
  return namespace === undefined && !policiesOnly && !listed;
}

/** The first namespace that a quiet file declares: where some are, those that are not are told. */
function firstDeclared(files: Bystanders): readonly string[] {
  for (const { declared } of files.values()) if (declared !== undefined) return [declared];
  return [];
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
}: Pick<ReadInput, "config" | "overrides"> & {
  readonly cluster: Pick<DeployedCluster, "name" | "namespace">;
}): ClusterOptions {
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

function readSide(input: ReadInput, side: "base" | "head", options: ClusterOptions, away: Bystanders = NONE): ReadSide {
  const loaded = loadSide(input, side, away);
  const issues = [...input.cluster.issues[side], ...loaded.issues];
  const cluster = buildCluster({ ...loaded, issues }, options);
  return {
    objects: loaded.objects,
    loaded: { ...loaded, issues },
    cluster: away.size === 0 ? cluster : { ...cluster, counts: withBystanders(cluster.counts, away) },
  };
}

const NONE: Bystanders = new Map();

function loadSide(input: ReadInput, side: "base" | "head", away: Bystanders): DeployedObjects {
  const limits = limitsOf(input.config);
  const { cache, changed } = input;
  const deployed = input.cluster[side];
  const raw = away.size === 0 ? deployed.raw : deployed.raw.filter(({ entry }) => !away.has(entry.path));
  const options = { cache, changed, ...(limits === undefined ? {} : { limits }) };
  return objectsOfSide(input.trees[side], { ...deployed, raw }, options);
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
