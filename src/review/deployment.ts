import type { Config } from "../config/types.ts";
import type { Preloader } from "../manifest/load-tree.ts";
import type { RootsConfig } from "../roots/config-types.ts";
import { type Deployed, deployed } from "../roots/deployed.ts";
import { execute } from "../roots/execute.ts";
import { plan } from "../roots/plan.ts";
import type { Plan } from "../roots/plan-types.ts";
import { findTools } from "../tree/render-tools.ts";
import type { Tree } from "../tree/tree.ts";
import type { Workshop } from "../tree/workshop.ts";

/** Whose deployment is looked at, by which configuration. */
export type DeploymentInput = {
  readonly base: Tree;
  readonly head: Tree;
  readonly config: Config;
  readonly roots: Pick<RootsConfig, "paths" | "render" | "fork">;
  /** For objects and charts that nobody names one for. */
  readonly namespace: string;
  /** Also clusters in which nothing differs. */
  readonly everything: boolean;
  readonly workshop: Workshop;
  /** Hears of files that are read on the way and may be read as they stand. */
  readonly plain?: Preloader;
};

const NO_TOOLS = { kustomize: undefined, helm: undefined, unshare: undefined };

/** What two trees deploy; rendered where a root asks for it and the configuration lets it. */
export async function deployment(input: DeploymentInput): Promise<{ readonly plan: Plan; readonly found: Deployed }> {
  const { base, head, namespace, everything } = input;
  const { clusters, exclude, acceptUnread } = input.config;
  const settings = { clusters, exclude, acceptUnread, ...input.roots };
  const planned = plan(base, head, settings, namespace, input.plain);
  const { path, scratch, proxies } = input.workshop;
  const renders = planned.clusters.some(({ roots }) =>
    roots.some((root) => (root.base?.request ?? root.head?.request) !== undefined),
  );
  const tools = renders && !planned.rendersNothing ? await findTools(path, scratch) : NO_TOOLS;
  const executed = await execute(planned, { tools, scratch, proxies, everything });
  return { plan: planned, found: deployed(planned, executed, namespace) };
}

/** Names of the clusters of base and head together, sorted; one empty name where there is only one. */
export async function clusterNames(input: Omit<DeploymentInput, "everything">): Promise<readonly string[]> {
  const { found } = await deployment({ ...input, everything: false });
  const names = new Set([...found.clusters.map(({ name }) => name), ...found.unchanged]);
  return names.size === 0 ? [""] : [...names].sort();
}
