import type { Cluster } from "../model/cluster.ts";
import { type LabelSet, NAME_LABEL, type Requirement, sameLabels, satisfies } from "../model/labels.ts";
import { assignments } from "./assignment.ts";
import { breakers, type Cube } from "./cubes.ts";
import type { Selectors } from "./selectors.ts";

/** A namespace that undeclared pods may be in: one that is known by name, or any other one with certain labels. */
export type Context = {
  readonly name: string | undefined;
  /** The labels in kubectl's words; empty for a known namespace and for "any other". */
  readonly terms: string;
  readonly base: LabelSet;
  readonly head: LabelSet;
};

const MANY_PAIRS = 200;
const MANY_WAYS = 16;

/**
 * Every namespace of either side or named by a selector, then any other, by the labels that selectors ask of it; of
 * those with a name only the ones `within`, if that is given.
 */
export function contexts(
  base: Cluster,
  head: Cluster,
  { all: cubes, within }: Pick<Selectors, "all" | "within">,
): readonly Context[] {
  const names = new Set([...base.namespaces.keys(), ...head.namespaces.keys()]);
  const asked = new Map<string, readonly Requirement[]>();
  for (const cube of cubes) {
    if (cube.namespace !== undefined) names.add(cube.namespace);
    const others = cube.namespaceRequirements.filter((r) => !collectNames(r, names));
    if (others.length > 0) asked.set(JSON.stringify(others), others);
    for (const way of breakers(others, MANY_WAYS)) if (way.length > 0) asked.set(JSON.stringify(way), way);
  }
  const wanted = within === undefined ? names : within;
  const known = [...wanted].sort().map((name): Context => {
    const labels = (cluster: Cluster): LabelSet =>
      cluster.namespaces.get(name)?.labels ?? new Map([[NAME_LABEL, name]]);
    const before = labels(base);
    const after = base === head ? before : labels(head);
    return { name, terms: "", base: before, head: sameLabels(before, after) ? before : after };
  });
  return [...anyOther(asked), ...known];
}

/** True where the requirement asks for the name of a namespace; the names are added. */
function collectNames(requirement: Requirement, names: Set<string>): boolean {
  if (requirement.key !== NAME_LABEL || requirement.operator !== "In") return false;
  for (const value of requirement.values) names.add(value);
  return true;
}

function anyOther(asked: ReadonlyMap<string, readonly Requirement[]>): readonly Context[] {
  const lists = [...asked.values()];
  const candidates: (readonly Requirement[])[] = [[], ...lists];
  if (lists.length * lists.length <= MANY_PAIRS * 2) {
    for (const [i, a] of lists.entries()) for (const b of lists.slice(i + 1)) candidates.push([...a, ...b]);
  }
  const out = new Map<string, Context>();
  for (const requirements of candidates) {
    for (const { labels, terms } of assignments(requirements, () => true)) {
      const key = JSON.stringify([...labels].sort());
      if (out.has(key)) continue;
      const all: LabelSet = new Map([[NAME_LABEL, undefined], ...labels]);
      out.set(key, { name: undefined, terms, base: all, head: all });
    }
  }
  return [...out.values()];
}

/** True where pods of the context can be in the cube's namespace, on one side at least. */
export function applies(cube: Cube, context: Context): boolean {
  if (cube.namespace !== undefined && cube.namespace !== context.name) return false;
  const all = (labels: LabelSet) => cube.namespaceRequirements.every((requirement) => satisfies(labels, requirement));
  return all(context.base) || (context.head !== context.base && all(context.head));
}
