/** Every output of the Action; a report that is not written is an empty text. */
export type Outputs = {
  readonly conclusion: "success" | "changed" | "failure" | "error" | "superseded";
  readonly findings: number;
  readonly opened: number;
  readonly closed: number;
  readonly "report-json": string;
  readonly "report-markdown": string;
  readonly "report-html": string;
  readonly "report-sarif": string;
};

/**
 * Lines for the file that `GITHUB_OUTPUT` names. `delimiter` must not be guessable by whoever wrote the values;
 * a value that holds it all the same is left out rather than let loose.
 */
export function outputLines(outputs: { readonly [name: string]: string | number }, delimiter: string): string {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(outputs)) {
    const text = String(value);
    lines.push(`${name}<<${delimiter}`, text.includes(delimiter) ? "" : text, delimiter);
  }
  return `${lines.join("\n")}\n`;
}
