import type { Issue } from "../errors.ts";
import { CheckedOut, type Range } from "./checked-out.ts";
import { content, tooLarge, unread } from "./content.ts";
import { type ObjectFault, readObjects } from "./objects.ts";
import { isPartial, type Repository } from "./repository.ts";
import type { TreeEntry } from "./tree.ts";

/** Receives an entry with its bytes, valid only during the call, or with the reason why there are none. */
type Visitor = (entry: TreeEntry, bytes: Uint8Array | Issue) => void;

/** Entries to visit, and how. */
export type BlobRequest = {
  readonly entries: readonly TreeEntry[];
  readonly visit: Visitor;
  readonly onDisk?: boolean;
};

/**
 * Visits entries whose ids are git's, in the order given: from the work tree where it holds the very bytes, which is
 * several times faster, else from the repository's objects. A work tree that holds few of them is soon left alone,
 * unless `onDisk` says that it is what the entries were made from.
 */
export function readBlobs(repository: Repository, request: BlobRequest): void {
  const { entries, visit, onDisk = false } = request;
  const { workTree } = repository;
  let from = 0;
  let worthIt = workTree !== undefined;
  const disk = new CheckedOut(workTree ?? "", Math.min(WINDOW_BYTES, WINDOW_BYTES_LEAST * entries.length));
  while (worthIt && from < entries.length) {
    const window = fill(disk, entries, from);
    visitWindow({ repository, disk, visit }, window);
    from += window.length;
    worthIt = onDisk || window.filter(({ range }) => range !== undefined).length * 2 >= window.length;
  }
  readFrom(repository, from === 0 ? entries : entries.slice(from), visit);
}

/** Bytes of the work tree that are held at once. */
const WINDOW_BYTES = 4 * 1024 * 1024;
const WINDOW_BYTES_LEAST = 64 * 1024;
const WINDOW_ENTRIES = 4096;

type Sighting = { readonly entry: TreeEntry; readonly range: Range | undefined };

/** As many entries, from `from` on, as the buffer holds. */
function fill(disk: CheckedOut, entries: readonly TreeEntry[], from: number): readonly Sighting[] {
  disk.clear();
  const window: Sighting[] = [];
  for (let index = from; index < entries.length && window.length < WINDOW_ENTRIES; index++) {
    const entry = entries[index];
    const range = entry === undefined || entry.kind === "submodule" ? undefined : disk.read(entry);
    if (entry === undefined || range === "full") break;
    window.push({ entry, range });
  }
  return window;
}

/** Visits the window in its order; what the disk lacks is read from the objects, all at once. */
function visitWindow(
  from: { readonly repository: Repository; readonly disk: CheckedOut; readonly visit: Visitor },
  window: readonly Sighting[],
): void {
  let next = 0;
  const visitSeen = () => {
    for (let seen = window[next]; seen?.range !== undefined; seen = window[++next]) {
      const { start, end } = seen.range;
      from.visit(seen.entry, content(seen.entry.path, from.disk.buffer.subarray(start, end)));
    }
  };
  const missed = window.flatMap(({ entry, range }) => (range === undefined ? [entry] : []));
  readFrom(from.repository, missed, (entry, bytes) => {
    visitSeen();
    from.visit(entry, bytes);
    next++;
  });
  visitSeen();
}

function readFrom(repository: Repository, entries: readonly TreeEntry[], visit: Visitor): void {
  const ids = entries.map((entry) => entry.blob);
  readObjects(repository, ids, (index, bytes) => {
    const entry = entries[index];
    if (entry !== undefined)
      visit(entry, Buffer.isBuffer(bytes) ? content(entry.path, bytes) : issue(repository, entry, bytes));
  });
}

function issue(repository: Repository, entry: TreeEntry, fault: ObjectFault): Issue {
  switch (fault.kind) {
    case "large":
      return tooLarge(entry.path, fault.size);
    case "corrupt":
      return unread(entry.path, `cannot be read from the repository: ${fault.cause}`);
    case "missing":
      if (entry.kind === "submodule") return unread(entry.path, "is a submodule; its files are not part of this tree");
      if (!isPartial(repository))
        return unread(entry.path, "is not in the objects of the repository, or changed while it was read");
      return unread(entry.path, "was left out of this partial clone; bring it with `git fetch --refetch --no-filter`");
  }
}
