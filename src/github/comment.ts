import type { GitHubClient } from "./client.ts";
import { COMMENT_BUDGET, isResolved, isSameBody, reportBody, resolvedBody } from "./comment-text.ts";
import { GitHubFault } from "./fault.ts";
import { readPull, unexpected } from "./files.ts";
import { type CommentMode, type ReviewOutcome, wantsComment } from "./outcome.ts";
import { type Comment, type Conversation, decodeComment, ownComments } from "./own-comments.ts";

/** What one run has to say in a pull request's conversation. */
export type CommentRequest = Conversation & {
  /** Head that was judged; where the pull request has another by now, this run says nothing. */
  readonly head: string;
  readonly mode: CommentMode;
  readonly outcome: Pick<ReviewOutcome, "news" | "markdown" | "resolved">;
  readonly runUrl: string;
};

/** What became of the comment. */
export type CommentResult =
  | { readonly kind: "created" | "updated" | "resolved" | "unchanged"; readonly url: string }
  /** Nothing to say, and nothing said before. */
  | { readonly kind: "none" }
  /** The pull request has a newer head, whose run comments. */
  | { readonly kind: "stale" };

const TRIES = 3;

/** Brings the comment up to date, at most one of ours in the end; a `GitHubFault` where GitHub does not let us. */
export async function publishComment(github: GitHubClient, request: CommentRequest): Promise<CommentResult> {
  if (request.mode === "never") return { kind: "none" };
  const wanted = wantsComment(request.mode, request.outcome.news);
  if (!github.hasToken && !wanted) return { kind: "none" };
  if (!github.hasToken) throw new GitHubFault("unauthorised", "there is no token");
  const [oldest, ...others] = await ownComments(github, request);
  if (oldest === undefined) return wanted ? create(github, request) : { kind: "none" };
  if (!wanted && isResolved(oldest.body) && others.length === 0) return { kind: "unchanged", url: oldest.url };
  const body = wanted ? commentBody(request) : resolvedText(request, oldest);
  if (isSameBody(oldest.body, body) && others.length === 0) return { kind: "unchanged", url: oldest.url };
  if (await isStale(github, request)) return { kind: "stale" };
  await removeAll(github, request, others);
  if (isSameBody(oldest.body, body)) return { kind: "unchanged", url: oldest.url };
  const url = await update(github, request, oldest, body);
  if (url !== undefined) return { kind: wanted ? "updated" : "resolved", url };
  return wanted ? create(github, request) : { kind: "none" };
}

function commentBody(request: CommentRequest): string {
  const options = { budget: COMMENT_BUDGET, runUrl: request.runUrl };
  return reportBody({ id: request.id, head: request.head }, request.outcome.markdown, options);
}

function resolvedText(request: CommentRequest, earlier: Comment): string {
  if (isResolved(earlier.body)) return earlier.body;
  return resolvedBody({ id: request.id, head: request.head }, request.outcome.resolved(earlier.body));
}

async function isStale(github: GitHubClient, request: CommentRequest): Promise<boolean> {
  const pull = await readPull(github, request.repository, request.number);
  return pull.head !== request.head;
}

/** Writes a new comment; afterwards only the oldest of ours is left, whoever else was writing at the same time. */
async function create(github: GitHubClient, request: CommentRequest): Promise<CommentResult> {
  if (await isStale(github, request)) return { kind: "stale" };
  const body = commentBody(request);
  const created = await createOnce(github, request, body);
  const own = await listAfterwards(github, request, created);
  const oldest = own[0] ?? created;
  await removeAll(github, request, own.slice(1));
  if (oldest.id === created.id || isSameBody(oldest.body, body)) return { kind: "created", url: oldest.url };
  const url = await update(github, request, oldest, body);
  return { kind: "created", url: url ?? oldest.url };
}

/** One comment, however often it takes: after an answer that leaves open whether it was written we look first. */
async function createOnce(github: GitHubClient, request: CommentRequest, body: string): Promise<Comment> {
  const parameters = { ...request.repository, issue_number: request.number, body };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const reply = await github.sendOnce("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", parameters);
      const comment = decodeComment(reply.data);
      if (comment !== undefined) return comment;
      throw unexpected("the comment that was written");
    } catch (error) {
      if (!(error instanceof GitHubFault) || error.kind !== "unavailable") throw error;
      await github.pause(attempt * attempt);
      const [written] = await ownComments(github, request);
      if (written !== undefined) return written;
      if (attempt === TRIES) throw error;
    }
  }
}

/** Ours after a comment was written; where the list cannot be read, at least that one stands. */
async function listAfterwards(
  github: GitHubClient,
  request: CommentRequest,
  created: Comment,
): Promise<readonly Comment[]> {
  try {
    return await ownComments(github, request, created.author);
  } catch (error) {
    if (error instanceof GitHubFault) return [created];
    throw error;
  }
}

/** The comment's address; `undefined` where somebody deleted it meanwhile. */
async function update(
  github: GitHubClient,
  request: CommentRequest,
  comment: Comment,
  body: string,
): Promise<string | undefined> {
  try {
    const parameters = { ...request.repository, comment_id: comment.id, body };
    await github.send("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", parameters);
    return comment.url;
  } catch (error) {
    if (error instanceof GitHubFault && error.kind === "missing") return undefined;
    throw error;
  }
}

/** Deletes comments of our own that stand beside an older one; one that stays behind is the next run's to remove. */
async function removeAll(github: GitHubClient, request: CommentRequest, comments: readonly Comment[]): Promise<void> {
  for (const comment of comments) {
    try {
      const parameters = { ...request.repository, comment_id: comment.id };
      await github.send("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", parameters);
    } catch (error) {
      if (!(error instanceof GitHubFault)) throw error;
    }
  }
}
