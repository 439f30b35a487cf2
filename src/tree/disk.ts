import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import type { Issue } from "../errors.ts";
import { HEADER_ROOM } from "./blob.ts";
import { MAX_FILE_BYTES, tooLarge, unread } from "./content.ts";
import { encodePath, isEscaped } from "./path.ts";

/** Where a file's bytes stand in a reader's buffer, or why they could not be read. */
export type Reading =
  | { readonly kind: "bytes"; readonly start: number; readonly end: number }
  | { readonly kind: "large"; readonly size: number }
  | { readonly kind: "full" }
  | { readonly kind: "special" }
  | { readonly kind: "failed"; readonly cause: string };

/** Reads whole files one behind the other into one buffer, which grows only for a file that alone is larger. */
export class DiskReader {
  #buffer: Buffer;
  #used = 0;

  constructor(capacity: number) {
    this.#buffer = Buffer.allocUnsafeSlow(capacity);
  }

  get buffer(): Buffer {
    return this.#buffer;
  }

  /** Makes the room of all earlier files free. */
  clear(): void {
    this.#used = 0;
  }

  /**
   * The bytes of the file at `path`, with `HEADER_ROOM` bytes free before them; `full` where they do not fit behind
   * the earlier ones. Links, devices, pipes and sockets are never read.
   */
  read(path: string | Buffer): Reading {
    return this.#opened(path, (file) => {
      const stat = fstatSync(file);
      if (!stat.isFile()) return { kind: "special" };
      if (stat.size > MAX_FILE_BYTES) return { kind: "large", size: stat.size };
      return this.#fill(file, stat.size);
    });
  }

  /** As `read`, for a caller who knows what the bytes must be and makes sure of them: does not ask what kind of file it is.
   * Reading never waits. */
  readExpected(path: string | Buffer): Reading {
    const start = this.#used + HEADER_ROOM;
    const room = this.#buffer.length - start;
    if (room <= 0) return this.#used > 0 ? { kind: "full" } : this.read(path);
    const reading = this.#opened(path, (file) => {
      const count = readSync(file, this.#buffer, start, room, null);
      if (count === room) return { kind: "full" };
      this.#used = start + count;
      return { kind: "bytes", start, end: start + count };
    });
    return reading.kind === "full" && this.#used === 0 ? this.read(path) : reading;
  }

  #opened(path: string | Buffer, read: (file: number) => Reading): Reading {
    let file: number;
    try {
      if (!KNOWS_LINKS && lstatSync(path).isSymbolicLink()) return { kind: "special" };
      file = openSync(path, FLAGS);
    } catch (error) {
      return codeOf(error) === "ELOOP" ? { kind: "special" } : { kind: "failed", cause: causeOf(error) };
    }
    try {
      return read(file);
    } catch (error) {
      return { kind: "failed", cause: causeOf(error) };
    } finally {
      closeSync(file);
    }
  }

  #fill(file: number, size: number): Reading {
    const start = this.#used + HEADER_ROOM;
    if (start + size > this.#buffer.length) {
      if (this.#used > 0) return { kind: "full" };
      this.#buffer = Buffer.allocUnsafeSlow(size + HEADER_ROOM);
    }
    let end = start;
    while (end < start + size) {
      const count = readSync(file, this.#buffer, end, start + size - end, null);
      if (count === 0) break;
      end += count;
    }
    this.#used = end;
    return { kind: "bytes", start, end };
  }
}

/** The place on disk of a tree's path. */
export function absolute(root: string, path: string): string | Buffer {
  return isEscaped(path) ? Buffer.concat([Buffer.from(`${root}/`), encodePath(path)]) : `${root}/${path}`;
}

/** What a visitor is told of a file that was not read. */
export function failure(path: string, reading: Exclude<Reading, { kind: "bytes" }>): Issue {
  switch (reading.kind) {
    case "large":
      return tooLarge(path, reading.size);
    case "special":
      return unread(path, "is not a regular file");
    case "full":
      return unread(path, "changed while it was read");
    case "failed":
      return unread(path, reading.cause);
  }
}

/** A system error's code in words that do not depend on the machine. */
export function causeOf(error: unknown): string {
  const code = codeOf(error);
  return CAUSES.get(code) ?? `cannot be read (${code})`;
}

/** `ENOENT` and the like; `unknown` where `error` is no system error. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";
}

const CAUSES = new Map([
  ["ENOENT", "does not exist"],
  ["ENOTDIR", "does not exist"],
  ["EACCES", "cannot be read: permission denied"],
  ["EPERM", "cannot be read: permission denied"],
  ["EISDIR", "is a folder"],
  ["ENAMETOOLONG", "has too long a name"],
  ["ELOOP", "is a link that leads back to itself"],
]);

/** Folders of a directory, told apart from links to folders; each is looked at once. */
export class Folders {
  readonly #root: string;
  readonly #known = new Map<string, boolean>([["", true]]);

  constructor(root: string) {
    this.#root = root;
  }

  /** The folder that `path` lies in is one, and no link stands on the way to it. */
  hold(path: string): boolean {
    return this.#isFolder(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
  }

  #isFolder(folder: string): boolean {
    const known = this.#known.get(folder);
    if (known !== undefined) return known;
    const answer = this.hold(folder) && isDirectory(absolute(this.#root, folder));
    this.#known.set(folder, answer);
    return answer;
  }
}

function isDirectory(path: string | Buffer): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Opening can refuse links; Windows cannot. */
const KNOWS_LINKS = constants.O_NOFOLLOW !== undefined;

/** No link is followed, and opening a pipe or a device does not wait. Windows has neither flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
