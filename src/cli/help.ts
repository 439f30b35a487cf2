/** The end of a command's help: how it is used, and what else there is to know. */
export function examples(lines: readonly string[], more: string): string {
  return `\nExamples:\n${lines.map((each) => `  ${each}`).join("\n")}\n${more}`;
}

/** Gathers the values of an option that can be given many times. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
