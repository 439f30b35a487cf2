import type { Issue } from "../../errors.ts";
import type { Assumption, Deviation, Workload } from "../../model/cluster.ts";
import { formatObject, type ObjectRef, type Policy, type Rule } from "../../model/policy.ts";
import { enforces, type Feature, type Profile } from "./profiles.ts";
import { featuresOf, ruleFeatures } from "./uses.ts";
import { widenNamespace, widenProtocol } from "./widen.ts";

/** What a plugin makes of the policies of a tree. */
export type Applied = {
  readonly policies: readonly Policy[];
  readonly deviations: readonly Deviation[];
  readonly issues: readonly Issue[];
  readonly assumptions: readonly Assumption[];
};

const GROUP = "networking.k8s.io";
const ADMIN_KINDS: ReadonlyMap<string, Feature> = new Map<string, Feature>([
  ["AdminNetworkPolicy", "admin-network-policy"],
  ["BaselineAdminNetworkPolicy", "baseline-admin-network-policy"],
  ["ClusterNetworkPolicy", "cluster-network-policy"],
]);

/**
 * The policies as the plugin enforces them, and each place where that is something else than they say. What it does not
 * enforce is open, what it rejects does not exist, what it widens is as wide as it makes it; what it narrows counts in
 * full and is told, like everything that is not known.
 * Source: `docs/semantics-plugins.md`, P01 to P08.
 */
export function applyProfile(policies: readonly Policy[], workloads: readonly Workload[], profile: Profile): Applied {
  if (!enforces(profile)) return nothingEnforced(policies, profile);
  const hosts = workloads.filter(({ pod }) => pod.hostNetwork);
  const rejected = rejections(policies, profile);
  const deviations: Deviation[] = [];
  const told = new Set<string>();
  const out: Policy[] = [];
  for (const policy of policies) {
    const reason = rejected.get(policy.object) ?? missingKind(policy, profile) ?? unenforced(policy, profile);
    if (reason === undefined) {
      out.push(widened(policy, profile, deviations));
      deviations.push(...notes(policy, { profile, hosts }));
    } else if (!told.has(reason.text)) {
      told.add(reason.text);
      deviations.push({ at: reason.at ?? policy.source, object: policy.object, text: reason.text });
    }
  }
  return { policies: out, deviations, issues: [], assumptions: [] };
}

type Reason = { readonly at?: Deviation["at"]; readonly text: string };

function nothingEnforced(policies: readonly Policy[], profile: Profile): Applied {
  const objects = new Set(policies.map(({ object }) => object)).size;
  const message = `\`${profile.name}\` enforces no policy: every flow is allowed, whatever ${objects === 1 ? "the one policy says" : `the ${objects} policies say`}`;
  const issue: Issue = { code: "NOT_ENFORCED", severity: "warning", at: undefined, message, subject: profile.name };
  return { policies: [], deviations: [], issues: objects === 0 ? [] : [issue], assumptions: [] };
}

/** Objects that do not exist for the plugin because of one thing in them, and where that stands. */
function rejections(policies: readonly Policy[], profile: Profile): ReadonlyMap<ObjectRef, Reason> {
  const rejecting = featuresOf(profile, "policy-rejected");
  const out = new Map<ObjectRef, Reason>();
  for (const { object, rules } of policies) {
    if (object.group !== GROUP || rejecting.length === 0 || out.has(object)) continue;
    for (const rule of rules) {
      const used = ruleFeatures(rule, []).find((feature) => rejecting.includes(feature));
      if (used === undefined) continue;
      const text = `${profile.title} rejects all of \`${formatObject(object)}\` ${because(profile, used)}`;
      out.set(object, { at: rule.source, text });
      break;
    }
  }
  return out;
}

function because(profile: Profile, feature: Feature): string {
  const { note } = profile.cells[feature];
  return note === "" ? `for ${WORDS[feature]}` : `for ${WORDS[feature]}: ${note}`;
}

/** The plugin knows no such kind. */
function missingKind({ object }: Policy, profile: Profile): Reason | undefined {
  const feature = ADMIN_KINDS.get(object.kind);
  if (object.group !== "policy.networking.k8s.io" || feature === undefined) return undefined;
  if (profile.cells[feature].effect !== "ignored") return undefined;
  return { text: `${profile.title} does not know the kind \`${object.kind}\`: \`${formatObject(object)}\` is ignored` };
}

/** The plugin enforces nothing in this direction. */
function unenforced({ object, direction }: Policy, profile: Profile): Reason | undefined {
  if (object.group !== GROUP || profile.cells[`np-${direction}`].effect !== "open") return undefined;
  return {
    text: `${profile.title} does not enforce ${direction}: what \`${formatObject(object)}\` says of it is ignored`,
  };
}

type Widened = { readonly policy: Policy; readonly deviations: readonly Deviation[] };

const widenings = new WeakMap<Profile, WeakMap<Policy, Widened>>();

/** Equal policies give equal results, so that base and head go on sharing what they have in common. */
function widened(policy: Policy, profile: Profile, deviations: Deviation[]): Policy {
  if (policy.object.group !== GROUP) return policy;
  const known = widenings.get(profile) ?? new WeakMap<Policy, Widened>();
  widenings.set(profile, known);
  const result = known.get(policy) ?? widen(policy, profile);
  known.set(policy, result);
  deviations.push(...result.deviations);
  return result.policy;
}

function widen(policy: Policy, profile: Profile): Widened {
  const deviations: Deviation[] = [];
  const rules = policy.rules.map((rule) => {
    let wide: Rule = rule;
    if (profile.cells["named-ports"].effect === "widen-protocol") wide = widenProtocol(wide);
    if (profile.cells["namespace-and-pod-selector"].effect === "widen-namespace") wide = widenNamespace(wide, policy);
    if (wide === rule) return rule;
    const what = wide.peer === rule.peer ? "every port of the protocol" : "the whole namespace";
    const feature = wide.peer === rule.peer ? "named-ports" : "np-ingress";
    const text = `${profile.title} opens this rule to ${what}: ${profile.cells[feature].note}`;
    deviations.push({ at: rule.source, object: policy.object, text });
    return wide;
  });
  return { policy: deviations.length === 0 ? policy : { ...policy, rules }, deviations };
}

/** What the plugin does less of, or what is not known of it, in the rules of one policy. */
function notes(
  policy: Policy,
  { profile, hosts }: { readonly profile: Profile; readonly hosts: readonly Workload[] },
): readonly Deviation[] {
  if (policy.object.group !== GROUP) return kindNote(policy, profile);
  return policy.rules.flatMap((rule) =>
    ruleFeatures(rule, hosts).flatMap((feature) => {
      const { value, effect, note } = profile.cells[feature];
      if (effect === "unknown") return [deviation(policy, rule, `${unknownText(profile, feature)}${after(note)}`)];
      if (value !== "partial" || effect !== "none" || note === "") return [];
      return [deviation(policy, rule, `${profile.title} reads ${WORDS[feature]} in part: ${note}`)];
    }),
  );
}

function kindNote(policy: Policy, profile: Profile): readonly Deviation[] {
  const feature = ADMIN_KINDS.get(policy.object.kind);
  if (feature === undefined || policy.object.group !== "policy.networking.k8s.io") return [];
  const { value, note } = profile.cells[feature];
  if (value !== "partial") return [];
  return [
    {
      at: policy.source,
      object: policy.object,
      text: `${profile.title} reads ${WORDS[feature]} in part${after(note)}`,
    },
  ];
}

function unknownText(profile: Profile, feature: Feature): string {
  return `what ${profile.title} does with ${WORDS[feature]} is not known`;
}

function after(note: string): string {
  return note === "" ? "" : `: ${note}`;
}

function deviation(policy: Policy, rule: Rule, text: string): Deviation {
  return { at: rule.source, object: policy.object, text };
}

const WORDS: Readonly<Record<Feature, string>> = {
  "np-ingress": "ingress rules",
  "np-egress": "egress rules",
  "ip-block": "an ipBlock",
  "ip-block-except": "the `except` of an ipBlock",
  "ip-block-matches-pods": "an ipBlock that holds addresses of pods",
  "end-port": "`endPort`",
  sctp: "SCTP",
  "named-ports": "a port by name",
  ipv6: "an IPv6 block",
  "namespace-and-pod-selector": "a peer with both selectors",
  "host-network-peers": "a peer in its node's network",
  "admin-network-policy": "`AdminNetworkPolicy`",
  "baseline-admin-network-policy": "`BaselineAdminNetworkPolicy`",
  "cluster-network-policy": "`ClusterNetworkPolicy`",
};
