/** The folder of a path; empty for what stands at the top. */
export function folderOf(path: string): string {
  const end = path.lastIndexOf("/");
  return end < 0 ? "" : path.slice(0, end);
}

/** The last component of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** `relative` as seen from `folder`, without `.` and `..`; `undefined` where it leaves the tree or is absolute. */
export function resolvePath(folder: string, relative: string): string | undefined {
  if (relative.startsWith("/") || relative.includes("\0")) return undefined;
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of relative.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

/** `path` lies below `folder`, or is it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}

/** `folder` and the folders above it, nearest first, the top last. */
export function* ancestors(folder: string): Generator<string> {
  let here = folder;
  while (here !== "") {
    yield here;
    here = folderOf(here);
  }
  yield "";
}
