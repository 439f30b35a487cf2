import type { Config } from "../config/types.ts";
import type { ManifestObject } from "../manifest/object.ts";
import type { Cluster } from "../model/cluster.ts";
import type { RootsConfig } from "../roots/config-types.ts";
import type { Deployed, DeployedCluster } from "../roots/deployed.ts";
import type { Plan } from "../roots/plan-types.ts";
import type { Tree } from "../tree/tree.ts";
import type { Workshop } from "../tree/workshop.ts";
import { deployment } from "./deployment.ts";
import { type Overrides, readCluster } from "./read-cluster.ts";

/** One cluster of a tree, read and not judged. */
export type Surveyed = {
  readonly deployed: DeployedCluster;
  readonly objects: readonly ManifestObject[];
  readonly cluster: Cluster;
};

/** Everything that one tree deploys. */
export type Survey = {
  readonly tree: Tree;
  readonly plan: Plan;
  readonly found: Deployed;
  readonly clusters: readonly Surveyed[];
};

/** Which tree is looked at, and how. */
export type SurveyInput = {
  readonly tree: Tree;
  readonly config: Config;
  readonly roots: Pick<RootsConfig, "paths" | "render" | "fork">;
  readonly overrides: Overrides;
  readonly workshop: Workshop;
};

/** Renders and reads all of a tree. */
export async function surveyTree(input: SurveyInput): Promise<Survey> {
  const { tree, config, roots, overrides, workshop } = input;
  const namespace = overrides.namespace ?? "default";
  const trees = { base: tree, head: tree };
  const { plan, found } = await deployment({ ...trees, config, roots, namespace, everything: true, workshop });
  const cache = new Map();
  const changed = new Set<string>();
  const clusters = found.clusters.map((deployed) => {
    const { head } = readCluster({ cluster: deployed, trees, config, overrides, changed, cache });
    return { deployed, objects: head.objects, cluster: head.cluster };
  });
  return { tree, plan, found, clusters };
}
