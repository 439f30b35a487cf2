import { Composer, type CST, Parser } from "yaml";
import { convert } from "./convert.ts";
import type { Limits } from "./limits.ts";
import { Lines } from "./lines.ts";
import { type Problem, type Reading, Stop } from "./problem.ts";
import { refuse, refuseControls } from "./refusal.ts";

/** Where a document stands in its file, and how much of it may be read. */
export type Place = { readonly firstLine: number; readonly limits: Limits };

const EMPTY: Reading = { node: undefined, duplicates: [], unreadFrom: 0 };
const OPTIONS = { schema: "failsafe", uniqueKeys: false, keepSourceTokens: false, logLevel: "silent" } as const;

/** Work that may go into indenting lines again, in characters parsed. */
const MAX_REPAIR = 4_000_000;

/** Thrown where a line inside quotes or brackets stands too far left for YAML 1.2; YAML 1.1 does not care. */
class Shallow extends Error {
  readonly lineStart: number;
  readonly line: number;
  readonly problem: Problem;

  constructor(lineStart: number, line: number, problem: Problem) {
    super("shallow");
    this.lineStart = lineStart;
    this.line = line;
    this.problem = problem;
  }
}

/**
 * Reads the text of one document (no separators) with the meaning that `kubectl` gives it.
 * Text behind a `...` is not part of the document.
 */
export function compose(text: string, place: Place): Reading | Problem {
  let unix = text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
  let first: Problem | undefined;
  let lastLine = 0;
  for (let work = 0; ; work += unix.length) {
    try {
      return read(unix.replace(/[\r\x85\u2028\u2029]/g, "\n"), new Lines(unix, place.firstLine), place.limits);
    } catch (error) {
      // Lines are indented from top to bottom, each once: what does not get further that way is broken.
      if (!(error instanceof Shallow) || error.line <= lastLine || work > MAX_REPAIR) {
        return inTemplate(first ?? problemOf(error, place), text);
      }
      first ??= error.problem;
      lastLine = error.line;
      unix = indented(unix, text, error.lineStart);
    }
  }
}

/** The text with the line at `lineStart` further right than any of `original`; blanks there mean nothing inside quotes and brackets. */
function indented(text: string, original: string, lineStart: number): string {
  const deepest = (original.match(/^ +/gm) ?? []).reduce((most, { length }) => Math.max(most, length), 0);
  return text.slice(0, lineStart) + " ".repeat(deepest + 1) + text.slice(lineStart);
}

function problemOf(error: unknown, { firstLine }: Place): Problem {
  if (error instanceof Stop || error instanceof Shallow) return error.problem;
  if (error instanceof RangeError) return { code: "LIMIT", line: firstLine, message: "too deeply nested to be read" };
  throw error;
}

function read(source: string, lines: Lines, limits: Limits): Reading {
  refuseControls(source, lines);
  const composer = new Composer(OPTIONS);
  let reading: Reading | undefined;
  let unstarted = true;
  let ended = false;
  for (const token of new Parser().parse(source)) {
    if (ended) {
      if (!isContent(token)) continue;
      return { ...EMPTY, ...reading, unreadFrom: lines.at(token.offset) };
    }
    switch (token.type) {
      case "directive":
        throw new Stop("YAML_SYNTAX", lines.at(token.offset), "`kubectl` reads no directives");
      case "error":
        throw new Stop("YAML_SYNTAX", lines.at(token.offset), sentence(token.message));
      case "document":
        unstarted = token.value === undefined && !token.start.some(({ type }) => type === "doc-start");
        reading = document(token, composer, source, lines, limits);
        break;
      case "doc-end":
        if (unstarted) throw new Stop("YAML_SYNTAX", lines.at(token.offset), "`...` stands before any document");
        ended = true;
        break;
      case "space":
        if (token.source.includes("\t"))
          throw new Stop("YAML_SYNTAX", lines.at(token.offset), "a tab stands where only spaces may");
        break;
      default:
        break;
    }
  }
  return reading ?? EMPTY;
}

function document(token: CST.Document, composer: Composer, source: string, lines: Lines, limits: Limits): Reading {
  const refused = refusal(token, source, lines, limits.depth);
  const [parsed] = composer.compose([token]);
  const errors = parsed?.errors.filter(({ code, message }) => !tolerated(code, message)) ?? [];
  for (const { pos, message } of errors) {
    const lineStart = shallowLine(source, pos[0], message);
    if (lineStart !== undefined)
      throw new Shallow(lineStart, lines.at(lineStart), problemAt(source, lines, pos[0], message));
  }
  if (refused !== undefined) throw refused;
  const [error] = errors;
  if (error !== undefined) {
    const { line, message } = problemAt(source, lines, error.pos[0], error.message);
    throw new Stop("YAML_SYNTAX", line, message);
  }
  if (parsed === undefined || parsed.contents === null) return EMPTY;
  return { ...convert(parsed.contents, source, lines, limits), unreadFrom: 0 };
}

function problemAt(source: string, lines: Lines, offset: number, message: string): Problem {
  const line = lines.at(Math.min(offset, source.trimEnd().length - 1));
  return { code: "YAML_SYNTAX", line, message: sentence(message) };
}

/** What `refuse` throws; thrown at once where composing could run out of stack. */
function refusal(token: CST.Document, source: string, lines: Lines, depth: number): Stop | undefined {
  try {
    refuse(token, source, lines, depth);
    return undefined;
  } catch (error) {
    if (!(error instanceof Stop) || error.problem.code === "LIMIT") throw error;
    return error;
  }
}

/** The start of the line that made the parser leave a quoted scalar or brackets before their end. */
function shallowLine(source: string, offset: number, message: string): number | undefined {
  if (message.includes("must be sufficiently indented")) return source.lastIndexOf("\n", offset - 1) + 1;
  if (!message.startsWith("Missing closing")) return undefined;
  const next = source.slice(offset).search(/\S/);
  return next < 0 ? undefined : source.lastIndexOf("\n", offset + next - 1) + 1;
}

function isContent({ type }: CST.Token): boolean {
  return type === "document" || type === "directive" || type === "error";
}

/** YAML 1.1 lets a comment follow its neighbour without a blank. */
function tolerated(code: string, message: string): boolean {
  return code === "MISSING_CHAR" && message.startsWith("Comments must be separated");
}

function sentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/** What fails to parse and holds `{{` or `{%` is a template that nobody has filled in. */
function inTemplate(problem: Problem, text: string): Problem {
  const template = problem.code === "YAML_SYNTAX" && /\{\{|\{%/.test(text);
  return template
    ? { ...problem, code: "TEMPLATE", message: `${problem.message}: a template that is not filled in` }
    : problem;
}
