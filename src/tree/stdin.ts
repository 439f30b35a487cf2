import { blobId, HEADER_ROOM } from "./blob.ts";
import { content } from "./content.ts";
import type { Tree, TreeEntry } from "./tree.ts";

/** A tree of one file, `-`, that holds what standard input gave. */
export function streamTree(bytes: Uint8Array): Tree {
  const room = Buffer.concat([Buffer.alloc(HEADER_ROOM), bytes]);
  const blob = blobId(room, { start: HEADER_ROOM, end: room.length }, "sha1");
  const entry: TreeEntry = { path: "-", blob, kind: "file", size: bytes.length };
  const read: Tree["read"] = (entries, visit) => {
    for (const one of entries) visit(one, content(one.path, bytes));
  };
  return { label: "standard input", commit: undefined, entries: [entry], issues: [], read };
}
