import type { SourceRef } from "../errors.ts";
import type { YamlMap, YamlNode } from "../manifest/yaml/node.ts";
import type { Need } from "../manifest/yaml/wanted.ts";
import type { HelmSet, HelmValues } from "../tree/render-request.ts";
import type { DeliveryTool } from "./config-types.ts";
import { readMaps } from "./documents.ts";
import { at, digest, listAt, mapAt, textAt } from "./fields.ts";

/** Namespace that whoever applies an object gives it: for objects that name none; where `forced`, for all. */
export type GivenNamespace = { readonly name: string; readonly forced: boolean };

/** An object of Flux or Argo CD that says: apply this path. */
export type Delivery = {
  readonly tool: DeliveryTool;
  /** The same object in base and head: file, kind, namespace, name, and which of several sources. */
  readonly id: string;
  /** For people: `Kustomization flux-system/apps`. */
  readonly label: string;
  readonly at: SourceRef;
  /** As written. */
  readonly path: string;
  readonly namespace: GivenNamespace | undefined;
  readonly suspended: boolean;
  /** What it adds to the kustomization at its path, in kustomize's own words. */
  readonly edits: KustomizationEdits | undefined;
  /** Literal variables; `undefined` where nothing is substituted. `isComplete`: no others come from elsewhere. */
  readonly substitute: { readonly values: ReadonlyMap<string, string>; readonly isComplete: boolean } | undefined;
  readonly helm: DeliveredHelm | undefined;
  readonly directory: { readonly recurse: boolean; readonly include: string; readonly exclude: string };
  /** Fields that are neither applied nor known to be without effect, by their path; a change in one is not understood. */
  readonly unread: ReadonlyMap<string, Unread>;
};

/** A field that is not applied, and what it holds. */
export type Unread = { readonly digest: string; readonly line: number };

/** What is put into a kustomization before it is built. Lists are appended, names replace. */
export type KustomizationEdits = {
  readonly values: ReadonlyMap<string, YamlNode>;
  readonly lists: ReadonlyMap<string, readonly YamlNode[]>;
};

/** What an Application says to helm. */
export type DeliveredHelm = {
  readonly release: string;
  readonly namespace: string | undefined;
  readonly valueFiles: readonly { readonly text: string; readonly line: number }[];
  readonly ignoreMissing: boolean;
  readonly values: readonly HelmValues[];
  readonly set: readonly HelmSet[];
  readonly kubeVersion: string | undefined;
  readonly apiVersions: readonly string[];
};

/** An object whose result cannot be known here: a remote chart, a generator. */
export type Undeliverable = {
  readonly id: string;
  readonly label: string;
  readonly at: SourceRef;
  readonly digest: string;
};

/**
 * The objects that a HelmRelease or a Flux Kustomization names as the source of what it applies, or for values and
 * variables, as `Kind/name`. Source: Flux, HelmRelease v2 and Kustomization v1 API.
 */
export function sourcesOf(object: YamlMap): readonly string[] {
  const spec = mapAt(object, "spec");
  const named = [at(spec, "chartRef"), at(spec, "chart", "spec", "sourceRef"), at(spec, "sourceRef")];
  const values = [...listAt(spec, "valuesFrom"), ...listAt(spec, "postBuild", "substituteFrom")];
  return [...named, ...values].flatMap((one) => {
    const [kind, name] = [textAt(one, "kind")?.text, textAt(one, "name")?.text];
    return kind === undefined || name === undefined ? [] : [`${kind}/${name}`];
  });
}

/** Objects of a stream, with the lists among them opened. */
export function objectsOf(text: string, needed?: Need["needed"]): YamlMap[] {
  const found: YamlMap[] = [];
  const open = (map: YamlMap): void => {
    const items = map.entries.get("items")?.value;
    if (items === undefined) found.push(map);
    else if (items.kind === "seq") for (const item of items.items) if (item.kind === "map") open(item);
  };
  for (const map of readMaps(text, needed).maps) open(map);
  return found;
}

/** `Kind namespace/name`, as reports name an object. */
export function labelOf(object: YamlMap): string {
  const namespace = textAt(object, "metadata", "namespace")?.text;
  const name = textAt(object, "metadata", "name")?.text ?? "";
  return `${textAt(object, "kind")?.text ?? ""} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** Where an object stands: the line of `kind`. */
export function placeOf(object: YamlMap, file: string): SourceRef {
  return { file, line: object.entries.get("kind")?.keyLine ?? object.line };
}

/** Every field below `node` that `known` does not hold, under dotted paths; a known path covers all below it. */
export function unreadFields(node: YamlNode | undefined, known: ReadonlySet<string>, prefix = ""): Map<string, Unread> {
  const found = new Map<string, Unread>();
  if (node?.kind !== "map") return found;
  for (const [key, { keyLine, value }] of node.entries) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    if (known.has(path)) continue;
    const isOpened = [...known].some((other) => other.startsWith(`${path}.`));
    if (isOpened && value.kind === "map")
      for (const [inner, unread] of unreadFields(value, known, path)) found.set(inner, unread);
    else found.set(path, { digest: digest(value), line: keyLine });
  }
  return found;
}
