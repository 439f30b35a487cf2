import type { Issue } from "../errors.ts";
import { RENDER_LIMITS, type RenderLimits, type RenderPlace, renderRoot } from "../tree/render.ts";
import type { RenderRequest } from "../tree/render-request.ts";
import type { Tools } from "../tree/render-tools.ts";
import { chartChecks } from "./chart-checks.ts";
import type { Plan, Root, RootSide, Side, Sides } from "./plan-types.ts";
import { documentsOf } from "./rendered.ts";
import type { RootResult } from "./rendered-types.ts";

/** Where and how roots are rendered. */
export type ExecuteOptions = {
  readonly tools: Tools;
  /** An empty folder of our own; the caller removes it. */
  readonly scratch: string;
  /** Variables that name proxies, for roots that may use the network. */
  readonly proxies: Readonly<Record<string, string>>;
  readonly limits?: RenderLimits;
};

/** What every root came to, by its id. */
export type Executed = {
  readonly results: ReadonlyMap<Root, Partial<Sides<RootResult>>>;
  /** Tools that ran, as the report names them: `kustomize 5.8.1`. */
  readonly tools: readonly string[];
};

const AT_ONCE = 4;
const SIDE_BYTES = 200_000_000;

/** Renders every root of a plan, four at a time, each input once, both sides by the same programs. */
export async function execute(plan: Plan, options: ExecuteOptions): Promise<Executed> {
  const places = { base: placeOf(plan, "base", options), head: placeOf(plan, "head", options) };
  const jobs = new Map<string, () => Promise<RootResult>>();
  const wanted: { root: Root; side: Side; key: string }[] = [];
  const used = new Set<string>();
  for (const root of new Set(plan.clusters.flatMap((cluster) => cluster.roots))) {
    for (const side of ["head", "base"] as const) {
      const at = root[side];
      if (at === undefined) continue;
      const key = `${root.kind}:${at.key}`;
      wanted.push({ root, side, key });
      if (jobs.has(key)) continue;
      if (at.request !== undefined && at.problems.length === 0 && !plan.rendersNothing)
        note(used, at.request, options.tools);
      jobs.set(key, () => resultOf(at, plan, places[side]));
    }
  }
  const done = await inParallel(jobs, AT_ONCE);
  const results = new Map<Root, Partial<Sides<RootResult>>>();
  for (const { root, side, key } of wanted) {
    const result = done.get(key);
    if (result !== undefined) results.set(root, { ...results.get(root), [side]: result });
  }
  return { results, tools: [...used].sort() };
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
