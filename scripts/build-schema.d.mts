/** Where the compiled validators stand. */
export const target: string;
export const diffTarget: string;

/** The text of the compiled validator of configurations; its export `validate` is ajv's function. */
export function compileSchema(): string;

/** The text of the compiled validator of reports, for joining them. */
export function compileDiffSchema(): string;
