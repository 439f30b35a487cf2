import type { Policy } from "../model/policy.ts";
import { convertAdmin } from "./admin.ts";
import { convertCalico } from "./calico/convert.ts";
import { convertCilium } from "./cilium/convert.ts";
import { underCilium } from "./cilium/surroundings.ts";
import type { ConvertContext, Converted } from "./context.ts";
import { joinConverted, NOTHING_CONVERTED } from "./converted.ts";
import type { Role } from "./kinds.ts";
import { convertNetworkPolicy } from "./networkpolicy.ts";
import type { ManifestObject } from "./object.ts";

/** Everything that the policies of a cluster say, in the one shape; `of` gives the objects of a role. */
export function convertPolicies(of: (role: Role) => readonly ManifestObject[], context: ConvertContext): Converted {
  const key = contextKey(context);
  const all = joinConverted([
    ...of("networkpolicy").map((object) => networkPolicy(object, context, key)),
    adminPolicies(of("admin"), context, key),
    pluginPolicies(of, context),
  ]);
  return context.plan.dialect === "cilium" ? { ...all, policies: all.policies.flatMap(asCiliumReads) } : all;
}

const ciliumReadings = new WeakMap<Policy, readonly Policy[]>();

function asCiliumReads(policy: Policy): readonly Policy[] {
  const known = ciliumReadings.get(policy) ?? underCilium([policy]);
  ciliumReadings.set(policy, known);
  return known;
}

/** Policies of a network plugin, where it is the one that the cluster is judged by. */
function pluginPolicies(of: (role: Role) => readonly ManifestObject[], context: ConvertContext): Converted {
  switch (context.plan.dialect) {
    case "specification":
      return NOTHING_CONVERTED;
    case "calico":
      return convertCalico(of("calico"), context);
    case "cilium":
      return convertCilium(of("cilium"), context);
  }
}

const converted = new WeakMap<ManifestObject, { readonly key: string; readonly result: Converted }>();

function networkPolicy(object: ManifestObject, context: ConvertContext, key: string): Converted {
  const known = converted.get(object);
  if (known?.key === key) return known.result;
  const result = convertNetworkPolicy(object, context);
  converted.set(object, { key, result });
  return result;
}

let lastAdmin:
  | { readonly key: string; readonly objects: readonly ManifestObject[]; readonly result: Converted }
  | undefined;

function adminPolicies(objects: readonly ManifestObject[], context: ConvertContext, key: string): Converted {
  if (objects.length === 0) return NOTHING_CONVERTED;
  const last = lastAdmin;
  const same = last?.key === key && last.objects.length === objects.length;
  if (same && objects.every((object, i) => object === last.objects[i])) return last.result;
  const result = convertAdmin(objects, context);
  lastAdmin = { key, objects, result };
  return result;
}

/** Equal where NetworkPolicy and admin policies convert into the same policies. */
function contextKey({ plan, blocksMatchPods, options }: ConvertContext): string {
  const { networkPolicy: own, admin, baseline } = plan;
  const ranks = [own.tier, own.rank, own.order, admin.tier, admin.rank, baseline.tier, baseline.rank];
  return `${ranks.join()}|${blocksMatchPods}|${options.podCidrs.id}`;
}
