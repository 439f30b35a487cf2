import type { YamlMap } from "../manifest/yaml/node.ts";
import { readQuick } from "../manifest/yaml/quick.ts";
import { readDocuments } from "../manifest/yaml/read.ts";
import type { Need } from "../manifest/yaml/wanted.ts";

/** The mappings at the top of a stream, and where the first thing stands that cannot be read. */
export type Documents = {
  readonly maps: readonly YamlMap[];
  readonly broken: { readonly line: number; readonly cause: string } | undefined;
};

/** Reads a stream of YAML or JSON documents as `kubectl` does, only those that are `needed`; lines count from the beginning of `text`. */
export function readMaps(text: string, needed: Need["needed"] = () => true): Documents {
  const need: Need = { needed, wanted: () => "all" };
  const { documents, issues } = readDocuments(Buffer.from(text), "", { need, quick: readQuick, exact: false });
  const maps = documents.flatMap(({ node }) => (node.kind === "map" ? [node] : []));
  const fault = issues.find((issue) => issue.code !== "DUPLICATE_KEY");
  return { maps, broken: fault === undefined ? undefined : { line: fault.at?.line ?? 0, cause: fault.message } };
}
