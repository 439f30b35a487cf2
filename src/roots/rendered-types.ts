import type { Issue, SourceRef } from "../errors.ts";
import type { YamlMap } from "../manifest/yaml/node.ts";
import type { GivenNamespace } from "./delivery.ts";

/** One object that a root gives, as it would be applied, with its place in the files that somebody edits. */
export type RenderedDocument = {
  /** Lines are those of `source.file`: of the same value where it stands there, else of the nearest thing around it. */
  readonly node: YamlMap;
  /** The line of the object's `kind` in its source; 0 where only the file is known. */
  readonly source: SourceRef;
  /** As the tool wrote it. */
  readonly text: string;
  /** Kustomizations that gave it its namespace or patched it, outermost last. */
  readonly transformedBy: readonly SourceRef[];
  /** The namespace that its source names, where another was put over it. */
  readonly overruled: string | undefined;
  /** For an object that names no namespace. */
  readonly namespace: GivenNamespace | undefined;
  /** Equal where two objects have the same text from the same source. */
  readonly origin: string;
};

/** What one root came to in one tree. */
export type RootResult = {
  /** Of kinds that matter; `undefined`: could not be rendered, and `issues` say why. */
  readonly documents: readonly RenderedDocument[] | undefined;
  /** Objects that the tool wrote, also of kinds that do not matter. */
  readonly total: number;
  readonly issues: readonly Issue[];
  readonly ms: number;
};

/** Where one rendered object comes from. `node` has the lines of the source already. */
export type Origin = {
  readonly node: YamlMap;
  readonly source: SourceRef;
  readonly transformedBy: readonly SourceRef[];
  readonly overruled: string | undefined;
};
