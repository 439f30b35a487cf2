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

/**
 * Reads the text of one document (no separators) with the meaning that `kubectl` gives it.
 * Text behind a `...` is not part of the document.
 */
export function compose(text: string, place: Place): Reading | Problem {
  const unix = text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
  const lines = new Lines(unix, place.firstLine);
  const source = unix.replace(/[\r\x85\u2028\u2029]/g, "\n");
  try {
    return read(source, lines, place.limits);
  } catch (error) {
    if (error instanceof Stop) return inTemplate(error.problem, text);
    if (error instanceof RangeError)
      return { code: "LIMIT", line: place.firstLine, message: "too deeply nested to be read" };
    throw error;
  }
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
        refuse(token, source, lines, limits.depth);
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
  const [parsed] = composer.compose([token]);
  const error = parsed?.errors.find(({ code, message }) => !tolerated(code, message));
  if (error !== undefined) {
    const last = source.trimEnd().length - 1;
    throw new Stop("YAML_SYNTAX", lines.at(Math.min(error.pos[0], last)), sentence(error.message));
  }
  if (parsed === undefined || parsed.contents === null) return EMPTY;
  return { ...convert(parsed.contents, source, lines, limits), unreadFrom: 0 };
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
