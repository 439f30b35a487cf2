import type { ConvertContext, Converted, TierPlan } from "../context.ts";
import { converted, inNamespace, keep, noFindings } from "../dialects/findings.ts";
import { identityOf, remembered } from "../dialects/memo.ts";
import { readService } from "../dialects/services.ts";
import type { ManifestObject } from "../object.ts";
import { STANDING_ENTITIES } from "./match.ts";
import { ALLOW_TIER, type PolicyScope, readPolicy } from "./policy.ts";
import { readGroups } from "./read-groups.ts";

const POLICIES: readonly string[] = ["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"];

/**
 * What the objects of Cilium's API group among `objects` say, in the one policy shape. Under Cilium's plan nodes and
 * the API server are peers even where no policy names them.
 */
export function convertCilium(objects: readonly ManifestObject[], context: ConvertContext): Converted {
  const own = objects.filter(({ ref }) => ref.group === "cilium.io");
  const findings = noFindings();
  const { groups, issues } = readGroups(own);
  findings.issues.push(...issues);
  const services = context.services.map((object) => readService(inNamespace(object, context.options.namespace)));
  const scope: PolicyScope = { context, groups, services, findings };
  const key = JSON.stringify([
    [context.options.namespace, identityOf(context.services)],
    groups.map(({ name, labels, set }) => [name, [...labels], set.id]),
  ]);
  for (const object of own) {
    if (!POLICIES.includes(object.ref.kind)) continue;
    keep(
      findings,
      remembered(object, key, (found) => readPolicy(object, { ...scope, findings: found })),
    );
  }
  if (context.plan.dialect === "cilium") for (const name of STANDING_ENTITIES) findings.entities.add(name);
  return converted(findings);
}

/** Cilium's tiers: admin policies, denials, then everything that allows, NetworkPolicy v1 among it, and the baseline. */
export function ciliumPlan(): TierPlan {
  return {
    dialect: "cilium",
    admin: { tier: "admin", rank: 0 },
    networkPolicy: { ...ALLOW_TIER, order: 0 },
    baseline: { tier: "baseline", rank: 3 },
  };
}
