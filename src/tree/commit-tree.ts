import type { Issue } from "../errors.ts";
import { readBlobs } from "./blobs.ts";
import { unread } from "./content.ts";
import { type ListedCommit, listByDifferences } from "./differences.ts";
import { git } from "./git.ts";
import { followLinks, type Link } from "./links.ts";
import { type Listed, sortOut } from "./listing.ts";
import { readObjects } from "./objects.ts";
import { decodeList, decodePath } from "./path.ts";
import { type Repository, repositoryArgs } from "./repository.ts";
import type { Tree } from "./tree.ts";

/** How a tree of a repository is named in reports, and how many files it may have. */
export type RepositoryTreeOptions = { readonly label: string; readonly maxFiles?: number };

/** The files of a commit, with what git listed. */
export type CommitTree = Tree & ListedCommit;

/**
 * The files of a commit, read as git objects: nothing is checked out and no filter runs. Where the repository has a
 * work tree, a file there is read instead if its bytes are proven to be the same. `commit` is a full id. A tree that it
 * is `like` saves listing what both have.
 */
export function commitTree(
  repository: Repository,
  commit: string,
  options: RepositoryTreeOptions & { readonly like?: CommitTree | undefined },
): CommitTree {
  const { like } = options;
  const listed = (like && listByDifferences(repository, commit, like)) ?? list(repository, commit);
  const { files, links, issues } = sortOut(listed, options);
  const targets = readTargets(repository, links);
  const followed = followLinks(files, targets.links);
  return {
    label: options.label,
    commit,
    listed,
    entries: followed.entries,
    issues: [...issues, ...targets.issues, ...followed.issues],
    read: (entries, visit) => readBlobs(repository, { entries, visit }),
  };
}

function list(repository: Repository, commit: string): Listed[] {
  const args = ["ls-tree", "-r", "-z", "--full-tree", commit];
  return decodeList(git({ repository: repositoryArgs(repository), args })).map(parse);
}

/** The texts of links that are stored as objects; one that cannot be had is an issue. */
export function readTargets(
  repository: Repository,
  listed: readonly Listed[],
): { readonly links: readonly Link[]; readonly issues: readonly Issue[] } {
  const links: Link[] = [];
  const issues: Issue[] = [];
  const ids = listed.map(({ blob }) => blob);
  readObjects(repository, ids, (index, bytes) => {
    const path = listed[index]?.path ?? "";
    if (Buffer.isBuffer(bytes) && bytes.length <= MAX_TARGET_BYTES) links.push({ path, target: decodePath(bytes) });
    else
      issues.push({
        ...unread(path, "is a link whose target cannot be read"),
        code: "SYMLINK",
        severity: "error",
        hides: true,
      });
  });
  return { links, issues };
}

/** No system can hold a longer one. */
const MAX_TARGET_BYTES = 4096;

/** Reads `100644 blob ID<tab>PATH`. */
function parse(line: string): Listed {
  const tab = line.indexOf("\t");
  return { mode: line.slice(0, 6), blob: line.slice(line.lastIndexOf(" ", tab) + 1, tab), path: line.slice(tab + 1) };
}
