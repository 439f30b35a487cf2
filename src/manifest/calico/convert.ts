import { place } from "../../errors.ts";
import { ALL_V6, coversAddresses } from "../../sets/addresses.ts";
import type { ConvertContext, Converted } from "../context.ts";
import { clusterScoped, converted, type Findings, inNamespace, noFindings, noteIssue } from "../dialects/findings.ts";
import type { ManifestObject } from "../object.ts";
import { allNets } from "./all-nets.ts";
import { isCalico } from "./kinds.ts";
import { type PolicyScope, readPolicy } from "./policy.ts";
import { podFamilies } from "./rule.ts";
import { readSources } from "./sources.ts";
import { isStaged } from "./staged.ts";
import { readTiers } from "./tiers.ts";

const POLICIES: readonly string[] = ["NetworkPolicy", "GlobalNetworkPolicy"];
const CLUSTER_KINDS: readonly string[] = [
  "GlobalNetworkPolicy",
  "StagedGlobalNetworkPolicy",
  "GlobalNetworkSet",
  "Tier",
  "HostEndpoint",
  "Profile",
];

/**
 * What the objects of Calico's API groups among `objects` say, in the one policy shape. Staged policies are listed and
 * say nothing; `enforceStaged` turns them into others beforehand.
 */
export function convertCalico(objects: readonly ManifestObject[], context: ConvertContext): Converted {
  const findings = noFindings();
  const own = withoutStoredTwins(
    objects.filter(({ ref }) => isCalico(ref)),
    context,
    findings,
  );
  if (own.length === 0) return converted(findings);
  const tiers = readTiers(own);
  const { networkSets, hosts, issues } = readSources(own, context);
  findings.issues.push(...tiers.issues, ...issues);
  const namesAllIpv6 = own.some(({ node }) => allNets(node).some((set) => coversAddresses(set, ALL_V6)));
  const scope: PolicyScope = {
    context,
    sources: [...networkSets, ...hosts],
    serviceAccounts: [...new Set(context.workloads.map(({ pod }) => pod.serviceAccount))].sort(),
    podFamilies: podFamilies(context.options.podCidrs, namesAllIpv6),
    findings,
    tiers,
    hosts,
  };
  for (const object of own) {
    if (isStaged(object.ref)) noteStaged(object, context, findings);
    else if (POLICIES.includes(object.ref.kind)) readPolicy(object, scope);
    else if (object.ref.kind === "Profile") noteProfile(object, findings);
  }
  return converted(findings);
}

/** One object can stand in both API groups: as it is written, and as it is stored. The last one counts. */
function withoutStoredTwins(
  objects: readonly ManifestObject[],
  context: ConvertContext,
  findings: Findings,
): readonly ManifestObject[] {
  const last = new Map<string, ManifestObject>();
  for (const object of objects) {
    const placed = inNamespace(object, context.options.namespace);
    const namespace = CLUSTER_KINDS.includes(object.ref.kind) ? "" : placed.ref.namespace;
    const key = `${object.ref.kind}/${namespace}/${object.ref.name}`;
    const earlier = last.get(key);
    last.delete(key);
    last.set(key, object);
    if (earlier === undefined || earlier.ref.group === object.ref.group) continue;
    noteIssue(findings, earlier, {
      code: "DUPLICATE_OBJECT",
      text: `is the same object as that of \`${object.ref.group}\` at ${place(object.source)}, which counts`,
    });
  }
  return [...last.values()];
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
