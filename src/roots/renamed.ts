import type { Results } from "./identities.ts";
import type { Identities } from "./partition.ts";
import type { Root, Sides } from "./plan-types.ts";
import type { RootResult } from "./rendered-types.ts";

/** Roots of one cluster with what they came to. */
export type RootsWithResults = { readonly roots: readonly Root[]; readonly results: Results };

/**
 * The roots with each pair that is one root under a new name made one: a root that only the base has and one of the
 * same kind that only the head has, where most of what either defines the other does too.
 */
export function pairRenamed(
  roots: readonly Root[],
  results: Results,
  identities: ReadonlyMap<Root, Identities>,
): RootsWithResults {
  const gone = roots.filter((root) => root.base !== undefined && root.head === undefined);
  const fresh = new Set(roots.filter((root) => root.base === undefined && root.head !== undefined));
  if (gone.length === 0 || fresh.size === 0) return { roots, results };
  const merged = new Map<Root, Root>();
  const joined = new Map(results);
  for (const old of gone) {
    const twin = bestTwin(old, fresh, identities);
    if (twin === undefined) continue;
    fresh.delete(twin);
    const one: Root = { ...twin, base: old.base };
    merged.set(old, one);
    merged.set(twin, one);
    joined.set(one, sides(results.get(old)?.base, results.get(twin)?.head));
  }
  return { roots: [...new Set(roots.map((root) => merged.get(root) ?? root))], results: joined };
}

function sides(base: RootResult | undefined, head: RootResult | undefined): Partial<Sides<RootResult>> {
  return { ...(base === undefined ? {} : { base }), ...(head === undefined ? {} : { head }) };
}

function bestTwin(old: Root, fresh: ReadonlySet<Root>, identities: ReadonlyMap<Root, Identities>): Root | undefined {
  const before = identities.get(old)?.base ?? new Set<string>();
  let best: { root: Root; common: number } | undefined;
  for (const root of fresh) {
    const after = identities.get(root)?.head ?? new Set<string>();
    const common = [...before].filter((identity) => after.has(identity)).length;
    if (root.kind !== old.kind || common * 2 <= Math.max(before.size, after.size)) continue;
    if (best === undefined || common > best.common) best = { root, common };
  }
  return best?.root;
}
