/**
 * Which parts of a document a reader must deliver: everything below a place, or only what stands under some keys.
 * Lists are transparent: what is said of a list holds for each of its items.
 */
export type Wanted = "all" | ReadonlyMap<string, Wanted>;

/** Which documents a caller needs, and what of them. `kind` and `apiVersion` are empty where a document has none. */
export type Need = {
  readonly needed: (kind: string, apiVersion: string) => boolean;
  readonly wanted: (kind: string, apiVersion: string) => Wanted;
};

/** The tree that holds `paths` (keys joined by dots, a last `*` for everything below): `spec.template.metadata.labels.*`. */
export function wantedPaths(...paths: readonly string[]): Wanted {
  const below = new Map<string, string[]>();
  for (const path of paths) {
    const dot = path.indexOf(".");
    const key = dot < 0 ? path : path.slice(0, dot);
    if (key === "*") return "all";
    below.set(key, [...(below.get(key) ?? []), dot < 0 ? "*" : path.slice(dot + 1)]);
  }
  return new Map([...below].map(([key, rest]) => [key, wantedPaths(...rest)] as const));
}

/** Whether the value under the last key of `path` is part of what is wanted. */
export function isWanted(path: readonly string[], wanted: Wanted): boolean {
  let here: Wanted | undefined = wanted;
  for (const key of path) {
    if (here === "all") return true;
    here = here.get(key);
    if (here === undefined) return false;
  }
  return true;
}
