import { statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { InputError } from "../errors.ts";
import { isCommitId } from "../github/decode.ts";
import { ensureCommit } from "../tree/fetch.ts";
import { resolveRef } from "../tree/refs.ts";
import { repositoryAt } from "../tree/repository.ts";
import type { ObjectStore } from "../tree/store.ts";

/** What an input `base` or `head` names. */
export type NamedTree =
  | { readonly kind: "commit"; readonly id: string; readonly label: string }
  | { readonly kind: "directory"; readonly path: string; readonly label: string };

/** Where names are looked up. */
export type NameScope = {
  readonly store: ObjectStore;
  readonly workspace: string;
  /** The commit of the event, which `HEAD` stands for. */
  readonly head: string;
};

/** The directory of the workspace, or else the commit, that `value` names; neither is an `InputError`. */
export function namedTree(input: "base" | "head", value: string, scope: NameScope): NamedTree {
  const path = isAbsolute(value) ? value : join(scope.workspace, value);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return { kind: "directory", path, label: value };
  return { kind: "commit", id: commitNamed(input, value, scope), label: value };
}

function commitNamed(input: string, value: string, { store, workspace, head }: NameScope): string {
  if (value === "HEAD") return ensureCommit(store, { commit: head, depth: 1 });
  const found = isCommitId(value)
    ? present(() => ensureCommit(store, { commit: value, depth: 1 }))
    : ofRemote(store, value);
  const id = found ?? present(() => ofWorkspace(store, workspace, value));
  if (id !== undefined) return id;
  const message = `input \`${input}\` is \`${value}\`, which is neither a ref of \`${store.url}\` nor a directory of the workspace`;
  throw new InputError("BAD_REF", undefined, message);
}

/** A branch or a tag as the server has it now; the workspace's may be old. */
function ofRemote(store: ObjectStore, value: string): string | undefined {
  const name = value.replace(/^origin\//, "");
  const refs = value.startsWith("refs/") ? [value] : [`refs/heads/${name}`, `refs/tags/${name}`];
  for (const ref of refs) {
    const id = present(() => ensureCommit(store, { ref, depth: 1 }));
    if (id !== undefined) return id;
  }
  return undefined;
}

/** What only a clone can tell, such as `HEAD~1` or the beginning of an id. */
function ofWorkspace(store: ObjectStore, workspace: string, value: string): string | undefined {
  const repository = repositoryAt(workspace);
  if (repository === undefined) return undefined;
  return ensureCommit(store, { commit: resolveRef(repository, value), depth: 1 });
}

function present(look: () => string | undefined): string | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof InputError && error.code === "BAD_REF") return undefined;
    throw error;
  }
}
