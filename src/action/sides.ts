import { InputError } from "../errors.ts";
import type { ReviewRequest } from "../github/ports.ts";
import { type CommitTree, commitTree } from "../tree/commit-tree.ts";
import { directoryTree } from "../tree/directory.ts";
import { ensureCommit } from "../tree/fetch.ts";
import type { ObjectStore } from "../tree/store.ts";
import type { Tree } from "../tree/tree.ts";
import { type NamedTree, namedTree } from "./named-tree.ts";

/** What is compared, and where the rules that judge it are read. */
export type Sides = {
  /** `undefined`: the head alone is checked. */
  readonly base: Tree | undefined;
  readonly head: Tree;
  /** The commits that hold the configuration; `undefined`: the work tree does. */
  readonly rules: { readonly base: Tree; readonly head: Tree } | undefined;
  /** Directories of rendered manifests, as the inputs name them. */
  readonly directories: { readonly base: string; readonly head: string } | undefined;
};

/** The sides that the event gives, without any input. */
export function eventSides(request: ReviewRequest, store: ObjectStore): Sides {
  return commitSides(store, eventCommits(request));
}

/** The sides that the inputs `base` and `head` name; the event's where they name none. */
export function namedSides(request: ReviewRequest, store: ObjectStore): Sides {
  const { inputs, environment, resolution } = request;
  const scope = { store, workspace: environment.workspace, head: resolution.head };
  const base = inputs.base === undefined ? undefined : namedTree("base", inputs.base, scope);
  const head = inputs.head === undefined ? undefined : namedTree("head", inputs.head, scope);
  if (base?.kind === "directory" && head?.kind === "directory") return directorySides(request, store, { base, head });
  if (base?.kind === "directory" || head?.kind === "directory") throw unlike(inputs.base, inputs.head);
  const usual = eventCommits(request);
  return commitSides(store, { base: base ?? usual.base, head: head ?? usual.head });
}

type Commit = { readonly id: string; readonly label: string };

type Commits = { readonly base: Commit | undefined; readonly head: Commit };

function eventCommits({ resolution }: ReviewRequest): Commits {
  const base = resolution.kind === "compare" ? { id: resolution.base, label: resolution.baseBranch } : undefined;
  return { base, head: { id: resolution.head, label: "" } };
}

function commitSides(store: ObjectStore, commits: Commits): Sides {
  const head = treeOf(store, commits.head);
  const base = commits.base === undefined ? undefined : treeOf(store, commits.base, head);
  return { base, head, rules: { base: base ?? head, head }, directories: undefined };
}

type Directory = Extract<NamedTree, { kind: "directory" }>;

function directorySides(
  request: ReviewRequest,
  store: ObjectStore,
  { base, head }: { readonly base: Directory; readonly head: Directory },
): Sides {
  return {
    base: directoryTree(base.path, { label: base.label }),
    head: directoryTree(head.path, { label: head.label }),
    rules: request.resolution.kind === "compare" ? eventSides(request, store).rules : undefined,
    directories: { base: base.label, head: head.label },
  };
}

function treeOf(store: ObjectStore, { id, label }: Commit, like?: CommitTree): CommitTree {
  return commitTree(store, ensureCommit(store, { commit: id, depth: 1 }), { label, like });
}

function unlike(base: string | undefined, head: string | undefined): InputError {
  const named = (value: string | undefined) => (value === undefined ? "empty" : `\`${value}\``);
  const message = `the inputs \`base\` (${named(base)}) and \`head\` (${named(head)}) must both be directories or both be refs; a branch that is called like a folder is meant by \`refs/heads/NAME\``;
  return new InputError("USAGE", undefined, message);
}
