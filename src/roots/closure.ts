import type { Issue } from "../errors.ts";
import { type ChartNeeds, chartNeeds } from "./chart-closure.ts";
import { filesBelow, type Inventory } from "./inventory.ts";
import {
  type ChartReference,
  KUSTOMIZATION_NAMES,
  type Kustomization,
  type Reference,
  readPlugins,
} from "./kustomization.ts";
import { folderOf, resolvePath } from "./paths.ts";
import { looksRemote } from "./remote.ts";

/** Everything that one kustomization reaches, found without running anything. */
export type Closure = {
  /** Paths of files; nothing else of the tree is needed. */
  readonly files: ReadonlySet<string>;
  /** Folders whose kustomization takes part. */
  readonly folders: ReadonlySet<string>;
  /** Files of objects as the kustomizations list them, with the namespace that is put over them. */
  readonly plain: ReadonlyMap<string, string | undefined>;
  readonly copies: ChartNeeds["copies"];
  readonly hasCharts: boolean;
  /** What would be fetched. Refused, unless the configuration allows it. */
  readonly remotes: readonly Issue[];
  /** Why the root cannot be rendered. */
  readonly problems: readonly Issue[];
};

type Walk = {
  readonly inventory: Inventory;
  readonly files: Set<string>;
  readonly folders: Set<string>;
  readonly plain: Map<string, string | undefined>;
  readonly copies: ChartNeeds["copies"][number][];
  readonly remotes: Issue[];
  readonly problems: Issue[];
  hasCharts: boolean;
};

/** References that somebody adds to a kustomization, and the file that says so. */
export type Additions = { readonly file: string; readonly references: readonly Reference[] };

/** Follows every reference from the kustomization in `folder`, and those that `added` holds. */
export function closureOf(inventory: Inventory, folder: string, added?: Additions): Closure {
  const walk: Walk = {
    inventory,
    files: new Set(),
    folders: new Set(),
    plain: new Map(),
    copies: [],
    remotes: [],
    problems: [],
    hasCharts: false,
  };
  enter(walk, folder, undefined);
  const namespace = inventory.kustomizations.get(folder)?.namespace?.text;
  for (const reference of added?.references ?? [])
    follow(walk, { folder, file: added?.file ?? folder, namespace }, reference);
  return walk;
}

type From = { readonly folder: string; readonly file: string; readonly namespace: string | undefined };

function enter(walk: Walk, folder: string, outer: string | undefined): void {
  if (walk.folders.has(folder)) return;
  walk.folders.add(folder);
  const kustomization = walk.inventory.kustomizations.get(folder);
  if (kustomization === undefined) return;
  for (const name of KUSTOMIZATION_NAMES) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (walk.inventory.entries.has(path)) walk.files.add(path);
  }
  for (const fault of kustomization.faults) {
    walk.problems.push(problem(kustomization.file, fault.line, `\`${kustomization.file}\` ${fault.text}`));
  }
  const from = { folder, file: kustomization.file, namespace: outer ?? kustomization.namespace?.text };
  for (const reference of kustomization.references) follow(walk, from, reference);
  for (const chart of kustomization.charts) inflate(walk, kustomization, chart);
}

function follow(walk: Walk, from: From, reference: Reference): void {
  const path = resolvePath(from.folder, reference.text);
  const isFolder = path !== undefined && reference.role !== "file" && walk.inventory.folders.has(path);
  if (path !== undefined && walk.inventory.entries.has(path)) takeFile(walk, from, { reference, path });
  else if (isFolder && walk.inventory.kustomizations.has(path)) enter(walk, path, from.namespace);
  else if (isFolder) {
    const text = `\`${reference.field}\` names the folder \`${reference.text}\`, which has no kustomization`;
    walk.problems.push(problem(from.file, reference.line, text));
  } else walk[looksRemote(reference.text) ? "remotes" : "problems"].push(absent(walk, from, { reference, path }));
}

type Found = { readonly reference: Reference; readonly path: string };

function takeFile(walk: Walk, from: From, { reference, path }: Found): void {
  if (walk.inventory.entries.get(path)?.kind === "submodule") {
    walk.problems.push(absent(walk, from, { reference, path }));
    return;
  }
  walk.files.add(path);
  if (reference.role === "resource" && !walk.plain.has(path)) walk.plain.set(path, from.namespace);
  if (reference.role !== "plugin") return;
  const plugins = readPlugins(walk.inventory.text(path) ?? "");
  for (const fault of plugins.faults) walk.problems.push(problem(path, fault.line, `\`${path}\` ${fault.text}`));
  for (const inner of plugins.references) follow(walk, from, inner);
  for (const chart of plugins.charts) inflate(walk, from, chart);
}

function inflate(walk: Walk, from: Pick<Kustomization, "folder" | "file">, chart: ChartReference): void {
  walk.hasCharts = true;
  const home = resolvePath(from.folder, chart.home);
  const candidates = home === undefined ? [] : [`${chart.name}-${chart.version}/${chart.name}`, chart.name];
  const folder = candidates
    .map((name) => resolvePath(home ?? "", name))
    .find((path) => path !== undefined && walk.inventory.folders.has(path));
  if (folder === undefined) {
    const text = `the chart \`${chart.name}\` is not in \`${chart.home}\` and would be fetched; keep it in the repository`;
    walk.remotes.push(problem(from.file, chart.line, text, "RENDER_REMOTE"));
    return;
  }
  const needs = chartNeeds(walk.inventory, folder);
  for (const file of needs.files) walk.files.add(file);
  walk.copies.push(...needs.copies);
  walk.problems.push(...needs.problems);
  if (needs.files.length === 0) for (const file of filesBelow(walk.inventory, folder)) walk.files.add(file.path);
}

/** Why a reference leads nowhere, said at the line that has it. */
function absent(walk: Walk, from: From, found: { reference: Reference; path: string | undefined }): Issue {
  const { reference, path } = found;
  const name = `\`${reference.field}\` names \`${reference.text}\``;
  if (looksRemote(reference.text)) {
    const text = `${name}, which would be fetched; keep a copy in the repository, or set \`remotes: allow\``;
    return problem(from.file, reference.line, text, "RENDER_REMOTE");
  }
  if (path === undefined) return problem(from.file, reference.line, `${name}, which leads outside the repository`);
  const fault = faultOf(walk.inventory, path);
  if (fault !== undefined) return problem(from.file, reference.line, `${name}, but ${fault.message}`, fault.code);
  return problem(from.file, reference.line, `${name}, which is not there`);
}

/** The issue of the listing that explains why `path` is not in it: a link or submodule at it or above it. */
function faultOf(inventory: Inventory, path: string): Issue | undefined {
  for (let here = path; here !== ""; here = folderOf(here)) {
    const fault = inventory.faults.get(here);
    if (fault !== undefined) return fault;
    if (inventory.entries.get(here)?.kind === "submodule") {
      const at = { file: here, line: 0 };
      return { code: "SUBMODULE", severity: "error", at, message: `\`${here}\` is a submodule, which is not read` };
    }
  }
  return undefined;
}

function problem(file: string, line: number, message: string, code: Issue["code"] = "RENDER_FAILED"): Issue {
  return { code, severity: "error", at: { file, line }, message, hides: true };
}
