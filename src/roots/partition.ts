import type { Root } from "./plan-types.ts";

/** What each root defines, on both sides: `group/Kind namespace/name`. */
export type Identities = {
  readonly base: ReadonlySet<string> | undefined;
  readonly head: ReadonlySet<string> | undefined;
};

/** Roots that are one cluster. */
export type Group = readonly Root[];

/** `together` shares its cluster with the raw files; `undefined`: every root is somewhere else. */
export type Partition = { readonly together: Group | undefined; readonly apart: readonly Group[] };

/**
 * Which roots are one cluster, where no configuration says so. Roots of the base that define one object twice are
 * different clusters, each with what it delivers; otherwise they are one, and a root that only the head has is a
 * cluster of its own where it defines something that is there already. So the head cannot split what the base joins.
 */
export function partition(
  roots: readonly Root[],
  identities: ReadonlyMap<Root, Identities>,
  isKnownToSplit = false,
): Partition {
  const define = definedBy(roots, identities);
  if (isKnownToSplit || isSplit(roots, identities)) {
    const apart = families(roots).flatMap((family) =>
      overlap(family.map(define)) ? family.map((root) => [root]) : [family],
    );
    return { together: undefined, apart };
  }
  const known = foundation(roots);
  const together = [...known];
  const taken = new Set(known.flatMap((root) => [...(identities.get(root)?.head ?? define(root))]));
  const apart: Group[] = [];
  for (const root of roots) {
    if (together.includes(root)) continue;
    const own = identities.get(root)?.head ?? new Set<string>();
    if ([...own].some((identity) => taken.has(identity))) apart.push([root]);
    else {
      together.push(root);
      for (const identity of own) taken.add(identity);
    }
  }
  return { together, apart };
}

/** Two roots that decide about the split define one object; more of them can only add to that. */
export function isSplit(roots: readonly Root[], identities: ReadonlyMap<Root, Identities>): boolean {
  return overlap(foundation(roots).map(definedBy(roots, identities)));
}

/** The roots that decide: those of the base, and where there are none, all. */
function foundation(roots: readonly Root[]): readonly Root[] {
  const old = roots.filter((root) => root.base !== undefined);
  return old.length > 0 ? old : roots;
}

function definedBy(
  roots: readonly Root[],
  identities: ReadonlyMap<Root, Identities>,
): (root: Root) => ReadonlySet<string> {
  const side = roots.some((root) => root.base !== undefined) ? "base" : "head";
  return (root) => {
    const of = identities.get(root);
    return of?.[side] ?? of?.base ?? of?.head ?? new Set();
  };
}

function overlap(sets: readonly ReadonlySet<string>[]): boolean {
  const seen = new Set<string>();
  for (const set of sets) {
    for (const identity of set) if (seen.has(identity)) return true;
    for (const identity of set) seen.add(identity);
  }
  return false;
}

/** Each root that no other delivers, with all that it delivers. */
export function families(roots: readonly Root[]): Group[] {
  const byId = new Map(roots.map((root) => [root.id, root]));
  const top = (root: Root): Root => {
    const seen = [root];
    for (let next = parentOf(root, byId); next !== undefined; next = parentOf(next, byId)) {
      const circle = seen.indexOf(next);
      if (circle >= 0) return first(seen.slice(circle), next);
      seen.push(next);
    }
    return seen[seen.length - 1] ?? root;
  };
  const found = new Map<Root, Root[]>();
  for (const root of roots) {
    const head = top(root);
    const family = found.get(head);
    if (family === undefined) found.set(head, [root]);
    else family.push(root);
  }
  return [...found].map(([head, family]) => [head, ...family.filter((root) => root !== head)]);
}

/** One root stands for all that deliver each other in a circle. */
function first(circle: readonly Root[], some: Root): Root {
  return circle.reduce((least, root) => (root.id < least.id ? root : least), some);
}

function parentOf(root: Root, byId: ReadonlyMap<string, Root>): Root | undefined {
  return root.parent === undefined ? undefined : byId.get(root.parent);
}
