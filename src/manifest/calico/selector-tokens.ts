/** One word of Calico's selector language. `column` is the 1-based character at which it starts. */
export type Token = { readonly kind: TokenKind; readonly value: string; readonly column: number };

export type TokenKind =
  | "label"
  | "string"
  | "{"
  | "}"
  | ","
  | "("
  | ")"
  | "!"
  | "&&"
  | "||"
  | "=="
  | "!="
  | "in"
  | "not in"
  | "contains"
  | "starts with"
  | "ends with"
  | "has"
  | "all"
  | "global"
  | "end";

/** Why a selector cannot be read, and the 1-based character at which that shows. */
export class SelectorError extends Error {
  readonly column: number;

  constructor(column: number, message: string) {
    super(message);
    this.name = "SelectorError";
    this.column = column;
  }
}

const MAX_LABEL_LENGTH = 512;
const SINGLES: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ["(", "("],
  [")", ")"],
  ["{", "{"],
  ["}", "}"],
  [",", ","],
]);
const DOUBLES: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ["=", "=="],
  ["&", "&&"],
  ["|", "||"],
]);
const FUNCTIONS = ["has", "all", "global"] as const;
const WORD_OPERATORS: readonly (readonly [TokenKind, RegExp])[] = [
  ["contains", /contains/y],
  ["starts with", /starts[ \t]*with[ \t]*/y],
  ["ends with", /ends[ \t]*with[ \t]*/y],
  ["not in", /not[ \t]*in[ \t]*/y],
  ["in", /in/y],
];

/**
 * The words of `text`, ending with `end`; throws a `SelectorError`.
 * Source: projectcalico/calico libcalico-go/lib/selector/tokenizer, AppendTokens.
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; ; ) {
    while (text[at] === " " || text[at] === "\t") at++;
    if (at >= text.length) {
      tokens.push({ kind: "end", value: "", column: at + 1 });
      return tokens;
    }
    const { token, next } = readToken(text, at, tokens.at(-1));
    tokens.push(token);
    at = next;
  }
}

type Read = { readonly token: Token; readonly next: number };

function readToken(text: string, at: number, previous: Token | undefined): Read {
  const char = text[at] ?? "";
  const column = at + 1;
  const single = SINGLES.get(char);
  if (single !== undefined) return { token: { kind: single, value: char, column }, next: at + 1 };
  if (char === '"' || char === "'") return readString(text, at, char);
  const double = DOUBLES.get(char);
  if (double !== undefined) {
    if (text[at + 1] !== char) throw new SelectorError(column, `expected \`${double}\`, not \`${char}\` alone`);
    return { token: { kind: double, value: double, column }, next: at + 2 };
  }
  if (char === "!") {
    const kind = text[at + 1] === "=" ? "!=" : "!";
    return { token: { kind, value: kind, column }, next: at + kind.length };
  }
  return previous?.kind === "label" ? readOperator(text, at, previous.value) : readFunctionOrLabel(text, at);
}

function readString(text: string, at: number, quote: string): Read {
  const end = text.indexOf(quote, at + 1);
  if (end < 0) throw new SelectorError(at + 1, `the string that starts here has no closing \`${quote}\``);
  return { token: { kind: "string", value: text.slice(at + 1, end), column: at + 1 }, next: end + 1 };
}

function readOperator(text: string, at: number, label: string): Read {
  for (const [kind, pattern] of WORD_OPERATORS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    const next = at + match[0].length;
    if (!isLabelChar(text[next])) return { token: { kind, value: kind, column: at + 1 }, next };
  }
  const operators = "`==`, `!=`, `in`, `not in`, `contains`, `starts with` or `ends with`";
  throw new SelectorError(at + 1, `expected ${operators} after the label \`${label}\``);
}

function readFunctionOrLabel(text: string, at: number): Read {
  for (const name of FUNCTIONS) {
    if (!text.startsWith(`${name}(`, at)) continue;
    const start = skipBlanks(text, at + name.length + 1);
    const end = name === "has" ? skipLabel(text, start) : start;
    const close = skipBlanks(text, end);
    if (text[close] !== ")") throw new SelectorError(close + 1, `expected \`)\` after \`${name}(\``);
    return { token: { kind: name, value: text.slice(start, end), column: at + 1 }, next: close + 1 };
  }
  const end = skipLabel(text, at);
  return { token: { kind: "label", value: text.slice(at, end), column: at + 1 }, next: end };
}

/** The position after the label that starts at `at`. */
function skipLabel(text: string, at: number): number {
  let end = at;
  while (isLabelChar(text[end])) end++;
  if (end === at) throw new SelectorError(at + 1, `expected a label, not ${shown(text[at])}`);
  if (end - at > MAX_LABEL_LENGTH)
    throw new SelectorError(at + 1, `a label has at most ${MAX_LABEL_LENGTH} characters`);
  return end;
}

function skipBlanks(text: string, at: number): number {
  let next = at;
  while (text[next] === " " || text[next] === "\t") next++;
  return next;
}

function isLabelChar(char: string | undefined): boolean {
  return char !== undefined && /[a-zA-Z0-9_./-]/.test(char);
}

function shown(char: string | undefined): string {
  if (char === undefined) return "the end";
  return char === "\n" || char === "\r" ? "a line break" : `\`${char}\``;
}
