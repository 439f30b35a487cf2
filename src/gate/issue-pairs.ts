import type { Issue } from "../errors.ts";

/** What became of the content that an issue is about, between base and head. */
export type ContentChange = "same" | "changed" | "added" | "removed";

/** The issues of both trees, told once each. */
export type IssuePairs = {
  /** Equal on both sides: warnings, and out of the comment. */
  readonly both: readonly Issue[];
  /** What base or head could not take and what differs between them; `hides` among them leaves the answer open. */
  readonly differing: readonly Issue[];
  /** Unreadable in base and readable in head: somebody repaired it. */
  readonly repaired: readonly Issue[];
};

/**
 * Pairs the issues of base with those of head. Two are equal where code, subject, message, file and content are, and
 * `contentOf` says that what they are about did not change; lines may move. What only base could not read counts as
 * repaired unless head has it no more.
 */
export function pairIssues(
  base: readonly Issue[],
  head: readonly Issue[],
  contentOf: (issue: Issue) => ContentChange,
): IssuePairs {
  const waiting = new Map<string, Issue[]>();
  for (const issue of base) {
    const bucket = waiting.get(issueKey(issue));
    if (bucket === undefined) waiting.set(issueKey(issue), [issue]);
    else bucket.push(issue);
  }
  const both: Issue[] = [];
  const differing: Issue[] = [];
  const repaired: Issue[] = [];
  for (const issue of head) {
    const twin = waiting.get(issueKey(issue))?.pop();
    if (twin !== undefined && contentOf(issue) === "same") both.push({ ...issue, severity: "warning" });
    else differing.push(issue);
  }
  const stillOpen = new Set(head.filter(({ hides }) => hides === true).map(({ at }) => at?.file));
  for (const issue of [...waiting.values()].flat()) {
    if (issue.hides !== true || (issue.at !== undefined && stillOpen.has(issue.at.file))) continue;
    if (contentOf(issue) === "removed") differing.push(removed(issue));
    else repaired.push(mended(issue));
  }
  return { both, differing, repaired };
}

function issueKey({ code, subject, message, at, content }: Issue): string {
  return JSON.stringify([code, subject ?? "", message, at?.file ?? "", content ?? ""]);
}

function removed(issue: Issue): Issue {
  return { ...issue, message: `${issue.message}; head removes it, and what it did is unknown` };
}

function mended(issue: Issue): Issue {
  return { ...issue, severity: "warning", message: `${issue.message}; so in base, and mended in head` };
}
