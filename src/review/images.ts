import { readObjects } from "../manifest/objects.ts";
import { NEED_WHEN_CHANGED } from "../manifest/read-need.ts";
import { loadFile } from "../manifest/yaml/load.ts";
import type { YamlNode } from "../manifest/yaml/node.ts";
import type { Workload } from "../model/cluster.ts";
import type { Tree } from "../tree/tree.ts";
import type { Surveyed } from "./survey.ts";

/** The images that the containers of a workload run; none where its manifest is not at hand. */
export type Images = (workload: Workload) => readonly string[];

/** Reads the manifests of a cluster's workloads once more, for what no policy can ask: their images. */
export function imagesOf(tree: Tree, { deployed, cluster }: Pick<Surveyed, "deployed" | "cluster">): Images {
  const nodes = new Map<string, YamlNode>();
  for (const { node, source } of deployed.head.documents) nodes.set(key(source), node);
  const files = new Set(cluster.workloads.map(({ source }) => source.file));
  const entries = tree.entries.filter(({ path, kind }) => files.has(path) && kind !== "submodule");
  tree.read(entries, ({ path, blob }, bytes) => {
    if (!(bytes instanceof Uint8Array)) return;
    const { documents } = loadFile(bytes, path, { ...NEED_WHEN_CHANGED, exact: true, reached: false });
    const { objects } = readObjects(
      documents.map(({ node }) => node),
      { file: path, blob },
    );
    for (const { node, source } of objects) if (!nodes.has(key(source))) nodes.set(key(source), node);
  });
  return ({ source }) => {
    const node = nodes.get(key(source));
    return node === undefined ? [] : imagesIn(node);
  };
}

function key({ file, line }: Workload["source"]): string {
  return `${file}:${line}`;
}

function imagesIn(node: YamlNode): readonly string[] {
  switch (node.kind) {
    case "seq":
      return node.items.flatMap(imagesIn);
    case "map":
      return [...node.entries].flatMap(([name, { value }]) =>
        name === "image" && value.kind === "scalar" ? [String(value.value)] : imagesIn(value),
      );
    case "scalar":
      return [];
  }
}
