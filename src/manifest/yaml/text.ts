/** What stands in the way of reading bytes as text at all. */
export type Unreadable = "git-crypt" | "binary";

const GIT_CRYPT = "\0GITCRYPT\0";
const LINE_FEED = 10;

/**
 * `bytes` as UTF-8 without byte order mark, whatever Unicode encoding they announce; no copy where they are UTF-8 already.
 * Bytes with a NUL that no byte order mark explains are no text.
 */
export function utf8(bytes: Uint8Array): Buffer | Unreadable {
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [first, second, third] = buffer;
  if (first === 0xff && second === 0xfe) return Buffer.from(new TextDecoder("utf-16le").decode(buffer));
  if (first === 0xfe && second === 0xff) return Buffer.from(new TextDecoder("utf-16be").decode(buffer));
  if (buffer.includes(0)) return buffer.toString("latin1", 0, GIT_CRYPT.length) === GIT_CRYPT ? "git-crypt" : "binary";
  return first === 0xef && second === 0xbb && third === 0xbf ? buffer.subarray(3) : buffer;
}

/**
 * Whether `bytes` hold a line that starts with `apiVersion:` and one that starts with `kind:`, or the JSON keys.
 * What has neither is no manifest, and nothing in it is ever an issue. `reached` (a root or an explicit glob names the file): one of them is enough.
 */
export function couldBeManifest(bytes: Uint8Array, reached = false): boolean {
  const buffer = utf8(bytes);
  if (typeof buffer === "string") return true;
  const version = hasLine(buffer, "apiVersion:") || hasKey(buffer, "apiVersion");
  if (version === reached) return version;
  return hasLine(buffer, "kind:") || hasKey(buffer, "kind");
}

function hasLine(buffer: Buffer, start: string): boolean {
  for (let at = buffer.indexOf(start); at >= 0; at = buffer.indexOf(start, at + 1)) {
    if (at === 0 || buffer[at - 1] === LINE_FEED || buffer[at - 1] === 13) return true;
  }
  return false;
}

function hasKey(buffer: Buffer, key: string): boolean {
  const quoted = `"${key}"`;
  for (let at = buffer.indexOf(quoted); at >= 0; at = buffer.indexOf(quoted, at + 1)) {
    if (/^\s*:/.test(buffer.toString("latin1", at + quoted.length, at + quoted.length + 40))) return true;
  }
  return false;
}
