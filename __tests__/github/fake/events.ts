import { examplePayload } from "./objects.ts";

type Json = { readonly [key: string]: unknown };

/** Environment and payload of one event, as the runner passes them. */
export type RunnerEvent = {
  readonly variables: { readonly [name: string]: string };
  readonly payload: Json;
};

/** Commits that the events speak of. */
export const COMMITS = {
  base: "a".repeat(40),
  head: "b".repeat(40),
  merge: "c".repeat(40),
  older: "d".repeat(40),
  none: "0".repeat(40),
} as const;

/** The variables that every run has. */
export function runnerVariables(changes: { readonly [name: string]: string } = {}): RunnerEvent["variables"] {
  return {
    GITHUB_API_URL: "https://api.github.com",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_REPOSITORY: "acme/shop",
    GITHUB_SHA: COMMITS.merge,
    GITHUB_EVENT_NAME: "pull_request",
    GITHUB_EVENT_PATH: "/github/workflow/event.json",
    GITHUB_WORKSPACE: "/github/workspace",
    RUNNER_TEMP: "/runner/temp",
    GITHUB_RUN_ID: "42",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_ACTOR: "octocat",
    GITHUB_WORKFLOW: "review",
    GITHUB_WORKFLOW_REF: "acme/shop/.github/workflows/review.yml@refs/pull/7/merge",
    GITHUB_JOB: "review",
    GITHUB_ACTION: "__acme_netpol-review",
    ...changes,
  };
}

/** A pull request event; `changes` go into `pull_request`. */
export function pullRequest(action: string, changes: Json = {}, name = "pull_request"): RunnerEvent {
  const example = examplePayload("pull_request", action === "edited" ? "opened" : action);
  const pull = Object(example.pull_request);
  const repo = { ...pull.base.repo, full_name: "acme/shop" };
  const payload = {
    ...example,
    action,
    number: 7,
    pull_request: {
      ...pull,
      number: 7,
      head: { ...pull.head, sha: COMMITS.head, ref: "change", repo },
      base: { ...pull.base, sha: COMMITS.base, ref: "main", repo },
      ...changes,
    },
  };
  const sha = name === "pull_request_target" ? COMMITS.base : COMMITS.merge;
  return { variables: runnerVariables({ GITHUB_EVENT_NAME: name, GITHUB_SHA: sha }), payload };
}

/** A pull request whose head lies in another repository. */
export function forkedPullRequest(action = "opened"): RunnerEvent {
  return pullRequest(action, { head: { sha: COMMITS.head, ref: "change", repo: { full_name: "stranger/shop" } } });
}

/** An entry of a merge queue. */
export function mergeGroup(): RunnerEvent {
  const example = examplePayload("merge_group", "checks_requested");
  const group = { ...Object(example.merge_group), head_sha: COMMITS.head, base_sha: COMMITS.base };
  const variables = runnerVariables({ GITHUB_EVENT_NAME: "merge_group", GITHUB_SHA: COMMITS.head });
  return { variables, payload: { ...example, merge_group: group } };
}

/** A push; `changes` go into the payload. */
export function push(changes: Json = {}): RunnerEvent {
  const example = examplePayload("push");
  const repository = { ...Object(example.repository), default_branch: "main" };
  const usual = { ref: "refs/heads/main", before: COMMITS.base, after: COMMITS.head, created: false, deleted: false };
  const variables = runnerVariables({ GITHUB_EVENT_NAME: "push", GITHUB_SHA: COMMITS.head });
  return { variables, payload: { ...example, ...usual, forced: false, repository, ...changes } };
}

/** Any other event, with an example's payload where there is one. */
export function otherEvent(name: string): RunnerEvent {
  const payload = name === "workflow_dispatch" ? examplePayload(name) : { schedule: "0 3 * * *" };
  return { variables: runnerVariables({ GITHUB_EVENT_NAME: name, GITHUB_SHA: COMMITS.head }), payload };
}
