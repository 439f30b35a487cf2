import type { Issue } from "../errors.ts";
import type { Preloader } from "../manifest/load-tree.ts";
import { isManifestName } from "../tree/path.ts";
import type { Tree } from "../tree/tree.ts";
import type { RootsConfig } from "./config-types.ts";
import { deliveriesOf, type KnownDeliveries, withStableIds } from "./deliveries.ts";
import { type Memo, newMemo, survey } from "./inventory.ts";
import { type PathMatch, pathMatcher } from "./match.ts";
import { differingPaths, unanalysed } from "./not-analysed.ts";
import type { ClusterPlan, Plan, RawEntry, Root, RootSide, Sides } from "./plan-types.ts";
import { type Rest, restOf } from "./raw.ts";
import { type Scope, scopesOf } from "./scope.ts";
import { absentNames, absentPatterns, type Draft, draftsOf, optionsOf, type TreePlan } from "./side-plan.ts";

/**
 * What is deployed from two trees, found without running anything: clusters, their roots on both sides, raw files, and
 * what is not analysed. `namespace` is that of charts that nobody names one for. Throws an `InputError` where the
 * configuration leads outside the repository. `plain` hears of files that are read on the way and may be read as they stand.
 */
export function plan(base: Tree, head: Tree, config: RootsConfig, namespace = "default", plain?: Preloader): Plan {
  const excluded = pathMatcher(config.exclude);
  const memo = newMemo(config.clusters.length + config.paths.length === 0 ? plain : undefined);
  const known: KnownDeliveries = new Map();
  const trees = paired({
    base: treePlan(base, { excluded, memo, known }),
    head: treePlan(head, { excluded, memo, known }),
  });
  const scopes = scopesOf(config);
  const planned = scopes.map((scope) => planScope(trees, scope, { config, namespace }));
  const issues = unanalysed(
    trees,
    planned.flatMap((one) => one.orphans),
    pathMatcher(config.acceptUnread),
  );
  const absent = scopes.flatMap((scope) => absences(scope, trees));
  return {
    trees: { base, head },
    clusters: planned.map((one) => one.cluster),
    isConfigured: config.clusters.length > 0,
    issues: {
      base: issues.base,
      head: [...absent, ...issues.head, ...claimedTwice(planned.map((one) => one.cluster))],
    },
    leftOut: leftOut(trees, planned),
    rendersNothing: config.render === "never",
  };
}

function treePlan(
  tree: Tree,
  { excluded, memo, known }: { readonly excluded: PathMatch; readonly memo: Memo; readonly known: KnownDeliveries },
): TreePlan {
  const inventory = survey(tree, excluded, memo);
  return { inventory, deliveries: deliveriesOf(inventory, known) };
}

/** Both sides with the same ids for the same deliveries. */
function paired({ base, head }: Sides<TreePlan>): Sides<TreePlan> {
  const deliveries = withStableIds(base.deliveries, head.deliveries);
  return {
    base: { ...base, deliveries: deliveries.base },
    head: { ...head, deliveries: deliveries.head },
  };
}

type Planned = {
  readonly cluster: ClusterPlan;
  readonly orphans: readonly Sides<Rest["orphans"]>[];
  /** True of a path that something of the cluster takes, on either side. */
  readonly knows: (path: string) => boolean;
};

function planScope(
  trees: Sides<TreePlan>,
  scope: Scope,
  { config, namespace }: { readonly config: RootsConfig; readonly namespace: string },
): Planned {
  const options = optionsOf(scope, { fork: config.fork, namespace });
  const drafts = new Map<string, Draft>();
  for (const tree of [trees.head, trees.base])
    for (const draft of draftsOf(tree, scope, options)) drafts.set(draft.id, draft);
  const roots = withParents([...drafts.values()].map((draft) => rootOf(draft, trees)).filter(exists));
  const taken = { base: filesOf(roots, "base"), head: filesOf(roots, "head") };
  const rest = {
    base: restOf(trees.base.inventory, scope, taken.base),
    head: restOf(trees.head.inventory, scope, taken.head),
  };
  const listed = config.clusters.length + config.paths.length > 0;
  const rawOf = ({ raw }: Rest): RawEntry[] => raw.map((entry) => asRaw(entry, listed));
  const raw = { base: rawOf(rest.base), head: rawOf(rest.head) };
  let paths: ReadonlySet<string> | undefined;
  const knows = (path: string): boolean => {
    paths ??= new Set([
      ...taken.base,
      ...taken.head,
      ...[rest.base, rest.head].flatMap((one) => [...one.raw, ...one.orphans].map((entry) => entry.path)),
    ]);
    return paths.has(path);
  };
  const orphans = [{ base: rest.base.orphans, head: rest.head.orphans }];
  return { cluster: { name: scope.name, namespace: scope.namespace, roots, raw }, orphans, knows };
}

function asRaw(entry: Rest["raw"][number], listed: boolean): RawEntry {
  return { entry, namespace: undefined, policiesOnly: false, listed };
}

function rootOf(draft: Draft, trees: Sides<TreePlan>): Root {
  const { id, path, label, hasDefaultValues } = draft;
  const base = draft.side(trees.base);
  const head = draft.side(trees.head);
  const request = head === undefined ? base?.request : head.request;
  return { id, kind: request?.tool ?? "folder", path, label, hasDefaultValues, parent: undefined, base, head };
}

function exists(root: Root): boolean {
  return root.base !== undefined || root.head !== undefined;
}

function filesOf(roots: readonly Root[], side: "base" | "head"): Set<string> {
  const files = new Set<string>();
  for (const root of roots) {
    for (const path of root[side]?.files ?? []) files.add(path);
  }
  return files;
}

/** A delivered root belongs to the root whose files hold the object that delivers it. */
function withParents(roots: readonly Root[]): Root[] {
  const owner = new Map<string, string>();
  for (const root of roots) {
    for (const side of [root.base, root.head])
      for (const path of side?.files ?? []) if (!owner.has(path)) owner.set(path, root.id);
  }
  return roots.map((root) => {
    const file = deliveryOf(root)?.delivery?.at.file;
    const parent = file === undefined ? undefined : owner.get(file);
    return parent === undefined || parent === root.id ? root : { ...root, parent };
  });
}

function deliveryOf(root: Root): RootSide | undefined {
  return root.head ?? root.base;
}

function absences(scope: Scope, trees: Sides<TreePlan>): Issue[] {
  const all = [trees.base, trees.head].map(({ inventory }) => inventory.entries);
  const isThere = (pattern: string): boolean => {
    const matches = pathMatcher([pattern]);
    return all.every(({ size }) => size === 0) || all.some((entries) => [...entries.keys()].some(matches));
  };
  return [...absentNames(scope, [trees.base, trees.head]), ...absentPatterns(scope, isThere)];
}

/** Raw files that more than one cluster reads. */
function claimedTwice(clusters: readonly ClusterPlan[]): Issue[] {
  const first = new Map<string, string>();
  const issues: Issue[] = [];
  for (const { name, raw } of clusters) {
    for (const { entry } of raw.head) {
      const other = first.get(entry.path);
      if (other === undefined) first.set(entry.path, name);
      else {
        const message = `\`${entry.path}\` belongs to the clusters \`${other}\` and \`${name}\` and is read in both`;
        issues.push({
          code: "SUSPECT",
          severity: "warning",
          at: { file: entry.path, line: 0 },
          message,
          subject: entry.path,
        });
      }
    }
  }
  return issues;
}

/** Changed manifests that no cluster's configuration speaks of. */
function leftOut(trees: Sides<TreePlan>, planned: readonly Planned[]): string[] {
  const isKnown = (path: string): boolean => planned.some(({ knows }) => knows(path));
  const { base, head } = { base: trees.base.inventory, head: trees.head.inventory };
  return differingPaths({ base, head }).filter((path) => {
    if (!isManifestName(path) || isKnown(path)) return false;
    const entries = [base, head].map((inventory) => ({ inventory, entry: inventory.entries.get(path) }));
    return entries.some(({ inventory, entry }) => entry !== undefined && inventory.looksLikeManifest(entry));
  });
}
