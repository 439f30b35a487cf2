import type { CST } from "yaml";
import type { Lines } from "./lines.ts";
import { Stop } from "./problem.ts";

const CONTROL = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|(?<=\n)\ufeff/u;
const NAME = /^[&*][\w-]+$/;
const TAG = /^!(?:<[\w;/?:@&=+$,.!~*'()[\]%-]+>|!?[\w;/?:@&=+$,.~*'()[\]%-]*)$/;
const ESCAPE = /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^xuU])/gs;
const KNOWN_ESCAPES = "0abt\tnvfre \"'\\N_LP\n";
const MAX_KEY = 1024;

/** Throws a `Stop` at the first character that go-yaml's reader does not let through. */
export function refuseControls(source: string, lines: Lines): void {
  const offset = source.search(CONTROL);
  if (offset >= 0) throw new Stop("YAML_SYNTAX", lines.at(offset), "control characters are not allowed");
}

/** Throws a `Stop` where a parsed document has what go-yaml v2 (YAML 1.1) rejects and the package `yaml` takes, or nests too deep. */
export function refuse(document: CST.Document, source: string, lines: Lines, depth: number): void {
  const check = new Check(source, lines, depth);
  check.between(document.start, false, true);
  check.token(document.value, false, 0);
  check.between(document.end, false, true);
}

class Check {
  readonly #source: string;
  readonly #lines: Lines;
  readonly #depth: number;

  constructor(source: string, lines: Lines, depth: number) {
    this.#source = source;
    this.#lines = lines;
    this.#depth = depth;
  }

  token(token: CST.Token | null | undefined, flow: boolean, depth: number): void {
    if (token === null || token === undefined) return;
    switch (token.type) {
      case "block-map":
      case "block-seq":
        this.#deeper(token.offset, depth);
        for (const item of token.items) {
          this.#item(item, false, depth + 1);
          this.#key(item);
        }
        return;
      case "flow-collection":
        this.#deeper(token.offset, depth);
        for (const item of token.items) {
          this.#item(item, true, depth + 1);
          this.#key(item);
          this.#colon(item);
        }
        this.between(token.end, flow);
        return;
      case "scalar":
      case "double-quoted-scalar":
      case "single-quoted-scalar":
      case "alias":
        this.#flowScalar(token, flow);
        this.between(token.end, flow);
        return;
      case "block-scalar":
        if (/^(?: *\n)* *\t/.test(token.source)) this.#stop(token.offset, "a tab stands where only spaces may");
        return;
      default:
        return;
    }
  }

  #flowScalar(token: CST.FlowScalar, flow: boolean): void {
    const { type, offset, source } = token;
    switch (type) {
      case "scalar":
        this.#plain(token, flow);
        return;
      case "double-quoted-scalar":
        this.#escapes(token);
        return;
      case "single-quoted-scalar":
        if (source.split("'").length % 2 === 0) this.#stop(offset, "a quote is not closed");
        return;
      case "alias":
        if (!NAME.test(source)) this.#stop(offset, `\`${source}\` is no alias`);
        return;
    }
  }

  /** What stands between values: indicators, anchors, tags, blanks. */
  between(tokens: readonly CST.SourceToken[] | undefined, flow: boolean, lineStart = false): void {
    if (tokens === undefined) return;
    let noTabs = lineStart;
    for (const { type, offset, source } of tokens) {
      if (type === "anchor" && !NAME.test(source)) this.#stop(offset, `\`${source}\` is no anchor`);
      if (type === "tag" && !TAG.test(source)) this.#stop(offset, `\`${source}\` is no tag`);
      if (type === "tag" && flow && /[,[\]{}]/.test(this.#source[offset + source.length] ?? "")) {
        this.#stop(offset, `tag \`${source}\` needs a blank behind it`);
      }
      if (type === "space") {
        if (noTabs && !flow && source.includes("\t")) this.#stop(offset, "a tab stands where only spaces may");
      } else {
        noTabs = type === "newline" || type === "seq-item-ind" || type === "explicit-key-ind";
      }
    }
  }

  #item(item: CST.CollectionItem, flow: boolean, depth: number): void {
    this.between(item.start, flow, true);
    this.token(item.key, flow, depth);
    this.between(item.sep, flow);
    this.token(item.value, flow, depth);
  }

  #deeper(offset: number, depth: number): void {
    if (depth >= this.#depth) {
      throw new Stop("LIMIT", this.#lines.at(offset), `nested deeper than ${this.#depth} (\`limits: depth\`)`);
    }
  }

  #plain({ offset, source }: CST.FlowScalar, flow: boolean): void {
    if (source.startsWith("%")) this.#stop(offset, "a plain value cannot start with `%`");
    if (!flow) return;
    if (source.startsWith(":") || source.includes("?"))
      this.#stop(offset, `\`${source}\` needs quotes inside brackets`);
  }

  #escapes({ offset, source }: CST.FlowScalar): void {
    if (!source.includes("\\")) return;
    for (const match of source.matchAll(ESCAPE)) {
      const code = match[1] ?? "";
      const point = code.length > 1 ? Number.parseInt(code.slice(1), 16) : undefined;
      const known =
        point === undefined ? KNOWN_ESCAPES.includes(code) : point <= 0x10ffff && (point & ~0x7ff) !== 0xd800;
      if (!known) this.#stop(offset + match.index, `unknown escape \`\\${code}\``);
      if (match.index + match[0].length === source.length) this.#stop(offset, "a quote is not closed");
    }
  }

  /** A key without `?` stands on one line with its colon. */
  #key({ start, key, sep }: CST.CollectionItem): void {
    if (key === null || key === undefined || start.some(({ type }) => type === "explicit-key-ind")) return;
    const colon = sep?.find(({ type }) => type === "map-value-ind");
    if (colon === undefined) return;
    const from = start.find(({ type }) => type === "anchor" || type === "tag")?.offset ?? key.offset;
    const text = this.#source.slice(from, colon.offset);
    if (text.includes("\n") || text.length > MAX_KEY) {
      this.#stop(key.offset, "a key must stand on one line, within 1,024 characters");
    }
  }

  /** Between brackets, the colon behind a key without quotes needs a blank. */
  #colon({ key, sep }: CST.CollectionItem): void {
    const colon = sep?.find(({ type }) => type === "map-value-ind");
    if (key?.type !== "scalar" || colon === undefined) return;
    if (/[,[\]{}]/.test(this.#source[colon.offset + 1] ?? ""))
      this.#stop(colon.offset, "a colon needs a blank behind it");
  }

  #stop(offset: number, message: string): never {
    throw new Stop("YAML_SYNTAX", this.#lines.at(offset), message);
  }
}
