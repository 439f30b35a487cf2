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
  return {
    policies: parts.flatMap((part) => part.policies),
    issues: parts.flatMap((part) => part.issues),
    assumptions: parts.flatMap((part) => part.assumptions),
    deviations: parts.flatMap((part) => part.deviations),
    entities: [...new Set(parts.flatMap((part) => part.entities))].sort(),
    fqdns: [...new Set(parts.flatMap((part) => part.fqdns))].sort(),
  };
}
