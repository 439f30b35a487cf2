import { structuredPatch } from "diff";

/** The changed lines around one line of a file, as unified diff lines (`-`, `+` and blank); empty where none changed there. */
export type ExcerptInput = {
  /** Text of the file on each side; empty where it is not there. */
  readonly base: string;
  readonly head: string;
  /** The line that somebody is pointed to, on `side`. */
  readonly line: number;
  readonly side: "base" | "head";
};

const CONTEXT = 1;
const NEAR = 12;
const MOST = 14;
const LARGE = 400_000;

/** The hunk of the comparison that is nearest to `line`, at most 12 lines away, cut to 14 lines. */
export function excerpt({ base, head, line, side }: ExcerptInput): string {
  if (base.length + head.length > LARGE) return "";
  const { hunks } = structuredPatch("", "", base, head, "", "", { context: CONTEXT });
  let best: { readonly lines: readonly string[]; readonly distance: number } | undefined;
  for (const hunk of hunks) {
    const start = side === "head" ? hunk.newStart : hunk.oldStart;
    const end = start + (side === "head" ? hunk.newLines : hunk.oldLines) - 1;
    const distance = line < start ? start - line : line > end ? line - end : 0;
    if (distance <= NEAR && (best === undefined || distance < best.distance)) best = { lines: hunk.lines, distance };
  }
  const lines = (best?.lines ?? []).filter((each) => !each.startsWith("\\"));
  return (lines.length > MOST ? [...lines.slice(0, MOST - 1), " …"] : lines).join("\n");
}
