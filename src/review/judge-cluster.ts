import { type ConfigChange, compareAnnotations } from "../config/compare-configs.ts";
import type { Config } from "../config/types.ts";
import { diffFlows, reviewStage } from "../diff/diff.ts";
import { excerpt } from "../diff/excerpt.ts";
import type { Cause, FlowDiff } from "../diff/flow-diff.ts";
import { lostSelectors } from "../diff/lost-selectors.ts";
import { namer } from "../diff/names.ts";
import { type StandingFlows, standingFlows } from "../diff/standing.ts";
import { universe } from "../engine/universe.ts";
import type { VersionChange } from "../engine/version-labels.ts";
import type { Issue, SourceRef } from "../errors.ts";
import { annotationRules } from "../gate/annotation.ts";
import type { ConcludeInput } from "../gate/conclusion.ts";
import { exceptionFor } from "../gate/exception-text.ts";
import type { ExposureChange } from "../gate/exposure.ts";
import type { Finding, Judgement } from "../gate/finding.ts";
import { type ContentChange, isReadAllTheSame, pairIssues } from "../gate/issue-pairs.ts";
import { checkTree, judge } from "../gate/judge.ts";
import { viewsOf } from "../gate/peer-view.ts";
import type { Rule } from "../gate/rule.ts";
import { spokenOf } from "../gate/spoken.ts";
import { subjectsOf } from "../gate/subjects.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterInput } from "../report/build-cluster.ts";
import type { Excerpt } from "../report/report.ts";
import { ALL_ADDRESSES, NO_ADDRESS } from "../sets/addresses.ts";
import { NONE } from "../sets/conn.ts";

/** Undeclared pods that a review tells apart at most, unless the configuration says otherwise. */
const REPRESENTATIVES = 20_000;

/** One cluster, read on both sides and ready to be judged; `base` is absent for a check of one tree. */
export type ClusterCase = {
  readonly name: string;
  readonly base: Cluster | undefined;
  readonly head: Cluster;
  readonly config: Config;
  readonly today: string;
  readonly representatives: boolean;
  readonly podRangesKnown: boolean;
  readonly exposures: readonly ExposureChange[];
  /** Issues of the reading, by side. */
  readonly issues: { readonly base: readonly Issue[]; readonly head: readonly Issue[] };
  readonly contentOf: (issue: Issue) => ContentChange;
  readonly outcome: Pick<ConcludeInput, "fatal" | "configChanges" | "atBest">;
  /** Text of a file on one side; empty where it is not there or not raw. */
  readonly text: (file: string, side: "base" | "head") => string;
  readonly read: string;
};

/** Compares, judges and gathers what the report of one cluster is made of. */
export function judgeCluster(input: ClusterCase): {
  readonly report: ClusterInput;
  readonly changes: readonly ConfigChange[];
  readonly idle: Judgement["idle"];
} {
  const { config, head } = input;
  const base = input.base ?? head;
  const rules = [...config.rules, ...annotationRules(base.workloads)];
  const spoken = spokenOf(config.rules, config.exceptions);
  const limit = config.limits.representatives ?? REPRESENTATIVES;
  const space = universe(base, head, { representatives: input.representatives, spoken, limit });
  const diff = diffFlows(space, spoken);
  const standing = standingFlows(space, reviewStage(space), spoken);
  const left = space.isCut ? [cutIssue(limit, config.rules.length > 0)] : [];
  const lost = input.base === undefined ? [] : lostSelectors(space);
  const issues = pairIssues(
    input.base === undefined ? [] : input.issues.base,
    [...input.issues.head, ...left, ...lost],
    input.contentOf,
  );
  const changed = diff.groups.length > 0 || diff.arrivals.length > 0 || base.plugin.name !== head.plugin.name;
  const name = namer(diff.peers);
  const common = { name, rules: config.rules, exceptions: config.exceptions, today: input.today, diff, head, standing };
  const outcome = { ...input.outcome, issues, changed: input.base !== undefined && changed };
  const judgement: Judgement =
    input.base === undefined
      ? checkTree({
          ...common,
          outcome: { ...outcome, issues: { both: [], differing: input.issues.head.map(answered), repaired: [] } },
        })
      : judge({ ...common, base, outcome, exposures: input.exposures, podRangesKnown: input.podRangesKnown });
  return {
    report: {
      name: input.name,
      base: input.base,
      head,
      diff: input.base === undefined ? undefined : diff,
      judgement,
      excerpts: excerptsOf(input, diff, judgement),
      read: [input.read, ...space.versions.map(versionWords)].filter((part) => part !== "").join("; "),
      subjects: protectedPeers(diff, base, head, rules),
      standing: issues.both,
      ruleOf: ({ rule }) => rules.find(({ name }) => name === rule),
      exceptionFor: (finding) => pasteable(finding, config.rules, input.today),
      notOpened: (finding) => closedBeside(finding, standing),
    },
    idle: judgement.idle,
    changes: input.base === undefined ? [] : compareAnnotations(base.workloads, head.workloads),
  };
}

/** One tree by itself has an answer to what is only ambiguous beside another one. */
function answered(issue: Issue): Issue {
  return isReadAllTheSame(issue) ? { ...issue, hides: false } : issue;
}

function versionWords({ key, base, head }: VersionChange): string {
  return `selectors ask for ${key} ${head} instead of ${base}: undeclared pods of either version count as one`;
}

function cutIssue(limit: number, hides: boolean): Issue {
  const message = `more than ${limit} combinations of selectors: the others are not told apart; raise \`limits.representatives\``;
  return { code: "REPRESENTATIVE_LIMIT", severity: hides ? "error" : "warning", at: undefined, message, hides };
}

/** What a reader might fear beside a finding and head does not allow: addresses outside the cluster. */
function closedBeside(finding: Finding, standing: StandingFlows): readonly string[] {
  if (finding.kind !== "widened" || finding.blocks.length === 0) return [];
  if (finding.blocks.some(({ src, dst }) => src.kind === "addresses" || dst.kind === "addresses")) return [];
  const subjects = new Set(finding.blocks.flatMap(({ dst }) => (dst.kind === "peers" ? dst.peers : [])));
  const outside = standing.blocks({
    src: { peers: () => false, addresses: ALL_ADDRESSES },
    dst: { peers: (peer) => subjects.has(peer), addresses: NO_ADDRESS },
  });
  return outside.every(({ head }) => head === NONE) ? ["addresses outside the cluster"] : [];
}

/** Workloads that a rule protects from what comes in. */
function protectedPeers(diff: FlowDiff, base: Cluster, head: Cluster, rules: readonly Rule[]): readonly string[] {
  const views = viewsOf(diff.arrivals, base, head);
  const found = rules.flatMap(({ to }) => (to === undefined ? [] : subjectsOf(to, diff.peers, views)));
  return [...new Set(found.map(({ peer }) => peer.text))];
}

function pasteable(finding: Finding, rules: readonly Rule[], today: string): string | undefined {
  const rule = rules.find(({ name }) => name === finding.rule);
  if (rule === undefined) return undefined;
  return exceptionFor(finding, rule, endOfNextMonth(today));
}

/** Not a number of days from now: the same review gives the same bytes tomorrow, too. */
function endOfNextMonth(today: string): string {
  const day = new Date(`${today}T00:00:00Z`);
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 2, 0)).toISOString().slice(0, 10);
}

const MOST_EXCERPTS = 12;

function excerptsOf(input: ClusterCase, diff: FlowDiff, judgement: Judgement): readonly Excerpt[] {
  const causes: readonly Cause[] = [
    ...judgement.findings.flatMap((f) => f.causes),
    ...diff.groups.flatMap((g) => g.causes),
  ];
  const seen = new Set<string>();
  const out: Excerpt[] = [];
  for (const { at, side } of causes) {
    if (out.length >= MOST_EXCERPTS) break;
    if (seen.has(key(at))) continue;
    seen.add(key(at));
    const base = input.text(at.file, "base");
    const head = input.text(at.file, "head");
    if (base === head || base === "" || head === "") continue;
    const text = excerpt({ base, head, line: at.line, side });
    if (text !== "") out.push({ file: at.file, line: at.line, text });
  }
  return out;
}

function key(at: SourceRef): string {
  return `${at.file}:${at.line}`;
}
