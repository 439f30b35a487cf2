import type { Issue } from "../errors.ts";
import type { Executed } from "./execute.ts";
import { identitiesOf } from "./identities.ts";
import { controlIssues, controlled } from "./object-controls.ts";
import { type Group, partition } from "./partition.ts";
import type { ClusterPlan, Plan, RawEntry, Root, Side, Sides } from "./plan-types.ts";
import { pairRenamed } from "./renamed.ts";
import type { RenderedDocument, RootResult } from "./rendered-types.ts";
import { rootIssues } from "./root-issues.ts";

/** What one cluster runs in one tree: files that are read as they stand, and objects that roots gave. */
export type DeployedSide = {
  readonly raw: readonly RawEntry[];
  /** Rendered objects of kinds that matter. */
  readonly documents: readonly RenderedDocument[];
  /** Rendered objects of any kind. */
  readonly rendered: number;
  /** Paths of raw files that no root takes; absent where nobody asks, since no root or the configuration says what is deployed. */
  readonly outside?: ReadonlySet<string>;
};

/** One cluster of a review. */
export type DeployedCluster = {
  /** Empty for the only one. */
  readonly name: string;
  /** For objects that name none; `undefined`: as the caller says. */
  readonly namespace: string | undefined;
  readonly base: DeployedSide;
  readonly head: DeployedSide;
  readonly issues: Sides<readonly Issue[]>;
  /** Labels of roots whose base could not be rendered and whose head could: what they allow was unknown before. */
  readonly unknownBefore: readonly string[];
};

/** How much was rendered and read. */
export type Coverage = {
  readonly kustomize: { readonly roots: number; readonly twice: number };
  readonly helm: { readonly charts: number; readonly withDefaults: readonly string[] };
  readonly tools: readonly string[];
  readonly rawFiles: number;
  /** Labels of roots that one side or both could not be rendered for. */
  readonly unread: readonly string[];
  readonly ms: number;
};

/** Everything that is deployed, cluster by cluster. */
export type Deployed = {
  readonly clusters: readonly DeployedCluster[];
  /** Names of clusters that were not rendered, because nothing in them differs. */
  readonly unchanged: readonly string[];
  readonly coverage: Coverage;
};

/** Puts what was rendered and what is read as it stands together, and splits clusters that nobody configured. */
export function deployed(planned: Plan, ran: Executed, namespace = "default"): Deployed {
  const { plan, executed } = withRenamed(planned, ran, namespace);
  const parts = plan.clusters.flatMap((cluster) =>
    plan.isConfigured ? [{ ...cluster, groups: cluster.roots }] : splitUp(cluster, executed, namespace),
  );
  const isUnchanged = ({ groups }: Part): boolean =>
    groups.length > 0 && groups.every((root) => !executed.results.has(root));
  return {
    clusters: parts.filter((part) => !isUnchanged(part)).map((part) => assemble(part, executed, plan.isConfigured)),
    unchanged: parts.filter(isUnchanged).map((part) => part.name),
    coverage: coverageOf(plan, executed),
  };
}

/** The plan and its results with roots that only have a new name made one. */
function withRenamed(plan: Plan, executed: Executed, namespace: string): { plan: Plan; executed: Executed } {
  const results = new Map(executed.results);
  const apart = new Set<ClusterPlan>();
  const clusters = plan.clusters.map((cluster) => {
    const paired = pairRenamed(cluster.roots, results, identitiesOf(cluster, results, namespace));
    for (const [root, result] of paired.results) results.set(root, result);
    const one = { ...cluster, roots: paired.roots };
    if (executed.apart.has(cluster)) apart.add(one);
    return one;
  });
  return { plan: { ...plan, clusters }, executed: { ...executed, results, apart } };
}

function splitUp(cluster: ClusterPlan, executed: Executed, namespace: string): Part[] {
  const identities = identitiesOf(cluster, executed.results, namespace);
  const { together, apart } = partition(cluster.roots, identities, executed.apart.has(cluster));
  const nothing = { base: [], head: [] };
  const named = withNames(apart).map(([name, group]) => ({ ...cluster, name, groups: group, raw: nothing }));
  const hasRaw = cluster.raw.base.length + cluster.raw.head.length > 0;
  const rest = hasRaw ? [{ ...cluster, name: "files outside of roots", groups: [] }] : [];
  return together === undefined ? [...named, ...rest] : [{ ...cluster, groups: together }, ...named];
}

type Part = Omit<ClusterPlan, "roots"> & { readonly groups: Group };

function assemble({ name, namespace, raw, groups }: Part, executed: Executed, isListed: boolean): DeployedCluster {
  const results = groups.map((root) => ({ root, result: executed.results.get(root) ?? {} }));
  const found = results.map(({ root, result }) => rootIssues(root, result));
  const side = (which: Side): DeployedSide => {
    const isRooted = !isListed && groups.some((root) => root[which] !== undefined);
    const given = sideOf(raw[which], results, which);
    return isRooted ? { ...given, outside: new Set(raw[which].map(({ entry }) => entry.path)) } : given;
  };
  const [base, head] = [side("base"), side("head")];
  const controls = controlIssues(base.documents.flatMap(controlsOf), head.documents.flatMap(controlsOf));
  return {
    name,
    namespace,
    base,
    head,
    issues: { base: found.flatMap((one) => one.base), head: [...found.flatMap((one) => one.head), ...controls] },
    unknownBefore: results.flatMap(({ root, result }) => (isRepaired(result) ? [root.label] : [])),
  };
}

function controlsOf({ node, source, namespace }: RenderedDocument): ReturnType<typeof controlled> {
  return controlled(node, source, namespace?.name ?? "");
}

type Result = { readonly root: Root; readonly result: Partial<Sides<RootResult>> };

function isRepaired({ base, head }: Partial<Sides<RootResult>>): boolean {
  return base !== undefined && base.documents === undefined && head?.documents !== undefined;
}

function sideOf(raw: readonly RawEntry[], results: readonly Result[], side: Side): DeployedSide {
  if (results.length === 0) return { raw, documents: [], rendered: 0 };
  const entries = new Map(raw.map((one) => [one.entry.path, one]));
  const documents: RenderedDocument[] = [];
  let rendered = 0;
  for (const { root, result } of results) {
    const at = root[side];
    if (at === undefined) continue;
    documents.push(...(result[side]?.documents ?? []));
    rendered += result[side]?.total ?? 0;
    const isReadAsItIs = at.request === undefined || result[side]?.documents === undefined;
    if (!isReadAsItIs) continue;
    for (const one of at.plain) {
      const id = `${one.namespace?.name ?? ""}:${one.entry.path}`;
      if (!entries.has(one.entry.path) && !entries.has(id)) entries.set(id, one);
    }
  }
  return { raw: [...entries.values()], documents, rendered };
}

/** Each group under the path of its first root; where two share a path, under that root's label. */
function withNames(groups: readonly Group[]): [string, Group][] {
  const paths = groups.map((roots) => (roots[0]?.path === "" ? "." : (roots[0]?.path ?? "")));
  return groups.map((roots, index) => {
    const path = paths[index] ?? "";
    const isShared = paths.filter((other) => other === path).length > 1;
    return [isShared ? (roots[0]?.label ?? path) : path, roots];
  });
}

function coverageOf(plan: Plan, executed: Executed): Coverage {
  const roots = [...new Set(plan.clusters.flatMap((cluster) => cluster.roots))];
  const twice = roots.filter(
    (root) => root.base?.key !== root.head?.key && root.base !== undefined && root.head !== undefined,
  );
  const charts = roots.filter((root) => root.kind === "helm");
  const unread = roots.filter((root) => {
    const result = executed.results.get(root);
    const isRefused = (root.head ?? root.base)?.problems.length !== 0;
    return isRefused || [result?.base, result?.head].some((one) => one !== undefined && one.documents === undefined);
  });
  const files = new Set<string>();
  for (const { raw } of plan.clusters)
    for (const side of [raw.base, raw.head]) for (const { entry } of side) files.add(entry.path);
  const times = new Map(
    [...executed.results.values()]
      .flatMap(({ base, head }) => [base, head])
      .flatMap((one) => (one === undefined ? [] : [[one, one.ms]])),
  );
  return {
    kustomize: {
      roots: roots.filter((root) => root.kind === "kustomize").length,
      twice: twice.filter((root) => root.kind === "kustomize").length,
    },
    helm: {
      charts: charts.length,
      withDefaults: charts.filter((root) => root.hasDefaultValues).map((root) => root.label),
    },
    tools: executed.tools,
    rawFiles: files.size,
    unread: unread.map((root) => root.label),
    ms: [...times.values()].reduce((sum, ms) => sum + ms, 0),
  };
}
