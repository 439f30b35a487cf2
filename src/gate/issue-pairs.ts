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
 * Pairs the issues of base with those of head. Where an issue carries its content, two are equal if code, subject and
 * content are, wherever they stand; else if code, subject, message and file are, and `contentOf` says that what they
 * are about did not change; lines may move. What only base could not read counts as repaired unless head has it no
 * more; an object that base defined twice was read all the same, and a contradiction between
 * admin policies that head ends may have been decided otherwise until now.
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
    if (twin !== undefined && (issue.content !== undefined || contentOf(issue) === "same"))
      both.push({ ...issue, severity: "warning" });
    else differing.push(issue);
  }
  const stillOpen = new Set(head.filter(({ hides }) => hides === true).map(({ at }) => at?.file));
  for (const issue of [...waiting.values()].flat()) {
    if (issue.code === "DUPLICATE_OBJECT") continue;
    if (issue.hides !== true || (issue.at !== undefined && stillOpen.has(issue.at.file))) continue;
    if (issue.code === "PRIORITY_CONFLICT") differing.push({ ...issue, message: `${issue.message}; so in base` });
    else if (contentOf(issue) === "removed") differing.push(removed(issue));
    else repaired.push(mended(issue));
  }
  return { both, differing, repaired };
}

function issueKey({ code, subject, message, at, content }: Issue): string {
  const known = content === undefined ? [message, at?.file ?? ""] : [content];
  return JSON.stringify([code, subject ?? "", ...known]);
}

/** What is ambiguous in one tree has an answer there: the last definition counts, the more permissive reading holds. */
export function isReadAllTheSame({ code }: Issue): boolean {
  return code === "DUPLICATE_OBJECT" || code === "PRIORITY_CONFLICT";
}

function removed(issue: Issue): Issue {
  return { ...issue, message: `${issue.message}; head removes it, and what it did is unknown` };
}

function mended(issue: Issue): Issue {
  return { ...issue, severity: "warning", message: `${issue.message}; so in base, and mended in head` };
}
