import type { Choice } from "./config/choose-config.ts";
import type { ConfigChange as ConfigDifference } from "./config/compare-configs.ts";
import { InputError, type Issue } from "./errors.ts";
import { gravest } from "./gate/conclusion.ts";
import { idleIssues } from "./gate/idle-issues.ts";
import { type ObjectCache, preloader } from "./manifest/load-tree.ts";
import type { Cluster } from "./model/cluster.ts";
import { buildReport } from "./report/build.ts";
import type { Context, Report } from "./report/report.ts";
import { besideClusters, leftOutIssues } from "./review/beside-clusters.ts";
import { configRows } from "./review/config-rows.ts";
import { changedPaths, contentChanges, fileTexts } from "./review/contents.ts";
import { exposureChanges } from "./review/exposures.ts";
import { judgeCluster } from "./review/judge-cluster.ts";
import { limitsOf, type Overrides, optionsOf, readCluster } from "./review/read-cluster.ts";
import type { RootsConfig } from "./roots/config-types.ts";
import { coverageText } from "./roots/coverage-text.ts";
import { type Deployed, deployed } from "./roots/deployed.ts";
import { execute } from "./roots/execute.ts";
import { plan } from "./roots/plan.ts";
import { NO_ADDRESS } from "./sets/addresses.ts";
import { checkCount } from "./tree/listing.ts";
import { findTools } from "./tree/render-tools.ts";
import type { Tree } from "./tree/tree.ts";

export type ReviewInput = {
  /** `undefined`: the head alone is checked. */
  readonly base: Tree | undefined;
  readonly head: Tree;
  /** By which configuration, and what is wrong with it. */
  readonly choice: Choice;
  readonly configChanges: readonly ConfigDifference[];
  /** Changes to workflows that run the review, as sentences. */
  readonly workflowChanges: readonly { readonly message: string; readonly file: string }[];
  /** The rules are the repository's own, not a central configuration's. */
  readonly ownRules: boolean;
  readonly roots: Pick<RootsConfig, "paths" | "render" | "fork">;
  readonly overrides: Overrides;
  /** Review this cluster alone; empty for all. */
  readonly cluster: string;
  readonly representatives: boolean;
  readonly maxPairs: number;
  readonly context: Omit<Context, "rules" | "config">;
  /** `YYYY-MM-DD` in UTC. */
  readonly today: string;
  /** Hears what comes next, for whoever waits; an empty text: nothing more. */
  readonly progress?: (stage: string) => void;
  /** Where rendering may happen: a PATH to look for tools in, an empty folder, proxies. */
  readonly workshop: {
    readonly path: string;
    readonly scratch: string;
    readonly proxies: Readonly<Record<string, string>>;
  };
};

/** Files that a tree may hold where the configuration does not say otherwise. */
const MAX_FILES = 1_000_000;

/** The whole pipeline: trees → what is deployed → clusters → flows → findings → one report. */
export async function review(input: ReviewInput): Promise<Report> {
  const { head, choice } = input;
  const base = input.base ?? head;
  const { config } = choice;
  const trees = { base, head };
  input.progress?.("finding what is deployed");
  const reading = newReading(input, trees);
  const found = await whatIsDeployed(input, trees, reading);
  input.progress?.("reading manifests");
  const severity = config.configChanges ?? "warning";
  const configChanged = input.configChanges.length + input.workflowChanges.length > 0;
  const read = found.clusters.map((cluster) => ({
    cluster,
    sides: readCluster({ cluster, trees, config, overrides: input.overrides, ...reading }),
  }));
  const isEmpty =
    found.unchanged.length === 0 &&
    read.every(({ sides }) => sides.base.objects.length + sides.head.objects.length === 0);
  const mustHave = input.roots.paths.length > 0 || (input.ownRules && config.rules.length > 0);
  const fatal: readonly Issue[] = [...choice.fatal, ...(isEmpty && mustHave ? [nothingFound(input)] : [])];
  const texts = fileTexts(trees);
  input.progress?.("comparing flows");
  const judged = read.map(({ cluster, sides }, i) =>
    judgeCluster({
      name: cluster.name,
      base: input.base === undefined ? undefined : sides.base.cluster,
      head: sides.head.cluster,
      config,
      today: input.today,
      representatives: input.representatives,
      podRangesKnown: knowsPodRanges(cluster, input),
      exposures: input.base === undefined ? [] : exposuresOf(cluster, sides, input),
      issues: {
        base: [...(i === 0 ? found.issues.base : []), ...sides.base.cluster.issues],
        head: [...(i === 0 ? found.issues.head : []), ...sides.head.cluster.issues],
      },
      contentOf: contentChanges(trees),
      outcome: {
        fatal: i === 0 ? fatal : [],
        configChanges: configChanged ? severity : undefined,
        atBest: choice.atBest,
      },
      text: texts,
      read: i === 0 ? readLine(found) : "",
    }),
  );
  input.progress?.("");
  const outcome = { configChanges: configChanged ? severity : undefined, atBest: choice.atBest };
  const beside =
    judged.length > 0
      ? { conclusion: choice.atBest, issues: [] }
      : besideClusters({
          issues: found.issues,
          contentOf: contentChanges(trees),
          rules: config.rules.length > 0,
          outcome: { ...outcome, fatal },
        });
  return buildReport({
    shape: input.base === undefined ? "check" : "diff",
    context: { ...input.context, rules: config.rules.length, config: config.file },
    clusters: judged.map(({ report }) => report),
    issues: [
      ...choice.notes,
      ...beside.issues,
      ...idleIssues(
        judged.map(({ idle }) => idle),
        input.today,
      ),
    ],
    configChanges: configRows(
      [...input.configChanges, ...judged.flatMap(({ changes }) => changes)],
      input.workflowChanges,
      severity,
    ),
    conclusion: gravest([beside.conclusion, choice.atBest]),
    maxPairs: input.maxPairs,
  });
}

/** What is deployed, read and not judged: for the commands that look at one cluster. */
export async function whatIsThere(
  input: ReviewInput,
): Promise<readonly { readonly name: string; readonly base: Cluster; readonly head: Cluster }[]> {
  const base = input.base ?? input.head;
  const trees = { base, head: input.head };
  const reading = newReading(input, trees);
  const found = await whatIsDeployed(input, trees, reading);
  const { overrides } = input;
  const { config } = input.choice;
  return found.clusters.map((cluster, i) => {
    const sides = readCluster({ cluster, trees, config, overrides, ...reading });
    const told = (side: "base" | "head"): Cluster => {
      const read = sides[side].cluster;
      return i === 0 ? { ...read, issues: [...found.issues[side], ...read.issues] } : read;
    };
    return { name: cluster.name, base: told("base"), head: told("head") };
  });
}

type Trees = { readonly base: Tree; readonly head: Tree };

/** What is known of the files of both sides while they are read. */
type Reading = {
  readonly changed: ReadonlySet<string>;
  readonly cache: ObjectCache;
  readonly onPlain: ReturnType<typeof preloader>;
};

function newReading({ choice }: ReviewInput, { base, head }: Trees): Reading {
  const changed = changedPaths(base, head);
  const cache: ObjectCache = new Map();
  const limits = limitsOf(choice.config);
  return { changed, cache, onPlain: preloader(cache, { changed, ...(limits === undefined ? {} : { limits }) }) };
}

type Found = Deployed & { readonly issues: { readonly base: readonly Issue[]; readonly head: readonly Issue[] } };

async function whatIsDeployed(input: ReviewInput, trees: Trees, { onPlain }: Reading): Promise<Found> {
  const { config } = input.choice;
  for (const { entries, label } of [trees.base, trees.head]) {
    checkCount(entries.length, { label: label || "head", maxFiles: config.limits.files ?? MAX_FILES });
  }
  const namespace = input.overrides.namespace ?? "default";
  const { clusters, exclude, acceptUnread } = config;
  const settings = { clusters, exclude, acceptUnread, ...input.roots };
  const planned = plan(trees.base, trees.head, settings, namespace, onPlain);
  const { path, scratch, proxies } = input.workshop;
  const renders = planned.clusters.some(({ roots }) =>
    roots.some(({ base, head }) => (base?.request ?? head?.request) !== undefined),
  );
  const tools = renders && !planned.rendersNothing ? await findTools(path, scratch) : NO_TOOLS;
  const everything =
    input.base === undefined || trees.base === trees.head || config.rules.some(({ on }) => on === "violate");
  const executed = await execute(planned, { tools, scratch, proxies, everything });
  const all = deployed(planned, executed, namespace);
  return {
    ...all,
    clusters: input.cluster === "" ? all.clusters : clusterNamed(all, input.cluster),
    issues: {
      base: [...trees.base.issues, ...planned.issues.base],
      head: [...trees.head.issues, ...planned.issues.head, ...leftOutIssues(planned.leftOut)],
    },
  };
}

const NO_TOOLS = { kustomize: undefined, helm: undefined, unshare: undefined };

/** The cluster of this name; none where nothing in it differs. */
function clusterNamed({ clusters, unchanged }: Deployed, name: string): Deployed["clusters"] {
  const found = clusters.filter((cluster) => cluster.name === name);
  if (found.length > 0 || unchanged.includes(name)) return found;
  const known = [...clusters.map((cluster) => cluster.name), ...unchanged].map((each) => `\`${each}\``).join(", ");
  throw new InputError("USAGE", undefined, `there is no cluster \`${name}\`; known: ${known}`);
}

/** What was rendered; empty where nothing was, since the counts say the rest. */
function readLine({ coverage }: Deployed): string {
  return coverage.kustomize.roots + coverage.helm.charts === 0 ? "" : coverageText(coverage);
}

function exposuresOf(
  cluster: Deployed["clusters"][number],
  { base, head }: ReturnType<typeof readCluster>,
  { choice, overrides }: ReviewInput,
): ReturnType<typeof exposureChanges> {
  const { namespace } = optionsOf({ cluster, config: choice.config, overrides });
  return exposureChanges(base.objects, head.objects, namespace);
}

function nothingFound(input: ReviewInput): Issue {
  const where =
    input.roots.paths.length > 0
      ? `below ${input.roots.paths.map((path) => `\`${path}\``).join(", ")}`
      : "on either side";
  const message = `no manifest was found ${where}, but there is something to protect; check the paths`;
  return { code: "EMPTY_TREE", severity: "error", at: undefined, message };
}

/** Blocks cannot stand for pods unnoticed: the pods' ranges are known, or blocks never match pods. */
function knowsPodRanges(cluster: Deployed["clusters"][number], { choice, overrides }: ReviewInput): boolean {
  const { podCidrs, ipBlocks, cni } = optionsOf({ cluster, config: choice.config, overrides });
  return podCidrs !== NO_ADDRESS || ipBlocks === "external-only" || cni === "cilium";
}
