import type { Issue } from "../errors.ts";
import type { Requirement } from "../model/labels.ts";
import { type ConnTerm, type Direction, formatObject, meets } from "../model/policy.ts";
import { intersectAddresses, NO_ADDRESS } from "../sets/addresses.ts";
import type { AdminPeer, AdminPods } from "./admin-peers.ts";
import type { AdminRule, AdminSpec } from "./admin-spec.ts";
import { canonical } from "./canonical.ts";
import type { ManifestObject } from "./object.ts";

/** An admin policy that the API server would take. */
export type AdminObject = { readonly object: ManifestObject; readonly spec: AdminSpec };

/** Most policies of one priority that are compared with each other. */
const MOST_COMPARED = 300;

/**
 * A warning for each policy that another of the same tier and priority contradicts on traffic that both govern: the
 * API leaves open which of them is asked first.
 * Source: network-policy-api, AdminNetworkPolicySpec.priority; `docs/semantics.md`, A05.
 */
export function conflictIssues(objects: readonly AdminObject[]): readonly Issue[] {
  const groups = new Map<string, AdminObject[]>();
  for (const each of objects) {
    const key = `${each.spec.tier}/${each.spec.priority}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()].flatMap(groupIssues);
}

function groupIssues(group: readonly AdminObject[]): readonly Issue[] {
  const last = group[group.length - 1];
  if (group.length > MOST_COMPARED && last !== undefined) {
    const text = `${group.length} policies have priority ${last.spec.priority}: too many to compare`;
    return [conflict(last, text, group)];
  }
  const issues: Issue[] = [];
  for (const [i, later] of group.entries()) {
    for (const earlier of group.slice(0, i)) {
      const direction = disagreement(earlier.spec, later.spec);
      if (direction === undefined) continue;
      const names = `\`${formatObject(earlier.object.ref)}\` and \`${formatObject(later.object.ref)}\``;
      const text = `${names} disagree on ${direction} at priority ${later.spec.priority}`;
      issues.push(
        conflict(later, `${text}: the API leaves open which decides, so what allows is taken first`, [earlier, later]),
      );
      break;
    }
  }
  return issues;
}

/** Hides what opens where one of the two changed: the cluster may have asked the other one first until now. */
function conflict({ object }: AdminObject, message: string, between: readonly AdminObject[]): Issue {
  const subject = formatObject(object.ref);
  const content = between
    .map(({ object: { node, origin, ref } }) => `${formatObject(ref)}\n${canonical(node) ?? origin}`)
    .join("\n");
  return { code: "PRIORITY_CONFLICT", severity: "warning", at: object.source, message, subject, hides: true, content };
}

function disagreement(a: AdminSpec, b: AdminSpec): Direction | undefined {
  if (!podsMeet(a.subject, b.subject)) return undefined;
  for (const direction of ["ingress", "egress"] as const) {
    if (meaning(a[direction]) === meaning(b[direction])) continue;
    const clash = a[direction].some((x) => b[direction].some((y) => x.action !== y.action && rulesMeet(x, y)));
    if (clash) return direction;
  }
  return undefined;
}

/** Equal for lists of rules that decide alike. */
function meaning(rules: readonly AdminRule[]): string {
  return JSON.stringify(
    rules.map(({ action, peers, conn }) => [
      action,
      conn.conn.id,
      conn.names,
      peers.map((peer) => ({ ...peer, line: 0, ...(peer.kind === "networks" ? { set: peer.set.id } : {}) })),
    ]),
  );
}

function rulesMeet(a: AdminRule, b: AdminRule): boolean {
  return connsMeet(a.conn, b.conn) && a.peers.some((x) => b.peers.some((y) => peersMeet(x, y)));
}

function connsMeet(a: ConnTerm, b: ConnTerm): boolean {
  if (meets(a.conn, b.conn)) return true;
  return (a.names.length > 0 || b.names.length > 0) && !(isEmptyTerm(a) || isEmptyTerm(b));
}

function isEmptyTerm({ conn, names }: ConnTerm): boolean {
  return names.length === 0 && conn.points.length === 0;
}

function peersMeet(a: AdminPeer, b: AdminPeer): boolean {
  if (a.kind === "pods" && b.kind === "pods") return podsMeet(a, b);
  if (a.kind === "networks" && b.kind === "networks") return intersectAddresses(a.set, b.set) !== NO_ADDRESS;
  if (a.kind === "nodes" && b.kind === "nodes") return canBothHold(a.nodes, b.nodes);
  if (a.kind === "names" && b.kind === "names") return a.names.some((name) => b.names.includes(name));
  const kinds = new Set([a.kind, b.kind]);
  return kinds.has("networks") && !kinds.has("nodes");
}

function podsMeet(a: AdminPods, b: AdminPods): boolean {
  return canBothHold(a.namespaces, b.namespaces) && canBothHold(a.pods, b.pods);
}

/** False where two conditions on one key exclude each other. */
function canBothHold(a: readonly Requirement[], b: readonly Requirement[]): boolean {
  return a.every((x) => b.every((y) => x.key !== y.key || (!excludes(x, y) && !excludes(y, x))));
}

function excludes(x: Requirement, y: Requirement): boolean {
  if (y.operator === "DoesNotExist") return x.operator === "In" || x.operator === "Exists";
  if (x.operator !== "In") return false;
  if (y.operator === "In") return !x.values.some((value) => y.values.includes(value));
  return y.operator === "NotIn" && x.values.every((value) => y.values.includes(value));
}
