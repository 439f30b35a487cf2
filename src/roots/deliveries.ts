import { readArgo } from "./argocd.ts";
import type { DeliveryTool } from "./config-types.ts";
import { type Delivery, labelOf, objectsOf, placeOf, sourcesOf, type Undeliverable } from "./delivery.ts";
import { digest, mapAt, textAt } from "./fields.ts";
import { readFlux } from "./flux.ts";
import type { Inventory } from "./inventory.ts";
import { resolvePath } from "./paths.ts";

/** What the objects of Flux, Argo CD and the like in one tree say. */
export type Deliveries = {
  /** Those whose path lies in the tree, with the folder that it leads to. */
  readonly found: readonly { readonly delivery: Delivery; readonly folder: string }[];
  readonly undeliverable: readonly Undeliverable[];
  /** What any of them takes from objects beside it. */
  readonly users: readonly User[];
};

/** An object that delivers, and the objects that it takes sources, values or variables from, as `Kind/name`. */
type User = { readonly label: string; readonly sources: readonly string[] };

/** What files were found to say, by path and content; both sides of a review share it. */
export type KnownDeliveries = Map<string, FileDeliveries>;

type FileDeliveries = {
  readonly deliveries: readonly (readonly [delivery: Delivery, spec: string])[];
  readonly unknowable: readonly Undeliverable[];
  readonly users: readonly User[];
};

/** Reads every object that delivers something, listed by a kustomization or not. */
export function deliveriesOf(inventory: Inventory, known: KnownDeliveries = new Map()): Deliveries {
  const found: { delivery: Delivery; folder: string }[] = [];
  const undeliverable: Undeliverable[] = [];
  const users: User[] = [];
  for (const [file, text] of inventory.deliveryTexts) {
    const key = `${file}\n${inventory.entries.get(file)?.blob ?? ""}`;
    const said = known.get(key) ?? readFile(file, text);
    known.set(key, said);
    undeliverable.push(...said.unknowable);
    users.push(...said.users);
    for (const [delivery, spec] of said.deliveries) {
      const folder = locate(inventory, delivery);
      const { id, label, at } = delivery;
      if (folder === undefined) undeliverable.push({ id, label, at, digest: spec });
      else found.push({ delivery, folder });
    }
  }
  return { found, undeliverable, users };
}

/**
 * The deliveries of both sides, with ids that outlive a move to another file wherever no side has two of one name.
 */
export function withStableIds(
  base: Deliveries,
  head: Deliveries,
): { readonly base: Deliveries; readonly head: Deliveries } {
  const names = new Map<string, number>();
  for (const { found } of [base, head]) {
    const own = new Map<string, number>();
    for (const { delivery } of found) own.set(nameIn(delivery), (own.get(nameIn(delivery)) ?? 0) + 1);
    for (const [name, count] of own) names.set(name, Math.max(count, names.get(name) ?? 0));
  }
  const renamed = (side: Deliveries): Deliveries => ({
    ...side,
    found: side.found.map(({ delivery, folder }) => {
      const name = nameIn(delivery);
      return { folder, delivery: names.get(name) === 1 ? { ...delivery, id: name } : delivery };
    }),
  });
  return { base: renamed(base), head: renamed(head) };
}

/** The id without the file. */
function nameIn({ id, at }: Delivery): string {
  return id.slice(at.file.length);
}

function readFile(file: string, text: string): FileDeliveries {
  const deliveries: (readonly [Delivery, string])[] = [];
  const unknowable: Undeliverable[] = [];
  const users: User[] = [];
  for (const object of objectsOf(text, isDelivering)) {
    const spec = digest(mapAt(object, "spec"));
    const sources = sourcesOf(object);
    if (sources.length > 0) users.push({ label: labelOf(object), sources });
    const flux = readFlux(object, file);
    const all = flux === undefined ? readArgo(object, file) : [flux];
    for (const delivery of all) deliveries.push([delivery, spec]);
    const isEmptyApplication = all.length === 0 && isKind(object, "argoproj.io/", "Application");
    if (isEmptyApplication || isUnknowable(object)) {
      const label = labelOf(object);
      unknowable.push({ id: label, label, at: placeOf(object, file), digest: spec });
    }
  }
  return { deliveries, unknowable, users };
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

/** Kinds that are looked at; everything else in a file is not parsed. */
function isDelivering(kind: string): boolean {
  return kind === "Kustomization" || kind === "Application" || KINDS.has(kind) || /^$|List$|[^A-Za-z]/.test(kind);
}

const KINDS: ReadonlySet<string> = new Set(UNKNOWABLE.map(([, kind]) => kind));

function isUnknowable(object: Parameters<typeof labelOf>[0]): boolean {
  return UNKNOWABLE.some(([group, kind]) => isKind(object, group, kind));
}

function isKind(object: Parameters<typeof labelOf>[0], group: string, kind: string): boolean {
  return textAt(object, "kind")?.text === kind && (textAt(object, "apiVersion")?.text ?? "").startsWith(group);
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
