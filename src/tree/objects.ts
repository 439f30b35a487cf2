import { MAX_FILE_BYTES } from "./content.ts";
import { failed, tryGit } from "./git.ts";
import { type Repository, repositoryArgs } from "./repository.ts";

/** Why an object's bytes are not to be had. */
export type ObjectFault =
  | { readonly kind: "missing" }
  | { readonly kind: "large"; readonly size: number }
  | { readonly kind: "corrupt"; readonly cause: string };

/** Receives the object of the id at `index`; `bytes` is valid only during the call. */
export type ObjectVisitor = (index: number, bytes: Buffer | ObjectFault) => void;

/**
 * Reads blobs in the order given, through `git cat-file`, with at most one batch in memory. Objects that git cannot
 * give are visited with the fault; nothing is fetched.
 */
export function readObjects(repository: Repository, ids: readonly string[], visit: ObjectVisitor): void {
  let from = 0;
  let count = BATCH_OBJECTS;
  let maxBytes = BATCH_BYTES;
  let deaths = 0;
  while (from < ids.length) {
    const batch = ids.slice(from, from + count);
    const start = from;
    const done = readBatch(repository, batch, { maxBytes, visit: (index, bytes) => visit(start + index, bytes) });
    from += done.read;
    count = BATCH_OBJECTS;
    maxBytes = BATCH_BYTES;
    if (done.read === batch.length) continue;
    if (done.cutSize !== undefined) {
      maxBytes = Math.max(BATCH_BYTES, done.cutSize + HEADER_BYTES);
      if (done.cutSize <= MAX_FILE_BYTES) continue;
      visit(from++, { kind: "large", size: done.cutSize });
      continue;
    }
    if (done.read > 0) continue;
    if (batch.length > 1) {
      count = 1;
      continue;
    }
    const promised = PROMISED.test(done.complaint);
    if (++deaths > MAX_DEATHS) throw failed(promised ? PARTIAL : `\`git cat-file\` failed: ${done.complaint}`);
    visit(from++, promised ? { kind: "missing" } : { kind: "corrupt", cause: done.complaint });
  }
}

/** Objects and bytes asked for at once. */
const BATCH_OBJECTS = 16_384;
const BATCH_BYTES = 32 * 1024 * 1024;
const HEADER_BYTES = 1024;
/** Objects that git may die of before the repository as a whole counts as unreadable. */
const MAX_DEATHS = 100;
/** What git before 2.45 dies of where an object of a partial clone is not there. */
const PROMISED = /from promisor remote/;
const PARTIAL = "this partial clone lacks too many files; bring them with `git fetch --refetch --no-filter`";

type Batch = {
  /** Objects, from the first, that were visited. */
  readonly read: number;
  /** Bytes of the object that did not fit, where one did not. */
  readonly cutSize: number | undefined;
  readonly complaint: string;
};

function readBatch(
  repository: Repository,
  ids: readonly string[],
  limits: { readonly maxBytes: number; readonly visit: ObjectVisitor },
): Batch {
  const done = tryGit({
    repository: repositoryArgs(repository),
    args: ["cat-file", "--batch", "--buffer"],
    input: `${ids.join("\n")}\n`,
    maxBytes: limits.maxBytes,
  });
  const { stdout, overflow } = done;
  let at = 0;
  for (let index = 0; index < ids.length; index++) {
    const line = stdout.indexOf(NEWLINE, at);
    if (line < 0) return { read: index, cutSize: overflow ? 0 : undefined, complaint: done.complaint };
    const header = stdout.toString("latin1", at, line);
    if (header.endsWith(" missing")) {
      limits.visit(index, { kind: "missing" });
      at = line + 1;
      continue;
    }
    const [, type, digits] = header.split(" ");
    const size = Number(digits);
    const end = line + 1 + size;
    if (end + 1 > stdout.length)
      return { read: index, cutSize: overflow ? size : undefined, complaint: done.complaint };
    if (type === "blob") limits.visit(index, stdout.subarray(line + 1, end));
    else limits.visit(index, { kind: "corrupt", cause: `is a ${type}` });
    at = end + 1;
  }
  return { read: ids.length, cutSize: undefined, complaint: "" };
}

const NEWLINE = 0x0a;
