import { type Issue, place } from "../errors.ts";
import { formatObject, type ObjectRef } from "../model/policy.ts";
import { kindRow } from "./kinds.ts";
import { clip } from "./metadata.ts";
import type { ManifestObject } from "./object.ts";
import { meaningOf } from "./settle.ts";

/** Objects of which no two are the same, and a warning for each that another one replaces. */
export type Distinct = { readonly objects: readonly ManifestObject[]; readonly issues: readonly Issue[] };

/** API groups whose objects of one kind and name are one object. */
const SAME_GROUP: ReadonlyMap<string, string> = new Map([["crd.projectcalico.org", "projectcalico.org"]]);

/**
 * Of objects with the same identity the last in path order, as after `kubectl apply`; namespaces must be filled in.
 * Source: `docs/semantics.md`, O04.
 */
export function withoutDuplicates(given: readonly ManifestObject[]): Distinct {
  const objects = toldApart(given);
  const last = new Map<string, ManifestObject>();
  const replaced: (readonly [ManifestObject, string])[] = [];
  for (const object of objects) {
    const key = identity(object.ref);
    const other = last.get(key);
    if (other === undefined) last.set(key, object);
    else if (comparePaths(other.source.file, object.source.file) > 0) replaced.push([object, key]);
    else {
      replaced.push([other, key]);
      last.set(key, object);
    }
  }
  if (replaced.length === 0) return { objects, issues: [] };
  const winners = new Set(last.values());
  const issues = replaced.map(([loser, key]) => duplicateIssue(loser, last.get(key) ?? loser));
  return { objects: objects.filter((object) => winners.has(object)), issues };
}

/**
 * Objects whose name the API server makes up are never the same: the second of a name (`run-`, which no real name can
 * be) becomes `run-(2)`.
 */
function toldApart(objects: readonly ManifestObject[]): readonly ManifestObject[] {
  const seen = new Map<string, number>();
  return objects.map((object) => {
    if (!object.ref.name.endsWith("-")) return object;
    const key = identity(object.ref);
    const number = (seen.get(key) ?? 0) + 1;
    seen.set(key, number);
    return number === 1 ? object : { ...object, ref: { ...object.ref, name: `${object.ref.name}(${number})` } };
  });
}

/** Order of paths: component by component, a folder before what is in it. */
export function comparePaths(a: string, b: string): number {
  if (a === b) return 0;
  const left = a.split("/");
  const right = b.split("/");
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const x = left[i];
    const y = right[i];
    if (x === undefined) return -1;
    if (y === undefined) return 1;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

function identity(ref: ObjectRef): string {
  return `${SAME_GROUP.get(ref.group) ?? ref.group}/${ref.kind}/${ref.namespace}/${ref.name}`;
}

/** Two that differ hide what opens where one of them changed; the place of either does not matter. */
function duplicateIssue(loser: ManifestObject, winner: ManifestObject): Issue {
  const subject = formatObject(winner.ref);
  const [counts, replaced] = [winner, loser].map((object) => meaningOf(object));
  const same = replaced !== undefined && replaced === counts;
  const how = same ? "with the same content" : "differently";
  return {
    code: "DUPLICATE_OBJECT",
    severity: "warning",
    at: winner.source,
    message: `\`${clip(subject)}\` is also defined at ${place(loser.source)}, ${how}: the definition here counts`,
    subject,
    content: `${counts ?? winner.origin}\n${same ? "" : (replaced ?? loser.origin)}`,
    hides: !same && decides(winner),
  };
}

/** True where what the object says can open or close a flow by itself. */
function decides({ ref }: ManifestObject): boolean {
  const role = kindRow(ref.group, ref.kind)?.role;
  return role !== "service" && role !== "serviceaccount";
}
