import type { Action } from "../model/policy.ts";
import { type Shape, shape } from "./fields.ts";

/** How one kind of admin policy is written. */
export type AdminForm = {
  readonly tier: "admin" | "baseline" | "named";
  readonly priority: boolean;
  /** The only name that the API admits. */
  readonly onlyName: string | undefined;
  readonly actions: ReadonlyMap<string, Action>;
  /** Most rules in a list, peers in a rule and ports in a rule. */
  readonly most: number;
  readonly portsField: "ports" | "protocols";
  /** `pods` may leave out its `namespaceSelector`, and then means every namespace. */
  readonly anyNamespace: boolean;
  readonly domainNames: boolean;
  readonly shapes: {
    readonly policy: Shape;
    readonly spec: Shape;
    readonly ingressRule: Shape;
    readonly egressRule: Shape;
    readonly ingressPeer: Shape;
    readonly egressPeer: Shape;
  };
};

const ALLOW_DENY = new Map<string, Action>([
  ["Allow", "allow"],
  ["Deny", "deny"],
]);
const WITH_PASS = new Map<string, Action>([...ALLOW_DENY, ["Pass", "pass"]]);
const ACCEPT = new Map<string, Action>([
  ["Accept", "allow"],
  ["Deny", "deny"],
  ["Pass", "pass"],
]);

const ADMIN: AdminForm = {
  tier: "admin",
  priority: true,
  onlyName: undefined,
  actions: WITH_PASS,
  most: 100,
  portsField: "ports",
  anyNamespace: false,
  domainNames: true,
  shapes: shapes("an AdminNetworkPolicy", ["priority"], { ports: "ports", names: true }),
};
const BASELINE: AdminForm = {
  ...ADMIN,
  tier: "baseline",
  priority: false,
  onlyName: "default",
  actions: ALLOW_DENY,
  domainNames: false,
  shapes: shapes("a BaselineAdminNetworkPolicy", [], { ports: "ports", names: false }),
};
const CLUSTER: AdminForm = {
  tier: "named",
  priority: true,
  onlyName: undefined,
  actions: ACCEPT,
  most: 25,
  portsField: "protocols",
  anyNamespace: true,
  domainNames: true,
  shapes: shapes("a ClusterNetworkPolicy", ["tier", "priority"], { ports: "protocols", names: true }),
};

/** The form of AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy. */
export function adminForm(kind: string): AdminForm {
  if (kind === "ClusterNetworkPolicy") return CLUSTER;
  return kind === "BaselineAdminNetworkPolicy" ? BASELINE : ADMIN;
}

function shapes(
  what: string,
  specFields: readonly string[],
  rule: { readonly ports: string; readonly names: boolean },
): AdminForm["shapes"] {
  const otherPorts = rule.ports === "ports" ? "protocols" : "ports";
  const ruleSlips = { [otherPorts]: `perhaps \`${rule.ports}\`` };
  const v1 = {
    podSelector: "pods of every namespace are chosen by `pods: {namespaceSelector: …, podSelector: …}`",
    namespaceSelector: "namespaces are chosen by `namespaces`",
    ipBlock: "address blocks stand in the list `networks` of an egress rule",
    matchLabels: "labels stand under `namespaces` or under `pods`",
  };
  const outside = ["networks", "nodes", ...(rule.names ? ["domainNames"] : [])];
  return {
    policy: shape(what, ["apiVersion", "kind", "metadata", "spec", "status"]),
    spec: shape(`${what}'s spec`, [...specFields, "subject", "ingress", "egress"], {
      podSelector: "perhaps `subject`",
      policyTypes: "directions follow from the rules",
      priority: "this kind has no priority",
      tier: "this kind has no tier",
    }),
    ingressRule: shape("an ingress rule", ["name", "action", "from", rule.ports], {
      ...ruleSlips,
      to: "the peers of an ingress rule stand under `from`",
    }),
    egressRule: shape("an egress rule", ["name", "action", "to", rule.ports], {
      ...ruleSlips,
      from: "the peers of an egress rule stand under `to`",
    }),
    ingressPeer: shape("an ingress peer", ["namespaces", "pods"], {
      ...v1,
      networks: "an ingress rule has no networks: only pods can be its peers",
    }),
    egressPeer: shape("an egress peer", ["namespaces", "pods", ...outside], v1),
  };
}
