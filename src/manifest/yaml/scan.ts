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

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const HASH = 35;
const DASH = 45;
const DOT = 46;
const COLON = 58;
const LETTER_A = 97;
const LETTER_K = 107;
const OPEN_BRACE = 123;

/** Characters that a line of a plain block mapping can start with: letters, digits, `_`, `.`, `/`, `-`. */
const ORDINARY = table("_./-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
const WORD = table("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
const VERSION = table("./-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

/** Any way to spell a key that matters: as it is, with escapes, broken over lines, in base64. */
const COULD_HAVE_KIND = /kind|apiVersion|\\(?:x6|x41|u006|u0041|U0000006|U00000041|[\r\n])|binary/;

/**
 * The documents of `bytes` (UTF-8), split as `kubectl` splits them: at each line that starts with `---`, wherever it stands.
 * Empty documents are left out. Where a `kind` is given it is the one that a parser would find, if it finds anything.
 */
export function scanDocuments(bytes: Buffer): readonly Span[] {
  const first = firstText(bytes);
  return bytes[first] === OPEN_BRACE ? [jsonSpan(bytes)] : scanYaml(bytes, 1);
}

/** As `scanDocuments`, for what stands behind JSON in the same file, from line `firstLine` on. */
export function scanYaml(bytes: Buffer, firstLine: number): readonly Span[] {
  return new Scanner(bytes, firstLine, hasOtherBreaks(bytes)).spans();
}

/** Line breaks of YAML that are not a line feed: a lone carriage return, U+0085, U+2028, U+2029. */
function hasOtherBreaks(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) if (bytes[at + 1] !== LF) return true;
  for (let at = bytes.indexOf(0xc2); at >= 0; at = bytes.indexOf(0xc2, at + 1)) if (bytes[at + 1] === 0x85) return true;
  for (let at = bytes.indexOf(0xe2); at >= 0; at = bytes.indexOf(0xe2, at + 1)) {
    if (bytes[at + 1] === 0x80 && (bytes[at + 2] === 0xa8 || bytes[at + 2] === 0xa9)) return true;
  }
  return false;
}

function table(characters: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}

function firstText(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length && (bytes[at] === SPACE || bytes[at] === LF || bytes[at] === CR || bytes[at] === TAB)) at++;
  return at;
}

function jsonSpan(bytes: Buffer): Span {
  const kind = COULD_HAVE_KIND.test(bytes.toString("latin1")) ? undefined : "";
  return { start: 0, end: bytes.length, line: 1, kind, apiVersion: undefined, badSeparator: 0, json: true };
}

/** One pass over a file: a hot loop over bytes that looks at line starts alone. */
class Scanner {
  readonly #bytes: Buffer;
  readonly #spans: Span[] = [];
  /** Lines end where this pass does not see it. */
  readonly #blind: boolean;
  readonly #firstLine: number;
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

  constructor(bytes: Buffer, firstLine: number, blind: boolean) {
    this.#bytes = bytes;
    this.#firstLine = firstLine;
    this.#startLine = firstLine;
    this.#blind = blind;
    this.#odd = blind;
  }

  spans(): readonly Span[] {
    const bytes = this.#bytes;
    const end = bytes.length;
    let line = this.#firstLine;
    let at = 0;
    while (at < end) {
      const code = bytes[at] ?? LF;
      if (code === SPACE) {
        if (this.#head) this.#indented(at);
      } else if (code === DASH && bytes[at + 1] === DASH && bytes[at + 2] === DASH) {
        this.#separator(at, line);
      } else if (code !== LF && code !== HASH && code !== CR && !this.#odd) {
        this.#text(at, code);
      }
      while (at < end && bytes[at] !== LF) at++;
      at++;
      line++;
    }
    this.#close(end);
    return this.#spans;
  }

  #close(end: number): void {
    if (end > this.#start) {
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
  }

  #unsure(end: number): string | undefined {
    return COULD_HAVE_KIND.test(this.#bytes.toString("latin1", this.#start, end)) ? undefined : "";
  }

  #separator(at: number, line: number): void {
    const stop = this.#bytes.indexOf(LF, at);
    const end = stop < 0 ? this.#bytes.length : stop;
    const rest = this.#bytes.toString("utf8", at + 3, end).trim();
    if (rest !== "" && !rest.startsWith("#")) {
      if (this.#badSeparator === 0) this.#badSeparator = line;
      this.#odd = true;
      return;
    }
    this.#close(at);
    this.#start = Math.min(end + 1, this.#bytes.length);
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
    while (this.#bytes[next] === SPACE) next++;
    const code = this.#bytes[next] ?? LF;
    if (code !== LF && code !== CR && code !== HASH) this.#odd = true;
  }

  #text(at: number, code: number): void {
    const bytes = this.#bytes;
    if (ORDINARY[code] === 0 || (code === DASH && !this.#content) || (code === DOT && bytes[at + 1] === DOT)) {
      this.#odd = true;
      return;
    }
    this.#content = true;
    if (code === LETTER_K && bytes.toString("latin1", at, at + 4) === "kind") {
      this.#kindLine(at + 4);
    } else if (code === LETTER_A && bytes.toString("latin1", at, at + 10) === "apiVersion") {
      if (!this.#head || this.#apiVersion !== undefined || bytes[at + 10] !== COLON) this.#odd = true;
      this.#apiVersion = this.#word(at + 11, VERSION);
      this.#head = this.#apiVersion !== undefined;
    } else {
      this.#head = false;
    }
  }

  #kindLine(at: number): void {
    const code = this.#bytes[at] ?? LF;
    if (code !== COLON) {
      if (ORDINARY[code] === 0) this.#odd = true;
      this.#head = false;
      return;
    }
    const kind = this.#head && this.#kind === "" ? this.#word(at + 1, WORD) : undefined;
    if (kind === undefined || kind.endsWith("List")) this.#odd = true;
    else this.#kind = kind;
  }

  /** ` word` up to the end of the line, and nothing else; `undefined` for anything else. */
  #word(at: number, allowed: Uint8Array): string | undefined {
    const bytes = this.#bytes;
    let start = at;
    while (bytes[start] === SPACE) start++;
    let end = start;
    while (allowed[bytes[end] ?? LF] === 1) end++;
    let next = end;
    while (bytes[next] === SPACE) next++;
    if (bytes[next] === CR) next++;
    const closed = next >= bytes.length || bytes[next] === LF;
    const first = bytes[start] ?? LF;
    return start > at && end > start && closed && first !== DASH && first !== DOT
      ? bytes.toString("latin1", start, end)
      : undefined;
  }
}
