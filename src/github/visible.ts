// Control characters, marks that reorder or hide text, lone surrogates, line separators, tags, variation selectors.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** `text` with every character that a reader cannot see, or that moves others, written as `\u202e`. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, "0")}`;
  });
}

/** `text` as one visible line of at most `limit` characters. */
export function oneLine(text: string, limit = 300): string {
  const line = visible(text.replace(/\s+/g, " ").trim());
  const points = [...line];
  return points.length > limit ? `${points.slice(0, limit - 1).join("")}…` : line;
}

/** `text` in a Markdown fence that nothing in it can close; controls are shown, lines kept. */
export function fenced(text: string): string {
  const lines = text.split(/\r\n|\n/).map(visible);
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}text`, ...lines, fence].join("\n");
}
