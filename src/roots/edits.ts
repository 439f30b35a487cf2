import type { Additions } from "./closure.ts";
import type { Delivery } from "./delivery.ts";
import { plain, textAt } from "./fields.ts";
import type { Kustomization } from "./kustomization.ts";

/** Components that a delivery adds to the kustomization at its path. */
export function editReferences(delivery: Delivery | undefined): Additions | undefined {
  if (delivery === undefined) return undefined;
  const references = (delivery.edits?.lists.get("components") ?? []).flatMap((item) => {
    const text = textAt(item);
    return text === undefined ? [] : [{ ...text, role: "component" as const, field: "components" }];
  });
  return { file: delivery.at.file, references };
}

/** The kustomization with what a delivery puts into it, as its controller does; nothing where it adds nothing. */
export function editedKustomization(
  kustomization: Kustomization | undefined,
  delivery: Delivery | undefined,
): ReadonlyMap<string, string> {
  const edits = delivery?.edits;
  if (edits === undefined || kustomization?.node === undefined) return new Map();
  const fields = new Map<string, unknown>();
  for (const [key, { value }] of kustomization.node.entries) fields.set(key, plain(value));
  for (const [key, value] of edits.values) fields.set(key, plain(value));
  for (const [key, items] of edits.lists) {
    const before = fields.get(key);
    fields.set(key, [...(Array.isArray(before) ? before : []), ...items.map(plain)]);
  }
  return new Map([[kustomization.file, JSON.stringify(Object.fromEntries(fields))]]);
}
