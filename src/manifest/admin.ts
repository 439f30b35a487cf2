import type { Issue } from "../errors.ts";
import type { Assumption } from "../model/cluster.ts";
import { formatRequirements, type Requirement } from "../model/labels.ts";
import type { Action, Direction, Policy, Rule } from "../model/policy.ts";
import { and, NOTHING, or, PODS, type Predicate } from "../model/predicate.ts";
import { NO_ADDRESS, unionAddresses } from "../sets/addresses.ts";
import { type AdminObject, conflictIssues } from "./admin-conflicts.ts";
import type { AdminPeer, AdminPods } from "./admin-peers.ts";
import { type AdminRule, adminSpec } from "./admin-spec.ts";
import { coversPods, type Remark } from "./blocks.ts";
import type { ConvertContext, Converted } from "./context.ts";
import { NOTHING_CONVERTED } from "./converted.ts";
import { root } from "./fields.ts";
import { faultIssue } from "./metadata.ts";
import { namespaceLabels, podLabels, remarkIssues } from "./networkpolicy.ts";
import type { ManifestObject } from "./object.ts";

const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];

/**
 * The policies of the AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy objects of one cluster:
 * one a direction that has rules. What the API server would reject is an issue and not evaluated.
 * Source: kubernetes-sigs/network-policy-api apis/v1alpha1 at v0.1.7, apis/v1alpha2 at v0.2.0.
 */
export function convertAdmin(objects: readonly ManifestObject[], context: ConvertContext): Converted {
  const policies: Policy[] = [];
  const assumptions: Assumption[] = [];
  const issues: Issue[] = [];
  const accepted: AdminObject[] = [];
  for (const object of objects) {
    const at = root(object.node);
    const remarks: Remark[] = [];
    const spec = adminSpec(at, object.ref.kind, remarks);
    const rejected = faultIssue(object, at.faults);
    if (rejected !== undefined) issues.push(rejected);
    else {
      accepted.push({ object, spec });
      issues.push(...remarkIssues(object, remarks));
    }
  }
  const peers = outsidePeers(accepted);
  for (const { object, spec } of accepted) {
    for (const direction of DIRECTIONS) {
      if (spec[direction].length === 0) continue;
      policies.push(policyOf({ object, spec }, direction, { context, peers, assumptions }));
    }
  }
  issues.push(...conflictIssues(accepted));
  const entities = [...peers.nodes.keys()].sort();
  return { ...NOTHING_CONVERTED, policies, assumptions, issues, entities, fqdns: [...peers.names].sort() };
}

/** Peers that are no pods and no addresses: nodes by the selector that means them, names outside the cluster. */
type OutsidePeers = {
  readonly nodes: ReadonlyMap<string, readonly Requirement[]>;
  readonly names: ReadonlySet<string>;
};

type Scope = { readonly context: ConvertContext; readonly peers: OutsidePeers; readonly assumptions: Assumption[] };

function outsidePeers(objects: readonly AdminObject[]): OutsidePeers {
  const nodes = new Map<string, readonly Requirement[]>();
  const names = new Set<string>();
  for (const { spec } of objects) {
    for (const { peers } of spec.egress) {
      for (const peer of peers) {
        if (peer.kind === "nodes") nodes.set(nodeName(peer.nodes), peer.nodes);
        if (peer.kind === "names") for (const name of peer.names) names.add(name);
      }
    }
  }
  return { nodes, names };
}

function policyOf({ object, spec }: AdminObject, direction: Direction, scope: Scope): Policy {
  const { tier, rank } = scope.context.plan[spec.tier];
  const rules = spec[direction];
  return {
    object: object.ref,
    source: object.source,
    direction,
    tier,
    rank,
    order: [spec.priority, `${permissiveness(rules)}/${object.ref.name}/${object.ref.kind}`],
    subject: podsPredicate(spec.subject),
    isolates: false,
    rules: rules.map((each, i) => ruleOf(each, { file: object.source.file, path: `${direction}[${i}]` }, scope)),
  };
}

/**
 * Place among policies of equal priority, whose order the API leaves open: those that allow before those that pass
 * before those that deny. Source: network-policy-api, AdminNetworkPolicySpec.priority; `docs/semantics.md`, A05.
 */
function permissiveness(rules: readonly AdminRule[]): number {
  const has = (action: Action) => rules.some((each) => each.action === action);
  if (has("allow")) return has("pass") || has("deny") ? 1 : 0;
  if (has("pass")) return has("deny") ? 3 : 2;
  return 4;
}

function ruleOf(rule: AdminRule, place: { readonly file: string; readonly path: string }, scope: Scope): Rule {
  const source = { file: place.file, line: rule.line };
  const parts = rule.peers.map((peer) => peerOf(peer, { ...source, line: peer.line }, scope));
  return {
    action: rule.action,
    peer: or(...parts, networksOf(rule, place.file, scope)),
    conn: rule.conn,
    source,
    path: place.path,
  };
}

/** All networks of one rule are one set: together they may hold the pods of a cluster with two address families. */
function networksOf(rule: AdminRule, file: string, scope: Scope): Predicate {
  let set = NO_ADDRESS;
  let line = rule.line;
  for (const peer of rule.peers) {
    if (peer.kind !== "networks") continue;
    if (set === NO_ADDRESS) line = peer.line;
    set = unionAddresses(set, peer.set);
  }
  if (set === NO_ADDRESS) return NOTHING;
  const cover = coversPods(set, rule.action, { file, line }, scope.context);
  if (cover.assumption !== undefined) scope.assumptions.push(cover.assumption);
  return { op: "addresses", set, pods: cover.pods };
}

function peerOf(peer: AdminPeer, at: { readonly file: string; readonly line: number }, scope: Scope): Predicate {
  switch (peer.kind) {
    case "pods":
      return podsPredicate(peer);
    case "networks":
      return NOTHING;
    case "nodes": {
      const name = nodeName(peer.nodes);
      const text = `\`entity:${name}\` stands for nodes that are known by these labels alone; no address block holds them`;
      scope.assumptions.push({ at, text });
      return nodesPredicate(peer.nodes, scope.peers.nodes);
    }
    case "names":
      scope.assumptions.push({ at, text: "a name outside the cluster stands for whatever addresses it resolves to" });
      return or(...peer.names.flatMap(namePredicates));
  }
}

function podsPredicate({ namespaces, pods }: AdminPods): Predicate {
  return and(PODS, ...namespaceLabels(namespaces), ...podLabels(pods));
}

/** How nodes are called that a selector means: `node with {a=b}`, or `any node`. */
function nodeName(nodes: readonly Requirement[]): string {
  return nodes.length === 0 ? "any node" : `node with {${formatRequirements(nodes)}}`;
}

/** The nodes that a selector means, among those that any rule speaks of: it holds of all that have its conditions. */
function nodesPredicate(nodes: readonly Requirement[], known: ReadonlyMap<string, readonly Requirement[]>): Predicate {
  const wanted = nodes.map((each) => formatRequirements([each]));
  const parts: Predicate[] = [];
  for (const [name, requirements] of known) {
    const conditions = new Set(requirements.map((each) => formatRequirements([each])));
    if (wanted.every((each) => conditions.has(each))) parts.push({ op: "entity", name });
  }
  return or(...parts);
}

/**
 * `*.example.com` holds names at any depth below `example.com`, and not that name itself.
 * Source: network-policy-api apis/v1alpha1/shared_types.go, DomainName.
 */
function namePredicates(name: string): readonly Predicate[] {
  const exact: Predicate = { op: "fqdn", pattern: name };
  return name.startsWith("*.") ? [exact, { op: "fqdn", pattern: `**.${name}` }] : [exact];
}
