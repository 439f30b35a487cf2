import { NAME_LABEL } from "../../model/labels.ts";
import { isPlainBlock } from "../blocks.ts";
import { DELIVERY_GROUPS, needed } from "../kinds.ts";
import { GIVE_UP } from "../yaml/cursor.ts";
import { FORMS } from "./grammar.ts";
import { type Host, openHost, type Verdict } from "./host.ts";

/** A file of which every document that is needed is in order by itself, and says in which namespace it stands. */
export type QuietFile = {
  /** The namespaces that its objects stand in, each once. */
  readonly namespaces: readonly string[];
  /** The first one that it declares. */
  readonly declared: string | undefined;
  readonly documents: number;
  readonly skipped: number;
  readonly workloads: number;
  readonly policies: number;
  /** Where the words about its objects stand. */
  readonly shelf: Shelf;
  readonly start: number;
  readonly end: number;
};

/**
 * What is known of the objects of many files, in words. Of each object: the place of its form in `FORMS`, the numbers of the
 * texts of its namespace and name, how many labels it has, asks for, and ports it names; then the numbers of these.
 */
export type Shelf = { readonly words: Int32Array; readonly text: (id: number) => string };

/** Where things stand in the words about an object, and how many come before its lists. */
export const WORD = { form: 0, namespace: 1, name: 2, labels: 3, asked: 4, ports: 5, count: 6 } as const;

const FIRST_WORDS = 4096;

/** Reads files one after the other. */
export class QuietReader {
  readonly #host = openHost(verdict);
  readonly #shelf = { words: new Int32Array(FIRST_WORDS), text: (id: number) => this.#host?.text(id) ?? "" };
  #used = 0;
  readonly #alone = new Map<number, readonly string[]>();
  readonly #plain = new Set<number>();

  /**
   * What a file holds, where the decoders would find nothing to report in it and its objects, if any, are of the usual kinds;
   * `undefined` where that is not plain. Errs on the side of `undefined`: then the decoders read the file.
   */
  read(bytes: Uint8Array): QuietFile | undefined {
    const host = this.#host;
    if (host === undefined) return undefined;
    const start = this.#used;
    try {
      const count = host.read(bytes);
      return count === 0 ? undefined : this.#file(host, start, host.found + count);
    } catch (error) {
      if (error !== GIVE_UP) throw error;
      this.#used = start;
      return undefined;
    }
  }

  #file({ words, found, isBlock, isUnneeded }: Host, start: number, end: number): QuietFile {
    let documents = 0;
    let skipped = 0;
    let workloads = 0;
    let policies = 0;
    const namespaces: number[] = [];
    let declared: string | undefined;
    let at = found;
    while (at < end) {
      const what = words[at] ?? 0;
      if (what === isBlock) {
        at = this.#block(words, at);
        continue;
      }
      documents++;
      if (what === isUnneeded) {
        skipped++;
        at++;
        continue;
      }
      const namespace = words[at + WORD.namespace] ?? 0;
      if (!namespaces.includes(namespace)) namespaces.push(namespace);
      const role = FORMS[what]?.role;
      if (role === "workload") workloads++;
      else if (role === "policy") policies++;
      else if (role === "namespace") {
        const name = this.#declared(words, at);
        declared ??= name;
      }
      at = this.#keep(words, at);
    }
    return {
      namespaces: this.#names(namespaces),
      declared,
      documents,
      skipped,
      workloads,
      policies,
      shelf: this.#shelf,
      start,
      end: this.#used,
    };
  }

  /** Makes sure of the block at `at`; where it ends. */
  #block(words: Int32Array, at: number): number {
    const [cidr, holes] = [words[at + 1] ?? 0, words[at + 2] ?? 0];
    const end = at + 3 + holes;
    if (holes === 0 && this.#plain.has(cidr)) return end;
    const except = Array.from(words.subarray(at + 3, end), this.#shelf.text);
    if (!isPlainBlock(this.#shelf.text(cidr), except)) throw GIVE_UP;
    if (holes === 0) this.#plain.add(cidr);
    return end;
  }

  /** The name of the namespace at `at`, of which no label may say another. */
  #declared(words: Int32Array, at: number): string {
    const { text } = this.#shelf;
    const name = text(words[at + WORD.name] ?? 0);
    const labels = words.subarray(at + WORD.count, at + WORD.count + (words[at + WORD.labels] ?? 0));
    for (const id of labels) {
      const label = text(id);
      if (label.startsWith(OWN_NAME) && label !== `${OWN_NAME}${name}`) throw GIVE_UP;
    }
    return name;
  }

  /** Puts the words about the object at `at` on the shelf; where they end. */
  #keep(words: Int32Array, at: number): number {
    const end = afterObject(words, at);
    while (this.#used + end - at > this.#shelf.words.length) {
      const larger = new Int32Array(2 * this.#shelf.words.length);
      larger.set(this.#shelf.words);
      this.#shelf.words = larger;
    }
    for (let from = at; from < end; from++) this.#shelf.words[this.#used++] = words[from] ?? 0;
    return end;
  }

  #names(ids: readonly number[]): readonly string[] {
    const [first, second] = ids;
    if (first === undefined || second !== undefined) return ids.map(this.#shelf.text);
    let alone = this.#alone.get(first);
    if (alone === undefined) {
      alone = [this.#shelf.text(first)];
      this.#alone.set(first, alone);
    }
    return alone;
  }
}

/** Where the words about the object at `at` end. */
export function afterObject(words: Int32Array, at: number): number {
  const lists = (words[at + WORD.labels] ?? 0) + (words[at + WORD.asked] ?? 0) + (words[at + WORD.ports] ?? 0);
  return at + WORD.count + lists;
}

const HEAD =
  /^(?:apiVersion: ([A-Za-z0-9][A-Za-z0-9./-]*)\nkind: ([A-Za-z][A-Za-z0-9]*)|kind: ([A-Za-z][A-Za-z0-9]*)\napiVersion: ([A-Za-z0-9][A-Za-z0-9./-]*))\n$/;

/** What a document is that starts with these two lines. */
function verdict(head: string): Verdict {
  const found = HEAD.exec(head);
  if (found === null) throw GIVE_UP;
  const apiVersion = found[1] ?? found[4] ?? "";
  const kind = found[2] ?? found[3] ?? "";
  const place = FORMS.findIndex((form) => form.apiVersion === apiVersion && form.kind === kind);
  const form = FORMS[place];
  if (form !== undefined)
    return { form: place, rule: form.rule, needsSpec: form.role === "workload" || form.role === "policy" };
  const delivers = DELIVERY_GROUPS.some((group) => apiVersion.includes(group));
  if (needed(kind, apiVersion) || kind.endsWith("List") || delivers) throw GIVE_UP;
  return undefined;
}

const OWN_NAME = `${NAME_LABEL}=`;
