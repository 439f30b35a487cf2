import { InputError } from "../errors.ts";
import { awaitPull, compareMergeBase } from "../github/files.ts";
import type { ActionContext } from "../github/ports.ts";
import type { BasePoint, CommitFacts } from "../github/resolve.ts";
import { ensureCommit, ensureMergeBase } from "../tree/fetch.ts";
import { parents } from "../tree/refs.ts";
import { type ObjectStore, objectStore } from "../tree/store.ts";

/** The run's own repository, which borrows what the workspace has and fetches the rest. */
export function storeOf({ environment, inputs }: ActionContext): ObjectStore {
  const { owner, repo } = environment.repository;
  return objectStore({
    workspace: environment.workspace,
    tempDir: environment.temp,
    serverUrl: environment.serverUrl,
    repository: `${owner}/${repo}`,
    token: inputs.token,
  });
}

/** What git and GitHub know of commits; what is not on the server is `undefined`, a server that fails is an error. */
export function commitFacts(store: ObjectStore, context: ActionContext): CommitFacts {
  const { event, github } = context;
  const { repository } = context.environment;
  return {
    parents: async (commit) => unlessAbsent(() => parents(store, ensureCommit(store, { commit, depth: 2 }))),
    pullMerge: async (number) =>
      unlessAbsent(() => ensureCommit(store, { ref: `refs/pull/${number}/merge`, depth: 2 })),
    mergeBase: async (base, head) => {
      const named = await compareMergeBase(github, repository, base, head);
      const found = named && unlessAbsent(() => ensureCommit(store, { commit: named, depth: 1 }));
      return found ?? deepenedMergeBase(store, base, head);
    },
    pull: (number) =>
      event.kind === "pull" ? awaitPull(github, repository, { number, head: event.head }) : Promise.resolve(undefined),
  };
}

function deepenedMergeBase(store: ObjectStore, base: BasePoint, head: string): string | undefined {
  return unlessAbsent(() => {
    const tip = base.kind === "branch" ? ensureCommit(store, { ref: `refs/heads/${base.name}`, depth: 1 }) : base.id;
    return ensureMergeBase(store, tip, head);
  });
}

function unlessAbsent<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof InputError && error.code === "BAD_REF") return undefined;
    throw error;
  }
}
