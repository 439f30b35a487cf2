import type { Choice } from "./config/choose-config.ts";
import type { ConfigChange as ConfigDifference } from "./config/compare-configs.ts";
import { InputError, type Issue, type Severity } from "./errors.ts";
import { type ConcludeInput, gravest } from "./gate/conclusion.ts";
import { idleIssues } from "./gate/idle-issues.ts";
import { spokenNamespaces } from "./gate/spoken.ts";
import { type ObjectCache, type Preloader, preloader } from "./manifest/load-tree.ts";
import type { QuietFile } from "./manifest/quiet/file.ts";
import type { Cluster } from "./model/cluster.ts";
import type { Side } from "./model/peer.ts";
import { buildReport } from "./report/build.ts";
import type { Context, Report } from "./report/report.ts";
import { besideClusters, leftOutIssues } from "./review/beside-clusters.ts";
import { configRows } from "./review/config-rows.ts";
import { contentChanges, fileTexts, type Kept, keeper, withKept } from "./review/contents.ts";
import { deployment } from "./review/deployment.ts";
import { exposureChanges } from "./review/exposures.ts";
import { judgeCluster } from "./review/judge-cluster.ts";
import { limitsOf, type Overrides, optionsOf, readCluster, type Spared } from "./review/read-cluster.ts";
import { isWideChange } from "./review/wide-changes.ts";
import type { RootsConfig } from "./roots/config-types.ts";
import { coverageText } from "./roots/coverage-text.ts";
import type { Deployed } from "./roots/deployed.ts";
import { NO_ADDRESS } from "./sets/addresses.ts";
import { changedPaths } from "./tree/changed-paths.ts";
import { checkCount } from "./tree/listing.ts";
import type { Tree } from "./tree/tree.ts";
import type { Workshop } from "./tree/workshop.ts";

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
  /** Read every file, also those that cannot change the answer. */
  readonly everything?: boolean;
  /** Where rendering may happen: a PATH to look for tools in, an empty folder, proxies. */
  readonly workshop: Workshop;
};

/** Files that a tree may hold where the configuration does not say otherwise. */
const MAX_FILES = 1_000_000;

/** The whole pipeline: trees → what is deployed → clusters → flows → findings → one report. */
export async function review(input: ReviewInput): Promise<Report> {
  const trees: Trees = { base: input.base ?? input.head, head: input.head };
  input.progress?.("finding what is deployed");
  const reading = newReading(input, trees);
  const found = await whatIsDeployed(input, trees, reading);
  const first = judgeAll(input, { trees, found, reading });
  // What a finding says of those who were allowed before may be about anybody.
  const hasFindings = first.judged.some(({ report }) => report.judgement.findings.length > 0);
  const again = first.isPartial && hasFindings;
  const { scene, judged } = again
    ? judgeAll(input, { trees, found, reading: { ...reading, spared: undefined } })
    : first;
  input.progress?.("");
  return reportOf(input, scene, judged);
}

type Judged = {
  readonly scene: Scene;
  readonly isPartial: boolean;
  readonly judged: readonly ReturnType<typeof judgeCluster>[];
};

function judgeAll(
  input: ReviewInput,
  { trees, found, reading }: { readonly trees: Trees; readonly found: Found; readonly reading: Reading },
): Judged {
  input.progress?.("reading manifests");
  const { config } = input.choice;
  const read = found.clusters.map((cluster): ReadCluster => {
    return { cluster, sides: readCluster({ cluster, trees, config, overrides: input.overrides, ...reading }) };
  });
  input.progress?.("comparing flows");
  const scene: Scene = { trees, found, outcome: outcomeOf(input, found, read), text: fileTexts(trees, reading.kept) };
  const isPartial = read.some(({ sides }) => sides.isPartial === true);
  return { scene, isPartial, judged: read.map((each, i) => judgeRead(input, scene, each, i === 0)) };
}

type ReadCluster = {
  readonly cluster: Deployed["clusters"][number];
  readonly sides: ReturnType<typeof readCluster>;
};

/** What the clusters of a review have in common. */
type Scene = {
  readonly trees: Trees;
  readonly found: Found;
  readonly outcome: Pick<ConcludeInput, "fatal" | "configChanges" | "atBest">;
  readonly text: ReturnType<typeof fileTexts>;
};

/** What decides the conclusion whatever the flows are. */
function outcomeOf(input: ReviewInput, found: Found, read: readonly ReadCluster[]): Scene["outcome"] {
  const { choice, configChanges, workflowChanges } = input;
  const isEmpty =
    found.unchanged.length === 0 &&
    read.every(({ sides }) => sides.base.objects.length + sides.head.objects.length === 0);
  const mustHave = input.roots.paths.length > 0 || (input.ownRules && choice.config.rules.length > 0);
  return {
    fatal: [...choice.fatal, ...(isEmpty && mustHave ? [nothingFound(input)] : [])],
    configChanges: configChanges.length + workflowChanges.length > 0 ? severityOf(input) : undefined,
    atBest: choice.atBest,
  };
}

function severityOf({ choice }: ReviewInput): Severity {
  return choice.config.configChanges ?? "warning";
}

/** What is said of the review as a whole is said with the first cluster. */
function judgeRead(
  input: ReviewInput,
  { trees, found, outcome, text }: Scene,
  { cluster, sides }: ReadCluster,
  isFirst: boolean,
): ReturnType<typeof judgeCluster> {
  const hasBase = input.base !== undefined;
  const issues = (side: Side) => [...(isFirst ? found.issues[side] : []), ...sides[side].cluster.issues];
  return judgeCluster({
    name: cluster.name,
    base: hasBase ? sides.base.cluster : undefined,
    head: sides.head.cluster,
    config: input.choice.config,
    today: input.today,
    representatives: input.representatives,
    podRangesKnown: knowsPodRanges(cluster, sides.base.cluster.plugin.name, input),
    exposures: hasBase ? exposuresOf(cluster, sides, input) : [],
    issues: { base: issues("base"), head: issues("head") },
    contentOf: contentChanges(trees),
    outcome: { ...outcome, fatal: isFirst ? outcome.fatal : [] },
    text,
    read: isFirst ? readLine(found) : "",
  });
}

function reportOf(
  input: ReviewInput,
  { trees, found, outcome }: Scene,
  judged: readonly ReturnType<typeof judgeCluster>[],
): Report {
  const { choice, context } = input;
  const { config } = choice;
  const contentOf = contentChanges(trees);
  const beside =
    judged.length > 0
      ? { conclusion: choice.atBest, issues: [] }
      : besideClusters({ issues: found.issues, contentOf, rules: config.rules.length > 0, outcome });
  const idle = judged.map((each) => each.idle);
  const changes = [...input.configChanges, ...judged.flatMap((each) => each.changes)];
  return buildReport({
    shape: input.base === undefined ? "check" : "diff",
    context: { ...context, rules: config.rules.length, config: config.file },
    clusters: judged.map(({ report }) => report),
    issues: [...choice.notes, ...beside.issues, ...idleIssues(idle, input.today)],
    configChanges: configRows(changes, input.workflowChanges, severityOf(input)),
    conclusion: gravest([beside.conclusion, choice.atBest]),
    maxPairs: input.maxPairs,
  });
}

type There = { readonly name: string; readonly base: Cluster; readonly head: Cluster };

/** What is deployed, read and not judged: for the commands that look at one cluster. */
export function whatIsThere(input: ReviewInput): Promise<readonly There[]> {
  return whatIsRead({ ...input, everything: true });
}

/** As `whatIsThere`, without what a review of the two sides leaves unread. */
export async function whatIsRead(input: ReviewInput): Promise<readonly There[]> {
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
  readonly plain: Preloader;
  readonly spared: Spared | undefined;
  readonly kept: Kept;
};

function newReading(input: ReviewInput, { base, head }: Trees): Reading {
  const { choice } = input;
  const changed = changedPaths(base, head);
  const cache: ObjectCache = new Map();
  const limits = limitsOf(choice.config);
  const quiet = new Map<string, QuietFile>();
  const preload = preloader(cache, { changed, quiet, ...(limits === undefined ? {} : { limits }) });
  const { kept, keep } = keeper(changed);
  const take: Preloader["take"] = (entry, bytes) => {
    keep(entry, bytes);
    preload.take(entry, bytes);
  };
  const reading = { changed, cache, plain: { isQuiet: () => false, take }, kept, spared: undefined };
  const mayStay = input.base !== undefined && base !== head && limits === undefined && input.everything !== true;
  const spoken = mayStay ? spokenNamespaces(choice.config) : undefined;
  const { overrides } = input;
  if (spoken === undefined || isWideChange({ trees: { base, head }, config: choice.config, overrides, ...reading }))
    return reading;
  return { ...reading, plain: { ...preload, take }, spared: { quiet, spoken } };
}

type Found = Deployed & { readonly issues: { readonly base: readonly Issue[]; readonly head: readonly Issue[] } };

async function whatIsDeployed(input: ReviewInput, trees: Trees, { plain, kept }: Reading): Promise<Found> {
  const { config } = input.choice;
  for (const { entries, label } of [trees.base, trees.head]) {
    checkCount(entries.length, { label: label || "head", maxFiles: config.limits.files ?? MAX_FILES });
  }
  const isAlone = input.base === undefined || trees.base === trees.head;
  const { plan: planned, found: all } = await deployment({
    base: withKept(trees.base, kept),
    head: withKept(trees.head, kept),
    config,
    roots: input.roots,
    namespace: input.overrides.namespace ?? "default",
    everything: isAlone || config.rules.some(({ on }) => on === "violate"),
    workshop: input.workshop,
    plain,
  });
  return {
    ...all,
    clusters: input.cluster === "" ? all.clusters : clusterNamed(all, input.cluster),
    issues: {
      base: [...trees.base.issues, ...planned.issues.base],
      head: [...trees.head.issues, ...planned.issues.head, ...leftOutIssues(planned.leftOut)],
    },
  };
}

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
function knowsPodRanges(
  cluster: Deployed["clusters"][number],
  plugin: string | undefined,
  { choice, overrides }: ReviewInput,
): boolean {
  const { podCidrs, ipBlocks } = optionsOf({ cluster, config: choice.config, overrides });
  return podCidrs !== NO_ADDRESS || ipBlocks === "external-only" || plugin === "cilium";
}
