/** Variables as Flux puts them into what a kustomization built. */
export type Substitution = { readonly values: ReadonlyMap<string, string>; readonly isComplete: boolean };

const VARIABLE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-=])((?:[^{}]|\{[^{}]*\})*))?\}/g;

/**
 * `text` with the variables that are known put in. A variable that nobody sets becomes empty, or its default, where no
 * values come from elsewhere; otherwise it stays as it stands. Functions of a variable (`${A/x/y}`) stay too.
 * Source: Flux, kustomize-controller, post build variable substitution.
 */
export function substitute(text: string, { values, isComplete }: Substitution): string {
  if (!text.includes("${")) return text;
  return text.replace(VARIABLE, (whole: string, name: string | undefined, operator?: string, fallback?: string) => {
    if (name === undefined) return "${";
    const value = values.get(name);
    const isSet = value !== undefined && !(operator?.startsWith(":") && value === "");
    if (isSet) return value;
    if (!isComplete) return whole;
    return operator === undefined ? "" : (fallback ?? "");
  });
}

/** An object that asks to be left alone by substitution. */
export function isLeftAlone(text: string): boolean {
  return /^\s+["']?kustomize\.toolkit\.fluxcd\.io\/substitute["']?:\s*["']?disabled["']?\s*$/m.test(text);
}
