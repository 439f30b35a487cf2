import { APOSTROPHE, BAR, Cursor, GIVE_UP, GREATER, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "../yaml/cursor.ts";
import { skipFlow } from "../yaml/quick-flow.ts";
import { checkUnwanted, readKey, startsWithKey } from "../yaml/quick-key.ts";
import { checkUnwantedPlain, plainEnd, resolved, skipBlockScalar, skipQuoted } from "../yaml/quick-scalar.ts";
import { skipEntryValue } from "../yaml/quick-skip.ts";
import type { Source } from "../yaml/source.ts";
import type { Rule } from "./rule.ts";

/** More than anything nests above a value that may be anything. */
const DEPTH = 30;
/** How deep values of which every key counts may nest. */
const MOST_OPEN = 20;
/** Keys of open mappings that are compared with each other. */
const MOST_KEYS = 256;
/** No word of letters that is longer means `true`, `null` or the like. */
const LONGEST_WORD = 5;

/** Places of the keys of the mappings that are open, in which none may be given twice; an array for all documents. */
const KEYS = new Int32Array(2 * MOST_KEYS);

/**
 * Goes over the rest of a document in plain block YAML, which is a mapping at column 0, and builds nothing: checks it against
 * `rule`, and tells `facts`. Throws `GIVE_UP` where the text is not plain, or not as the rule says. A hot path.
 */
export function walk<Facts>(source: Source, span: Span, rule: Rule<Facts>, facts: Facts): void {
  new Walk(source, span, facts).document(rule);
}

/** The bytes of a document, from behind the lines that say what it is. */
type Span = { readonly start: number; readonly end: number };

class Walk<Facts> {
  readonly #cursor: Cursor;
  readonly #facts: Facts;
  #keyCount = 0;
  #depth = 0;

  constructor(source: Source, { start, end }: Span, facts: Facts) {
    this.#cursor = new Cursor(source, { start, end, line: 1 }, false);
    this.#facts = facts;
  }

  document(rule: Rule<Facts>): void {
    this.#cursor.nextLine();
    if (this.#cursor.indent !== 0) throw GIVE_UP;
    this.#map(rule);
    if (this.#cursor.indent >= 0) throw GIVE_UP;
  }

  /** The mapping at the cursor, in the column `cursor.indent`. */
  #map(rule: Rule<Facts>): void {
    const cursor = this.#cursor;
    const { indent } = cursor;
    const first = this.#keyCount;
    do {
      readKey(cursor);
      if (cursor.keyQuoted) throw GIVE_UP;
      this.#behind(rule.kind === "map" ? this.#entryOf(rule, first) : this.#anyEntry(rule, first), indent);
    } while (cursor.indent === indent);
    if (cursor.indent > indent) throw GIVE_UP;
    this.#keyCount = first;
    rule.end?.(this.#facts);
  }

  /** The rule for the value of the last key, which is one of a `map`. */
  #entryOf({ keys, rest }: Rule<Facts>, first: number): Rule<Facts> {
    const { bytes, keyFrom, keyTo } = this.#cursor;
    const candidates = keys[keyTo - keyFrom];
    if (candidates !== undefined) {
      for (let i = 0; i < candidates.length; i++) {
        const key = candidates[i];
        if (key === undefined || !isAt(key.bytes, bytes, keyFrom)) continue;
        this.#once(keyFrom, keyTo, first);
        return key.rule;
      }
    }
    if (rest === undefined) throw GIVE_UP;
    checkUnwanted(this.#cursor);
    return rest;
  }

  /** The rule for the value of the last key, in a mapping in which none is given twice. */
  #anyEntry(rule: Rule<Facts>, first: number): Rule<Facts> {
    if (rule.kind !== "labels" && rule.kind !== "distinct") throw GIVE_UP;
    checkUnwanted(this.#cursor);
    this.#once(this.#cursor.keyFrom, this.#cursor.keyTo, first);
    return rule.item ?? rule;
  }

  /** Notes a key, which must be none of those from `first` on. */
  #once(from: number, to: number, first: number): void {
    const { bytes } = this.#cursor;
    const count = this.#keyCount;
    if (count + 2 > KEYS.length) throw GIVE_UP;
    for (let at = first; at < count; at += 2) {
      const other = KEYS[at] ?? 0;
      if ((KEYS[at + 1] ?? 0) - other !== to - from) continue;
      let i = to - from - 1;
      while (i >= 0 && bytes[other + i] === bytes[from + i]) i--;
      if (i < 0) throw GIVE_UP;
    }
    KEYS[count] = from;
    KEYS[count + 1] = to;
    this.#keyCount = count + 2;
  }

  /** The value behind the last key, in a mapping at column `indent`; goes to the next line with content. */
  #behind(rule: Rule<Facts>, indent: number): void {
    const cursor = this.#cursor;
    if (rule.kind === "anything") {
      skipEntryValue(cursor, indent, DEPTH);
      return;
    }
    if (!cursor.atLineEnd()) {
      this.#inline(rule, indent);
      return;
    }
    cursor.nextLine();
    const isList = cursor.indent >= indent && cursor.isDash(cursor.pos);
    if (++this.#depth > MOST_OPEN) throw GIVE_UP;
    if (isList) this.#list(rule);
    else if (cursor.indent > indent) this.#map(rule);
    else if (rule.kind !== "distinct") throw GIVE_UP;
    this.#depth--;
  }

  /** The list at the cursor, in the column `cursor.indent`. */
  #list(rule: Rule<Facts>): void {
    const cursor = this.#cursor;
    const column = cursor.indent;
    const item = rule.kind === "list" ? rule.item : rule.kind === "distinct" ? rule : undefined;
    if (item === undefined) throw GIVE_UP;
    do {
      const dash = cursor.pos++;
      if (cursor.atLineEnd() || cursor.isDash(cursor.pos)) throw GIVE_UP;
      cursor.indent = column + cursor.pos - dash;
      const isBlock = item.kind === "map" ? cursor.bytes[cursor.pos] !== OPEN_BRACE : startsWithKey(cursor);
      if (isBlock) this.#map(item);
      else this.#inline(item, column);
      if (cursor.indent > column) throw GIVE_UP;
    } while (cursor.indent === column && cursor.isDash(cursor.pos));
  }

  /** The value at the cursor, on the line of its key or dash, in a collection at column `indent`. */
  #inline(rule: Rule<Facts>, indent: number): void {
    const cursor = this.#cursor;
    switch (cursor.bytes[cursor.pos]) {
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
        if (rule.kind !== "distinct") throw GIVE_UP;
        skipBlockScalar(cursor, indent);
        break;
      default:
        this.#plain(rule);
    }
    cursor.nextLine();
    if (cursor.indent > indent) throw GIVE_UP;
  }

  #quoted(rule: Rule<Facts>): void {
    const cursor = this.#cursor;
    const start = cursor.pos;
    skipQuoted(cursor);
    const end = cursor.pos;
    cursor.endOfLine();
    if (rule.kind === "distinct") return;
    const text = cursor.slice(start + 1, end - 1);
    if (text.includes("\\") || text.includes("'")) throw GIVE_UP;
    this.#told(rule, text);
  }

  #brackets(rule: Rule<Facts>): void {
    const cursor = this.#cursor;
    const { pos } = cursor;
    skipFlow(cursor);
    const end = cursor.pos;
    const isMapping = cursor.bytes[pos] === OPEN_BRACE;
    cursor.endOfLine();
    if (rule.kind === "distinct") {
      const inner = cursor.bytes.indexOf(OPEN_BRACE, pos);
      if (inner >= pos && inner < end && end > pos + 2) throw GIVE_UP;
      return;
    }
    if (end > pos + 2 || (isMapping ? rule.kind !== "map" && rule.kind !== "labels" : rule.kind !== "list"))
      throw GIVE_UP;
    if (isMapping) rule.end?.(this.#facts);
  }

  #plain(rule: Rule<Facts>): void {
    const cursor = this.#cursor;
    const start = cursor.pos;
    const end = plainEnd(cursor);
    if (rule.kind === "distinct") {
      checkUnwantedPlain(cursor, start, end);
      return;
    }
    if (isLetter(cursor.bytes[start] ?? 0) && end - start > LONGEST_WORD) {
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

function isAt(key: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < key.length; i++) if (bytes[from + i] !== key[i]) return false;
  return true;
}

function isLetter(code: number): boolean {
  const small = code | 0x20;
  return small >= 0x61 && small <= 0x7a;
}
