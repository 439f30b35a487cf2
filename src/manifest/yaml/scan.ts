import type { Source } from "./source.ts";

/** One document of a file, found by its bytes alone. */
export type Span = {
  /** Bytes from `start` up to, and without, `end`. */
  readonly start: number;
  readonly end: number;
  /** 1-based line in the file on which the document starts. */
  readonly line: number;
  /** The top-level `kind`, `""` where there certainly is none, `undefined` where only parsing can tell. */
  readonly kind: string | undefined;
  /** The top-level `apiVersion`, where it stands beside `kind` at the head of the document. */
  readonly apiVersion: string | undefined;
  /** Line of a `---` with something behind it, at which `kubectl` stops before it reads the document; 0: none. */
  readonly badSeparator: number;
  /** The text starts as a JSON object; separators were not looked for. */
  readonly json: boolean;
};

const LF = 10;
const CR = 13;
const SPACE = 32;
const HASH = 35;
const DASH = 45;
const DOT = 46;
const COLON = 58;
const LETTER_A = 97;
const LETTER_I = 105;
const LETTER_K = 107;

/** Characters that a line of a plain block mapping can start with. */
const ORDINARY = ordinary("_./-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
const KIND_VALUE = /: +([A-Za-z][A-Za-z0-9]*) *\r?\n/y;
const VERSION_VALUE = /: +([A-Za-z0-9][A-Za-z0-9./-]*) *\r?\n/y;
const JSON_OBJECT = /^[ \t\r\n]*\{[ \t\r\n]*["}]/;
/** Line breaks that are no line feed: a lone carriage return, U+0085, U+2028 and U+2029 (as bytes). */
const OTHER_BREAK = /\r(?!\n)|\xc2\x85|\xe2\x80[\xa8\xa9]/;
/** Any way to spell a key that matters: as it is, with escapes, broken over lines, in base64. */
const COULD_HAVE_KIND = /kind|apiVersion|\\(?:x6|x41|u006|u0041|U0000006|U00000041|[\r\n])|binary/;

/**
 * The documents of a file, split as `kubectl` splits them: at each line that starts with `---`, wherever it stands.
 * Empty documents are left out. Where a `kind` is given it is the one that a parser would find, if it finds anything.
 */
export function scanDocuments(source: Source): readonly Span[] {
  const { text } = source;
  if (!JSON_OBJECT.test(text)) return scanYaml(source, 1);
  const kind = COULD_HAVE_KIND.test(text) ? undefined : "";
  return [{ start: 0, end: text.length, line: 1, kind, apiVersion: undefined, badSeparator: 0, json: true }];
}

/** As `scanDocuments`, for what stands behind JSON in the same file, from line `firstLine` on. */
export function scanYaml({ text }: Source, firstLine: number): readonly Span[] {
  return new Scanner(text, firstLine).spans();
}

function hasOtherBreaks(text: string): boolean {
  const possible = text.includes("\r") || text.includes("\xc2") || text.includes("\xe2");
  return possible && OTHER_BREAK.test(text);
}

function ordinary(characters: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}

/** One pass over a file that looks at line starts alone; a hot path. */
class Scanner {
  readonly #text: string;
  readonly #firstLine: number;
  /** Lines end where this pass does not see it. */
  readonly #blind: boolean;
  readonly #spans: Span[] = [];
  #start = 0;
  #startLine: number;
  #badSeparator = 0;
  /** Something at column 0 that is no plain key: no claim about this document. */
  #odd: boolean;
  #content = false;
  /** Only simple `key: word` lines at column 0 so far. */
  #head = true;
  #kind = "";
  #apiVersion: string | undefined;

  constructor(text: string, firstLine: number) {
    this.#text = text;
    this.#firstLine = firstLine;
    this.#startLine = firstLine;
    this.#blind = hasOtherBreaks(text);
    this.#odd = this.#blind;
  }

  spans(): readonly Span[] {
    const text = this.#text;
    const end = text.length;
    let line = this.#firstLine;
    for (let at = 0; at < end; line++) {
      const code = text.charCodeAt(at);
      if (code === SPACE) {
        if (this.#head) this.#indented(at);
      } else if (code === DASH && text.startsWith("---", at)) {
        this.#separator(at, line);
      } else if (code !== LF && code !== HASH && code !== CR && !this.#odd) {
        this.#plainLine(at, code);
      }
      at = text.indexOf("\n", at) + 1;
    }
    this.#close(end);
    return this.#spans;
  }

  #close(end: number): void {
    if (end <= this.#start) return;
    this.#spans.push({
      start: this.#start,
      end,
      line: this.#startLine,
      kind: this.#odd ? this.#unsure(end) : this.#kind,
      apiVersion: this.#odd ? undefined : this.#apiVersion,
      badSeparator: this.#badSeparator,
      json: false,
    });
  }

  #unsure(end: number): string | undefined {
    return COULD_HAVE_KIND.test(this.#text.slice(this.#start, end)) ? undefined : "";
  }

  #separator(at: number, line: number): void {
    const text = this.#text;
    const end = text.indexOf("\n", at);
    const rest = text.slice(at + 3, end).trim();
    if (rest !== "" && !rest.startsWith("#")) {
      if (this.#badSeparator === 0) this.#badSeparator = line;
      this.#odd = true;
      return;
    }
    // A separator with nothing before it goes to the parser with its document, and `---#` is none to the parser.
    if (at === this.#start && text.charCodeAt(at + 3) === HASH) {
      this.#odd = true;
      return;
    }
    this.#close(at);
    this.#start = end + 1;
    this.#startLine = line + 1;
    this.#badSeparator = 0;
    this.#odd = this.#blind;
    this.#content = false;
    this.#head = true;
    this.#kind = "";
    this.#apiVersion = undefined;
  }

  /** An indented line in the head continues a value, or starts a mapping that is itself indented. */
  #indented(at: number): void {
    let next = at;
    while (this.#text.charCodeAt(next) === SPACE) next++;
    const code = this.#text.charCodeAt(next);
    if (code !== LF && code !== CR && code !== HASH) this.#odd = true;
  }

  #plainLine(at: number, code: number): void {
    const text = this.#text;
    if (ORDINARY[code] === 0 || (code === DASH && !this.#content) || (code === DOT && text.startsWith("..", at))) {
      this.#odd = true;
      return;
    }
    this.#content = true;
    if (code === LETTER_K && text.startsWith("kind", at)) {
      this.#kindLine(at + 4);
    } else if (code === LETTER_A && text.startsWith("apiVersion", at)) {
      if (!this.#head || this.#apiVersion !== undefined) this.#odd = true;
      this.#apiVersion = valueAt(text, at + 10, VERSION_VALUE);
      this.#head = this.#apiVersion !== undefined;
    } else {
      this.#head = false;
      // What has `items` is a list, whatever its kind says.
      if (code === LETTER_I && text.startsWith("items", at) && ORDINARY[text.charCodeAt(at + 5)] === 0)
        this.#odd = true;
    }
  }

  #kindLine(at: number): void {
    const code = this.#text.charCodeAt(at);
    if (code !== COLON) {
      if (ORDINARY[code] === 0) this.#odd = true;
      this.#head = false;
      return;
    }
    const kind = this.#head && this.#kind === "" ? valueAt(this.#text, at, KIND_VALUE) : undefined;
    if (kind === undefined || kind.endsWith("List")) this.#odd = true;
    else this.#kind = kind;
  }
}

/** The one word behind a colon at `at`, with nothing else on its line. */
function valueAt(text: string, at: number, pattern: RegExp): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[1];
}
