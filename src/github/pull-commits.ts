import type { PullEvent } from "./event.ts";

/** A merge commit with its parents, or the word that it is not to be had. */
export type MergeCommit = { readonly commit: string; readonly parents: readonly string[] } | "gone";

/** What GitHub says of a pull request now. */
export type PullState = {
  readonly head: string;
  readonly baseBranch: string;
  /** `undefined` while GitHub has not tried to merge it. */
  readonly mergeable: boolean | undefined;
  readonly mergeCommit: string | undefined;
};

/** Where a merge commit can be found: in the event, at `refs/pull/N/merge`, or in the API's answer. */
export type MergeSource = "eventMerge" | "currentMerge" | "namedMerge";

/** What has been found out so far; what is absent has not been asked for. */
export type PullFacts = { readonly [source in MergeSource]?: MergeCommit } & {
  readonly pull?: PullState | "unreachable";
};

/** What to judge for a pull request, or what must be known first. */
export type PullDecision =
  | { readonly kind: "ask"; readonly what: MergeSource | "pull" }
  | { readonly kind: "judge"; readonly base: string; readonly head: string; readonly superseded: boolean }
  /** A closed pull request without a merge commit: its own commits, from where they left the base branch. */
  | { readonly kind: "ownCommits" }
  | { readonly kind: "superseded"; readonly by: string }
  | { readonly kind: "error"; readonly message: string };

/**
 * Decides which commits a pull request's run judges: only a merge commit whose second parent is the event's head.
 * A first run takes the event's own, a re-run the current one, so that it cannot be judged by old rules.
 */
export function decidePull(event: PullEvent, facts: PullFacts): PullDecision {
  for (const source of sources(event)) {
    const decision = decideBy(event, facts, source, false);
    if (decision !== undefined) return decision;
  }
  if (event.action === "closed") return { kind: "ownCommits" };
  const pull = facts.pull;
  if (pull === undefined) return { kind: "ask", what: "pull" };
  if (pull === "unreachable") return { kind: "error", message: unreachable(event) };
  return pull.head === event.head ? decideUnmoved(event, facts, pull) : decideMoved(event, facts, pull);
}

function sources(event: PullEvent): readonly MergeSource[] {
  if (event.merge === undefined) return ["currentMerge"];
  return event.attempt > 1 && event.action !== "closed" ? ["currentMerge"] : ["eventMerge", "currentMerge"];
}

/** The decision that one source allows; `undefined` where its merge commit is not one of the event's head. */
function decideBy(
  event: PullEvent,
  facts: PullFacts,
  source: MergeSource,
  superseded: boolean,
): PullDecision | undefined {
  const merge = facts[source];
  if (merge === undefined) return { kind: "ask", what: source };
  if (merge === "gone" || merge.parents[1] !== event.head || merge.parents.length !== 2) return undefined;
  const [base] = merge.parents;
  return base === undefined ? undefined : { kind: "judge", base, head: merge.commit, superseded };
}

function decideMoved(event: PullEvent, facts: PullFacts, pull: PullState): PullDecision {
  const own = event.merge === undefined ? undefined : decideBy(event, facts, "eventMerge", true);
  return own ?? { kind: "superseded", by: pull.head };
}

function decideUnmoved(event: PullEvent, facts: PullFacts, pull: PullState): PullDecision {
  if (pull.mergeable === false) return { kind: "error", message: conflicts(event) };
  const named = pull.mergeCommit === undefined ? undefined : decideBy(event, facts, "namedMerge", false);
  return named ?? { kind: "error", message: unmerged(event) };
}

function conflicts(event: PullEvent): string {
  return `pull request #${event.number} conflicts with \`${event.baseBranch}\`, so there is no merge commit to judge; resolve the conflicts and push`;
}

function unmerged(event: PullEvent): string {
  return `GitHub has made no merge commit of \`${event.head.slice(0, 7)}\` and \`${event.baseBranch}\` yet; re-run the job in a minute`;
}

function unreachable(event: PullEvent): string {
  return `there is no merge commit of \`${event.head.slice(0, 7)}\`, and GitHub does not say whether pull request #${event.number} has a newer head; re-run the job`;
}
