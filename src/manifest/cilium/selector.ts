import type { Operator, Requirement } from "../../model/labels.ts";
import { checkMap, type Field, fault, items, member, shape, text, textMap } from "../fields.ts";
import { labelKeyFault, labelValueFault } from "../syntax.ts";

/** Where a label comes from; `any` is every source. */
type Source = "any" | "k8s" | "reserved" | "other";

/** One condition on a label of an endpoint. `key` has no source before it. */
export type Condition = Requirement & { readonly source: Source };

export const POD_NAMESPACE = "io.kubernetes.pod.namespace";
export const NAMESPACE_LABELS = "io.cilium.k8s.namespace.labels.";

const SELECTOR = shape("a selector", ["matchLabels", "matchExpressions"], {
  namespaceSelector: "write `k8s:io.kubernetes.pod.namespace` among the labels",
});
const EXPRESSION = shape("a selector expression", ["key", "operator", "values"], { value: "perhaps `values`" });
const OPERATORS: readonly Operator[] = ["In", "NotIn", "Exists", "DoesNotExist"];

/**
 * The conditions of the selector at `field`, all of which must hold; `undefined` where there is none.
 * Source: cilium/cilium pkg/policy/api/selector.go, pkg/labels GetExtendedKeyFrom.
 */
export function readSelector(field: Field): readonly Condition[] | undefined {
  if (!checkMap(field, SELECTOR)) return undefined;
  const conditions: Condition[] = [];
  const labels = member(field, "matchLabels");
  for (const [name, { value, line }] of textMap(labels, "labels")) {
    const at = { ...labels, path: `${labels.path}.${name}`, line };
    checkValue(at, value);
    conditions.push({ ...readKey(at, name), operator: "In", values: [value] });
  }
  for (const item of items(member(field, "matchExpressions"))) {
    const condition = readExpression(item);
    if (condition !== undefined) conditions.push(condition);
  }
  return conditions;
}

/** The conditions of every selector in the list at `field`. */
export function readSelectors(field: Field): readonly (readonly Condition[])[] {
  return items(field).map((item) => {
    const conditions = readSelector(item);
    if (conditions === undefined && item.node === undefined) fault(item, "must be a selector, not nothing");
    return conditions ?? [];
  });
}

function readExpression(field: Field): Condition | undefined {
  checkMap(field, EXPRESSION);
  const keyField = member(field, "key");
  const key = readKey(keyField, text(keyField) ?? "");
  const operatorField = member(field, "operator");
  const name = text(operatorField) ?? "";
  const operator = OPERATORS.find((each) => each === name);
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
  const several = operator === "In" || operator === "NotIn";
  if (several && values.length === 0) fault(valuesField, `must have a value for the operator \`${operator}\``);
  if (!several && values.length > 0) fault(valuesField, `must be empty for the operator \`${operator}\``);
  return { ...key, operator, values };
}

/** A key as it is written: `app`, `any:app`, `k8s:app`, `reserved:host`, `container:app`. */
function readKey(field: Field, name: string): { readonly source: Source; readonly key: string } {
  const colon = name.indexOf(":");
  const key = name.slice(colon + 1);
  const wrong = labelKeyFault(key);
  if (wrong !== undefined && field.faults.every((each) => each.path !== field.path)) fault(field, wrong);
  return { source: sourceOf(colon < 0 ? "any" : name.slice(0, colon)), key };
}

function sourceOf(prefix: string): Source {
  return prefix === "any" || prefix === "k8s" || prefix === "reserved" ? prefix : prefix === "" ? "any" : "other";
}

function checkValue(field: Field, value: string): void {
  const wrong = labelValueFault(value);
  if (wrong !== undefined && !field.faults.some((each) => each.template)) fault(field, wrong);
}
