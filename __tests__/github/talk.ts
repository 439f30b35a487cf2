import { openGitHub, type Patience } from "../../src/github/client.ts";
import { type CommentRequest, publishComment } from "../../src/github/comment.ts";
import { GitHubFault } from "../../src/github/fault.ts";
import { markerLine } from "../../src/github/marker.ts";
import type { News } from "../../src/github/outcome.ts";
import { COMMITS } from "./fake/events.ts";
import type { FakeGitHub } from "./fake/server.ts";

/** Everything a hundred times as fast, so that waits are taken and not felt. */
export const HASTE: Partial<Patience> = { secondMs: 5, attemptMs: 2000, totalMs: 20_000 };

export const ID = "0123456789abcdef";

/** One run's words, by its news. */
export function says(news: News, text = `### 🔴 netpol-review: ${news}`): CommentRequest["outcome"] {
  return {
    news,
    markdown: () => ({ text, truncated: false }),
    resolved: (before) => `### ✅ netpol-review: resolved\n\nbefore: ${before.split("\n")[1] ?? ""}`,
  };
}

/** Publishes as a run with this token would; a refusal is returned as `fault:kind`. */
export async function comment(
  fake: FakeGitHub,
  outcome: CommentRequest["outcome"],
  changes: Partial<CommentRequest> & { readonly token?: string; readonly patience?: Partial<Patience> } = {},
): Promise<string> {
  const { token = "write", patience = HASTE, ...request } = changes;
  const github = openGitHub({ apiUrl: fake.url, token, version: "1.0.0", variables: {}, patience });
  const usual: CommentRequest = {
    repository: { owner: fake.state.owner, repo: fake.state.repo },
    number: 7,
    id: ID,
    head: COMMITS.head,
    mode: "changes",
    outcome,
    runUrl: "https://github.com/acme/shop/actions/runs/42",
  };
  try {
    return (await publishComment(github, { ...usual, ...request })).kind;
  } catch (error) {
    if (error instanceof GitHubFault) return `fault:${error.kind}`;
    throw error;
  }
}

/** A body as an earlier run of this step left it. */
export function earlier(text: string, id = ID, head = COMMITS.older): string {
  return `${markerLine({ id, head, truncated: false })}\n${text}`;
}

/** Requests that change something. */
export function writes(fake: FakeGitHub): readonly string[] {
  return fake.lines().filter((line) => !line.startsWith("GET") && !line.endsWith("/graphql"));
}
