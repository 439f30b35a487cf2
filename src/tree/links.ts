import type { Issue } from "../errors.ts";
import { comparePaths, mayHoldManifests } from "./path.ts";
import type { TreeEntry } from "./tree.ts";

/** A symbolic link as it stands: where it is, and the text that it holds. */
export type Link = {
  readonly path: string;
  readonly target: string;
  /** The path of the tree that it leads to in the end, where a disk has told. */
  readonly leadsTo?: string;
};

/** What `followLinks` makes of a listing. */
export type Followed = { readonly entries: readonly TreeEntry[]; readonly issues: readonly Issue[] };

/** Entries that links to folders may add to a tree. */
export const MAX_ALIASES = 100_000;

/**
 * Adds an entry for each link that leads to a file of the tree, and one for each file below a link to a folder, under
 * the link's name and with the target's content. Any other link becomes an issue. `files` and `links` are sorted by
 * path; the answer depends on them alone, never on what lies on a disk.
 */
export function followLinks(files: readonly TreeEntry[], links: readonly Link[]): Followed {
  if (links.length === 0) return { entries: files, issues: [] };
  const map = survey(files, links);
  const found: Found = { aliases: [], issues: [], left: MAX_ALIASES };
  for (const link of links) {
    follow(map, link, { path: link.path, found, within: [] });
    if (found.left < 0) found.issues.push(tooMany(link));
  }
  const entries = [...files, ...found.aliases].sort((a, b) => comparePaths(a.path, b.path));
  return { entries, issues: found.issues };
}

/** Links followed in a row before they count as a loop, as on Linux. */
const MAX_STEPS = 40;

type Survey = {
  readonly files: readonly TreeEntry[];
  readonly links: readonly Link[];
  readonly fileAt: ReadonlyMap<string, TreeEntry>;
  readonly linkAt: ReadonlyMap<string, Link>;
  readonly folders: ReadonlySet<string>;
};

type Found = { readonly aliases: TreeEntry[]; readonly issues: Issue[]; left: number };

type Alias = {
  readonly path: string;
  readonly found: Found;
  /** Folders whose content is being listed under other names; entering one again would never end. */
  readonly within: readonly string[];
};

type Place =
  | { readonly kind: "file"; readonly entry: TreeEntry }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "outside" | "missing" | "loop" };

function survey(files: readonly TreeEntry[], links: readonly Link[]): Survey {
  const folders = new Set<string>([""]);
  for (const { path } of [...files, ...links]) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  const fileAt = new Map(files.flatMap((entry) => (entry.kind === "file" ? [[entry.path, entry]] : [])));
  return { files, links, fileAt, linkAt: new Map(links.map((link) => [link.path, link])), folders };
}

function follow(map: Survey, link: Link, alias: Alias): void {
  const place = resolve(map, link);
  if (place.kind === "file") add(alias, place.entry);
  else if (place.kind === "folder") expand(map, { link, folder: place.path }, alias);
  else refuse(alias, fault(place.kind, link.target));
}

function fault(kind: "outside" | "missing" | "loop", target: string): string {
  switch (kind) {
    case "outside":
      return `is a link that leaves the tree, to \`${target}\`; keep the content itself in the tree`;
    case "missing":
      return `is a link to \`${target}\`, which the tree does not hold`;
    case "loop":
      return `is a link that leads back to itself through \`${target}\``;
  }
}

function expand(map: Survey, from: { readonly link: Link; readonly folder: string }, alias: Alias): void {
  const { link, folder } = from;
  if (isBelow(link.path, folder)) {
    if (alias.within.length === 0) alias.found.issues.push(circular(link));
    return;
  }
  if (alias.within.some((open) => open === folder || isBelow(open, folder))) return;
  if (alias.within.length >= MAX_STEPS) alias.found.left = -1;
  if (--alias.found.left < 0) return;
  const within = [...alias.within, folder];
  for (const entry of below(map.files, folder)) {
    const path = alias.path + entry.path.slice(folder.length);
    if (entry.kind === "file") add({ ...alias, path }, entry);
    else refuse({ ...alias, path }, `leads to \`${entry.path}\`, which is not a file of the tree`);
  }
  for (const inner of below(map.links, folder)) {
    follow(map, inner, { ...alias, path: alias.path + inner.path.slice(folder.length), within });
  }
}

function add(alias: Alias, entry: TreeEntry): void {
  if (--alias.found.left < 0) return;
  const { blob, size, path: leadsTo } = entry;
  alias.found.aliases.push({ path: alias.path, blob, kind: "symlink", size, leadsTo });
}

function refuse(alias: Alias, cause: string): void {
  if (--alias.found.left >= 0) alias.found.issues.push(broken(alias.path, cause));
}

/** Walks the link's target from the link's own folder, through further links, without ever leaving the root. */
function resolve(map: Survey, link: Link): Place {
  if (link.leadsTo !== undefined) return found(map, link.leadsTo);
  const at = link.path.split("/");
  const ahead = [at.pop() ?? ""];
  let steps = 0;
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (!map.folders.has(at.join("/"))) return { kind: "missing" };
    if (name === "" || name === ".") continue;
    if (name === "..") {
      if (at.pop() === undefined) return { kind: "outside" };
      continue;
    }
    const next = map.linkAt.get([...at, name].join("/"));
    if (next === undefined) {
      at.push(name);
      continue;
    }
    if (++steps > MAX_STEPS) return { kind: "loop" };
    if (next.target.startsWith("/")) return { kind: "outside" };
    ahead.push(...next.target.split("/").reverse());
  }
  return found(map, at.join("/"));
}

function found(map: Survey, path: string): Place {
  const entry = map.fileAt.get(path);
  if (entry !== undefined) return { kind: "file", entry };
  return map.folders.has(path) ? { kind: "folder", path } : { kind: "missing" };
}

function isBelow(path: string, folder: string): boolean {
  return folder === "" || path.startsWith(`${folder}/`);
}

/** The part of a sorted list that lies below `folder`. */
function below<T extends { readonly path: string }>(sorted: readonly T[], folder: string): readonly T[] {
  const prefix = `${folder}/`;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comparePaths(sorted[middle]?.path ?? "", prefix) < 0) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (sorted[end]?.path.startsWith(prefix)) end++;
  return sorted.slice(low, end);
}

function broken(path: string, cause: string): Issue {
  const hides = mayHoldManifests(path);
  const severity = hides ? "error" : "warning";
  return {
    code: "SYMLINK",
    severity,
    at: { file: path, line: 0 },
    message: `\`${path}\` ${cause}`,
    subject: path,
    hides,
  };
}

function circular(link: Link): Issue {
  const issue = broken(
    link.path,
    `is a link to a folder that contains it, \`${link.target}\`; the folder is read once`,
  );
  return { ...issue, severity: "warning", hides: false };
}

function tooMany(link: Link): Issue {
  const cause = `is a link among links that would add more than ${MAX_ALIASES} files under other names`;
  return { ...broken(link.path, cause), code: "LIMIT", severity: "error", hides: true };
}
