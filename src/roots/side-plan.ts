import type { Issue } from "../errors.ts";
import { chartFolders, namedFolders, rootFolders } from "./candidates.ts";
import type { Deliveries } from "./deliveries.ts";
import { deliveredBy } from "./deliveries.ts";
import type { Delivery } from "./delivery.ts";
import { argoFolder, fluxFolder } from "./folder-side.ts";
import type { Inventory } from "./inventory.ts";
import { cleanPattern } from "./match.ts";
import type { Root, RootSide } from "./plan-types.ts";
import {
  DEFAULT_RELEASE,
  deliveredRelease,
  helmSide,
  KUBE_VERSION,
  kustomizeSide,
  type Release,
  type RenderOptions,
} from "./root-side.ts";
import type { Scope } from "./scope.ts";

/** A root that one tree suggests, before the other tree was asked. */
export type Draft = Pick<Root, "id" | "kind" | "path" | "label" | "hasDefaultValues"> & {
  /** The root in a tree; `undefined` where that tree does not have it. */
  readonly side: (at: TreePlan) => RootSide | undefined;
};

/** What is known of one tree. */
export type TreePlan = { readonly inventory: Inventory; readonly deliveries: Deliveries };

/** What the renderer is told for a cluster. */
export function optionsOf(scope: Scope, { fork, namespace }: { fork: boolean; namespace: string }): RenderOptions {
  return {
    kubeVersion: scope.kubeVersion ?? KUBE_VERSION,
    apiVersions: scope.apiVersions,
    allowRemotes: scope.remotes === "allow" && !fork,
    namespace: scope.namespace ?? namespace,
  };
}

/** The roots that one tree suggests for a cluster: named ones, delivered ones, and the rest of what is found in scope. */
export function draftsOf(tree: TreePlan, scope: Scope, options: RenderOptions): Draft[] {
  const named = scope.named.flatMap((source) =>
    source.kind === "helm"
      ? [namedChart(source, options)]
      : namedFolders(tree.inventory, source.pattern).map((folder) => kustomization(folder, options)),
  );
  const delivered = reachable(tree, scope, { named, options });
  const taken = new Set(delivered.flatMap(({ draft, folder }) => [folder, ...(draft.side(tree)?.folders ?? [])]));
  const found = rootFolders(tree.inventory, scope.kustomizations).filter((folder) => !taken.has(folder));
  const drafts = [
    ...named,
    ...delivered.map(({ draft }) => draft),
    ...found.map((folder) => kustomization(folder, options)),
  ];
  const files = new Set(drafts.flatMap((draft) => [...(draft.side(tree)?.files ?? [])]));
  const charts = chartFolders(tree.inventory, scope.charts, files).map((folder) => chart(folder, options));
  return [...drafts, ...charts];
}

type Delivered = { readonly draft: Draft; readonly folder: string };

/** Deliveries whose objects lie in scope, or in a root that does: an application of applications leads on. */
function reachable(
  tree: TreePlan,
  scope: Scope,
  { named, options }: { readonly named: readonly Draft[]; readonly options: RenderOptions },
): Delivered[] {
  const all = deliveredBy(tree.deliveries, scope.from);
  const files = new Set(named.flatMap((draft) => [...(draft.side(tree)?.files ?? [])]));
  const isInScope = (path: string): boolean => scope.kustomizations(path) || files.has(path);
  const found: Delivered[] = [];
  let open = [...all];
  for (let grew = true; grew; ) {
    const next = open.filter(({ delivery }) => isInScope(delivery.at.file));
    open = open.filter((one) => !next.includes(one));
    for (const { delivery, folder } of next) {
      const draft = deliver(delivery, folder, options);
      found.push({ draft, folder });
      for (const path of draft.side(tree)?.files ?? []) files.add(path);
    }
    grew = next.length > 0 && open.length > 0;
  }
  return found;
}

function kustomization(folder: string, options: RenderOptions): Draft {
  const path = folder === "" ? "." : folder;
  const side: Draft["side"] = ({ inventory }) => {
    const one = inventory.kustomizations.get(folder);
    if (one === undefined || one.isComponent) return undefined;
    return kustomizeSide(inventory, folder, { delivery: undefined, options });
  };
  return {
    id: `kustomize:${folder}`,
    kind: "kustomize",
    path: folder,
    label: path,
    hasDefaultValues: false,
    side: once(side),
  };
}

function chart(folder: string, options: RenderOptions): Draft {
  const side: Draft["side"] = ({ inventory }) =>
    inventory.charts.has(folder)
      ? helmSide(inventory, folder, { release: DEFAULT_RELEASE, delivery: undefined, options })
      : undefined;
  const path = folder === "" ? "." : folder;
  return { id: `helm:${folder}`, kind: "helm", path: folder, label: path, hasDefaultValues: true, side: once(side) };
}

function namedChart(source: Extract<Scope["named"][number], { kind: "helm" }>, options: RenderOptions): Draft {
  const folder = cleanPattern(source.chart);
  const files = source.values.map(cleanPattern);
  const release: Release = {
    name: source.release,
    namespace: source.namespace,
    valueFiles: files.map((path) => ({ path, text: path, at: { file: folder, line: 0 } })),
    ignoreMissing: false,
    helm: undefined,
  };
  const side: Draft["side"] = ({ inventory }) =>
    inventory.charts.has(folder) ? helmSide(inventory, folder, { release, delivery: undefined, options }) : undefined;
  const id = `helm:${JSON.stringify([folder, source.release, source.namespace, files])}`;
  const hasDefaultValues = files.length === 0;
  return { id, kind: "helm", path: folder, label: folder === "" ? "." : folder, hasDefaultValues, side: once(side) };
}

/** A delivered root is looked up in each tree by the object that delivers it, for its path and options may differ. */
function deliver(delivery: Delivery, folder: string, options: RenderOptions): Draft {
  const side: Draft["side"] = ({ inventory, deliveries }) => {
    const here = deliveries.found.find((one) => one.delivery.id === delivery.id);
    return here === undefined ? undefined : deliveredSide(inventory, here, options);
  };
  const path = folder === "" ? "." : folder;
  const label = `${path} (${delivery.label})`;
  return { id: delivery.id, kind: "kustomize", path: folder, label, hasDefaultValues: false, side: once(side) };
}

function deliveredSide(
  inventory: Inventory,
  { delivery, folder }: { readonly delivery: Delivery; readonly folder: string },
  options: RenderOptions,
): RootSide {
  if (delivery.tool === "argocd" && inventory.charts.has(folder)) {
    return helmSide(inventory, folder, { release: deliveredRelease(delivery, folder), delivery, options });
  }
  if (inventory.kustomizations.has(folder)) return kustomizeSide(inventory, folder, { delivery, options });
  if (delivery.tool === "argocd") return argoFolder(inventory, folder, delivery);
  return fluxFolder(inventory, folder, { delivery, options });
}

function once(side: Draft["side"]): Draft["side"] {
  const known = new Map<TreePlan, RootSide | undefined>();
  return (tree) => {
    if (!known.has(tree)) known.set(tree, side(tree));
    return known.get(tree);
  };
}

/** Named roots that neither tree has. */
export function absentNames(scope: Scope, trees: readonly TreePlan[]): Issue[] {
  return scope.named.flatMap((source) => {
    const found = trees.some(({ inventory }) =>
      source.kind === "helm"
        ? inventory.charts.has(cleanPattern(source.chart))
        : namedFolders(inventory, source.pattern).some((folder) => inventory.kustomizations.has(folder)),
    );
    const name = source.kind === "helm" ? source.chart : source.pattern;
    const what = source.kind === "helm" ? "chart" : "kustomization";
    return found ? [] : [unmatched(scope, `names \`${name}\`, where neither side has a ${what}`)];
  });
}

/** Patterns that match no file of either tree. */
export function absentPatterns(scope: Scope, isThere: (pattern: string) => boolean): Issue[] {
  return scope.patterns
    .filter((pattern) => !pattern.startsWith("!") && !isThere(pattern))
    .map((pattern) => unmatched(scope, `names \`${pattern}\`, which matches no file of either side`));
}

function unmatched(scope: Scope, text: string): Issue {
  const owner = scope.name === "" ? "`paths`" : `cluster \`${scope.name}\``;
  return {
    code: "BAD_PATH",
    severity: "error",
    at: undefined,
    message: `${owner} ${text}`,
    subject: text,
    hides: true,
  };
}
