import type { Issue, SourceRef } from "../errors.ts";
import type { Assumption } from "../model/cluster.ts";
import type { Requirement } from "../model/labels.ts";
import {
  type ConnTerm,
  type Direction,
  formatObject,
  type Policy,
  type PortName,
  type Rule,
  term,
} from "../model/policy.ts";
import { ANYTHING, or, PODS, type Predicate } from "../model/predicate.ts";
import { type Conn, EVERYTHING, NONE, ports as portRange, union, wholeProtocol } from "../sets/conn.ts";
import { coversPods, type Remark } from "./blocks.ts";
import { canonical } from "./canonical.ts";
import type { ConvertContext, Converted } from "./context.ts";
import { NOTHING_CONVERTED } from "./converted.ts";
import { clip, faultIssue } from "./metadata.ts";
import {
  type NetworkPolicySpec,
  type PeerSpec,
  type PortSpec,
  type RuleSpec,
  readNetworkPolicy,
} from "./networkpolicy-spec.ts";
import type { ManifestObject } from "./object.ts";
import { settledSpec } from "./settle.ts";

const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];

/**
 * One policy for each direction that the NetworkPolicy isolates; none, and an issue, where the API server would reject
 * it. `ref.namespace` must be filled in.
 * Source: Kubernetes API, networking/v1 types.go.
 */
export function convertNetworkPolicy(object: ManifestObject, context: ConvertContext): Converted {
  const settled = settledSpec(object);
  const { spec, faults, remarks } =
    settled === undefined ? readNetworkPolicy(object) : { spec: settled, faults: [], remarks: [] };
  const rejected = faultIssue(object, faults);
  if (rejected !== undefined) return { ...NOTHING_CONVERTED, issues: [rejected] };
  const assumptions: Assumption[] = [];
  const policies = DIRECTIONS.filter((direction) => spec.policyTypes.includes(direction)).map((direction) =>
    policyOf(object, spec, direction, { context, assumptions }),
  );
  const issues = [...statusIssue(object), ...remarkIssues(object, remarks), ...inertRules(object, spec)];
  return { ...NOTHING_CONVERTED, policies, issues, assumptions };
}

/** What the conversion of one object needs and notes. */
type Scope = { readonly context: ConvertContext; readonly assumptions: Assumption[] };

function policyOf(object: ManifestObject, spec: NetworkPolicySpec, direction: Direction, scope: Scope): Policy {
  const { namespace, name } = object.ref;
  const { tier, rank, order } = scope.context.plan.networkPolicy;
  const own: Predicate = { op: "namespace", name: namespace };
  return {
    object: object.ref,
    source: object.source,
    direction,
    tier,
    rank,
    order: [order, `${name}/${namespace}/Kubernetes${object.ref.kind}`],
    subject: { op: "and", of: [PODS, own, ...podLabels(spec.podSelector)] },
    isolates: true,
    rules: spec[direction].map((each, i) => ruleOf(each, { object, own, path: `${direction}[${i}]` }, scope)),
  };
}

function ruleOf(
  spec: RuleSpec,
  place: { readonly object: ManifestObject; readonly own: Predicate; readonly path: string },
  scope: Scope,
): Rule {
  const { file } = place.object.source;
  const peers = spec.peers.map((each) => peerOf(each, place.own, { file, line: each.line }, scope));
  return {
    action: "allow",
    peer: peers.length === 0 ? ANYTHING : peers.length === 1 ? (peers[0] ?? ANYTHING) : or(...peers),
    conn: connOf(spec.ports),
    source: { file, line: spec.line },
    path: place.path,
  };
}

function peerOf(spec: PeerSpec, own: Predicate, at: SourceRef, scope: Scope): Predicate {
  if (spec.kind === "block") {
    const cover = coversPods(spec.set, "allow", at, scope.context);
    if (cover.assumption !== undefined) scope.assumptions.push(cover.assumption);
    return { op: "addresses", set: spec.set, pods: cover.pods };
  }
  if (spec.namespaces === undefined) return { op: "and", of: [PODS, own, ...podLabels(spec.pods ?? [])] };
  return anywhere(spec.namespaces, spec.pods ?? []);
}

/** Pods by the labels of their namespaces: equal ones are one object, since many policies open the same few. */
function anywhere(namespaces: readonly Requirement[], pods: readonly Requirement[]): Predicate {
  const key = JSON.stringify([namespaces, pods]);
  const known = peers.get(key);
  if (known !== undefined) return known;
  const parts = [PODS, ...namespaceLabels(namespaces), ...podLabels(pods)];
  const made: Predicate = parts.length === 1 ? PODS : { op: "and", of: parts };
  if (peers.size < MOST_REMEMBERED) peers.set(key, made);
  return made;
}

const peers = new Map<string, Predicate>();

/**
 * The connections of a list of ports: none listed means all of every protocol, a port without a number the whole
 * protocol; names stay names, to be resolved on each destination.
 */
function connOf(specs: readonly PortSpec[]): ConnTerm {
  if (specs.length === 0) return term(EVERYTHING);
  const key = specs.map(({ protocol, port, endPort }) => `${protocol} ${port ?? ""} ${endPort ?? ""}`).join();
  const known = terms.get(key);
  if (known !== undefined) return known;
  const made = termOf(specs);
  if (terms.size < MOST_REMEMBERED) terms.set(key, made);
  return made;
}

/** Lists of ports that were met before: most rules name the same few. */
const terms = new Map<string, ConnTerm>();
const MOST_REMEMBERED = 10_000;

function termOf(specs: readonly PortSpec[]): ConnTerm {
  let conn: Conn = NONE;
  const names: PortName[] = [];
  for (const { protocol, port, endPort } of specs) {
    if (typeof port === "string") names.push({ name: port, protocol });
    else conn = union(conn, port === undefined ? wholeProtocol(protocol) : portRange(protocol, port, endPort ?? port));
  }
  return { conn, names, notConn: NONE, notNames: [] };
}

/** Atoms for conditions on a pod's labels. */
export function podLabels(requirements: readonly Requirement[]): readonly Predicate[] {
  return requirements.map((requirement) => ({ op: "podLabels", requirement }));
}

/** Atoms for conditions on the labels of a pod's namespace. */
export function namespaceLabels(requirements: readonly Requirement[]): readonly Predicate[] {
  return requirements.map((requirement) => ({ op: "namespaceLabels", requirement }));
}

/** Warnings about parts of an object that were read otherwise than they stand there. */
export function remarkIssues(object: ManifestObject, remarks: readonly Remark[]): readonly Issue[] {
  const subject = formatObject(object.ref);
  return remarks.map(({ line, text }) => ({
    code: "SUSPECT",
    severity: "warning",
    at: { file: object.source.file, line },
    message: `in \`${subject}\`, ${text}`,
    subject,
  }));
}

/**
 * Kubernetes 1.24 to 1.27 had a `status`, other releases reject it. It says nothing of traffic, and generators write an
 * empty one into every policy: the policy is read without it, and the rejection is told.
 */
function statusIssue(object: ManifestObject): readonly Issue[] {
  const entry = object.node.entries.get("status");
  if (entry === undefined) return [];
  const subject = formatObject(object.ref);
  const message = `the API server rejects \`${clip(subject)}\` since Kubernetes 1.28: \`status\` is no field of a NetworkPolicy; it is read without it`;
  const at = { file: object.source.file, line: entry.keyLine };
  const content = canonical(object.node) ?? object.origin;
  return [{ code: "REJECTED", severity: "error", at, message, subject, hides: true, content }];
}

function inertRules(object: ManifestObject, spec: NetworkPolicySpec): readonly Issue[] {
  const subject = formatObject(object.ref);
  const issues: Issue[] = [];
  for (const direction of DIRECTIONS) {
    const first = spec[direction][0];
    if (first === undefined || spec.policyTypes.includes(direction)) continue;
    const type = direction === "ingress" ? "Ingress" : "Egress";
    issues.push({
      code: "INERT_RULES",
      severity: "warning",
      at: { file: object.source.file, line: first.line },
      message: `the ${direction} rules of \`${subject}\` have no effect: \`policyTypes\` does not name \`${type}\``,
      subject,
    });
  }
  return issues;
}
