import { InputError } from "../errors.ts";
import type { ReviewRequest } from "../github/ports.ts";
import { commitTree } from "../tree/commit-tree.ts";
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
export function eventSides({ resolution }: ReviewRequest, store: ObjectStore): Sides {
  const head = treeOf(store, resolution.head, "");
  const base = resolution.kind === "compare" ? treeOf(store, resolution.base, resolution.baseBranch) : undefined;
  return { base, head, rules: { base: base ?? head, head }, directories: undefined };
}

/** The sides that the inputs `base` and `head` name; the event's where they name none. */
export function namedSides(request: ReviewRequest, store: ObjectStore): Sides {
  const { inputs, environment, resolution } = request;
  const scope = { store, workspace: environment.workspace, head: resolution.head };
  const base = inputs.base === undefined ? undefined : namedTree("base", inputs.base, scope);
  const head = inputs.head === undefined ? undefined : namedTree("head", inputs.head, scope);
  if (base?.kind === "directory" && head?.kind === "directory") return directorySides(request, store, { base, head });
  if (base?.kind === "directory" || head?.kind === "directory") throw unlike(inputs.base, inputs.head);
  const usual = base !== undefined && head !== undefined ? undefined : eventSides(request, store);
  const headTree = head === undefined ? usual?.head : treeOf(store, head.id, head.label);
  if (headTree === undefined) throw new Error("an event has a head");
  const baseTree = base === undefined ? usual?.base : treeOf(store, base.id, base.label);
  return {
    base: baseTree,
    head: headTree,
    rules: { base: baseTree ?? headTree, head: headTree },
    directories: undefined,
  };
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

function treeOf(store: ObjectStore, commit: string, label: string): Tree {
  return commitTree(store, ensureCommit(store, { commit, depth: 1 }), { label });
}

function unlike(base: string | undefined, head: string | undefined): InputError {
  const named = (value: string | undefined) => (value === undefined ? "empty" : `\`${value}\``);
  const message = `the inputs \`base\` (${named(base)}) and \`head\` (${named(head)}) must both be directories or both be refs; a branch that is called like a folder is meant by \`refs/heads/NAME\``;
  return new InputError("USAGE", undefined, message);
}
