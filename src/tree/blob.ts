import crypto from "node:crypto";

/** Hash that names the objects of a repository. */
export type ObjectFormat = "sha1" | "sha256";

/** Bytes that a caller leaves free before the content that `blobId` names. */
export const HEADER_ROOM = 32;

/**
 * The id that git gives to the bytes from `start` to `end`. Overwrites the `HEADER_ROOM` bytes before `start`
 * with git's header, so that one call hashes both.
 */
export function blobId(
  buffer: Buffer,
  range: { readonly start: number; readonly end: number },
  format: ObjectFormat,
): string {
  const header = `blob ${range.end - range.start}\0`;
  const from = range.start - header.length;
  buffer.write(header, from, "latin1");
  const bytes = buffer.subarray(from, range.end);
  return oneShot === undefined ? crypto.createHash(format).update(bytes).digest("hex") : oneShot(format, bytes);
}

/** The object format that an id of this length belongs to. */
export function formatOf(id: string): ObjectFormat {
  return id.length > 40 ? "sha256" : "sha1";
}

/** `bytes` are what git LFS keeps in the place of a file. Source: git-lfs, docs/spec.md. */
export function isLfsPointer(bytes: Uint8Array): boolean {
  if (bytes.length >= 1024 || bytes[0] !== 0x76) return false;
  return POINTER.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
}

const POINTER = /^version https?:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\/[^\n]*\n(?:[^\n]*\n)*?oid /;

/** Missing before Node 20.12. */
const oneShot: typeof crypto.hash | undefined = crypto.hash;
