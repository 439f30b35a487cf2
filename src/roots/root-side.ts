import { createHash } from "node:crypto";
import type { Issue, SourceRef } from "../errors.ts";
import { type HelmRequest, type HelmValues, type KustomizeRequest, requestKey } from "../tree/render-request.ts";
import type { TreeEntry } from "../tree/tree.ts";
import { isChartPart } from "./chart.ts";
import { chartNeeds } from "./chart-closure.ts";
import { type Closure, closureOf } from "./closure.ts";
import type { DeliveredHelm, Delivery, GivenNamespace } from "./delivery.ts";
import { editedKustomization, editReferences } from "./edits.ts";
import type { Inventory } from "./inventory.ts";
import { nameOf, resolvePath } from "./paths.ts";
import type { RawEntry, RootSide } from "./plan-types.ts";

/** Version of Kubernetes that charts see where nobody names one. */
export const KUBE_VERSION = "1.33.0";

/** What a cluster says to all of its roots. */
export type RenderOptions = {
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
  readonly allowRemotes: boolean;
  /** For charts that nobody names one for. */
  readonly namespace: string;
};

/** The kustomization in `folder`, as `delivery` applies it. */
export function kustomizeSide(
  inventory: Inventory,
  folder: string,
  { delivery, options }: { readonly delivery: Delivery | undefined; readonly options: RenderOptions },
): RootSide {
  const closure = closureOf(inventory, folder, editReferences(delivery));
  const kustomization = inventory.kustomizations.get(folder);
  const forced = delivery?.namespace?.forced === true ? delivery.namespace : undefined;
  const request: KustomizeRequest = {
    tool: "kustomize",
    path: folder,
    files: entriesOf(inventory, closure.files),
    written: editedKustomization(kustomization, delivery),
    copies: closure.copies,
    at: { file: kustomization?.file ?? folder, line: 0 },
    kubeVersion: options.kubeVersion,
    apiVersions: options.apiVersions,
    network: options.allowRemotes && closure.remotes.length > 0,
    namespace: forced?.name,
    charts: closure.hasCharts,
  };
  const refused = options.allowRemotes ? [] : closure.remotes;
  return {
    request,
    key: keyOf(requestKey(request), delivery),
    files: closure.files,
    folders: closure.folders,
    problems: [...closure.problems, ...refused],
    plain: plainOf(inventory, closure, delivery?.namespace),
    namespace: forced === undefined ? delivery?.namespace : undefined,
    delivery,
  };
}

function entriesOf(inventory: Inventory, paths: Iterable<string>): TreeEntry[] {
  const found = new Map<string, TreeEntry>();
  for (const path of paths) {
    const entry = inventory.entries.get(path);
    if (entry !== undefined) found.set(path, entry);
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Files of objects that can be read although the root cannot be rendered; patches and templates are none. */
function plainOf(inventory: Inventory, closure: Closure, given: GivenNamespace | undefined): RawEntry[] {
  return [...closure.plain].flatMap(([path, outer]) => {
    const entry = inventory.entries.get(path);
    if (entry === undefined) return [];
    const own = outer === undefined ? undefined : { name: outer, forced: true };
    const namespace = given?.forced === true ? given : (own ?? given);
    return [{ entry, namespace, policiesOnly: true, listed: true }];
  });
}

/** One key for what is rendered and for what is done with the result. */
function keyOf(request: string, delivery: Delivery | undefined): string {
  if (delivery === undefined) return request;
  const rest = [delivery.namespace, [...(delivery.substitute?.values ?? [])], delivery.substitute?.isComplete];
  return createHash("sha256").update(request).update(JSON.stringify(rest)).digest("hex");
}

/** How a chart is released. */
export type Release = {
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly valueFiles: readonly { readonly path: string | undefined; readonly text: string; readonly at: SourceRef }[];
  readonly ignoreMissing: boolean;
  readonly helm: DeliveredHelm | undefined;
};

/** A release of nothing but the chart itself. */
export const DEFAULT_RELEASE: Release = {
  name: undefined,
  namespace: undefined,
  valueFiles: [],
  ignoreMissing: false,
  helm: undefined,
};

/** The release that an Argo CD Application makes of the chart in `folder`. */
export function deliveredRelease(delivery: Delivery, folder: string): Release {
  const helm = delivery.helm;
  const valueFiles = (helm?.valueFiles ?? []).map(({ text, line }) => {
    const path = text.startsWith("/") ? resolvePath("", text.slice(1)) : resolvePath(folder, text);
    return { path, text, at: { file: delivery.at.file, line } };
  });
  return {
    name: helm?.release,
    namespace: helm?.namespace ?? delivery.namespace?.name,
    valueFiles,
    ignoreMissing: helm?.ignoreMissing ?? false,
    helm,
  };
}

/** The chart in `folder`, as `release` says. */
export function helmSide(
  inventory: Inventory,
  folder: string,
  from: { readonly release: Release; readonly delivery: Delivery | undefined; readonly options: RenderOptions },
): RootSide {
  const { release, delivery, options } = from;
  const needs = chartNeeds(inventory, folder);
  const chart = inventory.charts.get(folder);
  const { values, problems } = valuesOf(inventory, release);
  const paths = values.flatMap((value) => ("path" in value ? [value.path] : []));
  const files = new Set([...needs.files, ...paths]);
  const namespace = release.namespace ?? options.namespace;
  const request: HelmRequest = {
    tool: "helm",
    path: folder,
    files: entriesOf(inventory, files),
    written: new Map(),
    copies: needs.copies,
    at: { file: chart?.file ?? folder, line: 0 },
    kubeVersion: release.helm?.kubeVersion ?? options.kubeVersion,
    apiVersions: [...options.apiVersions, ...(release.helm?.apiVersions ?? [])],
    network: false,
    release: release.name ?? (chart?.name || nameOf(folder)),
    namespace,
    values: [...values, ...(release.helm?.values ?? [])],
    set: release.helm?.set ?? [],
    upgrade: false,
  };
  return {
    request,
    key: keyOf(requestKey(request), delivery),
    files: folder === "" ? new Set([...files].filter((path) => isChartPart(path) || path === chart?.file)) : files,
    folders: new Set([folder]),
    problems: [...needs.problems, ...problems],
    plain: [],
    namespace: { name: namespace, forced: false },
    delivery,
  };
}

function valuesOf(inventory: Inventory, release: Release): { values: HelmValues[]; problems: Issue[] } {
  const values: HelmValues[] = [];
  const problems: Issue[] = [];
  for (const { path, text, at } of release.valueFiles) {
    if (path !== undefined && inventory.entries.has(path)) values.push({ path });
    else if (path === undefined || !release.ignoreMissing) {
      const cause = path === undefined ? "leads outside the repository" : "is not there";
      const message = `the values file \`${text}\` ${cause}`;
      problems.push({ code: "RENDER_FAILED", severity: "error", at, message, hides: true });
    }
  }
  return { values, problems };
}
