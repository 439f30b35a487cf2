import { createHash } from "node:crypto";
import type { SourceRef } from "../errors.ts";
import type { TreeEntry } from "./tree.ts";

/** One root to render. Everything that the result depends on is in here, so equal keys give equal results. */
export type RenderRequest = KustomizeRequest | HelmRequest;

type Common = {
  /** Folder of the root, relative to the tree; empty for the tree itself. */
  readonly path: string;
  /** The only files of the tree that the program sees. */
  readonly files: readonly TreeEntry[];
  /** Texts that stand in for files of the tree, or beside them, by path. */
  readonly written: ReadonlyMap<string, string>;
  /** Folders that stand at a second place too, as `helm dependency build` puts them. */
  readonly copies: readonly { readonly from: string; readonly to: string }[];
  /** Where a failure is reported. */
  readonly at: SourceRef;
  /** What charts see as the version of Kubernetes, and the API versions they may ask for. */
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
  /** Remote bases may be fetched: only where the base's configuration allows it. */
  readonly network: boolean;
};

/** A kustomization. */
export type KustomizeRequest = Common & {
  readonly tool: "kustomize";
  /** Put over every object, as Flux does with `targetNamespace`. */
  readonly namespace: string | undefined;
  /** Charts of the closure are inflated; all of them are in the tree. */
  readonly charts: boolean;
};

/** A chart. */
export type HelmRequest = Common & {
  readonly tool: "helm";
  readonly release: string;
  readonly namespace: string;
  /** In the order of helm's `-f`: files of the tree, or texts. */
  readonly values: readonly HelmValues[];
  readonly set: readonly HelmSet[];
  readonly upgrade: boolean;
};

/** One `-f`. */
export type HelmValues = { readonly path: string } | { readonly text: string };

/** One `--set` or, as text, `--set-string`. */
export type HelmSet = { readonly name: string; readonly value: string; readonly text: boolean };

/** Equal for requests that give the same result: names and contents of all files, and every option. */
export function requestKey(request: RenderRequest): string {
  const { files, written, at: _, ...options } = request;
  const hash = createHash("sha256");
  hash.update(JSON.stringify(options));
  hash.update(JSON.stringify([...written]));
  for (const file of files) hash.update(`${file.path}\0${file.kind}\0${file.blob}\n`);
  return hash.digest("hex");
}
