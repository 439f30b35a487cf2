import type { Requirement } from "../model/labels.ts";
import type { Predicate } from "../model/predicate.ts";

/** A conjunction of conditions on one pod: what one selector, or one alternative of it, asks for. */
export type Cube = {
  readonly namespace: string | undefined;
  readonly namespaceRequirements: readonly Requirement[];
  readonly podRequirements: readonly Requirement[];
  readonly serviceAccount: string | undefined;
};

export const ANY_POD: Cube = {
  namespace: undefined,
  namespaceRequirements: [],
  podRequirements: [],
  serviceAccount: undefined,
};

const MANY = 64;

/** The pods of `predicate` as alternatives; `undefined` where there are too many to write out. */
export function cubesOf(predicate: Predicate): readonly Cube[] | undefined {
  const simple = conjunction(predicate);
  if (simple !== undefined) return [simple];
  const cubes = expand(predicate, false);
  return cubes.length > MANY ? undefined : cubes;
}

/** The one cube of pods in at most one namespace with some labels, which is what nearly every selector says; else `undefined`. */
function conjunction(predicate: Predicate): Cube | undefined {
  if (predicate.op !== "and") return undefined;
  let namespace: string | undefined;
  const namespaceRequirements: Requirement[] = [];
  const podRequirements: Requirement[] = [];
  for (const part of predicate.of) {
    if (part.op === "namespace" && (namespace ?? part.name) === part.name) namespace = part.name;
    else if (part.op === "podLabels") podRequirements.push(part.requirement);
    else if (part.op === "namespaceLabels") namespaceRequirements.push(part.requirement);
    else if (part.op !== "pods") return undefined;
  }
  return { namespace, namespaceRequirements, podRequirements, serviceAccount: undefined };
}

function expand(predicate: Predicate, negated: boolean): readonly Cube[] {
  switch (predicate.op) {
    case "anything":
    case "pods":
      return negated ? [] : [ANY_POD];
    case "nothing":
      return negated ? [ANY_POD] : [];
    case "addresses":
      return predicate.pods === negated ? [] : [ANY_POD];
    case "entity":
    case "fqdn":
      return negated ? [ANY_POD] : [];
    case "not":
      return expand(predicate.of, !negated);
    case "and":
      return negated ? any(predicate.of, true) : all(predicate.of, false);
    case "or":
      return negated ? all(predicate.of, true) : any(predicate.of, false);
    case "namespace":
      return [negated ? ANY_POD : { ...ANY_POD, namespace: predicate.name }];
    case "serviceAccount":
      return negated ? [ANY_POD] : predicate.names.map((serviceAccount) => ({ ...ANY_POD, serviceAccount }));
    case "serviceAccountLabels":
      return [ANY_POD];
    case "podLabels":
      return [{ ...ANY_POD, podRequirements: side(predicate.requirement, negated) }];
    case "namespaceLabels":
      return [{ ...ANY_POD, namespaceRequirements: side(predicate.requirement, negated) }];
  }
}

function any(parts: readonly Predicate[], negated: boolean): readonly Cube[] {
  const cubes: Cube[] = [];
  for (const part of parts) {
    cubes.push(...expand(part, negated));
    if (cubes.length > MANY) return cubes;
  }
  return cubes;
}

function all(parts: readonly Predicate[], negated: boolean): readonly Cube[] {
  let cubes: readonly Cube[] = [ANY_POD];
  for (const part of parts) {
    const next = expand(part, negated);
    cubes = cubes.flatMap((cube) => next.map((other) => join(cube, other)).filter((each) => each !== undefined));
    if (cubes.length > MANY) return cubes;
  }
  return cubes;
}

/** Both conditions at once; `undefined` where two names exclude each other. */
export function join(a: Cube, b: Cube): Cube | undefined {
  if (a.namespace !== undefined && b.namespace !== undefined && a.namespace !== b.namespace) return undefined;
  if (a.serviceAccount !== undefined && b.serviceAccount !== undefined && a.serviceAccount !== b.serviceAccount) {
    return undefined;
  }
  return {
    namespace: a.namespace ?? b.namespace,
    namespaceRequirements: [...a.namespaceRequirements, ...b.namespaceRequirements],
    podRequirements: [...a.podRequirements, ...b.podRequirements],
    serviceAccount: a.serviceAccount ?? b.serviceAccount,
  };
}

function side(requirement: Requirement, negated: boolean): readonly Requirement[] {
  if (!negated) return [requirement];
  switch (requirement.operator) {
    case "In":
      return [{ ...requirement, operator: "NotIn" }];
    case "NotIn":
      return [{ ...requirement, operator: "In" }];
    case "Exists":
      return [{ ...requirement, operator: "DoesNotExist" }];
    case "DoesNotExist":
      return [{ ...requirement, operator: "Exists" }];
    case "contains":
    case "startsWith":
    case "endsWith":
      return [];
  }
}

/**
 * The ways to break negative conditions (`NotIn`, `DoesNotExist`) of `requirements`: for each key that they speak of
 * the pod may carry it all the same, with a value that they exclude or with another one. A pod without the keys
 * stands for those that satisfy them. At most `limit` ways.
 */
export function breakers(requirements: Iterable<Requirement>, limit: number): readonly (readonly Requirement[])[] {
  const choices = new Map<string, Map<string, Requirement>>();
  for (const { key, operator, values } of requirements) {
    if (operator !== "NotIn" && operator !== "DoesNotExist") continue;
    const own = choices.get(key) ?? new Map<string, Requirement>();
    choices.set(key, own.set("", { key, operator: "Exists", values: [] }));
    for (const value of values) own.set(`=${value}`, { key, operator: "In", values: [value] });
  }
  let ways: (readonly Requirement[])[] = [[]];
  for (const own of choices.values()) {
    ways = ways.flatMap((way) => [way, ...[...own.values()].map((requirement) => [...way, requirement])]);
    if (ways.length > limit) return ways.slice(0, limit);
  }
  return ways;
}

/** Equal for cubes that ask for the same. */
export function cubeKey(cube: Cube): string {
  const { namespace, serviceAccount } = cube;
  const name = namespace === undefined ? "-" : sized(namespace);
  const account = serviceAccount === undefined ? "-" : sized(serviceAccount);
  return `${name}${account}${listKey(cube.namespaceRequirements)}/${listKey(cube.podRequirements)}`;
}

function listKey(requirements: readonly Requirement[]): string {
  const [only] = requirements;
  if (only === undefined) return "";
  return requirements.length === 1 ? requirementKey(only) : requirements.map(requirementKey).sort().join("");
}

/** Texts stand behind their lengths, so that no text can pretend to be two. */
function requirementKey({ key, operator, values }: Requirement): string {
  const [only] = values;
  const list = values.length === 1 && only !== undefined ? sized(only) : [...values].sort().map(sized).join("");
  return `${operator}${values.length}${sized(key)}${list};`;
}

function sized(text: string): string {
  return `${text.length}:${text}`;
}
