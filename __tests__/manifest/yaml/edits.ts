import fc from "fast-check";

const PIECES = [
  ...":#-'\"{}[]&*!|>%@\t\n ,?\\<.~0=$+",
  ...[
    "\n  ",
    "- ",
    ": ",
    " #",
    "{}",
    "&a ",
    "*a",
    "<<: ",
    "!!str ",
    "\r\n",
    "|\n",
    "null: ",
    ".inf",
    " x",
    "\u2028",
    "\u0085",
    "é",
  ],
];

/** One change of a text, at a place between its beginning (0) and its end (1). */
type Edit = {
  readonly at: number;
  readonly how: "insert" | "delete" | "replace" | "indent" | "outdent" | "drop";
  readonly piece: string;
};

export const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  how: fc.constantFrom("insert", "insert", "delete", "replace", "indent", "outdent", "drop"),
  piece: fc.constantFrom(...PIECES),
});

/** The text with the change. */
export function edited(text: string, { at, how, piece }: Edit): string {
  const place = Math.floor(at * text.length);
  const line = text.lastIndexOf("\n", place - 1) + 1;
  switch (how) {
    case "insert":
      return text.slice(0, place) + piece + text.slice(place);
    case "delete":
      return text.slice(0, place) + text.slice(place + 1);
    case "replace":
      return text.slice(0, place) + piece + text.slice(place + 1);
    case "indent":
      return `${text.slice(0, line)} ${text.slice(line)}`;
    case "drop":
      return text.slice(0, line) + text.slice(line).replace(/^.*\n?/, "");
    case "outdent":
      return text.slice(0, line) + text.slice(line).replace(/^ /, "");
  }
}
