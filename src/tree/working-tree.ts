import { lstatSync, readlinkSync } from "node:fs";
import { InputError, type Issue } from "../errors.ts";
import { blobId, formatOf, type ObjectFormat } from "./blob.ts";
import { readBlobs } from "./blobs.ts";
import { type RepositoryTreeOptions, readTargets } from "./commit-tree.ts";
import { absolute, DiskReader, Folders, failure } from "./disk.ts";
import { git, tryGit } from "./git.ts";
import { followLinks, type Link } from "./links.ts";
import { checkCount, type Listed, sortOut, submodule } from "./listing.ts";
import { comparePaths, decodeList, decodePath, isManifestName } from "./path.ts";
import { type Repository, repositoryArgs, repositoryAt, workTreeArgs } from "./repository.ts";
import type { Tree } from "./tree.ts";

/**
 * The files of a work tree as they are on disk: tracked or not, but not ignored; what was deleted is left out. Every
 * file is read once and named by its bytes, so that it shares its id with the commits that hold the same. Neither the
 * index nor anything else is written. A bare repository is an `InputError`.
 */
export function workingTree(repository: Repository, options: RepositoryTreeOptions): Tree {
  const { workTree } = repository;
  if (workTree === undefined)
    throw new InputError("BAD_PATH", undefined, "the repository is bare: it has no working tree");
  const seen = lookAt(workTree, ask(workTreeArgs(repository, workTree), options));
  const { files, links: stored, issues } = sortOut(seen.listed, options);
  const targets = readTargets(repository, stored);
  const links = [...seen.links, ...targets.links].sort((a, b) => comparePaths(a.path, b.path));
  const followed = followLinks(files, links);
  return {
    label: options.label,
    commit: undefined,
    entries: followed.entries,
    issues: [...seen.issues, ...issues, ...targets.issues, ...followed.issues],
    read: (entries, visit) => readBlobs(repository, { entries, visit, onDisk: true }),
  };
}

/** A path that git counts to the work tree, with what its index says of it; an untracked path has no mode. */
type Known = { readonly path: string; readonly mode: string; readonly blob: string; readonly skipped: boolean };

type Seen = { readonly listed: Listed[]; readonly links: Link[]; readonly issues: Issue[] };

function ask(repository: readonly string[], options: RepositoryTreeOptions): readonly Known[] {
  const args = ["ls-files", "-z", "-t", "-s", "--cached", "--others", "--exclude-standard"];
  const known = new Map<string, Known>();
  for (const line of decodeList(git({ repository, args }))) {
    const one = parse(line);
    known.set(one.path, one);
  }
  checkCount(known.size, options);
  return [...known.values()];
}

/** Reads `? PATH`, or `TAG MODE ID STAGE<tab>PATH`, where the tag `S` stands for a path that a sparse checkout leaves out. */
function parse(line: string): Known {
  if (line.startsWith("? ")) return { path: line.slice(2), mode: "", blob: "", skipped: false };
  const tab = line.indexOf("\t");
  const [tag, mode, blob] = line.slice(0, tab).split(" ");
  return { path: line.slice(tab + 1), mode: mode ?? "", blob: blob ?? "", skipped: tag === "S" };
}

function lookAt(root: string, paths: readonly Known[]): Seen {
  const seen: Seen = { listed: [], links: [], issues: [] };
  const folders = new Folders(root);
  const reader = new DiskReader(SCRATCH_BYTES);
  const format = formatOf(paths.find(({ blob }) => blob !== "")?.blob ?? "");
  for (const one of paths) {
    if (one.path.endsWith("/")) {
      seen.issues.push(
        submodule(one.path.slice(0, -1), "is a git repository of its own; its files are not part of this tree"),
      );
    } else if (folders.hold(one.path)) see(seen, { known: one, at: absolute(root, one.path), reader, format });
    else if (one.skipped) seen.listed.push(one);
  }
  return seen;
}

function see(
  seen: Seen,
  what: {
    readonly known: Known;
    readonly at: string | Buffer;
    readonly reader: DiskReader;
    readonly format: ObjectFormat;
  },
): void {
  const { known, at, reader, format } = what;
  const { path } = known;
  reader.clear();
  const read = reader.read(at);
  if (read.kind === "bytes") {
    seen.listed.push({ mode: FILE, blob: blobId(reader.buffer, read, format), path });
    return;
  }
  const stat = lstatSync(at, { throwIfNoEntry: false });
  if (stat === undefined) {
    if (known.skipped) seen.listed.push(known);
  } else if (stat.isSymbolicLink()) seen.links.push({ path, target: decodePath(readlinkSync(at, "buffer")) });
  else if (stat.isDirectory()) {
    if (known.mode === SUBMODULE) seen.listed.push({ ...known, blob: checkedOutCommit(at) ?? known.blob });
  } else if (stat.isFile() || isManifestName(path)) seen.issues.push(failure(path, read));
}

/** The commit that a submodule's folder has checked out; undefined where it has none. */
function checkedOutCommit(folder: string | Buffer): string | undefined {
  const repository = repositoryAt(folder.toString());
  if (repository === undefined) return undefined;
  const done = tryGit({ repository: repositoryArgs(repository), args: ["rev-parse", "--verify", "--quiet", "HEAD"] });
  const id = done.stdout.toString("latin1").trim();
  return done.status === 0 ? id : undefined;
}

const FILE = "100644";
const SUBMODULE = "160000";
const SCRATCH_BYTES = 1 << 20;
