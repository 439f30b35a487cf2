import type { Issue } from "../errors.ts";
import { RENDER_LIMITS, type RenderLimits, type RenderPlace, renderRoot } from "../tree/render.ts";
import type { RenderRequest } from "../tree/render-request.ts";
import type { Tools } from "../tree/render-tools.ts";
import { chartChecks } from "./chart-checks.ts";
import { identitiesOf } from "./identities.ts";
import { isSplit } from "./partition.ts";
import type { ClusterPlan, Plan, Root, RootSide, Side, Sides } from "./plan-types.ts";
import { documentsOf } from "./rendered.ts";
import type { RootResult } from "./rendered-types.ts";
import { affectedFamilies, hasChangedFiles, likelyTwinsFirst } from "./stages.ts";

/** Where and how roots are rendered. */
export type ExecuteOptions = {
  readonly tools: Tools;
  /** An empty folder of our own; the caller removes it. */
  readonly scratch: string;
  /** Variables that name proxies, for roots that may use the network. */
  readonly proxies: Readonly<Record<string, string>>;
  readonly limits?: RenderLimits;
  /** Also clusters in which nothing differs: for lists, checks and rules that judge the head as it is. */
  readonly everything?: boolean;
};

/** What the roots came to that were rendered; one that is not here differs in nothing and has no part in an answer. */
export type Executed = {
  readonly results: ReadonlyMap<Root, Partial<Sides<RootResult>>>;
  /** Clusters whose roots were found to be clusters of their own before all of them were rendered. */
  readonly apart: ReadonlySet<ClusterPlan>;
  /** Tools that ran, as the report names them: `kustomize 5.8.1`. */
  readonly tools: readonly string[];
};

const AT_ONCE = 4;
const SIDE_BYTES = 200_000_000;

/**
 * Renders the roots of a plan, four at a time, each input once, both sides by the same programs. Unless `everything` is
 * asked for, a cluster in which nothing differs is left out; where nobody configured clusters, the rest is rendered as
 * far as it takes to know that the roots are clusters of their own.
 */
export async function execute(plan: Plan, options: ExecuteOptions): Promise<Executed> {
  const run = new Run(plan, options);
  for (const cluster of plan.clusters) {
    const affected = affectedFamilies(cluster.roots);
    const isTouched = affected.length > 0 || hasChangedFiles(cluster);
    if (options.everything === true || (plan.isConfigured && isTouched)) await run.render(cluster.roots);
    else if (isTouched) await renderAsNeeded(run, cluster, affected);
  }
  return { results: run.results, apart: run.apart, tools: [...run.used].sort() };
}

const STEP = 24;

async function renderAsNeeded(run: Run, cluster: ClusterPlan, affected: readonly Root[]): Promise<void> {
  await run.render(affected);
  const rest = likelyTwinsFirst(cluster.roots.filter((root) => !affected.includes(root)));
  for (let at = 0; at < rest.length; at += STEP) {
    if (isSplit(cluster.roots, identitiesOf(cluster, run.results, "default"))) break;
    await run.render(rest.slice(at, at + STEP));
  }
  if (isSplit(cluster.roots, identitiesOf(cluster, run.results, "default"))) run.split(cluster, rest);
}

class Run {
  readonly results = new Map<Root, Partial<Sides<RootResult>>>();
  readonly used = new Set<string>();
  readonly apart = new Set<ClusterPlan>();
  readonly #plan: Plan;
  readonly #places: Sides<RenderPlace>;
  readonly #tools: Tools;
  readonly #done = new Map<string, RootResult>();

  constructor(plan: Plan, options: ExecuteOptions) {
    this.#plan = plan;
    this.#tools = options.tools;
    this.#places = { base: placeOf(plan, "base", options), head: placeOf(plan, "head", options) };
  }

  async render(roots: readonly Root[]): Promise<void> {
    const jobs = new Map<string, () => Promise<RootResult>>();
    const wanted: { root: Root; side: Side; key: string }[] = [];
    for (const root of roots) {
      for (const side of ["head", "base"] as const) {
        const at = root[side];
        if (at === undefined) continue;
        const key = `${root.kind}:${at.key}`;
        wanted.push({ root, side, key });
        if (!this.#done.has(key) && !jobs.has(key)) jobs.set(key, () => this.#one(at, side));
      }
    }
    for (const [key, result] of await inParallel(jobs, AT_ONCE)) this.#done.set(key, result);
    for (const { root, side, key } of wanted) {
      const result = this.#done.get(key);
      if (result !== undefined) this.results.set(root, { ...this.results.get(root), [side]: result });
    }
  }

  /** Notes that the roots are clusters of their own, and leaves out what was rendered only to find that. */
  split(cluster: ClusterPlan, roots: readonly Root[]): void {
    this.apart.add(cluster);
    for (const root of roots) this.results.delete(root);
  }

  #one(at: RootSide, side: Side): Promise<RootResult> {
    const runs = at.request !== undefined && at.problems.length === 0 && !this.#plan.rendersNothing;
    if (runs && at.request !== undefined) note(this.used, at.request, this.#tools);
    return resultOf(at, this.#plan, this.#places[side]);
  }
}

function placeOf(plan: Plan, side: Side, options: ExecuteOptions): RenderPlace {
  const { tools, scratch, proxies, limits = RENDER_LIMITS } = options;
  return { tree: plan.trees[side], tools, scratch, proxies, limits, budget: { bytes: SIDE_BYTES } };
}

function note(used: Set<string>, request: RenderRequest, tools: Tools): void {
  const { kustomize, helm } = tools;
  if (request.tool === "kustomize" && kustomize !== undefined) {
    used.add(
      kustomize.name === "kubectl" ? `kustomize ${kustomize.version} (kubectl)` : `kustomize ${kustomize.version}`,
    );
  }
  if ((request.tool === "helm" || request.charts) && helm !== undefined) used.add(`helm ${helm.version}`);
}

async function resultOf(side: RootSide, plan: Plan, place: RenderPlace): Promise<RootResult> {
  const { request, problems } = side;
  if (request === undefined) return { documents: [], total: 0, issues: [], ms: 0 };
  if (problems.length > 0) return { documents: undefined, total: 0, issues: problems, ms: 0 };
  if (plan.rendersNothing) return { documents: undefined, total: 0, issues: [notRun(request)], ms: 0 };
  const rendered = await renderRoot(request, place);
  if (rendered.text === undefined) return { documents: undefined, total: 0, issues: rendered.issues, ms: rendered.ms };
  const { documents, total } = documentsOf(rendered.text, side, place.tree);
  const checks = request.tool === "helm" ? await chartChecks({ request, side, place, documents }) : [];
  return { documents, total, issues: [...rendered.issues, ...checks], ms: rendered.ms };
}

function notRun(request: RenderRequest): Issue {
  const root = `\`${request.path === "" ? "." : request.path}\``;
  const message = `${root} is not rendered, because rendering is switched off for this run`;
  return { code: "NOT_ANALYSED", severity: "error", at: request.at, message, hides: true };
}

/** Runs all jobs, at most `width` at once; the order of the results is that of the jobs. */
async function inParallel<T>(jobs: ReadonlyMap<string, () => Promise<T>>, width: number): Promise<Map<string, T>> {
  const open = [...jobs];
  const results = new Map<string, T>();
  const work = async (): Promise<void> => {
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      const [key, job] = next;
      results.set(key, await job());
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, open.length) }, work));
  return results;
}
