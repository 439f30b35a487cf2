import { devNull } from "node:os";
import { tryGit } from "./git.ts";
import type { Listed } from "./listing.ts";
import { decodeList } from "./path.ts";
import { type Repository, repositoryArgs } from "./repository.ts";

/** A commit whose paths are known. */
export type ListedCommit = { readonly commit: string; readonly listed: readonly Listed[] };

/**
 * The paths of `commit`, from those of a commit that is much like it: git is asked for the differences alone. Undefined
 * where git gives none, or none that fit, as with trees that no honest tool writes; such a commit is to be listed.
 */
export function listByDifferences(repository: Repository, commit: string, like: ListedCommit): Listed[] | undefined {
  const options = ["-r", "-z", "--no-renames", "--ignore-submodules=none", `-O${devNull}`];
  const args = ["diff-tree", ...options, commit, like.commit];
  const done = tryGit({ repository: repositoryArgs(repository), args });
  if (done.status !== 0 || done.overflow) return undefined;
  const differences = parse(decodeList(done.stdout));
  return differences === undefined ? undefined : replace(like.listed, differences);
}

/** By path, what stands there in one commit alone, or differently in both. */
type Differences = { readonly wanted: Map<string, Listed>; readonly known: Map<string, Listed> };

/** Reads `:MODE MODE ID ID STATUS` and `PATH` in turn; a path that occurs twice makes no sense of them. */
function parse(parts: readonly string[]): Differences | undefined {
  const wanted = new Map<string, Listed>();
  const known = new Map<string, Listed>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [mode = "", knownMode = "", blob = "", knownBlob = ""] = (parts[at] ?? "").slice(1).split(" ");
    const path = parts[at + 1] ?? "";
    if (wanted.has(path) || known.has(path)) return undefined;
    if (mode !== ABSENT) wanted.set(path, { mode, blob, path });
    if (knownMode !== ABSENT) known.set(path, { mode: knownMode, blob: knownBlob, path });
  }
  return { wanted, known };
}

function replace(listed: readonly Listed[], { wanted, known }: Differences): Listed[] | undefined {
  const kept: Listed[] = [];
  let replaced = 0;
  for (const item of listed) {
    const old = known.get(item.path);
    if (old?.mode === item.mode && old.blob === item.blob) replaced++;
    else if (old !== undefined || wanted.has(item.path)) return undefined;
    else kept.push(item);
  }
  return replaced === known.size ? [...kept, ...wanted.values()] : undefined;
}

const ABSENT = "000000";
