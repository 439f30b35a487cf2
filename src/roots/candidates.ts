import picomatch from "picomatch";
import { closureOf } from "./closure.ts";
import type { Inventory } from "./inventory.ts";
import type { Kustomization } from "./kustomization.ts";
import { cleanPattern, isGlob, type PathMatch } from "./match.ts";
import { ancestors, folderOf, resolvePath } from "./paths.ts";

/**
 * Folders of kustomizations in scope that no other one in scope refers to. Components are none, nor are folders that
 * are seen a second time through a link. Kustomizations that refer to each other in a circle are roots, so that
 * their failure is told.
 */
export function rootFolders(inventory: Inventory, inScope: PathMatch): string[] {
  const own = [...inventory.kustomizations.values()].filter(
    (one) => inScope(one.file) && !isAlias(inventory, one.file),
  );
  const targets = new Map(own.map((one) => [one.folder, targetsOf(inventory, one)]));
  const referred = new Set([...targets].flatMap(([folder, all]) => all.filter((target) => target !== folder)));
  const able = own.filter((one) => !one.isComponent);
  const roots = able.filter((one) => !referred.has(one.folder)).map((one) => one.folder);
  const reached = new Set(roots.flatMap((root) => [...closureOf(inventory, root).folders]));
  for (const { folder } of able) {
    if (reached.has(folder) || !isInCircle(targets, folder)) continue;
    roots.push(folder);
    for (const inner of closureOf(inventory, folder).folders) reached.add(inner);
  }
  return roots.sort();
}

function isAlias(inventory: Inventory, path: string): boolean {
  return inventory.entries.get(path)?.kind === "symlink";
}

function targetsOf(inventory: Inventory, kustomization: Kustomization): string[] {
  return kustomization.references.flatMap((reference) => {
    const path = reference.role === "file" ? undefined : resolvePath(kustomization.folder, reference.text);
    return path !== undefined && inventory.kustomizations.has(path) ? [path] : [];
  });
}

function isInCircle(targets: ReadonlyMap<string, readonly string[]>, start: string): boolean {
  const seen = new Set<string>();
  const open = [...(targets.get(start) ?? [])];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (folder === start) return true;
    if (seen.has(folder)) continue;
    seen.add(folder);
    open.push(...(targets.get(folder) ?? []));
  }
  return false;
}

/** Folders of charts in scope that are releases of their own: no libraries, no part of another chart, nor inflated by a kustomization. */
export function chartFolders(inventory: Inventory, inScope: PathMatch, taken: ReadonlySet<string>): string[] {
  const needed = new Set<string>();
  for (const chart of inventory.charts.values()) {
    for (const { repository } of chart.dependencies) {
      if (!repository.startsWith("file://")) continue;
      const folder = resolvePath(chart.folder, repository.slice("file://".length));
      if (folder !== undefined) needed.add(folder);
    }
  }
  return [...inventory.charts.values()]
    .filter((chart) => inScope(chart.file) && !isAlias(inventory, chart.file))
    .filter((chart) => !chart.isLibrary && !needed.has(chart.folder) && !taken.has(chart.file))
    .filter((chart) => chart.folder === "" || chartAround(inventory, folderOf(chart.folder)) === undefined)
    .map((chart) => chart.folder)
    .sort();
}

/** The folder of the chart that `folder` is, or lies in. */
export function chartAround(inventory: Inventory, folder: string): string | undefined {
  for (const above of ancestors(folder)) if (inventory.charts.has(above)) return above;
  return undefined;
}

/** Folders that a `kustomize:` entry names; a glob names those that hold a kustomization. */
export function namedFolders(inventory: Inventory, pattern: string): string[] {
  const clean = cleanPattern(pattern);
  if (!isGlob(clean)) return [clean];
  const matches = picomatch(clean, { dot: true });
  const own = [...inventory.kustomizations.values()];
  return own.filter((one) => !one.isComponent && matches(one.folder)).map((one) => one.folder);
}
