import {
  APOSTROPHE,
  BAR,
  COLON,
  Cursor,
  DASH,
  GIVE_UP,
  GREATER,
  HASH,
  KEY,
  KEY_START,
  LF,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
} from "../yaml/cursor.ts";
import { skipFlow } from "../yaml/quick-flow.ts";
import { checkUnwanted } from "../yaml/quick-key.ts";
import { checkUnwantedPlain, plainEnd, resolved, skipBlockScalar, skipQuoted } from "../yaml/quick-scalar.ts";
import type { Source } from "../yaml/source.ts";
import type { Rule } from "./rule.ts";

/** Collections that may be open at a time. */
const MOST_OPEN = 64;
/** Keys of open mappings that are compared with each other. */
const MOST_KEYS = 256;
const NO_SOURCE: Source = { bytes: Buffer.alloc(0), text: "" };
/** Characters of a key. */
const LONGEST_KEY = 256;
/** No word of letters that is longer means `true`, `null` or the like. */
const LONGEST_WORD = 5;

/**
 * Goes over documents of plain block YAML, line by line, and builds nothing: checks them against rules, and tells `Facts`.
 * Throws `GIVE_UP` where the text is not plain, or not as the rule says. A hot path, therefore fixed arrays.
 */
export class Walker<Facts> {
  #facts: Facts;
  #cursor: Cursor = new Cursor(NO_SOURCE, { end: 0, line: 1, start: 0 }, false);
  #bytes: Buffer = NO_SOURCE.bytes;
  /** The open collections: their columns, whether they are lists, their rules, and where their keys begin. */
  readonly #columns = new Int32Array(MOST_OPEN);
  readonly #lists = new Uint8Array(MOST_OPEN);
  readonly #rules: Rule<Facts>[] = [];
  readonly #firstKeys = new Int32Array(MOST_OPEN);
  /** Places of the keys of the open mappings in which none may be given twice. */
  readonly #keys = new Int32Array(2 * MOST_KEYS);
  #keyCount = 0;
  #top = -1;
  /** For the value of the last key or dash, where it stands below. */
  #pending: Rule<Facts> | undefined;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  /** Takes another file. */
  open(source: Source): void {
    this.#bytes = source.bytes;
    this.#cursor = new Cursor(source, { start: 0, end: source.bytes.length, line: 1 }, false);
  }

  /** Goes over the mapping at column 0 that goes on at the byte `from`; the start of the separator behind it, or the end of the file. */
  document(from: number, rule: Rule<Facts>, facts: Facts): number {
    const cursor = this.#cursor;
    const bytes = this.#bytes;
    const end = bytes.length;
    this.#facts = facts;
    this.#top = -1;
    this.#keyCount = 0;
    this.#pending = undefined;
    this.#open(0, false, rule);
    let at = from;
    for (; at < end; at = cursor.pos + 1) {
      const start = at;
      while (bytes[at] === SPACE) at++;
      cursor.pos = at;
      const code = bytes[at];
      if (code === HASH) cursor.pos = cursor.textEnd(at);
      else if (code === DASH && at === start && bytes[at + 1] === DASH && bytes[at + 2] === DASH) break;
      else if (code !== LF) this.#line(at - start);
    }
    this.#nothing();
    while (this.#top >= 0) this.#close();
    return at;
  }

  /** One line with content at the cursor, in the column `column`; leaves the cursor at the end of it. */
  #line(column: number): void {
    const isItem = this.#cursor.isDash(this.#cursor.pos);
    const columns = this.#columns;
    const pending = this.#pending;
    if (pending !== undefined) {
      const outer = columns[this.#top] ?? -1;
      const isBelow = column > outer || (column === outer && isItem && this.#lists[this.#top] === 0);
      if (isBelow) {
        this.#pending = undefined;
        this.#open(column, isItem, pending);
      } else this.#nothing();
    }
    let top = this.#top;
    while (
      top > 0 &&
      ((columns[top] ?? 0) > column || (columns[top] === column && this.#lists[top] === 1 && !isItem))
    ) {
      this.#close();
      top = this.#top;
    }
    if (columns[top] !== column || (this.#lists[top] === 1) !== isItem) throw GIVE_UP;
    if (isItem) this.#item(column);
    else this.#entry();
  }

  #open(column: number, isList: boolean, rule: Rule<Facts>): void {
    const { kind } = rule;
    const fits =
      kind === "anything" || kind === "distinct" || (isList ? kind === "list" : kind === "map" || kind === "labels");
    if (!fits || this.#top >= MOST_OPEN - 1) throw GIVE_UP;
    this.#top++;
    this.#columns[this.#top] = column;
    this.#lists[this.#top] = isList ? 1 : 0;
    this.#rules[this.#top] = rule;
    this.#firstKeys[this.#top] = this.#keyCount;
  }

  #close(): void {
    this.#keyCount = this.#firstKeys[this.#top] ?? 0;
    const rule = this.#rules[this.#top];
    if (this.#lists[this.#top] === 0) rule?.end?.(this.#facts);
    this.#top--;
  }

  /** The last key or dash has no value: null, which is valid and no more. */
  #nothing(): void {
    const kind = this.#pending?.kind;
    if (kind !== undefined && kind !== "anything" && kind !== "distinct") throw GIVE_UP;
    this.#pending = undefined;
  }

  #item(column: number): void {
    const cursor = this.#cursor;
    const list = this.#rules[this.#top];
    const rule = list?.item ?? list;
    if (rule === undefined) throw GIVE_UP;
    const dash = cursor.pos++;
    if (cursor.atLineEnd()) {
      this.#pending = rule;
      return;
    }
    const inner = column + cursor.pos - dash;
    if (cursor.isDash(cursor.pos)) {
      this.#open(inner, true, rule);
      this.#item(inner);
      return;
    }
    const start = cursor.pos;
    if (this.#key()) {
      cursor.pos = start;
      this.#open(inner, false, rule);
      this.#entry();
    } else {
      cursor.pos = start;
      this.#value(rule, column);
    }
  }

  /** Goes behind the colon of the key at the cursor; `false` where there is none. */
  #key(): boolean {
    const cursor = this.#cursor;
    const bytes = this.#bytes;
    const { table, pos } = cursor;
    const first = bytes[pos] ?? 0;
    let at = pos;
    const isQuoted = first === QUOTE || first === APOSTROPHE;
    if (isQuoted) {
      skipQuoted(cursor);
      at = cursor.pos;
    } else {
      if (((table[first] ?? 0) & KEY_START) === 0) return false;
      do at++;
      while (((table[bytes[at] ?? 0] ?? 0) & KEY) !== 0);
    }
    const next = bytes[at + 1];
    if (bytes[at] !== COLON || (next !== SPACE && next !== LF)) return false;
    if (at - pos > LONGEST_KEY) throw GIVE_UP;
    cursor.keyFrom = pos;
    cursor.keyTo = at;
    cursor.keyQuoted = isQuoted;
    cursor.pos = at + 1;
    return true;
  }

  #entry(): void {
    const cursor = this.#cursor;
    if (!this.#key()) throw GIVE_UP;
    const rule = this.#ruleOfKey(this.#rules[this.#top]);
    if (cursor.atLineEnd()) this.#pending = rule;
    else this.#value(rule, this.#columns[this.#top] ?? 0);
  }

  /** The rule for the value of the last key, in a mapping with the rule `around`. */
  #ruleOfKey(around: Rule<Facts> | undefined): Rule<Facts> {
    const cursor = this.#cursor;
    const { keyFrom, keyTo } = cursor;
    if (around === undefined) throw GIVE_UP;
    if (around.kind === "anything") {
      checkUnwanted(cursor);
      return around;
    }
    if (cursor.keyQuoted) throw GIVE_UP;
    if (around.kind !== "map") {
      this.#once(keyFrom, keyTo);
      checkUnwanted(cursor);
      return around.item ?? around;
    }
    const { keys } = around;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (key === undefined || key.bytes.length !== keyTo - keyFrom || !this.#isAt(key.bytes, keyFrom)) continue;
      this.#once(keyFrom, keyTo);
      return key.rule;
    }
    if (around.rest === undefined) throw GIVE_UP;
    checkUnwanted(cursor);
    return around.rest;
  }

  #isAt(key: Uint8Array, from: number): boolean {
    const bytes = this.#bytes;
    for (let i = 0; i < key.length; i++) if (bytes[from + i] !== key[i]) return false;
    return true;
  }

  /** Notes a key of the innermost mapping, which must not have it yet. */
  #once(from: number, to: number): void {
    const keys = this.#keys;
    const bytes = this.#bytes;
    const first = this.#firstKeys[this.#top] ?? 0;
    const count = this.#keyCount;
    if (count + 2 > keys.length) throw GIVE_UP;
    for (let at = first; at < count; at += 2) {
      const other = keys[at] ?? 0;
      if ((keys[at + 1] ?? 0) - other !== to - from) continue;
      let i = to - from - 1;
      while (i >= 0 && bytes[other + i] === bytes[from + i]) i--;
      if (i < 0) throw GIVE_UP;
    }
    keys[count] = from;
    keys[count + 1] = to;
    this.#keyCount = count + 2;
  }

  /** The value at the cursor, on the line of its key or dash, in a collection at column `indent`. */
  #value(rule: Rule<Facts>, indent: number): void {
    const cursor = this.#cursor;
    switch (this.#bytes[cursor.pos]) {
      case QUOTE:
      case APOSTROPHE:
        this.#quoted(rule);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        this.#brackets(rule);
        break;
      case BAR:
      case GREATER:
        if (rule.kind !== "anything" && rule.kind !== "distinct") throw GIVE_UP;
        skipBlockScalar(cursor, indent);
        break;
      default:
        this.#plain(rule);
    }
  }

  #quoted(rule: Rule<Facts>): void {
    const cursor = this.#cursor;
    const start = cursor.pos;
    skipQuoted(cursor);
    const end = cursor.pos;
    cursor.endOfLine();
    if (rule.kind === "anything" || rule.kind === "distinct") return;
    const text = cursor.slice(start + 1, end - 1);
    if (text.includes("\\") || text.includes("'")) throw GIVE_UP;
    this.#told(rule, text);
  }

  #brackets(rule: Rule<Facts>): void {
    const cursor = this.#cursor;
    const { pos } = cursor;
    skipFlow(cursor);
    const isEmpty = cursor.pos === pos + 2;
    const isMapping = this.#bytes[pos] === OPEN_BRACE;
    cursor.endOfLine();
    if (rule.kind === "anything") return;
    const fits =
      rule.kind === "distinct" || (isMapping ? rule.kind === "map" || rule.kind === "labels" : rule.kind === "list");
    if (!isEmpty || !fits) throw GIVE_UP;
    if (isMapping) rule.end?.(this.#facts);
  }

  #plain(rule: Rule<Facts>): void {
    const cursor = this.#cursor;
    const start = cursor.pos;
    const end = plainEnd(cursor);
    if (rule.kind === "anything" || rule.kind === "distinct") {
      checkUnwantedPlain(cursor, start, end);
      return;
    }
    if (isLetter(this.#bytes[start] ?? 0) && end - start > LONGEST_WORD) {
      this.#told(rule, rule.tell === undefined ? "" : cursor.slice(start, end));
      return;
    }
    const { value, text } = resolved(cursor, start, end);
    if (typeof value === "string") this.#told(rule, value);
    else if (rule.kind !== "number" && rule.kind !== "scalar") throw GIVE_UP;
    else if (typeof value !== "number" || !/^[0-9]{1,9}$/.test(text)) throw GIVE_UP;
    else rule.tell?.(this.#facts, text, "number");
  }

  #told(rule: Rule<Facts>, text: string): void {
    switch (rule.kind) {
      case "text":
      case "scalar":
        rule.tell?.(this.#facts, text, "");
        return;
      case "label":
        rule.tell?.(this.#facts, text, this.#cursor.slice(this.#cursor.keyFrom, this.#cursor.keyTo));
        return;
      case "anything":
      case "distinct":
      case "map":
      case "list":
      case "labels":
      case "number":
        throw GIVE_UP;
    }
  }
}

function isLetter(code: number): boolean {
  const small = code | 0x20;
  return small >= 0x61 && small <= 0x7a;
}
