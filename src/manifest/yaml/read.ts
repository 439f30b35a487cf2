import type { Issue } from "../../errors.ts";
import { compose } from "./compose.ts";
import { JsonReader } from "./json.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import type { YamlNode } from "./node.ts";
import { type Duplicate, type Problem, type Reading, Stop } from "./problem.ts";
import { type Span, scanDocuments, scanYaml } from "./scan.ts";
import { type Source, sourceOf } from "./source.ts";
import { couldBeNeeded } from "./suspicion.ts";
import { utf8 } from "./text.ts";
import { isWanted, type Need, type Wanted } from "./wanted.ts";

/** One document of a file. */
type YamlDocument = {
  readonly node: YamlNode;
  /** 1-based line of the file on which the document starts. */
  readonly line: number;
  /** 0-based among the documents of the file, also those that hold nothing or that nobody needs. */
  readonly index: number;
};

/** What a file gave. */
export type YamlFile = {
  readonly documents: readonly YamlDocument[];
  readonly issues: readonly Issue[];
  /** Documents with a `kind` that nobody needs. */
  readonly skipped: number;
};

/** Reads one document fast, or gives up (`undefined`) where it is not sure of every byte. */
type QuickReader = (source: Source, span: Span, wanted: Wanted) => YamlNode | undefined;

export type ReadOptions = {
  readonly limits?: Limits;
  /** Default: every document is needed, with all that is in it. */
  readonly need?: Need;
  readonly quick?: QuickReader;
  /**
   * Default `true`: what is needed goes through the exact reader, and the rest is at least checked. With `false` the quick
   * reader comes first, and documents of which the bytes show that nobody needs them are not parsed at all.
   */
  readonly exact?: boolean;
};

const ALL: Need = { needed: () => true, wanted: () => "all" };
const HEAD: Wanted = new Map([
  ["kind", "all"],
  ["apiVersion", "all"],
  ["items", "all"],
]);
const DECODER = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a file of YAML or JSON documents as `kubectl` does: the same documents, the same values, and nothing from the
 * place on where `kubectl` stops. A broken document that does not look like one that is needed is skipped instead.
 */
export function readDocuments(bytes: Uint8Array, file: string, options: ReadOptions = {}): YamlFile {
  const buffer = utf8(bytes);
  const reader = new FileReader(file, options);
  if (typeof buffer === "string") reader.unreadable(buffer);
  else reader.read(buffer);
  return { documents: reader.documents, issues: reader.issues, skipped: reader.skipped };
}

class FileReader {
  readonly documents: YamlDocument[] = [];
  readonly issues: Issue[] = [];
  skipped = 0;
  readonly #file: string;
  readonly #options: ReadOptions;
  readonly #limits: Limits;
  readonly #need: Need;
  #index = 0;

  constructor(file: string, options: ReadOptions) {
    this.#file = file;
    this.#options = options;
    this.#limits = options.limits ?? DEFAULT_LIMITS;
    this.#need = options.need ?? ALL;
  }

  unreadable(cause: "git-crypt" | "binary"): void {
    const message = cause === "git-crypt" ? "encrypted with git-crypt" : "binary content under the name of a manifest";
    this.#issue("BINARY", "error", { line: 0, hides: true }, message);
  }

  read(buffer: Buffer): void {
    const { fileBytes } = this.#limits;
    if (buffer.length > fileBytes) {
      const message = `${buffer.length} bytes, more than ${fileBytes}: raise \`limits: fileBytes\` or exclude the file`;
      this.#issue("LIMIT", "error", { line: 0, hides: true }, message);
      return;
    }
    if (buffer.length === 0) return;
    const source = sourceOf(buffer);
    const spans = scanDocuments(source);
    if (spans[0]?.json === true) this.#json(buffer);
    else this.#yaml(source, spans);
  }

  #yaml(source: Source, spans: readonly Span[]): void {
    if (!this.#withinLimit(spans.length)) return;
    for (const span of spans) {
      if (!this.#span(source, span)) return;
      this.#index++;
    }
  }

  /** `false` where `kubectl` would stop. */
  #span(source: Source, span: Span): boolean {
    const quick = this.#quick(source, span);
    if (quick === "unneeded") return true;
    const reading = quick ?? this.#exact(source.bytes, span);
    if ("code" in reading) return this.#broken(reading, source.bytes.toString("utf8", span.start, span.end));
    this.#keep(reading, span.line);
    return true;
  }

  #quick(source: Source, span: Span): Reading | "unneeded" | undefined {
    const { quick, exact = true } = this.#options;
    const { kind, apiVersion } = span;
    const { needed, wanted } = this.#need;
    if (!exact && kind !== undefined && !needed(kind, apiVersion ?? "")) return this.#skip(kind);
    if (quick === undefined || span.badSeparator > 0) return undefined;
    const known = kind !== undefined && apiVersion !== undefined;
    const head = known ? { kind, apiVersion, isList: false } : identity(quick(source, span, HEAD));
    if (head === undefined) return undefined;
    if (!head.isList && !needed(head.kind, head.apiVersion)) {
      return !known || quick(source, span, HEAD) !== undefined ? this.#skip(head.kind) : undefined;
    }
    const node = exact ? undefined : quick(source, span, head.isList ? "all" : wanted(head.kind, head.apiVersion));
    return node === undefined ? undefined : { node, duplicates: [], unreadFrom: 0 };
  }

  #skip(kind: string): "unneeded" {
    if (kind !== "") this.skipped++;
    return "unneeded";
  }

  #exact(buffer: Buffer, span: Span): Reading | Problem {
    if (span.badSeparator > 0) {
      return { code: "YAML_SYNTAX", line: span.badSeparator, message: "text stands behind `---` on its line" };
    }
    const bytes = buffer.subarray(span.start, span.end);
    try {
      return compose(DECODER.decode(bytes), { firstLine: span.line, limits: this.#limits });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const [before = ""] = bytes.toString("utf8").split("\ufffd", 1);
      return { code: "ENCODING", line: span.line + before.split("\n").length - 1, message: "not UTF-8" };
    }
  }

  /** JSON values one after the other; where JSON ends after at most one of them, YAML goes on. */
  #json(buffer: Buffer): void {
    const text = buffer.toString("utf8");
    const reader = new JsonReader(text, 1, this.#limits.depth);
    for (;;) {
      const value = nextJson(reader);
      if (value === undefined) return;
      if (value === "no JSON") break;
      if ("code" in value) {
        this.#broken(value, text.slice(reader.offset));
        return;
      }
      this.#keep(value, value.node?.line ?? 1);
      this.#index++;
      if (!this.#withinLimit(this.#index)) return;
    }
    if (this.#index > 1) {
      const line = text.slice(0, reader.offset).split("\n").length;
      this.#broken(
        { code: "YAML_SYNTAX", line, message: "neither JSON nor the end of the file" },
        text.slice(reader.offset),
      );
      return;
    }
    const offset = behindBlank(text, reader.offset);
    const rest = sourceOf(Buffer.from(text.slice(offset)));
    this.#yaml(rest, scanYaml(rest, text.slice(0, offset).split("\n").length));
  }

  #withinLimit(count: number): boolean {
    const { documents } = this.#limits;
    if (count <= documents) return true;
    const message = `more than ${documents} documents: raise \`limits: documents\` or exclude the file`;
    this.#issue("LIMIT", "error", { line: 0, hides: true }, message);
    return false;
  }

  #broken({ code, line, message }: Problem, text: string): boolean {
    if (couldBeNeeded(text, this.#need)) {
      this.#issue(code, "error", { line, hides: true }, `${message}; the file is not read from this document on`);
      return false;
    }
    this.#issue(
      code,
      "warning",
      { line, hides: false },
      `${message}; \`kubectl\` stops here, this document is skipped`,
    );
    return true;
  }

  #keep({ node, duplicates, unreadFrom }: Reading, line: number): void {
    if (node === undefined || (node.kind === "scalar" && node.value === null)) return;
    const { kind, apiVersion, isList } = identity(node) ?? NOBODY;
    if (!isList && !this.#need.needed(kind, apiVersion)) {
      this.#skip(kind);
      return;
    }
    this.documents.push({ node, line, index: this.#index });
    const wanted = isList ? "all" : this.#need.wanted(kind, apiVersion);
    for (const duplicate of duplicates) if (isWanted(duplicate.path, wanted)) this.#duplicate(duplicate);
    if (unreadFrom > 0) {
      const message = "what stands behind `...` is not read, by `kubectl` neither: separate documents with `---`";
      this.#issue("YAML_SYNTAX", "warning", { line: unreadFrom, hides: false }, message);
    }
  }

  #duplicate({ path, line }: Duplicate): void {
    const message = `key \`${path.join(".")}\` is given twice; the last one counts, as for \`kubectl\``;
    this.#issue("DUPLICATE_KEY", "warning", { line, hides: false }, message);
  }

  #issue(
    code: Issue["code"],
    severity: Issue["severity"],
    { line, hides }: { readonly line: number; readonly hides: boolean },
    message: string,
  ): void {
    this.issues.push({ code, severity, at: { file: this.#file, line }, message, subject: this.#file, hides });
  }
}

function nextJson(reader: JsonReader): Reading | Problem | "no JSON" | undefined {
  try {
    return reader.next();
  } catch (error) {
    if (error instanceof Stop) return error.problem;
    throw error;
  }
}

/** Offset behind the blanks at `offset`, at most behind the first line break. */
function behindBlank(text: string, offset: number): number {
  const blank = /[^\S\n]*\n?/y;
  blank.lastIndex = offset;
  blank.test(text);
  return blank.lastIndex;
}

type Identity = { readonly kind: string; readonly apiVersion: string; readonly isList: boolean };

const NOBODY: Identity = { kind: "", apiVersion: "", isList: false };

/** `kind` and `apiVersion` of a document, empty where they are no text; `undefined` without a document. */
function identity(node: YamlNode | undefined): Identity | undefined {
  if (node === undefined) return undefined;
  const isList = node.kind === "map" && node.entries.has("items");
  return { kind: textAt(node, "kind"), apiVersion: textAt(node, "apiVersion"), isList };
}

function textAt(node: YamlNode, key: string): string {
  const value = node.kind === "map" ? node.entries.get(key)?.value : undefined;
  return value?.kind === "scalar" && typeof value.value === "string" ? value.value : "";
}
