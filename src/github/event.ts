import { InputError } from "../errors.ts";
import { commitAt, countAt, flagAt, isFields, textAt, valueAt } from "./decode.ts";
import type { RunEnvironment } from "./environment.ts";

/** A pull request, whatever was done to it. */
export type PullEvent = {
  readonly kind: "pull";
  readonly name: "pull_request" | "pull_request_target";
  readonly action: string;
  readonly number: number;
  /** The head that the run was started for. */
  readonly head: string;
  /** Merge commit that GitHub made for the event; only `pull_request` names one. */
  readonly merge: string | undefined;
  /** Tip of the base branch when the event was sent; may be old. */
  readonly baseCommit: string;
  readonly baseBranch: string;
  /** The head's repository is another one, or is gone: nothing of it is trusted. */
  readonly fork: boolean;
  /** Dependabot's runs have a read-only token, as forks have. */
  readonly dependabot: boolean;
  /** 1 for the first run. */
  readonly attempt: number;
};

/** An entry of a merge queue. */
export type MergeGroupEvent = {
  readonly kind: "mergeGroup";
  readonly head: string;
  readonly baseBranch: string;
  readonly baseCommit: string;
};

/** New commits on a branch or a tag. */
export type PushEvent = {
  readonly kind: "push";
  readonly ref: string;
  /** `undefined` where the ref is new. */
  readonly before: string | undefined;
  readonly after: string;
  readonly defaultBranch: string;
  readonly onDefaultBranch: boolean;
};

/** A branch or a tag is gone. */
type DeletedEvent = { readonly kind: "deleted"; readonly ref: string };

/** Every other event: it has a commit, and nothing to compare it with. */
type OtherEvent = { readonly kind: "other"; readonly name: string; readonly commit: string };

/** Why the run was started, and for which commits. */
export type ReviewEvent = PullEvent | MergeGroupEvent | PushEvent | DeletedEvent | OtherEvent;

/** Decodes the event file's text; one `InputError` where it is not JSON or lacks a field that is needed. */
export function decodeEvent(environment: RunEnvironment, payloadText: string): ReviewEvent {
  const payload = parsePayload(environment, payloadText);
  switch (environment.eventName) {
    case "pull_request":
    case "pull_request_target":
      return pullEvent(environment, environment.eventName, payload);
    case "merge_group":
      return mergeGroupEvent(payload);
    case "push":
      return pushEvent(payload);
    default:
      return { kind: "other", name: environment.eventName, commit: runCommit(environment) };
  }
}

/** Whether a comment belongs to the event at all; a closed pull request is judged in silence. */
export function mayComment(event: ReviewEvent): event is PullEvent {
  return event.kind === "pull" && event.action !== "closed";
}

/** Whether tools may be run on the head's files; never where the run has the base repository's secrets. */
export function mayRender(event: ReviewEvent): boolean {
  return !(event.kind === "pull" && event.name === "pull_request_target");
}

/** Whether the head comes from people without write access, so that nothing remote may be loaded for it. */
export function isUntrusted(event: ReviewEvent): boolean {
  return event.kind === "pull" && event.fork;
}

function parsePayload(environment: RunEnvironment, text: string): unknown {
  let payload: unknown;
  try {
    payload = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    payload = undefined;
  }
  if (isFields(payload)) return payload;
  const file = environment.eventPath;
  throw new InputError("GITHUB", { file, line: 0 }, "the event file (`GITHUB_EVENT_PATH`) is not a JSON object");
}

function pullEvent(environment: RunEnvironment, name: PullEvent["name"], payload: unknown): PullEvent {
  const head = need(commitAt(payload, "pull_request.head.sha"), name, "pull_request.head.sha");
  return {
    kind: "pull",
    name,
    action: textAt(payload, "action") ?? "",
    number: need(countAt(payload, "pull_request.number") ?? countAt(payload, "number"), name, "pull_request.number"),
    head,
    merge: name === "pull_request" ? environment.commit : undefined,
    baseCommit: need(commitAt(payload, "pull_request.base.sha"), name, "pull_request.base.sha"),
    baseBranch: need(textAt(payload, "pull_request.base.ref"), name, "pull_request.base.ref"),
    fork: isFork(environment, payload),
    dependabot: environment.actor === "dependabot[bot]",
    attempt: environment.attempt,
  };
}

function isFork(environment: RunEnvironment, payload: unknown): boolean {
  const here = `${environment.repository.owner}/${environment.repository.repo}`;
  const head = textAt(payload, "pull_request.head.repo.full_name");
  return head === undefined || head.toLowerCase() !== here.toLowerCase();
}

function mergeGroupEvent(payload: unknown): MergeGroupEvent {
  const name = "merge_group";
  return {
    kind: "mergeGroup",
    head: need(commitAt(payload, "merge_group.head_sha"), name, "merge_group.head_sha"),
    baseBranch: branchOf(need(textAt(payload, "merge_group.base_ref"), name, "merge_group.base_ref")),
    baseCommit: need(commitAt(payload, "merge_group.base_sha"), name, "merge_group.base_sha"),
  };
}

function pushEvent(payload: unknown): PushEvent | DeletedEvent {
  const ref = need(textAt(payload, "ref"), "push", "ref");
  const after = commitAt(payload, "after");
  if (flagAt(payload, "deleted") === true) return { kind: "deleted", ref };
  if (after === undefined && /^0+$/.test(String(valueAt(payload, "after")))) return { kind: "deleted", ref };
  const defaultBranch = need(textAt(payload, "repository.default_branch"), "push", "repository.default_branch");
  return {
    kind: "push",
    ref,
    before: commitAt(payload, "before"),
    after: need(after, "push", "after"),
    defaultBranch,
    onDefaultBranch: ref === `refs/heads/${defaultBranch}`,
  };
}

function runCommit(environment: RunEnvironment): string {
  if (environment.commit !== undefined) return environment.commit;
  throw new InputError("GITHUB", undefined, "`GITHUB_SHA` is not a commit id, so there is nothing to check");
}

function branchOf(ref: string): string {
  return ref.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : ref;
}

function need<T>(value: T | undefined, event: string, field: string): T {
  if (value !== undefined) return value;
  throw new InputError("GITHUB", undefined, `the event \`${event}\` carries no usable \`${field}\``);
}
