import type { GitHubClient } from "./client.ts";
import { countAt, textAt, valueAt } from "./decode.ts";
import type { RepositoryName } from "./environment.ts";
import { GitHubFault } from "./fault.ts";
import { unexpected } from "./files.ts";
import { parseMarker } from "./marker.ts";

/** A comment as far as it matters here. */
export type Comment = {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly url: string;
};

/** A conversation, and the identity that tells our comments in it from those of other jobs. */
export type Conversation = { readonly repository: RepositoryName; readonly number: number; readonly id: string };

/**
 * Our comments, oldest first: marker with our id on the first line, and written by the token's own identity, which
 * is only asked for where a comment bears the marker. A marker alone proves nothing, for anybody can write one.
 */
export async function ownComments(
  github: GitHubClient,
  conversation: Conversation,
  author?: string,
): Promise<readonly Comment[]> {
  const marked = (await listComments(github, conversation)).filter(
    (comment) => parseMarker(comment.body)?.id === conversation.id,
  );
  if (marked.length === 0) return [];
  const login = author ?? (await tokenLogin(github));
  return marked.filter((comment) => comment.author === login).sort((a, b) => a.id - b.id);
}

/** Decodes one comment of the API. */
export function decodeComment(value: unknown): Comment | undefined {
  const id = countAt(value, "id");
  if (id === undefined) return undefined;
  return {
    id,
    author: textAt(value, "user.login") ?? "",
    body: textAt(value, "body") ?? "",
    url: textAt(value, "html_url") ?? "",
  };
}

async function listComments(github: GitHubClient, conversation: Conversation): Promise<readonly Comment[]> {
  const items = await github.pages("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
    ...conversation.repository,
    issue_number: conversation.number,
  });
  return items.map((item) => {
    const comment = decodeComment(item);
    if (comment === undefined) throw unexpected("a list of comments");
    return comment;
  });
}

/** Whom the token acts as. The token of a workflow may not read `/user`, but GraphQL tells it its bot's name. */
async function tokenLogin(github: GitHubClient): Promise<string> {
  try {
    const { data } = await github.send("GET /user", {});
    const login = textAt(data, "login");
    if (login !== undefined) return login;
  } catch (error) {
    const isBot = error instanceof GitHubFault && (error.kind === "forbidden" || error.kind === "missing");
    if (!isBot) throw error;
  }
  const { data } = await github.viewer();
  const login = valueAt(data, "viewer.login");
  if (typeof login === "string" && login !== "") return login;
  throw unexpected("a login");
}
