import { Lines } from "./lines.ts";
import type { YamlEntry, YamlNode } from "./node.ts";
import { type Duplicate, type Reading, Stop } from "./problem.ts";

/** One value of a stream of JSON values; `end` is the offset behind it. */
export type JsonReading = Reading & { readonly end: number };

const QUOTE = 34;
const BACKSLASH = 92;
const BLANK = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const WORD = /true|false|null/y;

/** Reads strict JSON values one after the other out of one text. */
export class JsonReader {
  readonly #text: string;
  readonly #lines: Lines;
  readonly #depth: number;
  readonly #path: string[] = [];
  #duplicates: Duplicate[] = [];
  #at = 0;

  /** `depth` limits how deep lists and mappings may nest. */
  constructor(text: string, firstLine: number, depth: number) {
    this.#text = text;
    this.#lines = new Lines(text, firstLine);
    this.#depth = depth;
  }

  /** The next value, `undefined` at the end of the text, `"no JSON"` where none can be read; throws a `Stop` at the limit. */
  next(): JsonReading | undefined | "no JSON" {
    const start = this.#at;
    this.#blank();
    if (this.#at >= this.#text.length) return undefined;
    this.#duplicates = [];
    this.#path.length = 0;
    const node = this.#value(0);
    if (node !== undefined) return { node, duplicates: this.#duplicates, unreadFrom: 0, end: this.#at };
    this.#at = start;
    return "no JSON";
  }

  /** Offset behind the last value that was read, blanks included. */
  get offset(): number {
    return this.#at;
  }

  #blank(): void {
    BLANK.lastIndex = this.#at;
    BLANK.test(this.#text);
    this.#at = BLANK.lastIndex;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  #take(character: string): boolean {
    this.#blank();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #value(depth: number): YamlNode | undefined {
    this.#blank();
    const line = this.#lines.at(this.#at);
    if (depth > this.#depth) throw new Stop("LIMIT", line, `nested deeper than ${this.#depth} (\`limits: depth\`)`);
    const start = this.#at;
    switch (this.#text[start]) {
      case "{":
        return this.#map(line, depth);
      case "[":
        return this.#seq(line, depth);
      case '"': {
        const value = this.#string();
        return value === undefined
          ? undefined
          : { kind: "scalar", line, value, text: this.#text.slice(start, this.#at) };
      }
      default:
        return this.#literal(line);
    }
  }

  #literal(line: number): YamlNode | undefined {
    const word = this.#match(WORD);
    const text = word ?? this.#match(NUMBER);
    if (text === undefined) return undefined;
    this.#at += text.length;
    if (word !== undefined) return { kind: "scalar", line, value: word === "null" ? null : word === "true", text };
    const value = Number(text);
    return Number.isFinite(value) ? { kind: "scalar", line, value: value === 0 ? 0 : value, text } : undefined;
  }

  #map(line: number, depth: number): YamlNode | undefined {
    const entries = new Map<string, YamlEntry>();
    this.#at++;
    if (this.#take("}")) return { kind: "map", line, entries };
    do {
      this.#blank();
      const keyLine = this.#lines.at(this.#at);
      const key = this.#string();
      if (key === undefined || !this.#take(":")) return undefined;
      this.#path.push(key);
      const value = this.#value(depth + 1);
      if (value === undefined) return undefined;
      if (entries.has(key)) this.#duplicates.push({ path: [...this.#path], line: keyLine });
      this.#path.pop();
      entries.set(key, { keyLine, value });
    } while (this.#take(","));
    return this.#take("}") ? { kind: "map", line, entries } : undefined;
  }

  #seq(line: number, depth: number): YamlNode | undefined {
    const items: YamlNode[] = [];
    this.#at++;
    if (this.#take("]")) return { kind: "seq", line, items };
    do {
      const item = this.#value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    } while (this.#take(","));
    return this.#take("]") ? { kind: "seq", line, items } : undefined;
  }

  #string(): string | undefined {
    const text = this.#text;
    const start = this.#at;
    if (text.charCodeAt(start) !== QUOTE) return undefined;
    let end = start + 1;
    let escaped = false;
    for (let code = text.charCodeAt(end); code !== QUOTE; code = text.charCodeAt(end)) {
      if (!(code >= 0x20)) return undefined;
      if (code === BACKSLASH) {
        escaped = true;
        end++;
      }
      end++;
    }
    this.#at = end + 1;
    return escaped ? unescaped(text.slice(start, end + 1)) : text.slice(start + 1, end);
  }
}

function unescaped(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === "string" ? value.replace(/[\ud800-\udfff]/gu, "\ufffd") : undefined;
  } catch {
    return undefined;
  }
}
