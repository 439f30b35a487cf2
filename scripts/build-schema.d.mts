/** Where the compiled validator stands. */
export const target: string;

/** The text of the compiled validator; its export `validate` is ajv's function. */
export function compileSchema(): string;
