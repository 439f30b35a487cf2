import { InputError } from "../errors.ts";
import type { MergeGroupEvent, PullEvent, PushEvent, ReviewEvent } from "./event.ts";
import { decidePull, type MergeCommit, type MergeSource, type PullFacts, type PullState } from "./pull-commits.ts";

/** A commit that a merge base is looked for from. */
export type BasePoint =
  | { readonly kind: "branch"; readonly name: string }
  | { readonly kind: "commit"; readonly id: string };

/** Where the answers come from: git, which may fetch, and the API. */
export type CommitFacts = {
  /** Parents of a commit; `undefined` where it is not to be had, here or from the server. */
  readonly parents: (commit: string) => Promise<readonly string[] | undefined>;
  /** What `refs/pull/N/merge` names now. */
  readonly pullMerge: (number: number) => Promise<string | undefined>;
  /** Best common ancestor, from the API or by deepening. */
  readonly mergeBase: (base: BasePoint, head: string) => Promise<string | undefined>;
  /** The pull request as GitHub knows it; `undefined` where GitHub does not answer. */
  readonly pull: (number: number) => Promise<PullState | undefined>;
};

/** The commits that a run is about. `notes` say in plain words what was not as usual. */
export type Resolution =
  | {
      readonly kind: "compare";
      readonly base: string;
      readonly head: string;
      /** Branch that the change lands on, for people. */
      readonly baseBranch: string;
      /** The pull request has a newer head: judged all the same, but without a comment. */
      readonly superseded: boolean;
      readonly notes: readonly string[];
    }
  | { readonly kind: "check"; readonly head: string; readonly notes: readonly string[] }
  | { readonly kind: "nothing"; readonly notes: readonly string[] }
  | { readonly kind: "superseded"; readonly notes: readonly string[] };

/** Finds base and head of an event; throws an `InputError` where they cannot be had, never guesses. */
export async function resolveCommits(event: ReviewEvent, facts: CommitFacts): Promise<Resolution> {
  switch (event.kind) {
    case "pull":
      return resolvePull(event, facts);
    case "mergeGroup":
      return resolveMergeGroup(event, facts);
    case "push":
      return resolvePush(event, facts);
    case "deleted":
      return { kind: "nothing", notes: [`\`${event.ref}\` was deleted: there is nothing to review`] };
    case "other":
      return {
        kind: "check",
        head: event.commit,
        notes: [`the event \`${event.name}\` has nothing to compare with: the tree itself is checked`],
      };
  }
}

async function resolvePull(event: PullEvent, facts: CommitFacts): Promise<Resolution> {
  let known: PullFacts = {};
  for (;;) {
    const decision = decidePull(event, known);
    switch (decision.kind) {
      case "ask":
        known = { ...known, ...(await ask(event, known, decision.what, facts)) };
        continue;
      case "judge":
        return compare(event.baseBranch, decision, decision.superseded ? [superseded(event, known.pull)] : []);
      case "ownCommits":
        return resolveClosed(event, facts);
      case "superseded":
        return { kind: "superseded", notes: [superseded(event, known.pull)] };
      case "error":
        throw new InputError("GITHUB", undefined, decision.message);
    }
  }
}

async function ask(
  event: PullEvent,
  known: PullFacts,
  what: MergeSource | "pull",
  facts: CommitFacts,
): Promise<PullFacts> {
  if (what === "pull") return { pull: (await facts.pull(event.number)) ?? "unreachable" };
  const commit = await mergeCommitOf(event, known, what, facts);
  const parents = commit === undefined ? undefined : await facts.parents(commit);
  const merge: MergeCommit = commit === undefined || parents === undefined ? "gone" : { commit, parents };
  return { [what]: merge };
}

async function mergeCommitOf(
  event: PullEvent,
  known: PullFacts,
  source: MergeSource,
  facts: CommitFacts,
): Promise<string | undefined> {
  switch (source) {
    case "eventMerge":
      return event.merge;
    case "currentMerge":
      return facts.pullMerge(event.number);
    case "namedMerge":
      return typeof known.pull === "object" ? known.pull.mergeCommit : undefined;
  }
}

async function resolveClosed(event: PullEvent, facts: CommitFacts): Promise<Resolution> {
  const base = await facts.mergeBase({ kind: "commit", id: event.baseCommit }, event.head);
  if (base === undefined) {
    const message = `pull request #${event.number} is closed, and neither its merge commit nor its merge base with \`${event.baseBranch}\` can be had`;
    throw new InputError("GITHUB", undefined, message);
  }
  const note = `pull request #${event.number} is closed and has no merge commit: its own commits are judged`;
  return compare(event.baseBranch, { base, head: event.head }, [note]);
}

async function resolveMergeGroup(event: MergeGroupEvent, facts: CommitFacts): Promise<Resolution> {
  const found = await facts.mergeBase({ kind: "branch", name: event.baseBranch }, event.head);
  // A group that has landed already has itself as merge base, and nothing would be judged.
  if (found !== undefined && found !== event.head) {
    return compare(event.baseBranch, { base: found, head: event.head }, []);
  }
  const short = event.baseCommit.slice(0, 7);
  const note = `no merge base with \`${event.baseBranch}\` is to be had: judged from the queue's own base \`${short}\``;
  return compare(event.baseBranch, { base: event.baseCommit, head: event.head }, [note]);
}

async function resolvePush(event: PushEvent, facts: CommitFacts): Promise<Resolution> {
  if (event.onDefaultBranch) {
    if (event.before !== undefined) {
      return compare(event.defaultBranch, { base: event.before, head: event.after }, []);
    }
    const note = `\`${event.ref}\` is new and the default branch: there is nothing to compare with, the tree itself is checked`;
    return { kind: "check", head: event.after, notes: [note] };
  }
  const base = await facts.mergeBase({ kind: "branch", name: event.defaultBranch }, event.after);
  if (base !== undefined) return compare(event.defaultBranch, { base, head: event.after }, []);
  const message = `\`${event.ref}\` has no merge base with \`${event.defaultBranch}\` that can be had; check out with \`fetch-depth: 0\``;
  throw new InputError("GITHUB", undefined, message);
}

function compare(
  baseBranch: string,
  commits: { readonly base: string; readonly head: string; readonly superseded?: boolean },
  notes: readonly string[],
): Resolution {
  const { base, head, superseded = false } = commits;
  return { kind: "compare", base, head, baseBranch, superseded, notes };
}

function superseded(event: PullEvent, pull: PullFacts["pull"]): string {
  const newer = typeof pull === "object" ? `\`${pull.head.slice(0, 7)}\`` : "a newer commit";
  return `pull request #${event.number} has moved from \`${event.head.slice(0, 7)}\` to ${newer}, which has a run of its own`;
}
