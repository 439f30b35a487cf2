import { type Dirent, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { sep } from "node:path";
import type { Issue } from "../errors.ts";
import { unread } from "./content.ts";
import { causeOf } from "./disk.ts";
import type { Link } from "./links.ts";
import { checkCount } from "./listing.ts";
import { decodePath, isManifestName } from "./path.ts";

/** What lies below a directory, each list sorted by path. */
export type Walk = {
  readonly paths: readonly string[];
  readonly links: readonly Link[];
  readonly issues: readonly Issue[];
};

/**
 * Lists the files and links below `root`, an absolute path without links, and enters no link and no `.git`. A folder
 * that cannot be listed, or a pipe or device under a manifest's name, is an issue; more than `maxFiles` files are an
 * `InputError` that names the directory by its label.
 */
export function walk(root: string, limit: Limit): Walk {
  const walk = { root, limit, paths: [], links: [], issues: [] };
  enter(walk, "");
  return walk;
}

type Limit = { readonly label: string; readonly maxFiles?: number };

type Progress = {
  readonly root: string;
  readonly limit: Limit;
  readonly paths: string[];
  readonly links: Link[];
  readonly issues: Issue[];
};

/** A path below the root as the disk has it: text where its bytes are UTF-8. */
type Raw = string | Buffer;

function enter(walk: Progress, folder: Raw): void {
  let children: readonly { readonly raw: Raw; readonly path: string; readonly entry: Dirent | Dirent<Buffer> }[];
  try {
    children = list(walk.root, folder);
  } catch (error) {
    walk.issues.push({
      ...unread(decode(folder), `is a folder that ${causeOf(error)}`),
      severity: "error",
      hides: true,
    });
    return;
  }
  for (const { raw, path, entry } of children) {
    if (entry.isDirectory()) enter(walk, raw);
    else if (entry.isFile()) walk.paths.push(path);
    else if (entry.isSymbolicLink()) addLink(walk, raw, path);
    else if (isManifestName(path)) walk.issues.push(unread(path, "is not a regular file"));
  }
  checkCount(walk.paths.length, walk.limit);
}

function list(root: string, folder: Raw): { raw: Raw; path: string; entry: Dirent | Dirent<Buffer> }[] {
  const at = place(root, folder);
  const entries = readdirSync(at, { withFileTypes: true });
  const odd = typeof folder !== "string" || entries.some((entry) => entry.name.includes("\ufffd"));
  const found = odd ? readdirSync(at, { withFileTypes: true, encoding: "buffer" }) : entries;
  const children = [];
  for (const entry of found) {
    if (entry.name.toString() === ".git") continue;
    const raw = join(folder, entry.name);
    children.push({ raw, path: decode(raw), entry });
  }
  return children.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function addLink(walk: Progress, raw: Raw, path: string): void {
  const at = place(walk.root, raw);
  const target = decodePath(readlinkSync(at, "buffer"));
  const leadsTo = inside(walk.root, at);
  walk.links.push(leadsTo === undefined ? { path, target } : { path, target, leadsTo });
}

/** Where a link ends, as a path below the root; undefined where it ends outside or nowhere. */
function inside(root: string, at: Raw): string | undefined {
  try {
    const real = decodePath(realpathSync(at, "buffer"));
    if (real === root) return "";
    return real.startsWith(root + sep) ? real.slice(root.length + 1).replaceAll(sep, "/") : undefined;
  } catch {
    return undefined;
  }
}

function place(root: string, raw: Raw): Raw {
  if (raw === "") return root;
  return typeof raw === "string" ? `${root}/${raw}` : Buffer.concat([Buffer.from(`${root}/`), raw]);
}

function join(folder: Raw, name: Raw): Raw {
  if (typeof folder === "string" && typeof name === "string") return folder === "" ? name : `${folder}/${name}`;
  return folder === "" ? Buffer.from(name) : Buffer.concat([Buffer.from(folder), SLASH, Buffer.from(name)]);
}

function decode(raw: Raw): string {
  if (typeof raw === "string" && !raw.includes("\\")) return raw;
  return decodePath(Buffer.from(raw));
}

const SLASH = Buffer.from("/");
