import type { ClusterOptions, ConvertContext } from "../../src/manifest/context.ts";
import type { ManifestObject } from "../../src/manifest/object.ts";
import { readObjects } from "../../src/manifest/objects.ts";
import { NO_ADDRESS } from "../../src/sets/addresses.ts";
import { readYaml } from "./read-yaml.ts";

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
export function objectsOf(text: string, file = "a.yaml") {
  return readObjects(readYaml(text), { file, blob: "0" });
}

/** The one object of a text. */
export function objectOf(text: string): ManifestObject {
  const { objects, issues } = objectsOf(text);
  const [only] = objects;
  if (only === undefined || objects.length > 1) throw new Error(`not one object: ${JSON.stringify(issues)}`);
  return only;
}
