import { formatWorkload } from "../model/cluster.ts";
import { isAnnotation } from "./annotation.ts";
import type { Finding } from "./finding.ts";
import { matches } from "./matching.ts";
import { type PeerSelector, type Rule, subjectEnds } from "./rule.ts";
import { type Case, exceptionOn, finding, type Scene } from "./scene.ts";
import { isMatched, placeOf, type Subject, subjectsOf } from "./subjects.ts";
import { code, listPeers } from "./words.ts";

/** What becomes of the workloads that a rule protects: some are gone or leave the rule, or all of them. */
export function subjectFindings(one: Case, scene: Scene): readonly Finding[] {
  return subjectEnds(one.rule).flatMap((side) => {
    const selector = one.rule[side];
    if (selector === undefined || selector.kind !== "pods") return [];
    const left = subjectsOf(selector, scene.shifting, scene.views).filter((subject) => hasLeft(subject, selector));
    return left.length === 0 ? [] : [leftFinding(side, selector, left, one, scene)];
  });
}

function hasLeft({ view, fate }: Subject, selector: PeerSelector): boolean {
  return fate !== "kept" && matches(selector, view, "base") && !matches(selector, view, "head");
}

function leftFinding(
  side: "from" | "to",
  selector: PeerSelector,
  left: readonly Subject[],
  one: Case,
  scene: Scene,
): Finding {
  const { rule, active } = one;
  const isLost = !isAnnotation(rule) && !isMatched(selector, "head", scene.diff.peers, scene.views);
  const hasSuccessor = left.some(({ fate }) => fate === "moved");
  const about = { side, peers: left.map(({ peer }) => peer) };
  return finding(rule, {
    kind: isLost ? "subject-lost" : "subject-removed",
    severity: isLost && !hasSuccessor ? rule.severity : "warning",
    message: isLost ? `nothing is left of what the rule protects: ${fatesOf(left)}` : fatesOf(left),
    at: left[0] === undefined ? undefined : placeOf(left[0]),
    about,
    exception: exceptionOn(about, active, scene.views),
  });
}

/** One clause a fate: `a, b and 4 more are gone`, `c no longer matches`, `d became e, which does not match`. */
function fatesOf(left: readonly Subject[]): string {
  const of = (fate: Subject["fate"]) => left.filter((subject) => subject.fate === fate).map(({ peer }) => peer);
  const gone = of("gone");
  const unmatched = of("unmatched");
  const parts: string[] = [];
  if (gone.length > 0) parts.push(`${code(listPeers(gone))} ${gone.length === 1 ? "is" : "are"} gone`);
  if (unmatched.length > 0)
    parts.push(`${code(listPeers(unmatched))} no longer ${unmatched.length === 1 ? "matches" : "match"}`);
  for (const { fate, before, peer } of left)
    if (fate === "moved" && before !== undefined)
      parts.push(`${code(formatWorkload(before))} became ${code(peer.text)}, which does not match`);
  return parts.join("; ");
}

/** True where no workload of base is what the rule protects, and nothing says that this is meant. */
export function protectsNothing(rule: Rule, scene: Scene): boolean {
  if (rule.declared === "elsewhere" || isAnnotation(rule)) return false;
  return subjectEnds(rule).some((side) => {
    const selector = rule[side];
    if (selector === undefined || selector.kind !== "pods") return false;
    return !isMatched(selector, "base", scene.diff.peers, scene.views);
  });
}
