import { readArgo } from "./argocd.ts";
import type { DeliveryTool } from "./config-types.ts";
import { type Delivery, labelOf, objectsOf, placeOf, type Undeliverable } from "./delivery.ts";
import { digest, mapAt, textAt } from "./fields.ts";
import { readFlux } from "./flux.ts";
import type { Inventory } from "./inventory.ts";
import { resolvePath } from "./paths.ts";

/** What the objects of Flux, Argo CD and the like in one tree say. */
export type Deliveries = {
  /** Those whose path lies in the tree, with the folder that it leads to. */
  readonly found: readonly { readonly delivery: Delivery; readonly folder: string }[];
  readonly undeliverable: readonly Undeliverable[];
};

/** Reads every object that delivers something, listed by a kustomization or not. */
export function deliveriesOf(inventory: Inventory): Deliveries {
  const found: { delivery: Delivery; folder: string }[] = [];
  const undeliverable: Undeliverable[] = [];
  for (const [file, text] of inventory.deliveryTexts) {
    for (const object of objectsOf(text)) {
      const flux = readFlux(object, file);
      const all = flux === undefined ? readArgo(object, file) : [flux];
      for (const delivery of all) {
        const folder = locate(inventory, delivery);
        if (folder === undefined) undeliverable.push(elsewhere(delivery, digest(mapAt(object, "spec"))));
        else found.push({ delivery, folder });
      }
      const isEmptyApplication = all.length === 0 && isKind(object, "argoproj.io/", "Application");
      if (isEmptyApplication || isUnknowable(object)) {
        const label = labelOf(object);
        const at = placeOf(object, file);
        undeliverable.push({ id: label, label, at, digest: digest(mapAt(object, "spec")) });
      }
    }
  }
  return { found, undeliverable };
}

/** Objects that apply things which are made elsewhere: remote charts, generators, bundles. */
const UNKNOWABLE: readonly (readonly [group: string, kind: string])[] = [
  ["helm.toolkit.fluxcd.io/", "HelmRelease"],
  ["argoproj.io/", "ApplicationSet"],
  ["fluxcd.controlplane.io/", "ResourceSet"],
  ["fluxcd.controlplane.io/", "FluxInstance"],
  ["helm.cattle.io/", "HelmChart"],
  ["helm.cattle.io/", "HelmChartConfig"],
  ["fleet.cattle.io/", "GitRepo"],
  ["fleet.cattle.io/", "Bundle"],
  ["kappctrl.k14s.io/", "App"],
  ["core.oam.dev/", "Application"],
];

function isUnknowable(object: Parameters<typeof labelOf>[0]): boolean {
  return UNKNOWABLE.some(([group, kind]) => isKind(object, group, kind));
}

function isKind(object: Parameters<typeof labelOf>[0], group: string, kind: string): boolean {
  return textAt(object, "kind")?.text === kind && (textAt(object, "apiVersion")?.text ?? "").startsWith(group);
}

function elsewhere(delivery: Delivery, spec: string): Undeliverable {
  return { id: delivery.id, label: delivery.label, at: delivery.at, digest: spec };
}

/**
 * The folder of the tree that a path means: from the root of the repository; for Flux, whose source may publish a
 * folder below it, else the one folder that ends so. A path to the root counts only where it holds a kustomization.
 */
function locate(inventory: Inventory, delivery: Delivery): string | undefined {
  const path = resolvePath("", delivery.path.replace(/^\/+/, ""));
  if (path === undefined) return undefined;
  if (path === "") return inventory.kustomizations.has("") ? "" : undefined;
  if (inventory.folders.has(path)) return path;
  if (delivery.tool !== "flux") return undefined;
  const ends = [...inventory.folders.keys()].filter((folder) => folder.endsWith(`/${path}`));
  return ends.length === 1 ? ends[0] : undefined;
}

/** Only deliveries of the tools that a configuration names. */
export function deliveredBy(deliveries: Deliveries, tools: readonly DeliveryTool[]): Deliveries["found"] {
  return deliveries.found.filter(({ delivery }) => tools.includes(delivery.tool));
}
