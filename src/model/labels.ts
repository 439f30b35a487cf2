/**
 * Labels of a pod, namespace or service account. A value of `undefined` means: the key is there, with a value that no
 * manifest tells and no selector names (`pod-template-hash`; a label of an undeclared pod that is "some other value").
 */
export type LabelSet = ReadonlyMap<string, string | undefined>;

export type Operator = "In" | "NotIn" | "Exists" | "DoesNotExist" | "contains" | "startsWith" | "endsWith";

/** One condition on one key; the conditions of a selector are ANDed. `values` is empty for `Exists` and `DoesNotExist`. */
export type Requirement = { readonly key: string; readonly operator: Operator; readonly values: readonly string[] };

export const NO_LABELS: LabelSet = new Map();

/** The label by which every namespace has its own name. */
export const NAME_LABEL = "kubernetes.io/metadata.name";

/**
 * True where `labels` satisfy `requirement`. `NotIn` and `DoesNotExist` match when the key is absent.
 * Source: kubernetes/apimachinery pkg/labels/selector.go, Requirement.Matches.
 */
export function satisfies(labels: LabelSet, requirement: Requirement): boolean {
  const value = labels.get(requirement.key);
  switch (requirement.operator) {
    case "In":
      return value !== undefined && requirement.values.includes(value);
    case "NotIn":
      return value === undefined || !requirement.values.includes(value);
    case "Exists":
      return labels.has(requirement.key);
    case "DoesNotExist":
      return !labels.has(requirement.key);
    case "contains":
      return value !== undefined && requirement.values.some((part) => value.includes(part));
    case "startsWith":
      return value !== undefined && requirement.values.some((part) => value.startsWith(part));
    case "endsWith":
      return value !== undefined && requirement.values.some((part) => value.endsWith(part));
  }
}

/** Conditions in kubectl's words: `a=b,!tier,env notin (x,y)`, sorted; empty for no condition. */
export function formatRequirements(requirements: readonly Requirement[]): string {
  return [...new Set(requirements.map(formatRequirement))].sort().join(",");
}

function formatRequirement({ key, operator, values }: Requirement): string {
  const list = [...values].sort();
  switch (operator) {
    case "In":
      return list.length === 1 ? `${key}=${list[0] ?? ""}` : `${key} in (${list.join(",")})`;
    case "NotIn":
      return list.length === 1 ? `${key}!=${list[0] ?? ""}` : `${key} notin (${list.join(",")})`;
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
    case "contains":
    case "startsWith":
    case "endsWith":
      return `${key} ${operator} ${list.join("|")}`;
  }
}

/** True of labels with the same keys and values. */
export function sameLabels(a: LabelSet, b: LabelSet): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || b.get(key) !== value) return false;
  return true;
}
