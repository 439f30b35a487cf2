import type { Action, Direction } from "../../model/policy.ts";
import type { ConvertContext } from "../context.ts";
import type { Findings } from "../dialects/findings.ts";
import type { Service } from "../dialects/services.ts";
import type { ManifestObject } from "../object.ts";
import type { CidrGroup } from "./groups.ts";

/** What the rules of one policy are read against. */
export type RuleScope = {
  readonly object: ManifestObject;
  /** `undefined` in a clusterwide policy. */
  readonly namespace: string | undefined;
  /** The policy is about pods that have no labels yet. */
  readonly initial: boolean;
  readonly context: ConvertContext;
  readonly groups: readonly CidrGroup[];
  readonly services: readonly Service[];
  readonly findings: Findings;
};

/** Where the peers stand: the direction, and what the rule does. */
export type PeerPlace = { readonly direction: Direction; readonly action: Action };
