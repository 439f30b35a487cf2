import { blobId, formatOf } from "./blob.ts";
import { absolute, DiskReader, Folders } from "./disk.ts";
import type { TreeEntry } from "./tree.ts";

/** Where the bytes of an entry stand in the buffer of `CheckedOut`. */
export type Range = { readonly start: number; readonly end: number };

/**
 * Files of a work tree, given out only where their bytes hash to the id that is asked for. Nothing else needs to be
 * known: neither what is checked out, nor whether it was changed, converted or filtered.
 */
export class CheckedOut {
  readonly #root: string;
  readonly #reader: DiskReader;
  readonly #folders: Folders;

  constructor(root: string, capacity: number) {
    this.#root = root;
    this.#reader = new DiskReader(capacity);
    this.#folders = new Folders(root);
  }

  get buffer(): Buffer {
    return this.#reader.buffer;
  }

  /** Makes the room of all earlier files free. */
  clear(): void {
    this.#reader.clear();
  }

  /** The bytes of `entry`; undefined where the disk has others or none; `full` where earlier files fill the buffer. */
  read(entry: TreeEntry): Range | "full" | undefined {
    const path = entry.leadsTo ?? entry.path;
    if (!this.#folders.hold(path)) return undefined;
    const read = this.#reader.readExpected(absolute(this.#root, path));
    if (read.kind === "full") return "full";
    if (read.kind !== "bytes") return undefined;
    return blobId(this.#reader.buffer, read, formatOf(entry.blob)) === entry.blob ? read : undefined;
  }
}
