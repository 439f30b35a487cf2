import { ALL_V6, coversAddresses } from "../../sets/addresses.ts";
import type { ConvertContext, Converted } from "../context.ts";
import {
  clusterScoped,
  converted,
  type Findings,
  inNamespace,
  keep,
  noFindings,
  noteIssue,
} from "../dialects/findings.ts";
import { identityOf, remembered } from "../dialects/memo.ts";
import type { ManifestObject } from "../object.ts";
import { allNets } from "./all-nets.ts";
import { isCalico } from "./kinds.ts";
import type { AddressSource } from "./match.ts";
import { type PolicyScope, readPolicy } from "./policy.ts";
import { podFamilies } from "./rule.ts";
import { readSources } from "./sources.ts";
import { isStaged } from "./staged.ts";
import { readTiers } from "./tiers.ts";

const POLICIES: readonly string[] = ["NetworkPolicy", "GlobalNetworkPolicy"];

/**
 * What the objects of Calico's API groups among `objects` say, in the one policy shape; of objects with the same kind
 * and name there must be one. Staged policies are listed and say nothing; `enforceStaged` turns them into others
 * beforehand.
 */
export function convertCalico(objects: readonly ManifestObject[], context: ConvertContext): Converted {
  const own = objects.filter(({ ref }) => isCalico(ref));
  const findings = noFindings();
  if (own.length === 0) return converted(findings);
  const scope = scopeOf(own, context, findings);
  const key = scopeKey(scope);
  for (const object of own) {
    if (POLICIES.includes(object.ref.kind)) {
      keep(
        findings,
        remembered(object, key, (found) => readPolicy(object, { ...scope, findings: found })),
      );
    } else if (isStaged(object.ref)) noteStaged(object, context, findings);
    else if (object.ref.kind === "Profile") noteProfile(object, findings);
  }
  return converted(findings);
}

function scopeOf(own: readonly ManifestObject[], context: ConvertContext, findings: Findings): PolicyScope {
  const tiers = readTiers(own);
  const { networkSets, hosts, issues } = readSources(own, context);
  findings.issues.push(...tiers.issues, ...issues);
  const namesAllIpv6 = own.some(({ node }) => allNets(node).some((set) => coversAddresses(set, ALL_V6)));
  return {
    context,
    sources: [...networkSets, ...hosts],
    serviceAccounts: [...new Set(context.workloads.map(({ pod }) => pod.serviceAccount))].sort(),
    podFamilies: podFamilies(context.options.podCidrs, namesAllIpv6),
    findings,
    tiers,
    hosts,
  };
}

/** Equal where every policy means the same. */
function scopeKey({ context, sources, hosts, serviceAccounts, podFamilies: families, tiers }: PolicyScope): string {
  return JSON.stringify([
    [context.options.namespace, context.options.podCidrs.id, context.blocksMatchPods, identityOf(context.services)],
    [sources.map(sourceKey), hosts.map(sourceKey)],
    [serviceAccounts, [...families], [...tiers.byName.values()]],
  ]);
}

function sourceKey({ name, labels, nets }: AddressSource): readonly unknown[] {
  return [name, [...labels], nets.id];
}

function noteStaged(object: ManifestObject, context: ConvertContext, findings: Findings): void {
  const global = object.ref.kind === "StagedGlobalNetworkPolicy";
  noteIssue(findings, global ? clusterScoped(object) : inNamespace(object, context.options.namespace), {
    code: "NOT_ENFORCED",
    text: "is staged and not enforced; `--staged enforce` reviews the tree as if it were",
  });
}

function noteProfile(object: ManifestObject, findings: Findings): void {
  noteIssue(findings, clusterScoped(object), {
    code: "NOT_ANALYSED",
    text: "is not evaluated: pods are taken to have the profiles of their namespace and service account only",
    hides: true,
  });
}
