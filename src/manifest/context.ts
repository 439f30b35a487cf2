import type { Issue } from "../errors.ts";
import type { Assumption, Deviation, Namespace, Workload } from "../model/cluster.ts";
import type { Policy } from "../model/policy.ts";
import type { AddressSet } from "../sets/addresses.ts";
import type { ManifestObject } from "./object.ts";

/** Answers that the tree itself does not hold: configuration and flags of one cluster. */
export type ClusterOptions = {
  /** For objects that name none. */
  readonly namespace: string;
  /** Network plugin by name; `undefined`: recognised, else the specification. */
  readonly cni: string | undefined;
  readonly podCidrs: AddressSet;
  readonly ipBlocks: "match-pods" | "external-only" | undefined;
  readonly staged: "ignore" | "enforce";
  /** Labels of namespaces that the tree does not declare. */
  readonly namespaceLabels: ReadonlyMap<string, ReadonlyMap<string, string>>;
};

/** Which tiers exist and in which order. Ranks ascend in evaluation order. */
export type TierPlan = {
  readonly dialect: "specification" | "calico" | "cilium";
  /** Rank and in-tier order of NetworkPolicy v1. */
  readonly networkPolicy: { readonly tier: string; readonly rank: number; readonly order: number };
  readonly admin: { readonly tier: string; readonly rank: number };
  readonly baseline: { readonly tier: string; readonly rank: number };
};

/** What a policy dialect may look at while it converts. */
export type ConvertContext = {
  readonly options: ClusterOptions;
  readonly plan: TierPlan;
  /** Address blocks match pods as `semantics` say only where this is true. */
  readonly blocksMatchPods: boolean;
  readonly namespaces: ReadonlyMap<string, Namespace>;
  readonly workloads: readonly Workload[];
  /** Services of the tree, namespace included in `ref` (default applied). */
  readonly services: readonly ManifestObject[];
};

/** What a policy dialect makes of its objects. */
export type Converted = {
  readonly policies: readonly Policy[];
  readonly issues: readonly Issue[];
  readonly assumptions: readonly Assumption[];
  readonly deviations: readonly Deviation[];
  /** Names of entities (`host`, `kube-apiserver`) and patterns of names that the policies speak of. */
  readonly entities: readonly string[];
  readonly fqdns: readonly string[];
};
