import { isManifestName } from "../tree/path.ts";
import type { TreeEntry } from "../tree/tree.ts";
import { chartAround } from "./candidates.ts";
import { isChartPart } from "./chart.ts";
import type { Inventory } from "./inventory.ts";
import { KUSTOMIZATION_NAMES } from "./kustomization.ts";
import { ancestors, folderOf, nameOf } from "./paths.ts";
import type { Scope } from "./scope.ts";

/** Files of one tree that no root of a cluster takes. */
export type Rest = {
  /** Read as they stand. */
  readonly raw: readonly TreeEntry[];
  /** Below a folder with a kustomization that does not list them, so not deployed. */
  readonly orphans: readonly TreeEntry[];
};

/** Sorts what `taken` does not hold: raw manifests, and those that nobody deploys. */
export function restOf(inventory: Inventory, scope: Scope, taken: ReadonlySet<string>): Rest {
  const raw: TreeEntry[] = [];
  const orphans: TreeEntry[] = [];
  const aliases: TreeEntry[] = [];
  for (const entry of inventory.tree.entries) {
    if (entry.kind === "submodule" || !scope.raw(entry.path)) continue;
    const isNamed = scope.asTheyAre(entry.path);
    if (!isNamed && !isManifestName(entry.path)) continue;
    if (isKustomization(inventory, entry.path)) continue;
    const role = isNamed ? "own" : roleInChart(inventory, entry.path);
    if (!isNamed && (taken.has(entry.path) || role === "template")) continue;
    if (!isNamed && (role === "beside" || isBelowKustomization(inventory, entry))) orphans.push(entry);
    else if (entry.kind === "symlink") aliases.push(entry);
    else raw.push(entry);
  }
  return { raw: withAliases(raw, aliases), orphans };
}

function isKustomization({ kustomizations }: Inventory, path: string): boolean {
  return kustomizations.size > 0 && KUSTOMIZATION_NAMES.includes(nameOf(path)) && kustomizations.has(folderOf(path));
}

/** Links count only for what is not read under its own name. */
function withAliases(raw: readonly TreeEntry[], aliases: readonly TreeEntry[]): readonly TreeEntry[] {
  if (aliases.length === 0) return raw;
  const read = new Set(raw.map((entry) => entry.blob));
  return [...raw, ...aliases.filter((entry) => !read.has(entry.blob))];
}

/** `template`: helm reads it. `beside`: in the folder of a chart, for no release. A chart at the top is not the whole tree. */
function roleInChart(inventory: Inventory, path: string): "template" | "beside" | "own" {
  const chart = inventory.charts.size === 0 ? undefined : chartAround(inventory, folderOf(path));
  if (chart === undefined) return "own";
  if (isChartPart(chart === "" ? path : path.slice(chart.length + 1))) return "template";
  return chart === "" ? "own" : "beside";
}

function isBelowKustomization(inventory: Inventory, entry: TreeEntry): boolean {
  if (inventory.kustomizations.size === 0) return false;
  for (const folder of ancestors(folderOf(entry.path))) if (inventory.kustomizations.has(folder)) return true;
  return false;
}
