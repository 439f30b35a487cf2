declare const __VERSION__: string | undefined;

/** Version of this program; the build puts the package's in. */
export const VERSION: string = typeof __VERSION__ === "string" ? __VERSION__ : "0.0.0";
