import type { Issue } from "../../errors.ts";
import type { ObjectRef } from "../../model/policy.ts";
import type { TierPlan } from "../context.ts";
import { checkMap, type Field, fault, member, root, shape, text } from "../fields.ts";
import { checkMetadata, faultIssue } from "../metadata.ts";
import type { ManifestObject } from "../object.ts";
import { isCalico } from "./kinds.ts";
import { float } from "./numbers.ts";

/** One tier: its place among the others, and whether it ends in Deny. */
type Tier = { readonly name: string; readonly rank: number; readonly isolates: boolean };

/** The tiers of a tree, the built-in ones among them. */
export type Tiers = { readonly byName: ReadonlyMap<string, Tier>; readonly issues: readonly Issue[] };

type Declared = { readonly name: string; readonly order: number; readonly isolates: boolean };

/** Source: projectcalico/calico api/pkg/apis/projectcalico/v3/tier.go. */
const BUILT_IN: readonly Declared[] = [
  { name: "kube-admin", order: 1_000, isolates: false },
  { name: "default", order: 1_000_000, isolates: true },
  { name: "kube-baseline", order: 10_000_000, isolates: false },
];

/** Order of a NetworkPolicy v1 among the policies of the tier `default`. */
const KUBERNETES_ORDER = 1000;

const TIER = shape("a Tier", ["apiVersion", "kind", "metadata", "spec", "status"]);
const TIER_SPEC = shape("the spec of a Tier", ["order", "defaultAction"], { action: "perhaps `defaultAction`" });

/**
 * The tiers that `objects` declare and those that every cluster has, in evaluation order: by `order`, then by name;
 * without an order last, also after `kube-baseline`.
 * Source: projectcalico/calico felix/calc/policy_sorter.go, TierLess.
 */
export function readTiers(objects: readonly ManifestObject[]): Tiers {
  const issues: Issue[] = [];
  const declared = new Map(BUILT_IN.map((tier) => [tier.name, tier]));
  for (const object of objects) {
    if (!isCalico(object.ref) || object.ref.kind !== "Tier") continue;
    const field = root(object.node);
    const tier = decodeTier(field, object.ref.name);
    const issue = faultIssue(object, field.faults);
    if (issue === undefined) declared.set(tier.name, tier);
    else issues.push(issue);
  }
  const sorted = [...declared.values()].sort((a, b) => compare(a.order, b.order) || (a.name < b.name ? -1 : 1));
  return {
    byName: new Map(sorted.map(({ name, isolates }, rank) => [name, { name, rank, isolates }])),
    issues,
  };
}

/** Where NetworkPolicy v1 and the admin policies stand among Calico's tiers. */
export function calicoPlan(objects: readonly ManifestObject[]): TierPlan {
  const { byName } = readTiers(objects);
  const place = (tier: string) => ({ tier, rank: byName.get(tier)?.rank ?? 0 });
  return {
    dialect: "calico",
    networkPolicy: { ...place("default"), order: KUBERNETES_ORDER },
    admin: place("kube-admin"),
    baseline: place("kube-baseline"),
  };
}

/**
 * The text that decides between policies of equal order in one tier: name, then namespace, then kind.
 * Source: projectcalico/calico felix/calc/policy_sorter.go, PolKVLess.
 */
export function tieKey(ref: ObjectRef): string {
  return `${ref.name}/${ref.namespace}/${isCalico(ref) ? ref.kind : `Kubernetes${ref.kind}`}`;
}

function decodeTier(field: Field, name: string): Declared {
  checkMap(field, TIER);
  checkMetadata(field);
  const nameField = member(member(field, "metadata"), "name");
  if (name.includes(".")) fault(nameField, "must have no dot, as names of tiers are part of other names");
  const spec = member(field, "spec");
  checkMap(spec, TIER_SPEC);
  const orderField = member(spec, "order");
  const order = float(orderField);
  const actionField = member(spec, "defaultAction");
  const action = text(actionField) ?? "Deny";
  if (action !== "Deny" && action !== "Pass") fault(actionField, `must be \`Deny\` or \`Pass\`, not \`${action}\``);
  const builtIn = BUILT_IN.find((tier) => tier.name === name);
  if (builtIn !== undefined) {
    const wanted = builtIn.isolates ? "Deny" : "Pass";
    if (action !== wanted) fault(actionField, `must be \`${wanted}\` in the tier \`${name}\``);
    if (order !== builtIn.order) fault(orderField, `must be ${builtIn.order} in the tier \`${name}\``);
  }
  return { name, order: order ?? Number.POSITIVE_INFINITY, isolates: action === "Deny" };
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
