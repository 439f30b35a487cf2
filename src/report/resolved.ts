import { codeSpan } from "./escape.ts";
import { blocks, markdownLine } from "./markdown-inline.ts";
import type { Report } from "./report.ts";
import { footnote } from "./wording-read.ts";

/**
 * What an earlier comment turns into when there is nothing to say any more. Of `previous`, the body of that comment,
 * only our own words, names in code spans and a commit are taken over; the same input gives the same bytes, also when
 * `previous` is such a text already.
 */
export function formatResolved(report: Report, previous: string): string {
  const story = storyOf(previous);
  const rules = story.rules.length === 0 ? "" : ` (${story.rules.map((rule) => codeSpan(rule)).join(", ")})`;
  const commit = story.commit === "" ? "" : `, at ${codeSpan(story.commit)}`;
  return `${blocks([
    "### ✅ netpol-review: resolved, nothing to object to any more",
    story.title === "" ? "" : `**Resolved:** ${story.title.replace(VERDICT, "")}${rules}${commit}.`,
    `<sub>${markdownLine(footnote(report), report.context)}</sub>`,
  ])}\n`;
}

type Story = { readonly title: string; readonly rules: readonly string[]; readonly commit: string };

/** What a title says of merging, which is no part of what was found. */
const VERDICT = /^(?:check passes|check fails|merge blocked|warning only), /;
/** A colon only where a blank follows: others may become pictures. */
const WORDS = "(?:[a-z0-9 ,()-]|: ){1,200}?";
const MARKER = /^<!-- netpol-review \{[^\n]*"head":"([0-9a-f]{7,64})"/;
const TITLE = new RegExp(`^### [^ ]+ netpol-review: (${WORDS})$`, "m");
const RESOLVED = new RegExp(`^\\*\\*Resolved:\\*\\* (${WORDS})(?: \\((\`.*)\\))?(?:, at \`([0-9a-f]{7})\`)?\\.$`, "m");

function storyOf(previous: string): Story {
  const again = RESOLVED.exec(previous);
  if (again !== null) return { title: again[1] ?? "", rules: spansOf(again[2] ?? ""), commit: again[3] ?? "" };
  const rules = previous.split("\n").filter((line) => line.startsWith("Rule "));
  return {
    title: TITLE.exec(previous)?.[1] ?? "",
    rules: [...new Set(rules.flatMap((line) => spansOf(line).slice(0, 1)))].slice(0, 5),
    commit: MARKER.exec(previous)?.[1]?.slice(0, 7) ?? "",
  };
}

/** Contents of code spans, at most five. */
function spansOf(text: string): readonly string[] {
  const spans = text.matchAll(/(?<!`)(`+)(?!`)([^\n]{1,400}?)(?<!`)\1(?!`)/g);
  return [...spans].slice(0, 5).map((match) => unpadded(match[2] ?? ""));
}

function unpadded(content: string): string {
  return /^ .* $/.test(content) && content.trim() !== "" ? content.slice(1, -1) : content;
}
