import type { Issue } from "../errors.ts";
import { isLfsPointer } from "./blob.ts";
import { isManifestName } from "./path.ts";

/** No file above this size is read, whatever the configuration says. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** What a visitor is given for the bytes of `path`: the bytes, or the issue where they only stand for a file. */
export function content(path: string, bytes: Uint8Array): Uint8Array | Issue {
  if (!isLfsPointer(bytes)) return bytes;
  return {
    ...unread(path, "is kept by Git LFS and only its pointer is here; keep manifests in git itself"),
    code: "LFS_POINTER",
  };
}

/** The issue of a file that cannot be read; `cause` follows the path. */
export function unread(path: string, cause: string): Issue {
  const hides = isManifestName(path);
  const severity = hides ? "error" : "warning";
  return {
    code: "UNREADABLE",
    severity,
    at: { file: path, line: 0 },
    message: `\`${path}\` ${cause}`,
    subject: path,
    hides,
  };
}

/** The issue of a file above `MAX_FILE_BYTES`. */
export function tooLarge(path: string, size: number): Issue {
  const limit = MAX_FILE_BYTES / (1024 * 1024);
  return { ...unread(path, `has ${size} bytes, more than the ${limit} MiB that are read of one file`), code: "LIMIT" };
}
