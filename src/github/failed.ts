import { InputError, place } from "../errors.ts";
import type { Markdown, ReviewOutcome } from "./outcome.ts";
import { fenced, oneLine } from "./visible.ts";

/** The outcome of a run that an error ended before there was a report; it fails the job in every mode. */
export function failedOutcome(error: unknown, enforces: boolean): ReviewOutcome {
  const known = error instanceof InputError;
  const text = error instanceof Error ? error.message : String(error);
  const message = known ? text : `internal error: ${text}; please report it with the log of a run in debug mode`;
  const at = known ? error.at : undefined;
  return {
    conclusion: "error",
    hasError: true,
    enforces,
    counts: { findings: 0, opened: 0, closed: 0 },
    news: "error",
    verdict: `could not decide: ${oneLine(message)}`,
    markdown: () => errorMarkdown(at === undefined ? message : `${place(at)}: ${message}`),
    resolved: () => "### ✅ netpol-review: resolved",
    annotations: [
      { severity: "error", title: "netpol-review: could not decide", message, file: at?.file, line: at?.line ?? 0 },
    ],
    notes: [],
  };
}

/** The outcome of a run that has nothing to look at. */
export function emptyOutcome(notes: readonly string[], enforces: boolean): ReviewOutcome {
  const text = ["### ✅ netpol-review: nothing to review", "", fenced(notes.join("\n"))].join("\n");
  return {
    conclusion: "success",
    hasError: false,
    enforces,
    counts: { findings: 0, opened: 0, closed: 0 },
    news: "nothing",
    verdict: "nothing to review",
    markdown: () => ({ text, truncated: false }),
    resolved: () => text,
    annotations: [],
    notes,
  };
}

function errorMarkdown(message: string): Markdown {
  const lines = [
    "### 🟠 netpol-review: could not decide",
    "",
    "**The change was not judged**, and the check fails so that nothing passes unseen:",
    "",
    fenced(message),
  ];
  return { text: lines.join("\n"), truncated: false };
}
