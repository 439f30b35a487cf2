import { isUtf8 } from "node:buffer";

/**
 * The text of a path given as bytes. Where they are not UTF-8, the bytes that are not are written as git quotes them
 * (`\377`, with `\` doubled), without the quotation marks around the whole; `encodePath` leads back. No two byte
 * strings share a text.
 */
export function decodePath(bytes: Buffer): string {
  if (isUtf8(bytes)) {
    const text = bytes.toString("utf8");
    return text.includes("\\") && ESCAPE.test(text) ? text.replaceAll("\\", "\\\\") : text;
  }
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length === 0) text += `\\${(bytes[at] ?? 0).toString(8).padStart(3, "0")}`;
    else text += bytes.toString("utf8", at, at + length).replace("\\", "\\\\");
    at += Math.max(1, length);
  }
  return text;
}

/** The bytes that `decodePath` gave `path` for. */
export function encodePath(path: string): Buffer {
  if (!isEscaped(path)) return Buffer.from(path, "utf8");
  const parts: Buffer[] = [];
  let rest = path;
  for (let at = rest.indexOf("\\"); at >= 0; at = rest.indexOf("\\")) {
    parts.push(Buffer.from(rest.slice(0, at), "utf8"));
    const doubled = rest[at + 1] === "\\";
    parts.push(Buffer.from([doubled ? BACKSLASH : Number.parseInt(rest.slice(at + 1, at + 4), 8)]));
    rest = rest.slice(at + (doubled ? 2 : 4));
  }
  parts.push(Buffer.from(rest, "utf8"));
  return Buffer.concat(parts);
}

/** `path` is written with escapes, because its bytes are not UTF-8 or look as if they were escaped. */
export function isEscaped(path: string): boolean {
  return path.includes("\\") && ESCAPE.test(path);
}

/** Splits a list of NUL-terminated byte strings and decodes each. */
export function decodeList(bytes: Buffer): string[] {
  const whole = isUtf8(bytes) ? bytes.toString("utf8") : undefined;
  if (whole !== undefined && !whole.includes("\\")) {
    const parts = whole.split("\0");
    if (parts.at(-1) === "") parts.pop();
    return parts;
  }
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(0, from);
    const end = found < 0 ? bytes.length : found;
    parts.push(decodePath(bytes.subarray(from, end)));
    from = end + 1;
  }
  return parts;
}

/** Order of paths, component by component, by UTF-16 code unit; a folder's files stand together. */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    if (left === SLASH) return -1;
    return right === SLASH ? 1 : left - right;
  }
  return a.length - b.length;
}

/** A path that stays below its root and outside `.git`, as every path of a sound tree does. */
export function isPlain(path: string): boolean {
  return path !== "" && !ODD_COMPONENT.test(path);
}

/** A file of this name can hold manifests; standard input is one that somebody named. */
export function isManifestName(path: string): boolean {
  return path === STANDARD_INPUT || MANIFEST.test(path);
}

/** What stands at `path` can hold manifests although it could not be looked into: a manifest's name, or perhaps a folder's. */
export function mayHoldManifests(path: string): boolean {
  return MANIFEST.test(path) || !EXTENSION.test(path);
}

/** The path of standard input, as it is typed. */
const STANDARD_INPUT = "-";
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const ESCAPE = /\\[0-7]{3}/;
const ODD_COMPONENT = /(?:^|\/)(?:\.{0,2}|\.git)(?:\/|$)/i;
const MANIFEST = /\.(?:ya?ml|json)$/i;
const EXTENSION = /[^/]\.[a-z][a-z0-9]{0,9}$/i;

/** Length of the UTF-8 character at `at`; 0 where there is none. */
function characterLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}
