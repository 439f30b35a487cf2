/** Lines of a text by offset; quick where offsets mostly ascend. */
export class Lines {
  readonly #starts: number[] = [0];
  readonly #firstLine: number;
  #index = 0;

  /** `firstLine` is the line, in the file, on which `text` begins. */
  constructor(text: string, firstLine: number) {
    this.#firstLine = firstLine;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  /** The line that holds the character at `offset`. */
  at(offset: number): number {
    const starts = this.#starts;
    let index = this.#index;
    while (index + 1 < starts.length && (starts[index + 1] ?? 0) <= offset) index++;
    while (index > 0 && (starts[index] ?? 0) > offset) index--;
    this.#index = index;
    return this.#firstLine + index;
  }
}
