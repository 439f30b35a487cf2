import { buildCluster } from "../../src/manifest/cluster.ts";
import type { ClusterOptions, ConvertContext } from "../../src/manifest/context.ts";
import type { ManifestObject } from "../../src/manifest/object.ts";
import { type ReadObjects, readObjects } from "../../src/manifest/objects.ts";
import { readDocuments } from "../../src/manifest/yaml/read.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import { NO_ADDRESS } from "../../src/sets/addresses.ts";

export const OPTIONS: ClusterOptions = {
  namespace: "default",
  cni: undefined,
  podCidrs: NO_ADDRESS,
  ipBlocks: undefined,
  staged: "ignore",
  namespaceLabels: new Map(),
};

export const CONTEXT: ConvertContext = {
  options: OPTIONS,
  plan: {
    dialect: "specification",
    networkPolicy: { tier: "networkpolicy", rank: 2, order: 0 },
    admin: { tier: "admin", rank: 1 },
    baseline: { tier: "baseline", rank: 3 },
  },
  blocksMatchPods: true,
  namespaces: new Map(),
  workloads: [],
  services: [],
};

/** The objects of a text in one file, and the issues that reading them gave. */
export function objectsOf(text: string, file = "a.yaml"): ReadObjects {
  const { documents, issues } = readDocuments(Buffer.from(text), file);
  const read = readObjects(
    documents.map(({ node }) => node),
    { file, blob: text },
  );
  return { objects: read.objects, issues: [...issues, ...read.issues] };
}

/** The one object of a text. */
export function objectOf(text: string): ManifestObject {
  const { objects, issues } = objectsOf(text);
  const [only] = objects;
  if (only === undefined || objects.length > 1) throw new Error(`not one object: ${JSON.stringify(issues)}`);
  return only;
}

/** The cluster that some files describe: by path, in any order. */
export function clusterOf(files: Readonly<Record<string, string>>, options: Partial<ClusterOptions> = {}): Cluster {
  const read = Object.entries(files).map(([file, text]) => objectsOf(text, file));
  return buildCluster(
    {
      objects: read.flatMap(({ objects }) => objects),
      issues: read.flatMap(({ issues }) => issues),
      counts: { files: read.length, documents: 0, skipped: 0 },
    },
    { ...OPTIONS, ...options },
  );
}
