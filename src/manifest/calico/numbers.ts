import { describe, type Field, fault } from "../fields.ts";

/** The number at `field`, with or without a fraction; `undefined` where it is missing, and with a fault otherwise. */
export function float(field: Field): number | undefined {
  const { node } = field;
  if (node === undefined) return undefined;
  if (node.kind === "scalar" && typeof node.value === "number" && Number.isFinite(node.value)) return node.value;
  fault(field, `must be a number, not ${describe(node)}`);
  return undefined;
}
