import type { Arrival, FlowDiff } from "../diff/flow-diff.ts";
import type { Cluster } from "../model/cluster.ts";
import type { End } from "../model/peer.ts";
import { annotationRules, isAnnotation } from "./annotation.ts";
import { type ConcludeInput, conclude } from "./conclusion.ts";
import { expiredFindings, unusedExceptions } from "./exceptions.ts";
import { type ExposureChange, exposureFindings } from "./exposure.ts";
import type { Finding, Idle, Judgement } from "./finding.ts";
import { flowFindings } from "./flow-findings.ts";
import { shiftingOf, viewsOf } from "./peer-view.ts";
import { admitters, privateBlockFindings } from "./private-blocks.ts";
import { type Exception, isActive, type Rule, subjectEnds } from "./rule.ts";
import { formatSelector } from "./rule-text.ts";
import { type Case, finding, type Scene } from "./scene.ts";
import type { Standing } from "./standing.ts";
import { protectsNothing, subjectFindings } from "./subject-findings.ts";
import { ungovernedOf } from "./subjects.ts";
import { code, nameEnd } from "./words.ts";

/** What a rule set is judged with. */
type RuleSet = {
  readonly rules: readonly Rule[];
  readonly exceptions: readonly Exception[];
  /** `YYYY-MM-DD` in UTC. */
  readonly today: string;
};

export type JudgeInput = RuleSet & {
  readonly diff: FlowDiff;
  readonly base: Cluster;
  readonly head: Cluster;
  readonly standing: Standing;
  /** Services, Ingresses, Gateways and Routes that differ. */
  readonly exposures: readonly ExposureChange[];
  /** Blocks of private addresses cannot stand for pods: `podCIDRs` are known, or blocks never match pods. */
  readonly podRangesKnown: boolean;
  /** Names one end of a flow; default: its peers one by one. */
  readonly name?: (end: End) => string;
  /** What the conclusion rests on besides findings and flows. */
  readonly outcome: Omit<ConcludeInput, "findings" | "rules">;
};

/** Judges one cluster's diff by the rules of base; annotations of base's workloads are rules too. */
export function judge(input: JudgeInput): Judgement {
  const { diff, base, head, standing, outcome } = input;
  const views = viewsOf(diff.arrivals, base, head);
  const words = { name: input.name ?? nameEnd, universe: diff.universe };
  const shifting = shiftingOf(diff.peers, views);
  const scene: Scene = { diff, base, head, standing, views, shifting, words };
  const rules = [...input.rules, ...annotationRules(base.workloads)];
  const blocks = input.podRangesKnown || rules.length === 0 ? undefined : admitters(base, head);
  const findings: Finding[] = [];
  const idle: { rules: Rule[]; exceptions: Exception[] } = { rules: [], exceptions: [] };
  for (const rule of rules) {
    const one = caseOf(rule, input, scene);
    const found = [...ruleFindings(one, scene, input), ...(blocks ? privateBlockFindings(rule, blocks, scene) : [])];
    findings.push(...found);
    if (protectsNothing(rule, scene)) idle.rules.push(rule);
    idle.exceptions.push(...idleExceptions(one, found, scene));
  }
  return { ...conclude({ ...outcome, findings, rules: rules.length > 0 }), findings, idle };
}

/** Judges one tree by itself: every rule as it stands, annotations apart. `diff` is the tree's diff with itself. */
export function checkTree(input: Omit<JudgeInput, "base" | "exposures" | "podRangesKnown">): Judgement {
  const { diff, head, standing, outcome } = input;
  const none: readonly Arrival[] = [];
  const words = { name: input.name ?? nameEnd, universe: diff.universe };
  const scene: Scene = { diff, base: head, head, standing, views: viewsOf(none, head, head), shifting: [], words };
  const findings: Finding[] = [];
  const idle: { rules: Rule[]; exceptions: Exception[] } = { rules: [], exceptions: [] };
  for (const rule of input.rules) {
    const one = caseOf(rule, input, scene);
    const found = head.plugin.enforces ? flowFindings(one, scene, true) : [unenforced(one, rule.severity, head)];
    findings.push(...found);
    if (protectsNothing(rule, scene)) idle.rules.push(rule);
    idle.exceptions.push(...one.expired, ...unusedExceptions(one, found, scene));
  }
  return { ...conclude({ ...outcome, findings, rules: input.rules.length > 0 }), findings, idle };
}

function caseOf(rule: Rule, { exceptions, today }: RuleSet, scene: Scene): Case {
  const own = exceptions.filter((exception) => exception.rule === rule.name);
  return {
    rule,
    active: own.filter((exception) => isActive(exception, today)),
    expired: own.filter((exception) => !isActive(exception, today)),
    ungoverned: ungovernedOf(rule, scene.shifting, scene.views, scene.base),
  };
}

function ruleFindings(one: Case, scene: Scene, input: JudgeInput): readonly Finding[] {
  const { rule } = one;
  const enforces = scene.head.plugin.enforces;
  const isAbsolute = rule.on === "violate";
  const findings = [
    ...(enforces ? [] : [unenforced(one, isAbsolute ? rule.severity : "warning", scene.head)]),
    ...(enforces || !isAbsolute ? flowFindings(one, scene, isAbsolute) : []),
    ...subjectFindings(one, scene),
    ...exposureFindings(rule, input.exposures, scene),
  ];
  if (enforces && !isAbsolute) findings.push(...expiredFindings(one, scene));
  return findings;
}

/** Under a plugin that enforces nothing no path is protected. */
function unenforced({ rule, active }: Case, severity: Finding["severity"], head: Cluster): Finding {
  const end = subjectEnds(rule)[0];
  const subject = end === undefined ? undefined : rule[end];
  const name = isAnnotation(rule) || subject === undefined ? rule.name : formatSelector(subject);
  const message = `the network plugin ${code(head.plugin.name ?? "of this cluster")} enforces no policy: nothing protects ${code(name)}`;
  const exception = active.find(({ from, to, ports }) => from === undefined && to === undefined && ports === undefined);
  return finding(rule, { kind: "unenforced", severity, message, exception });
}

function idleExceptions(one: Case, found: readonly Finding[], scene: Scene): Idle["exceptions"] {
  const open = new Set(found.filter(({ kind }) => kind === "expired").map(({ at }) => `${at?.file}:${at?.line}`));
  const ended = one.expired.filter(({ at }) => !open.has(`${at.file}:${at.line}`));
  return [...ended, ...unusedExceptions(one, found, scene)];
}
