import { isAscii } from "node:buffer";
import { DELIVERY_GROUPS, needed } from "../kinds.ts";
import { GIVE_UP } from "../yaml/cursor.ts";
import { type Source, sourceOf } from "../yaml/source.ts";
import { Facts } from "./facts.ts";
import { FORMS, type Form } from "./grammar.ts";
import { walk } from "./walk.ts";

/** One object of a quiet file. A Namespace stands in itself. */
export type QuietObject = {
  readonly kind: string;
  readonly role: Form["role"];
  readonly namespace: string;
  readonly name: string;
  /** Labels that a workload gives its pods, as `key=value`; of a policy, those that it asks of the pods it selects. */
  readonly labels: readonly string[];
  /** Named ports of a workload's containers, or of a policy's ingress rules, as `name/protocol`. */
  readonly ports: readonly string[];
};

/** A file of which every document that is needed is in order by itself, and says in which namespace it stands. */
export type QuietFile = {
  readonly objects: readonly QuietObject[];
  readonly documents: number;
  readonly skipped: number;
};

/** Files above this size, or of more documents, are left to the decoders. */
const MOST_BYTES = 1 << 20;
const MOST_DOCUMENTS = 200;
/** What an unneeded document starts its lines with, at column 0, besides blanks, comments and keys that mean something. */
const KEY_LINE = /(?!kind|apiVersion)[A-Za-z0-9_/]/y;

/** Reads files one after the other. */
export class QuietReader {
  /** What documents are that start in a certain way. */
  readonly #forms = new Map<string, Form | "unneeded" | "unknown">();

  /**
   * What a file holds, where the decoders would find nothing to report in it and its objects, if any, are of the usual kinds;
   * `undefined` where that is not plain. Errs on the side of `undefined`: then the decoders read the file.
   */
  read(bytes: Buffer): QuietFile | undefined {
    if (bytes.length === 0 || bytes.length > MOST_BYTES || !isAscii(bytes)) return undefined;
    if (bytes.includes(0) || bytes.includes(CARRIAGE_RETURN)) return undefined;
    try {
      return this.#file(sourceOf(bytes));
    } catch (error) {
      if (error === GIVE_UP) return undefined;
      throw error;
    }
  }

  #file(source: Source): QuietFile | undefined {
    const { text } = source;
    const objects: QuietObject[] = [];
    let skipped = 0;
    for (let at = contentAt(text, 0); at < text.length; at = contentAt(text, at)) {
      const head = headAt(text, at);
      const form = this.#formOf(head);
      const from = at + head.length;
      if (form === "unneeded") {
        skipped++;
        at = behind(text, from);
      } else {
        const facts = new Facts();
        at = endOf(text, from);
        walk(source, { start: from, end: at }, form.rule, facts);
        objects.push(objectOf(facts, form));
      }
      if (skipped + objects.length > MOST_DOCUMENTS) throw GIVE_UP;
    }
    const documents = objects.length + skipped;
    return documents === 0 ? undefined : { objects, documents, skipped };
  }

  #formOf(head: string): Form | "unneeded" {
    let form = this.#forms.get(head);
    if (form === undefined) {
      form = formOf(head);
      this.#forms.set(head, form);
    }
    if (form === "unknown") throw GIVE_UP;
    return form;
  }
}

const CARRIAGE_RETURN = 13;
const HEAD =
  /(?:apiVersion: [A-Za-z0-9][A-Za-z0-9./-]*\nkind: [A-Za-z][A-Za-z0-9]*|kind: [A-Za-z][A-Za-z0-9]*\napiVersion: [A-Za-z0-9][A-Za-z0-9./-]*)\n/y;
/** Separators, blank lines and comments. */
const BETWEEN = /(?:---\n|\n|#[ -~\t]*\n)*/y;

/** Where the next document starts, at `at` or behind separators there. */
function contentAt(text: string, at: number): number {
  BETWEEN.lastIndex = at;
  return at + (BETWEEN.exec(text)?.[0].length ?? 0);
}

/** The two lines that say what the document is. */
function headAt(text: string, at: number): string {
  HEAD.lastIndex = at;
  const found = HEAD.exec(text);
  if (found === null) throw GIVE_UP;
  return found[0];
}

function formOf(head: string): Form | "unneeded" | "unknown" {
  const kind = /kind: (.*)/.exec(head)?.[1] ?? "";
  const apiVersion = /apiVersion: (.*)/.exec(head)?.[1] ?? "";
  const form = FORMS.get(`${apiVersion} ${kind}`);
  if (form !== undefined) return form;
  const delivers = DELIVERY_GROUPS.some((group) => apiVersion.includes(group));
  return needed(kind, apiVersion) || kind.endsWith("List") || delivers ? "unknown" : "unneeded";
}

/** The end of the document in which `from` lies: the next line that starts with `---`, wherever it stands. */
function endOf(text: string, from: number): number {
  const found = text.indexOf("\n---", from - 1);
  return found < 0 ? text.length : found + 1;
}

/** The start of the separator behind an unneeded document, in which lines mean what the scanner of documents thinks they do. */
function behind(text: string, from: number): number {
  let at = from;
  // An indented line would go on with the value of the last one.
  let mayBeIndented = false;
  while (at < text.length && !text.startsWith("---\n", at)) {
    const code = text.charCodeAt(at);
    if (code === SPACE) {
      if (!mayBeIndented) throw GIVE_UP;
    } else if (code !== LF && code !== HASH) {
      KEY_LINE.lastIndex = at;
      if (!KEY_LINE.test(text)) throw GIVE_UP;
      mayBeIndented = true;
    }
    at = text.indexOf("\n", at) + 1;
  }
  return at;
}

const LF = 10;
const SPACE = 32;
const HASH = 35;

function objectOf(facts: Facts, { role, kind }: Form): QuietObject {
  const { name, namespace, isComplete } = facts;
  if (name === "" || namespace === "") throw GIVE_UP;
  switch (role) {
    case "policy":
      if (!isComplete) throw GIVE_UP;
      return { kind, role, namespace, name, labels: facts.asked, ports: facts.ports };
    case "workload":
      if (!isComplete) throw GIVE_UP;
      return { kind, role, namespace, name, labels: facts.labels, ports: facts.ports };
    case "namespace":
      if (facts.labels.some((label) => label.startsWith(NAME_LABEL) && label !== `${NAME_LABEL}${name}`)) throw GIVE_UP;
      return { kind, role, namespace, name, labels: NONE, ports: NONE };
    case "other":
      return { kind, role, namespace, name, labels: NONE, ports: NONE };
  }
}

const NONE: readonly string[] = [];
const NAME_LABEL = "kubernetes.io/metadata.name=";
