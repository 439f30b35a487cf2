import type { Issue } from "../errors.ts";
import type { TreeEntry } from "../tree/tree.ts";
import type { Chart, Dependency } from "./chart.ts";
import { filesBelow, type Inventory } from "./inventory.ts";
import { isWithin, nameOf, resolvePath } from "./paths.ts";

/** What `helm template` needs of one chart. */
export type ChartNeeds = {
  readonly files: readonly string[];
  /** Charts beside this one that it depends on by `file://`, and where they have to stand. */
  readonly copies: readonly { readonly from: string; readonly to: string }[];
  readonly problems: readonly Issue[];
};

/** The files of the chart in `folder` and of what it depends on; schemas are left out, for they may name files and hosts. */
export function chartNeeds(inventory: Inventory, folder: string, seen: ReadonlySet<string> = new Set()): ChartNeeds {
  const files = filesBelow(inventory, folder).filter((entry) => nameOf(entry.path) !== "values.schema.json");
  const found = {
    files: files.map((entry) => entry.path),
    copies: [] as ChartNeeds["copies"][number][],
    problems: [] as Issue[],
  };
  const chart = inventory.charts.get(folder);
  if (chart === undefined) {
    const at = { file: folder, line: 0 };
    const message = `\`${folder}\` has no Chart.yaml, so it is no chart`;
    found.problems.push({ code: "RENDER_FAILED", severity: "error", at, message, hides: true });
    return found;
  }
  for (const { text, line } of chart.faults) {
    const at = { file: chart.file, line };
    found.problems.push({
      code: "RENDER_FAILED",
      severity: "error",
      at,
      message: `\`${chart.file}\` ${text}`,
      hides: true,
    });
  }
  for (const dependency of chart.dependencies) {
    if (isVendored(inventory, chart, { dependency, files })) continue;
    const near = neighbour(inventory, chart, dependency);
    if (near === undefined || seen.has(near) || isWithin(folder, near)) found.problems.push(missing(dependency));
    else copy(inventory, { chart, dependency, near, seen: new Set([...seen, folder]) }, found);
  }
  return found;
}

function copy(
  inventory: Inventory,
  from: { chart: Chart; dependency: Dependency; near: string; seen: ReadonlySet<string> },
  found: { files: string[]; copies: ChartNeeds["copies"][number][]; problems: Issue[] },
): void {
  const inner = chartNeeds(inventory, from.near, from.seen);
  found.files.push(...inner.files);
  found.problems.push(...inner.problems);
  found.copies.push(...inner.copies, { from: from.near, to: `${from.chart.folder}/charts/${from.dependency.name}` });
}

/** `charts/` holds the dependency, as a folder or as an archive. */
function isVendored(
  inventory: Inventory,
  chart: Chart,
  at: { readonly dependency: Dependency; readonly files: readonly TreeEntry[] },
): boolean {
  const home = chart.folder === "" ? "charts" : `${chart.folder}/charts`;
  for (const inner of inventory.folders.get(home)?.folders ?? []) {
    if (inventory.charts.get(inner)?.name === at.dependency.name) return true;
  }
  const archive = new RegExp(`^${escaped(at.dependency.name)}-v?\\d[^/]*\\.tgz$`);
  return (inventory.folders.get(home)?.files ?? []).some((entry) => archive.test(nameOf(entry.path)));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function neighbour(inventory: Inventory, chart: Chart, dependency: Dependency): string | undefined {
  if (!dependency.repository.startsWith("file://")) return undefined;
  const folder = resolvePath(chart.folder, dependency.repository.slice("file://".length));
  return folder !== undefined && inventory.charts.has(folder) ? folder : undefined;
}

function missing(dependency: Dependency): Issue {
  const message = `the chart depends on \`${dependency.name}\`, which is not in its folder \`charts\` and would be fetched`;
  return {
    code: "RENDER_REMOTE",
    severity: "error",
    at: { file: dependency.file, line: dependency.line },
    message,
    hides: true,
  };
}
