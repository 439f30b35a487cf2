import type { ManifestObject } from "../object.ts";
import { type Findings, noFindings } from "./findings.ts";

const known = new WeakMap<ManifestObject, { readonly key: string; readonly findings: Findings }>();
const numbers = new WeakMap<ManifestObject, number>();
let next = 0;

/**
 * What `read` finds in `object`; remembered, so that base and head share what they have in common. `key` is equal where
 * everything else that `read` looks at is.
 */
export function remembered(object: ManifestObject, key: string, read: (findings: Findings) => void): Findings {
  const last = known.get(object);
  if (last?.key === key) return last.findings;
  const findings = noFindings();
  read(findings);
  known.set(object, { key, findings });
  return findings;
}

/** A text that is equal for the same objects in the same order. */
export function identityOf(objects: readonly ManifestObject[]): string {
  return objects.map(numberOf).join();
}

function numberOf(object: ManifestObject): number {
  const number = numbers.get(object) ?? next++;
  numbers.set(object, number);
  return number;
}
