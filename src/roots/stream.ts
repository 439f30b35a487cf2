/** One document of a rendered stream. `firstLine` is its first line in the stream, 1-based. */
export type StreamPart = { readonly text: string; readonly firstLine: number };

/**
 * Splits what a tool wrote into documents. `---` at the beginning of a line ends a document wherever it stands, also
 * inside a scalar, so that this is exact for every stream that is YAML at all.
 */
export function splitStream(text: string): StreamPart[] {
  const parts: StreamPart[] = [];
  let lines: string[] = [];
  let firstLine = 1;
  const close = (): void => {
    if (lines.some((line) => line.trim() !== "" && !line.startsWith("#")))
      parts.push({ text: lines.join("\n"), firstLine });
    lines = [];
  };
  for (const [index, line] of text.split("\n").entries()) {
    if (/^---(?:\s|$)/.test(line)) {
      close();
      firstLine = index + 2;
    } else lines.push(line);
  }
  close();
  return parts;
}

/** The template that helm names above a document: `chart/templates/x.yaml`. */
export function helmSource(part: StreamPart): string | undefined {
  for (const line of part.text.split("\n")) {
    if (line.startsWith("# Source: ")) return line.slice("# Source: ".length).trim();
    if (line.trim() !== "" && !line.startsWith("#")) return undefined;
  }
  return undefined;
}
