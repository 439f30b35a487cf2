/** Who a token acts as, and what it may do in the repository. */
export type FakeToken = {
  readonly login: string;
  /** A workflow's token may not read `/user`. */
  readonly kind: "workflow" | "user";
  readonly may: "write" | "read" | "nothing";
};

export type FakeComment = {
  readonly id: number;
  readonly pull: number;
  readonly author: string;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
};

export type FakePull = {
  readonly number: number;
  head: string;
  readonly base: { readonly ref: string; readonly sha: string };
  mergeable: boolean | null;
  mergeCommit: string | null;
  locked: boolean;
};

/** A request as it came. */
export type FakeRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly body: unknown;
};

/** Everything that this GitHub knows; tests read it and change it while the server runs. */
export type FakeState = {
  readonly owner: string;
  readonly repo: string;
  /** Anybody may read a public repository. */
  isPublic: boolean;
  readonly tokens: Map<string, FakeToken>;
  readonly pulls: Map<number, FakePull>;
  comments: FakeComment[];
  /** Text of files of any repository, by `owner/repo/path@ref`. */
  readonly files: Map<string, string>;
  /** Merge bases, by `base...head`. */
  readonly mergeBases: Map<string, string>;
  nextId: number;
};

/** A repository with one pull request and a workflow's token `write`, a fork's token `read`. */
export function newState(changes: Partial<FakeState> = {}): FakeState {
  return {
    owner: "acme",
    repo: "shop",
    isPublic: true,
    tokens: new Map([
      ["write", { login: "github-actions[bot]", kind: "workflow", may: "write" }],
      ["read", { login: "github-actions[bot]", kind: "workflow", may: "read" }],
      ["blind", { login: "github-actions[bot]", kind: "workflow", may: "nothing" }],
      ["person", { login: "octocat", kind: "user", may: "write" }],
    ]),
    pulls: new Map([[7, newPull(7)]]),
    comments: [],
    files: new Map(),
    mergeBases: new Map(),
    nextId: 1000,
    ...changes,
  };
}

/** An open pull request that can be merged. */
export function newPull(number: number, changes: Partial<FakePull> = {}): FakePull {
  return {
    number,
    head: "b".repeat(40),
    base: { ref: "main", sha: "a".repeat(40) },
    mergeable: true,
    mergeCommit: "c".repeat(40),
    locked: false,
    ...changes,
  };
}

/** Adds a comment as somebody would through the web page. */
export function addComment(state: FakeState, pull: number, author: string, body: string): FakeComment {
  state.nextId += 1;
  const createdAt = new Date(Date.UTC(2026, 0, 1) + state.nextId * 1000).toISOString();
  const comment = { id: state.nextId, pull, author, body, createdAt, updatedAt: createdAt };
  state.comments.push(comment);
  return comment;
}
