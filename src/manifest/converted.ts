import type { Issue } from "../errors.ts";
import type { Assumption, Deviation } from "../model/cluster.ts";
import type { Policy } from "../model/policy.ts";
import type { Converted } from "./context.ts";

/** What a converter returns that found nothing to convert. */
export const NOTHING_CONVERTED: Converted = {
  policies: [],
  issues: [],
  assumptions: [],
  deviations: [],
  entities: [],
  fqdns: [],
};

/** Everything of `parts`, in order; names of entities and of names outside the cluster once each. */
export function joinConverted(parts: readonly Converted[]): Converted {
  const policies: Policy[] = [];
  const issues: Issue[] = [];
  const assumptions: Assumption[] = [];
  const deviations: Deviation[] = [];
  const entities = new Set<string>();
  const fqdns = new Set<string>();
  for (const part of parts) {
    for (const each of part.policies) policies.push(each);
    for (const each of part.issues) issues.push(each);
    for (const each of part.assumptions) assumptions.push(each);
    for (const each of part.deviations) deviations.push(each);
    for (const each of part.entities) entities.add(each);
    for (const each of part.fqdns) fqdns.add(each);
  }
  return { policies, issues, assumptions, deviations, entities: [...entities].sort(), fqdns: [...fqdns].sort() };
}
