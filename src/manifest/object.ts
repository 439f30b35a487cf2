import type { Issue, SourceRef } from "../errors.ts";
import type { ObjectRef } from "../model/policy.ts";
import type { YamlMap } from "./yaml/node.ts";

/** One object of a tree, before anybody asked what it means. */
export type ManifestObject = {
  /** `namespace` as the object says it; empty where it names none, or the object is cluster-scoped. */
  readonly ref: ObjectRef;
  /** API version without the group: `v1`, `v1beta1`. */
  readonly version: string;
  readonly node: YamlMap;
  /** The line of `kind`. */
  readonly source: SourceRef;
  /** Namespace for an object that names none; where `forced`, also for one that does (Flux targetNamespace). */
  readonly defaultNamespace?: { readonly name: string; readonly forced: boolean };
  /** What the object says about its own delivery (hooks, `reconcile: disabled`), as far as it was read. */
  readonly control?: string;
  /** Equal where two objects have the same text at the same place. */
  readonly origin: string;
};

/** What a decoder made of something, and what it could not take. */
export type Decoded<T> = { readonly value: T | undefined; readonly issues: readonly Issue[] };
