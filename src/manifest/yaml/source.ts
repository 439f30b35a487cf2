/** A file as bytes (UTF-8), and the same bytes as one-byte characters: the fastest thing to search in. Both end in a line feed. */
export type Source = { readonly bytes: Buffer; readonly text: string };

const LINE_FEED = 10;

/** The source for `bytes`; like `kubectl`, it ends the last line where the file does not. */
export function sourceOf(bytes: Buffer): Source {
  const ended = bytes[bytes.length - 1] === LINE_FEED ? bytes : Buffer.concat([bytes, Buffer.of(LINE_FEED)]);
  return { bytes: ended, text: ended.toString("latin1") };
}
