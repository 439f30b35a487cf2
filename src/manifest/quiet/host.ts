import { GIVE_UP, QUICK_CLASSES } from "../yaml/cursor.ts";
import { mayBeMore } from "../yaml/scalar.ts";
import { WALK } from "./compiled.ts";
import { type Note, RULE_KINDS, type Rule } from "./rule.ts";

type Constant = { readonly value: number };
type Region = "CLASSES" | "RULES" | "HEADS" | "FOUND" | "FILE" | "MOST_BYTES" | "IS_BLOCK" | "IS_UNNEEDED";

/** The compiled walk: constants and places in its memory. Source: `assembly/documents.ts`. */
type Compiled = {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly read: (length: number) => number;
} & { readonly [name in Region | Note]: Constant };

/** What the host says of a document that starts in a certain way. `form` is told back; `undefined` where nobody needs it. */
export type Verdict = { readonly form: number; readonly rule: Rule; readonly needsSpec: boolean } | undefined;

const LINE_FEED = 10;
/** Bytes in front of the text of a head, of a key and of a text, and those of a rule. */
const HEAD_BYTES = 16;
const KEY_BYTES = 8;
const TEXT_BYTES = 12;
const RULE_BYTES = 28;
/** The bit for keys of this length, or of any greater one. */
const LAST_BIT = 31;
/** The two lines of a head are shorter; and what most files together need for heads. */
const MOST_HEAD = 256;
const HEADS_ROOM = 1024;
/** No text: stands for what a selector asks in other ways than by a label. */
const ANY = 1;
/** `resolvePlain` may take text that starts so for more than text. */
const HINT = 128;

/**
 * Goes over files in plain block YAML with a WebAssembly module, which is fast from the first file on: checks each document
 * against the rule for it, and tells what it holds in words. Texts are told by number, the same for the same text.
 */
export class Host {
  readonly #judge: (head: string) => Verdict;
  readonly #compiled: Compiled;
  #memory: Buffer;
  /** The memory as words; what was told starts at `found`. */
  words: Int32Array;
  readonly found: number;
  readonly isBlock: number;
  readonly isUnneeded: number;
  readonly #placed = new Map<Rule, number>();
  readonly #texts = new Map<number, string>();
  /** Where the next rule and the next head go. */
  #free: number;
  #freeHead: number;

  /** `judge` says what a document is whose first two lines are these, or throws `GIVE_UP`. */
  constructor(judge: (head: string) => Verdict, compiled: Compiled) {
    const { memory, CLASSES, RULES, HEADS, FOUND, IS_BLOCK, IS_UNNEEDED } = compiled;
    this.#judge = judge;
    this.#compiled = compiled;
    this.#memory = Buffer.from(memory.buffer);
    this.words = new Int32Array(memory.buffer);
    this.found = FOUND.value / 4;
    this.isBlock = IS_BLOCK.value;
    this.isUnneeded = IS_UNNEEDED.value;
    this.#free = RULES.value;
    this.#freeHead = HEADS.value;
    for (let code = 0; code < 128; code++)
      this.#memory[CLASSES.value + code] = (QUICK_CLASSES[code] ?? 0) | (mayBeMore(code) ? HINT : 0);
  }

  /** Goes over one file; how many words it told. Throws `GIVE_UP` where it is not plain, or not as the rules say. */
  read(bytes: Uint8Array): number {
    const { FILE, MOST_BYTES } = this.#compiled;
    const file = FILE.value;
    let { length } = bytes;
    if (length === 0 || length >= MOST_BYTES.value) throw GIVE_UP;
    this.#makeRoom();
    this.#memory.set(bytes, file);
    if (bytes[length - 1] !== LINE_FEED) this.#memory[file + length++] = LINE_FEED;
    for (;;) {
      const count = this.#run(length);
      if (count >= 0) return count;
      const [from = 0, to = 0] = this.words.subarray(this.found);
      this.#learn(this.#memory.toString("latin1", file + from, file + to));
    }
  }

  /** The text of this number. */
  text(id: number): string {
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    const start = id + TEXT_BYTES;
    const text = id === ANY ? "?" : this.#memory.toString("latin1", start, start + (this.words[(id + 8) / 4] ?? 0));
    this.#texts.set(id, text);
    return text;
  }

  /** Goes over the file; the memory is another one when it has grown, also where the file was given up. */
  #run(length: number): number {
    try {
      return this.#compiled.read(length);
    } finally {
      const { buffer } = this.#compiled.memory;
      if (this.words.buffer !== buffer) {
        this.#memory = Buffer.from(buffer);
        this.words = new Int32Array(buffer);
      }
    }
  }

  /** Forgets what documents start with, where there is hardly room for more: between files, so that each is read in the end. */
  #makeRoom(): void {
    const { HEADS, FOUND } = this.#compiled;
    if (this.#freeHead + HEADS_ROOM < FOUND.value) return;
    this.#freeHead = HEADS.value;
    this.words[this.#freeHead / 4] = 0;
  }

  /** Notes what a document is that starts so. */
  #learn(head: string): void {
    const judged = this.#judge(head);
    const place = this.#freeHead;
    const next = align(place + HEAD_BYTES + head.length);
    if (head.length > MOST_HEAD || next + 4 > this.#compiled.FOUND.value) throw GIVE_UP;
    const rule = judged === undefined ? 0 : this.#place(judged.rule);
    this.#memory.write(head, place + HEAD_BYTES, "latin1");
    this.words.set([head.length, rule, judged?.form ?? 0, judged?.needsSpec === true ? 1 : 0], place / 4);
    this.words[next / 4] = 0;
    this.#freeHead = next;
  }

  /** Where a rule stands, which is put there with all that it leads to. */
  #place(rule: Rule | undefined): number {
    if (rule === undefined) return 0;
    const known = this.#placed.get(rule);
    if (known !== undefined) return known;
    const kind = RULE_KINDS.indexOf(rule.kind);
    const [item, rest] = [this.#place(rule.item), this.#place(rule.rest)];
    const keys = rule.keys.map((key) => ({ name: key.name, rule: this.#place(key.rule) }));
    const place = this.#free;
    let at = place + RULE_BYTES;
    const lengths = keys.reduce((bits, { name }) => bits | (1 << Math.min(name.length, LAST_BIT)), 0);
    this.words.set([kind, item, rest, this.#number(rule.note), this.#number(rule.end), at, lengths], place / 4);
    for (const key of keys) {
      this.words.set([key.name.length, key.rule], at / 4);
      this.#memory.write(key.name, at + KEY_BYTES, "latin1");
      at = align(at + KEY_BYTES + key.name.length);
    }
    this.words[at / 4] = 0;
    this.#free = at + 4;
    if (this.#free > this.#compiled.HEADS.value) throw new Error("the rules take more room than there is");
    this.#placed.set(rule, place);
    return place;
  }

  #number(note: Note | undefined): number {
    return note === undefined ? 0 : this.#compiled[note].value;
  }
}

/** A host; `undefined` where this machine cannot run the walk. */
export function openHost(judge: (head: string) => Verdict): Host | undefined {
  if (typeof WebAssembly === "undefined" || !isLittleEndian()) return undefined;
  const bytes = Buffer.from(WALK, "base64");
  return WebAssembly.validate(bytes) ? new Host(judge, instance(bytes)) : undefined;
}

/** As the memory of WebAssembly is, whatever the machine. */
function isLittleEndian(): boolean {
  return new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
}

function instance(bytes: Uint8Array): Compiled {
  const giveUp = () => {
    throw GIVE_UP;
  };
  return new WebAssembly.Instance<Compiled>(new WebAssembly.Module(bytes), { memory: { giveUp } }).exports;
}

function align(place: number): number {
  return (place + 3) & ~3;
}
