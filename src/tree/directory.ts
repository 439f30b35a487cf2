import { realpathSync, type Stats, statSync } from "node:fs";
import { basename } from "node:path";
import { InputError } from "../errors.ts";
import { blobId } from "./blob.ts";
import { content } from "./content.ts";
import { absolute, causeOf, DiskReader, failure } from "./disk.ts";
import { followLinks } from "./links.ts";
import type { Tree, TreeEntry } from "./tree.ts";
import { walk } from "./walk.ts";

/** How a directory is named in reports, and how its files are told apart. */
export type DirectoryOptions = {
  readonly label: string;
  /**
   * Unless false, files are named by their content as git names them, so that equal files of two trees share an id.
   * That costs one reading of everything; a tree that is compared with nothing can do without.
   */
  readonly comparable?: boolean;
  readonly maxFiles?: number;
};

/**
 * The files below `path`, or `path` itself where it is a file, under its base name. Links are followed only inside the
 * tree; `.git` is left out. What does not exist, or is neither file nor directory, is an `InputError`.
 */
export function directoryTree(path: string, options: DirectoryOptions): Tree {
  const { root, stat } = locate(path);
  if (stat.isFile()) return fileTree({ root, path: basename(path) }, options);
  if (!stat.isDirectory()) {
    throw new InputError(
      "BAD_PATH",
      undefined,
      `\`${path}\` is neither a directory nor a file; \`-\` reads standard input`,
    );
  }
  const { paths, links, issues } = walk(root, options);
  const at = (entry: string) => absolute(root, entry);
  const { entries, issues: broken } = followLinks(identify(paths, at, options), links);
  return tree(options.label, { entries, issues: [...issues, ...broken] }, at);
}

type Place = (path: string) => string | Buffer;

function locate(path: string): { readonly root: string; readonly stat: Stats } {
  try {
    const root = realpathSync(path);
    return { root, stat: statSync(root) };
  } catch (error) {
    throw new InputError("BAD_PATH", undefined, `\`${path}\` ${causeOf(error)}`);
  }
}

function fileTree(file: { readonly root: string; readonly path: string }, options: DirectoryOptions): Tree {
  const at = () => file.root;
  return tree(options.label, { entries: identify([file.path], at, options), issues: [] }, at);
}

function identify(paths: readonly string[], at: Place, options: DirectoryOptions): readonly TreeEntry[] {
  if (options.comparable === false) {
    return paths.map((path) => ({ path, blob: `file:${at(path)}`, kind: "file", size: undefined }));
  }
  const reader = new DiskReader(SCRATCH_BYTES);
  return paths.map((path) => {
    reader.clear();
    const read = reader.read(at(path));
    if (read.kind !== "bytes") return { path, blob: `file:${at(path)}`, kind: "file", size: undefined };
    return { path, blob: blobId(reader.buffer, read, "sha1"), kind: "file", size: read.end - read.start };
  });
}

function tree(label: string, listing: Pick<Tree, "entries" | "issues">, at: Place): Tree {
  const read: Tree["read"] = (entries, visit) => {
    const reader = new DiskReader(SCRATCH_BYTES);
    for (const entry of entries) {
      reader.clear();
      const read = reader.read(at(entry.leadsTo ?? entry.path));
      if (read.kind === "bytes") visit(entry, content(entry.path, reader.buffer.subarray(read.start, read.end)));
      else visit(entry, failure(entry.path, read));
    }
  };
  return { label, commit: undefined, ...listing, read };
}

const SCRATCH_BYTES = 1 << 20;
