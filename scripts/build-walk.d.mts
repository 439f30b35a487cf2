/** Where the compiled walk stands. */
export const target: string;

/** The text of the module that holds the compiled walk, in Base64; of the sources below `root`. */
export function compileWalk(root?: string): Promise<string>;
