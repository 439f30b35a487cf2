import type { Operator, Requirement } from "../../model/labels.ts";
import { SelectorError, type Token, type TokenKind, tokenize } from "./selector-tokens.ts";

/** A selector of Calico's language. `global` stands alone in the namespaceSelector of a rule. */
export type Selector =
  | { readonly op: "all" }
  | { readonly op: "global" }
  | { readonly op: "label"; readonly requirement: Requirement }
  | { readonly op: "not"; readonly of: Selector }
  | { readonly op: "and"; readonly of: readonly Selector[] }
  | { readonly op: "or"; readonly of: readonly Selector[] };

/** A selector, or the 1-based character at which it stops being one and what was expected there. */
export type ParsedSelector =
  | { readonly ok: true; readonly selector: Selector }
  | { readonly ok: false; readonly column: number; readonly expected: string };

const MAX_DEPTH = 500;
const VALUE_OPERATORS: ReadonlyMap<TokenKind, Operator> = new Map<TokenKind, Operator>([
  ["==", "In"],
  ["!=", "NotIn"],
  ["contains", "contains"],
  ["starts with", "startsWith"],
  ["ends with", "endsWith"],
]);
const SET_OPERATORS: ReadonlyMap<TokenKind, Operator> = new Map<TokenKind, Operator>([
  ["in", "In"],
  ["not in", "NotIn"],
]);

/**
 * The selector that `text` is; the empty text selects everything. `!` binds before `&&`, and `&&` before `||`.
 * Source: projectcalico/calico libcalico-go/lib/selector/parser, parseRoot.
 */
export function parseSelector(text: string): ParsedSelector {
  try {
    const cursor = new Cursor(tokenize(text));
    if (cursor.peek().kind === "end") return { ok: true, selector: { op: "all" } };
    const selector = parseOr(cursor, 0);
    const rest = cursor.peek();
    if (rest.kind !== "end") throw unexpected(rest, "`&&`, `||` or the end");
    return { ok: true, selector };
  } catch (error) {
    if (error instanceof SelectorError) return { ok: false, column: error.column, expected: error.message };
    throw error;
  }
}

class Cursor {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** The next token without taking it; at the end always `end`. */
  peek(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)] ?? { kind: "end", value: "", column: 1 };
  }

  take(): Token {
    const token = this.peek();
    this.#next++;
    return token;
  }

  /** Takes the next token if it is of this kind. */
  accept(kind: TokenKind): boolean {
    if (this.peek().kind !== kind) return false;
    this.#next++;
    return true;
  }
}

function parseOr(cursor: Cursor, depth: number): Selector {
  const parts = [parseAnd(cursor, depth)];
  while (cursor.accept("||")) parts.push(parseAnd(cursor, depth));
  return joined("or", parts);
}

function parseAnd(cursor: Cursor, depth: number): Selector {
  const parts = [parseOperation(cursor, depth)];
  while (cursor.accept("&&")) parts.push(parseOperation(cursor, depth));
  return joined("and", parts);
}

function parseOperation(cursor: Cursor, depth: number): Selector {
  let negated = false;
  while (cursor.accept("!")) negated = !negated;
  const operand = parseOperand(cursor, depth);
  return negated ? { op: "not", of: operand } : operand;
}

function parseOperand(cursor: Cursor, depth: number): Selector {
  const token = cursor.take();
  const { kind } = token;
  if (kind === "has") return { op: "label", requirement: { key: token.value, operator: "Exists", values: [] } };
  if (kind === "all" || kind === "global") return { op: kind };
  if (kind === "label") return { op: "label", requirement: parseComparison(cursor, token.value) };
  if (kind !== "(") throw unexpected(token, "a label, `has(…)`, `all()`, `!` or `(`");
  if (depth >= MAX_DEPTH) throw new SelectorError(token.column, `more than ${MAX_DEPTH} nested parentheses`);
  const inner = parseOr(cursor, depth + 1);
  const close = cursor.take();
  if (close.kind !== ")") throw unexpected(close, "`&&`, `||` or `)`");
  return inner;
}

function parseComparison(cursor: Cursor, key: string): Requirement {
  const operator = cursor.take();
  const single = VALUE_OPERATORS.get(operator.kind);
  if (single !== undefined) {
    const value = cursor.take();
    if (value.kind !== "string") throw unexpected(value, "a quoted string");
    return { key, operator: single, values: [value.value] };
  }
  const several = SET_OPERATORS.get(operator.kind);
  if (several === undefined) throw unexpected(operator, `an operator after the label \`${key}\``);
  return { key, operator: several, values: parseSet(cursor) };
}

/** The values of `{"a", "b"}`; a comma may follow the last one. */
function parseSet(cursor: Cursor): readonly string[] {
  const open = cursor.take();
  if (open.kind !== "{") throw unexpected(open, "`{` and a list of strings");
  const values: string[] = [];
  while (cursor.peek().kind === "string") {
    values.push(cursor.take().value);
    if (!cursor.accept(",")) break;
  }
  const close = cursor.take();
  if (close.kind !== "}") throw unexpected(close, values.length === 0 ? "a quoted string or `}`" : "`,` or `}`");
  return [...new Set(values)];
}

function joined(op: "and" | "or", parts: readonly Selector[]): Selector {
  const first = parts[0];
  return parts.length === 1 && first !== undefined ? first : { op, of: parts };
}

function unexpected(token: Token, expected: string): SelectorError {
  const found =
    token.kind === "end" ? "the end" : token.kind === "string" ? "a string" : `\`${token.value || token.kind}\``;
  return new SelectorError(token.column, `expected ${expected}, not ${found}`);
}
