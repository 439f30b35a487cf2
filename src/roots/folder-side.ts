import { createHash } from "node:crypto";
import picomatch from "picomatch";
import { isManifestName } from "../tree/path.ts";
import { type KustomizeRequest, requestKey } from "../tree/render-request.ts";
import type { TreeEntry } from "../tree/tree.ts";
import { closureOf } from "./closure.ts";
import type { Delivery } from "./delivery.ts";
import { editReferences } from "./edits.ts";
import { plain as plainValue } from "./fields.ts";
import { filesBelow, type Inventory } from "./inventory.ts";
import type { RootSide } from "./plan-types.ts";
import type { RenderOptions } from "./root-side.ts";

/** A folder without kustomization that Argo CD applies file by file. */
export function argoFolder(inventory: Inventory, folder: string, delivery: Delivery): RootSide {
  const { recurse, include, exclude } = delivery.directory;
  const all = recurse ? filesBelow(inventory, folder) : (inventory.folders.get(folder)?.files ?? []);
  const inFolder = (path: string): string => (folder === "" ? path : path.slice(folder.length + 1));
  const manifests = all.filter(({ path, kind }) => isManifestName(path) && kind !== "submodule");
  const files = manifests.filter((entry) => {
    const path = inFolder(entry.path);
    return (
      (include === "" || picomatch.isMatch(path, include)) && (exclude === "" || !picomatch.isMatch(path, exclude))
    );
  });
  const hash = createHash("sha256").update(JSON.stringify(delivery.namespace ?? ""));
  for (const file of files) hash.update(`${file.path}\0${file.blob}\n`);
  return {
    request: undefined,
    key: hash.digest("hex"),
    // What `include` and `exclude` leave out is not applied, and so is not read raw either.
    files: new Set(manifests.map((file) => file.path)),
    folders: new Set(),
    problems: [],
    plain: files.map((entry) => ({ entry, namespace: delivery.namespace, policiesOnly: false, listed: true })),
    namespace: delivery.namespace,
    delivery,
  };
}

/**
 * A folder without kustomization that Flux applies: its controller writes one that lists every manifest below it, and
 * every folder that has one of its own.
 */
export function fluxFolder(
  inventory: Inventory,
  folder: string,
  { delivery, options }: { readonly delivery: Delivery; readonly options: RenderOptions },
): RootSide {
  const listed = listing(inventory, folder);
  const parts = listed.folders.map((inner) => closureOf(inventory, inner));
  const extra = closureOf(inventory, folder, editReferences(delivery));
  const all = [...parts, extra];
  const files = new Set([...listed.files.map((file) => file.path), ...all.flatMap((part) => [...part.files])]);
  const entries = [...files].sort().flatMap((path) => inventory.entries.get(path) ?? []);
  const request: KustomizeRequest = {
    tool: "kustomize",
    path: folder,
    files: entries,
    written: writtenKustomization(folder, listed, delivery),
    copies: all.flatMap((part) => part.copies),
    at: delivery.at,
    kubeVersion: options.kubeVersion,
    apiVersions: options.apiVersions,
    network: false,
    namespace: delivery.namespace?.name,
    charts: all.some((part) => part.hasCharts),
  };
  const substitute = [...(delivery.substitute?.values ?? [])];
  return {
    request,
    key: createHash("sha256").update(requestKey(request)).update(JSON.stringify(substitute)).digest("hex"),
    files,
    folders: new Set(all.flatMap((part) => [...part.folders])),
    problems: all.flatMap((part) => [...part.problems, ...part.remotes]),
    plain: entries.map((entry) => ({ entry, namespace: delivery.namespace, policiesOnly: true, listed: true })),
    namespace: undefined,
    delivery,
  };
}

/** The kustomization that Flux writes where there is none. */
function writtenKustomization(folder: string, listed: Listing, delivery: Delivery): ReadonlyMap<string, string> {
  const strip = (path: string): string => (folder === "" ? path : path.slice(folder.length + 1));
  const resources = [...listed.files.map((file) => file.path), ...listed.folders].map(strip).sort();
  const edits = Object.fromEntries([
    ...[...(delivery.edits?.values ?? [])].map(([key, value]) => [key, plainValue(value)]),
    ...[...(delivery.edits?.lists ?? [])].map(([key, items]) => [key, items.map(plainValue)]),
  ]);
  const name = folder === "" ? "kustomization.yaml" : `${folder}/kustomization.yaml`;
  return new Map([[name, JSON.stringify({ kind: "Kustomization", resources, ...edits })]]);
}

type Listing = { readonly files: TreeEntry[]; readonly folders: string[] };

function listing(inventory: Inventory, folder: string): Listing {
  const here = inventory.folders.get(folder);
  const files = (here?.files ?? []).filter(
    (entry) => /\.ya?ml$/i.test(entry.path) && entry.kind !== "submodule" && inventory.looksLikeManifest(entry),
  );
  const folders: string[] = [];
  for (const inner of here?.folders ?? []) {
    if (inventory.kustomizations.has(inner)) folders.push(inner);
    else {
      const below = listing(inventory, inner);
      files.push(...below.files);
      folders.push(...below.folders);
    }
  }
  return { files, folders };
}
