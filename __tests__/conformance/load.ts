import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { buildCluster } from "../../src/manifest/cluster.ts";
import { readObjects } from "../../src/manifest/objects.ts";
import { readDocuments } from "../../src/manifest/yaml/read.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import { parseCidr } from "../../src/sets/address-text.ts";
import { NO_ADDRESS, unionAddresses } from "../../src/sets/addresses.ts";

export type LoadOptions = { readonly cni: "calico" | "cilium"; readonly podCidrs: readonly string[] };

/** The cluster that a folder of manifests describes under one plugin. */
export function load(folder: string, options: LoadOptions): Cluster {
  const read = filesBelow(folder).map((path) => {
    const file = relative(folder, path);
    const { documents, issues } = readDocuments(readFileSync(path), file);
    const { objects, issues: more } = readObjects(
      documents.map(({ node }) => node),
      { file, blob: file },
    );
    return { objects, issues: [...issues, ...more] };
  });
  const podCidrs = options.podCidrs
    .map((cidr) => parseCidr(cidr)?.set ?? NO_ADDRESS)
    .reduce(unionAddresses, NO_ADDRESS);
  return buildCluster(
    {
      objects: read.flatMap(({ objects }) => objects),
      issues: read.flatMap(({ issues }) => issues),
      counts: { files: read.length, documents: 0, skipped: 0 },
    },
    {
      namespace: "default",
      cni: options.cni,
      podCidrs,
      ipBlocks: undefined,
      staged: "ignore",
      namespaceLabels: new Map(),
    },
  );
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
