import { families, type Group } from "./partition.ts";
import type { ClusterPlan, RawEntry, Root } from "./plan-types.ts";

/** Something that a root depends on differs between the trees, or only one of them has it. */
function isAffected(root: Root): boolean {
  return root.base?.key !== root.head?.key;
}

/** Raw files of a cluster that differ between the trees. */
export function hasChangedFiles({ raw: { base, head } }: ClusterPlan): boolean {
  return base.length !== head.length || base.some((one, i) => !isSameFile(one, head[i]));
}

function isSameFile({ entry, namespace }: RawEntry, other: RawEntry | undefined): boolean {
  if (other === undefined || entry.path !== other.entry.path || entry.blob !== other.entry.blob) return false;
  return namespace?.name === other.namespace?.name && namespace?.forced === other.namespace?.forced;
}

/** Roots that change, with all that is delivered together with them. */
export function affectedFamilies(roots: readonly Root[]): readonly Root[] {
  return families(roots).flatMap((family: Group) => (family.some(isAffected) ? family : []));
}

/**
 * The rest in the order in which two that define one object are found soonest: roots that list the same files come
 * first, next to each other.
 */
export function likelyTwinsFirst(roots: readonly Root[]): readonly Root[] {
  const listed = new Map<string, number>();
  for (const root of roots) for (const path of plainPaths(root)) listed.set(path, (listed.get(path) ?? 0) + 1);
  const shared = new Map(
    roots.map((root) => {
      let best = { path: "", count: 1 };
      for (const path of plainPaths(root)) {
        const count = listed.get(path) ?? 0;
        if (count > best.count) best = { path, count };
      }
      return [root, best];
    }),
  );
  const rank = (root: Root): { path: string; count: number } => shared.get(root) ?? { path: "", count: 1 };
  return [...roots].sort((a, b) => {
    const [one, other] = [rank(a), rank(b)];
    if (one.count !== other.count) return other.count - one.count;
    return one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
  });
}

function plainPaths(root: Root): string[] {
  return ((root.base ?? root.head)?.plain ?? []).map(({ entry }) => entry.path);
}
