import { formatRequirements, type Requirement } from "../model/labels.ts";

/** Labels that satisfy a conjunction and say no more than it does, with the conjunction in kubectl's words. */
export type Assignment = { readonly labels: ReadonlyMap<string, string | undefined>; readonly terms: string };

type Condition = { in: Set<string> | undefined; readonly notIn: Set<string>; exists: boolean; absent: boolean };

const FEW_VALUES = 8;

/**
 * The label sets that stand for pods matching all of `requirements`; none where they exclude each other. Where a key
 * may have one of several values that `told` tells apart, there is one assignment a value.
 */
export function assignments(
  requirements: readonly Requirement[],
  told: (key: string) => boolean,
): readonly Assignment[] {
  const conditions = new Map<string, Condition>();
  for (const requirement of requirements) add(conditions, requirement);
  let out: readonly { labels: Map<string, string | undefined>; terms: Requirement[] }[] = [
    { labels: new Map(), terms: [] },
  ];
  for (const [key, condition] of conditions) {
    const choices = choicesOf(key, condition, told(key));
    if (choices === undefined) return [];
    out = out.flatMap(({ labels, terms }) =>
      choices.map((choice) => {
        const next = new Map(labels);
        if (choice.present) next.set(key, choice.value);
        return { labels: next, terms: [...terms, ...choice.terms] };
      }),
    );
  }
  return out.map(({ labels, terms }) => ({ labels, terms: formatRequirements(terms) }));
}

function add(conditions: Map<string, Condition>, { key, operator, values }: Requirement): void {
  const found = conditions.get(key) ?? { in: undefined, notIn: new Set<string>(), exists: false, absent: false };
  conditions.set(key, found);
  switch (operator) {
    case "In":
      found.in = new Set(found.in === undefined ? values : values.filter((value) => found.in?.has(value)));
      return;
    case "NotIn":
      for (const value of values) found.notIn.add(value);
      return;
    case "Exists":
      found.exists = true;
      return;
    case "DoesNotExist":
      found.absent = true;
      return;
    case "contains":
    case "startsWith":
    case "endsWith":
      found.in ??= new Set(values);
      return;
  }
}

type Choice = { readonly present: boolean; readonly value: string | undefined; readonly terms: readonly Requirement[] };

function choicesOf(key: string, condition: Condition, told: boolean): readonly Choice[] | undefined {
  const negative: Requirement[] =
    condition.notIn.size > 0 ? [{ key, operator: "NotIn", values: [...condition.notIn] }] : [];
  if (condition.in !== undefined) {
    const values = [...condition.in].filter((value) => !condition.notIn.has(value)).sort();
    if (values.length === 0 || condition.absent) return undefined;
    const one = (value: string): Choice => ({
      present: true,
      value,
      terms: [{ key, operator: "In", values: [value] }],
    });
    if (told && values.length <= FEW_VALUES) return values.map(one);
    return [{ present: true, value: values[0], terms: [{ key, operator: "In", values }] }];
  }
  if (condition.exists) {
    if (condition.absent) return undefined;
    return [{ present: true, value: undefined, terms: [{ key, operator: "Exists", values: [] }, ...negative] }];
  }
  const absent: Requirement[] = condition.absent ? [{ key, operator: "DoesNotExist", values: [] }] : negative;
  return [{ present: false, value: undefined, terms: absent }];
}
