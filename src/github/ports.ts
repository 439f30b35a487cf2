import type { GitHubClient, Patience } from "./client.ts";
import type { RunEnvironment, Variables } from "./environment.ts";
import type { ReviewEvent } from "./event.ts";
import type { ActionInputs } from "./inputs.ts";
import type { ReviewOutcome } from "./outcome.ts";
import type { CommitFacts, Resolution } from "./resolve.ts";

/** What a run knows as soon as its surroundings are read. */
export type ActionContext = {
  readonly environment: RunEnvironment;
  readonly inputs: ActionInputs;
  readonly event: ReviewEvent;
  /** Names the comment's story; see `identityOf`. */
  readonly id: string;
  readonly github: GitHubClient;
};

/** One review to carry out. */
export type ReviewRequest = ActionContext & {
  readonly resolution: Extract<Resolution, { kind: "compare" | "check" }>;
  /** Whether tools may be run on the head's files. */
  readonly mayRender: boolean;
  /** The head comes from people without write access: nothing remote is loaded for it. */
  readonly untrusted: boolean;
};

/** Everything that the Action does outside this folder. */
export type ActionPorts = {
  readonly variables: Variables;
  readonly version: string;
  readonly patience?: Partial<Patience>;
  /** One line, newline included, to standard output. */
  readonly print: (line: string) => void;
  readonly readText: (path: string) => Promise<string>;
  /** Writes a file anew, with the folders above it. */
  readonly writeText: (path: string, text: string) => Promise<void>;
  readonly appendText: (path: string, text: string) => Promise<void>;
  /** Bytes of a file; 0 where it does not exist. */
  readonly sizeOf: (path: string) => Promise<number>;
  /** A text that nobody can guess. */
  readonly secret: () => string;
  /** What git and GitHub know of commits. */
  readonly commitFacts: (context: ActionContext) => CommitFacts;
  readonly review: (request: ReviewRequest) => Promise<ReviewOutcome>;
};
