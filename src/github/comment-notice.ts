import type { CommentResult } from "./comment.ts";
import type { PullEvent } from "./event.ts";
import type { FaultKind, GitHubFault } from "./fault.ts";

/** One line for the log on a comment that could not be written, and how loud it is. */
export type CommentNotice = { readonly level: "notice" | "warning"; readonly message: string };

/** What to say of a comment that GitHub did not take: the verdict stands, whatever happened. */
export function refusedNotice(fault: GitHubFault, event: PullEvent): CommentNotice {
  const expected = event.fork || event.dependabot;
  const cause = expected && needsPermission(fault.kind) ? readOnlyCause(event) : causeOf(fault);
  return {
    level: expected && isRefusal(fault.kind) ? "notice" : "warning",
    message: `no comment: ${cause}; the verdict stands, and the job summary has the report`,
  };
}

/** What became of the comment, for the log. */
export function resultLine(result: CommentResult, event: PullEvent): string {
  switch (result.kind) {
    case "created":
    case "updated":
      return `comment ${result.kind}: ${result.url}`;
    case "resolved":
      return `comment turned to resolved: ${result.url}`;
    case "unchanged":
      return `comment left as it is: ${result.url}`;
    case "none":
      return "no comment: there is nothing to say";
    case "stale":
      return `no comment: pull request #${event.number} has a newer head than \`${event.head.slice(0, 7)}\``;
  }
}

function needsPermission(kind: FaultKind): boolean {
  return kind === "forbidden" || kind === "unauthorised" || kind === "missing";
}

function isRefusal(kind: FaultKind): boolean {
  return needsPermission(kind) || kind === "locked" || kind === "refused";
}

function readOnlyCause(event: PullEvent): string {
  const who = event.fork ? "a fork" : "Dependabot";
  return `the token of a pull request from ${who} is read-only, and a comment needs \`pull-requests: write\``;
}

function causeOf(fault: GitHubFault): string {
  switch (fault.kind) {
    case "unauthorised":
      return `GitHub does not accept the input \`token\` (${fault.message}); a comment needs a token with \`pull-requests: write\``;
    case "forbidden":
      return `the token may not write one (${fault.message}); give the job the permission \`pull-requests: write\``;
    case "missing":
      return `GitHub does not show the pull request to the token (${fault.message}); give the job the permission \`pull-requests: write\``;
    case "locked":
      return `the conversation is locked (${fault.message}), \`pull-requests: write\` or not`;
    case "refused":
      return `GitHub refused it (${fault.message})`;
    case "limited":
      return `GitHub's rate limit lasts longer than the 60 s that are waited for it (${fault.message})`;
    case "deadline":
      return fault.message;
    case "unavailable":
      return `GitHub does not answer as it should (${fault.message})`;
  }
}
