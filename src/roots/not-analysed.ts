import type { Issue, SourceRef } from "../errors.ts";
import { changedPaths } from "../tree/changed-paths.ts";
import type { TreeEntry } from "../tree/tree.ts";
import { changedBehind } from "./behind.ts";
import type { Undeliverable } from "./delivery.ts";
import { changedControls } from "./delivery-changes.ts";
import { type Inventory, isIgnored } from "./inventory.ts";
import type { PathMatch } from "./match.ts";
import type { Sides } from "./plan-types.ts";
import type { TreePlan } from "./side-plan.ts";

/**
 * What says something about what is deployed and belongs to nothing that is read. An issue of severity error differs
 * between the trees and could change an answer; a warning is the same on both sides, or hides nothing.
 */
export function unanalysed(
  trees: Sides<TreePlan>,
  orphans: readonly Sides<readonly TreeEntry[]>[],
  accepted: PathMatch,
): Sides<Issue[]> {
  const base: Issue[] = [];
  const head: Issue[] = [];
  compareUndeliverable(trees, { base, head });
  const inventories = { base: trees.base.inventory, head: trees.head.inventory };
  const differing = differingPaths(inventories);
  head.push(...changedBehind(trees, differing));
  for (const path of differing) {
    const source = languageOf(path, inventories);
    if (source !== undefined)
      head.push(changed({ file: path, line: 0 }, `\`${path}\` is ${source}, which is not evaluated`));
  }
  head.push(...changedControls(trees));
  for (const one of orphans) head.push(...orphanIssues(inventories, one));
  const soften = (issue: Issue): Issue =>
    issue.at !== undefined && accepted(issue.at.file) ? { ...issue, severity: "warning", hides: false } : issue;
  return { base: base.map(soften), head: head.map(soften) };
}

function compareUndeliverable(trees: Sides<TreePlan>, issues: Sides<Issue[]>): void {
  const before = byId(trees.base.deliveries.undeliverable);
  const after = byId(trees.head.deliveries.undeliverable);
  for (const [id, one] of after) {
    const isSame = before.get(id)?.digest === one.digest;
    issues.head.push(elsewhere(one, isSame));
    const twin = before.get(id);
    if (isSame && twin !== undefined) issues.base.push(elsewhere(twin, true));
  }
  for (const [id, one] of before) if (!after.has(id)) issues.base.push(elsewhere(one, false));
}

function byId(all: readonly Undeliverable[]): Map<string, Undeliverable> {
  return new Map(all.map((one) => [one.id, one]));
}

function elsewhere(one: Undeliverable, isSame: boolean): Issue {
  const message = `\`${one.label}\` applies what is not in this tree, or made when it runs`;
  return {
    ...changed(one.at, message),
    severity: isSame ? "warning" : "error",
    subject: one.label,
    content: one.digest,
  };
}

function changed(at: SourceRef, message: string): Issue {
  return { code: "NOT_ANALYSED", severity: "error", at, message, subject: at.file, hides: true };
}

/** Paths that differ between the trees, less those of workflows and git's own. */
export function differingPaths({ base, head }: Sides<Inventory>): string[] {
  return [...changedPaths(base.tree, head.tree)].filter((path) => !isIgnored(path)).sort();
}

const LANGUAGES: readonly (readonly [name: RegExp, language: string])[] = [
  [/\.(?:jsonnet|libsonnet)$/, "Jsonnet"],
  [/\.cue$/, "CUE"],
  [/\.k$/, "KCL"],
  [/(?:^|\/)helmfile(?:\.d\/.*)?\.ya?ml(?:\.gotmpl)?$/, "for Helmfile"],
  [/(?:^|\/)\.(?:sourceignore)$/, "a filter of what Flux sees"],
  [/(?:^|\/)\.argocd-source(?:-[^/]*)?\.yaml$/, "a set of overrides for Argo CD"],
];

const TEMPLATE = /\.(?:ya?ml|json)\.[a-z0-9]+$|\.(?:tmpl|gotmpl|j2|jinja2?)$/i;

/** What a file is written in, where it can make manifests and nothing here evaluates it. Chart templates are helm's. */
function languageOf(path: string, { base, head }: Sides<Inventory>): string | undefined {
  const language = LANGUAGES.find(([name]) => name.test(path))?.[1];
  if (language !== undefined) return language;
  if (!TEMPLATE.test(path) || path.includes("/templates/")) return undefined;
  const looks = [head, base].some((one) => {
    const entry = one.entries.get(path);
    return entry !== undefined && one.looksLikeManifest(entry);
  });
  return looks ? "a template of manifests" : undefined;
}

/** Manifests that nobody deploys, where that is new, or where they changed. */
function orphanIssues(trees: Sides<Inventory>, orphans: Sides<readonly TreeEntry[]>): Issue[] {
  const before = new Set(orphans.base.map((entry) => entry.path));
  const after = new Set(orphans.head.map((entry) => entry.path));
  const issues: Issue[] = [];
  for (const entry of orphans.head) {
    const old = trees.base.entries.get(entry.path);
    const isSame = before.has(entry.path) && old?.blob === entry.blob;
    if (isSame || !trees.head.looksLikeManifest(entry)) continue;
    const cause = old === undefined || before.has(entry.path) ? "is not deployed" : "is no longer deployed";
    issues.push(orphan(entry.path, `\`${entry.path}\` ${cause}: no kustomization or chart lists it`));
  }
  for (const entry of orphans.base) {
    if (after.has(entry.path) || !trees.head.entries.has(entry.path) || !trees.base.looksLikeManifest(entry)) continue;
    issues.push(orphan(entry.path, `\`${entry.path}\` is deployed from now on: nothing listed it before`));
  }
  return issues;
}

function orphan(file: string, message: string): Issue {
  return { code: "ORPHAN", severity: "warning", at: { file, line: 0 }, message, subject: file };
}
