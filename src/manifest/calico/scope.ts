import type { ConvertContext } from "../context.ts";
import type { Findings } from "../dialects/findings.ts";
import type { ManifestObject } from "../object.ts";
import type { AddressSource } from "./match.ts";
import type { Family } from "./nets.ts";

/** What the rules of one policy are read against. */
export type RuleScope = {
  readonly object: ManifestObject;
  /** `undefined` in a global policy. */
  readonly namespace: string | undefined;
  readonly context: ConvertContext;
  readonly sources: readonly AddressSource[];
  readonly serviceAccounts: readonly string[];
  readonly podFamilies: ReadonlySet<Family>;
  readonly findings: Findings;
};
