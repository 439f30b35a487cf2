import type { Operator, Requirement } from "../model/labels.ts";
import { checkMap, type Field, fault, isTemplateText, items, member, shape, text, textMap } from "./fields.ts";
import { labelKeyFault, labelValueFault } from "./syntax.ts";

const SELECTOR = shape(
  "a label selector",
  ["matchLabels", "matchExpressions"],
  {
    namespaceSelector: "the selector itself stands here: `matchLabels` or `matchExpressions`",
    podSelector: "the selector itself stands here: `matchLabels` or `matchExpressions`",
    sameLabels: "network-policy-api removed it in v0.1.7",
    notSameLabels: "network-policy-api removed it in v0.1.7",
  },
  "labels stand under `matchLabels`",
);
const EXPRESSION = shape("a selector expression", ["key", "operator", "values"], { value: "perhaps `values`" });

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["In", "In"],
  ["NotIn", "NotIn"],
  ["Exists", "Exists"],
  ["DoesNotExist", "DoesNotExist"],
]);

/**
 * The conditions of the label selector at `field`, checked as the API server checks them: `undefined` where there is
 * none, an empty list where it selects everything.
 * Source: kubernetes/apimachinery pkg/apis/meta/v1/validation, ValidateLabelSelector.
 */
export function labelSelector(field: Field): readonly Requirement[] | undefined {
  if (!checkMap(field, SELECTOR)) return undefined;
  const requirements: Requirement[] = [];
  const labels = member(field, "matchLabels");
  for (const [key, { value, line }] of textMap(labels, "labels")) {
    for (const wrong of [labelKeyFault(key), labelValueFault(value)]) {
      if (wrong === undefined || isTemplateText(key) || isTemplateText(value)) continue;
      fault({ node: labels.node, faults: field.faults, path: `${labels.path}.${key}`, line }, wrong);
    }
    requirements.push(equality(key, value));
  }
  for (const item of items(member(field, "matchExpressions"))) {
    const requirement = expression(item);
    if (requirement !== undefined) requirements.push(requirement);
  }
  return requirements;
}

/** Conditions that were met before: labels and values repeat, and equal conditions need no second object. */
const equalities = new Map<string, Requirement>();
const MOST_REMEMBERED = 50_000;

function equality(key: string, value: string): Requirement {
  const text = `${key}=${value}`;
  const known = equalities.get(text);
  if (known !== undefined) return known;
  const made: Requirement = { key, operator: "In", values: [value] };
  if (equalities.size < MOST_REMEMBERED) equalities.set(text, made);
  return made;
}

function expression(field: Field): Requirement | undefined {
  checkMap(field, EXPRESSION);
  const keyField = member(field, "key");
  const key = text(keyField) ?? "";
  checkKey(keyField, key);
  const operatorField = member(field, "operator");
  const name = text(operatorField) ?? "";
  const operator = OPERATORS.get(name);
  const valuesField = member(field, "values");
  const values = items(valuesField).map((item) => {
    const value = text(item) ?? "";
    checkValue(item, value);
    return value;
  });
  if (operator === undefined) {
    fault(operatorField, `must be \`In\`, \`NotIn\`, \`Exists\` or \`DoesNotExist\`, not \`${name}\``);
    return undefined;
  }
  const takesValues = operator === "In" || operator === "NotIn";
  if (takesValues && values.length === 0) fault(valuesField, `must have a value for the operator \`${operator}\``);
  if (!takesValues && values.length > 0) fault(valuesField, `must be empty for the operator \`${operator}\``);
  return { key, operator, values };
}

/** A placeholder has its own fault already, and is no wrong key or value. */
function checkKey(field: Field, key: string): void {
  const wrong = isTemplateText(key) ? undefined : labelKeyFault(key);
  if (wrong !== undefined) fault(field, wrong);
}

function checkValue(field: Field, value: string): void {
  const wrong = isTemplateText(value) ? undefined : labelValueFault(value);
  if (wrong !== undefined) fault(field, wrong);
}
