import type { Severity } from "../errors.ts";

/** Rendered Markdown, and whether rows were left out for want of room. */
export type Markdown = { readonly text: string; readonly truncated: boolean };

/** How much room there is, and what the first lines may point to where it is not enough. */
export type MarkdownOptions = {
  /** Bytes of UTF-8 that the text may have at most. */
  readonly budget: number;
  /** Page of the run, whose summary has the whole report; only to be named where something is left out. */
  readonly runUrl: string;
};

/** One remark beside the code. */
export type Annotation = {
  readonly severity: Severity;
  /** Short: what the list of annotations shows first. */
  readonly title: string;
  readonly message: string;
  /** Place in the head tree; `undefined` where the head has none. */
  readonly file: string | undefined;
  /** 1-based; 0 for the file as a whole. */
  readonly line: number;
};

/** What a review comes to, in the words that GitHub is told; everything is text by now. */
export type ReviewOutcome = {
  readonly conclusion: "success" | "changed" | "failure" | "error";
  /** An error stands beside a `failure`: the job fails in `warn` mode too. */
  readonly hasError: boolean;
  /** `false` in `warn` mode: findings do not fail the job. */
  readonly enforces: boolean;
  readonly counts: { readonly findings: number; readonly opened: number; readonly closed: number };
  /** What there is to comment on; `changes` only where a person would want to read of it. */
  readonly news: News;
  /** The verdict in one line of plain text, for the log and the title of annotations. */
  readonly verdict: string;
  /** The report without the marker line, from the heading `### …` on. */
  readonly markdown: (options: MarkdownOptions) => Markdown;
  /** What an earlier comment turns into where there is nothing to say any more; begins with `### ✅`. */
  readonly resolved: (earlier: string) => string;
  /** Other reports to write beside the Markdown one; what is absent is not written yet. */
  readonly json?: string;
  readonly html?: string;
  readonly sarif?: string;
  readonly annotations: readonly Annotation[];
  /** Lines for the log that are neither findings nor issues. */
  readonly notes: readonly string[];
};

/** What a report has to say, from least to most. */
export type News = "nothing" | "changes" | "findings" | "error";

/** The input `comment`. */
export const COMMENT_MODES = ["always", "changes", "findings", "never"] as const;
export type CommentMode = (typeof COMMENT_MODES)[number];

/** Whether `mode` wants a comment for such news. */
export function wantsComment(mode: CommentMode, news: News): boolean {
  switch (mode) {
    case "always":
      return true;
    case "changes":
      return news !== "nothing";
    case "findings":
      return news === "findings" || news === "error";
    case "never":
      return false;
  }
}

/** Exit status of the job's step. */
export function exitStatus(outcome: Pick<ReviewOutcome, "conclusion" | "hasError" | "enforces">): 0 | 1 {
  switch (outcome.conclusion) {
    case "success":
    case "changed":
      return 0;
    case "failure":
      return outcome.enforces || outcome.hasError ? 1 : 0;
    case "error":
      return 1;
  }
}
