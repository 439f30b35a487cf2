import type { Direction, Policy } from "../../model/policy.ts";
import type { Predicate } from "../../model/predicate.ts";
import { clusterScoped, inNamespace, keep, noFindings, noteIssue } from "../dialects/findings.ts";
import { checkMap, describe, type Field, fault, flag, items, member, root, shape, text } from "../fields.ts";
import { checkMetadata, faultIssue } from "../metadata.ts";
import type { ManifestObject } from "../object.ts";
import { STORED_GROUP } from "./kinds.ts";
import { type AddressSource, matchesLabels, matchPods, ofNamespace, onNamespaces, onServiceAccounts } from "./match.ts";
import { float } from "./numbers.ts";
import { readRules } from "./rule.ts";
import type { RuleScope } from "./scope.ts";
import type { Selector } from "./selector.ts";
import { readSelector } from "./selector-field.ts";
import { type Tiers, tieKey } from "./tiers.ts";

const POLICY = shape("a policy of Calico", ["apiVersion", "kind", "metadata", "spec"]);
const COMMON = [
  "tier",
  "order",
  "ingress",
  "egress",
  "selector",
  "types",
  "serviceAccountSelector",
  "performanceHints",
];
const SLIPS = { policyTypes: "perhaps `types`", podSelector: "perhaps `selector`" };
const SPEC = shape("the spec of a NetworkPolicy of Calico", COMMON, {
  ...SLIPS,
  namespaceSelector: "only a GlobalNetworkPolicy has one",
});
const GLOBAL_SPEC = shape(
  "the spec of a GlobalNetworkPolicy",
  [...COMMON, "namespaceSelector", "doNotTrack", "preDNAT", "applyOnForward"],
  SLIPS,
);

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const NAME = new RegExp(`^(${LABEL}(\\.${LABEL})?|(knp|ossg)\\.default\\..+)$`);
const DIRECTIONS: ReadonlyMap<string, Direction> = new Map<string, Direction>([
  ["Ingress", "ingress"],
  ["Egress", "egress"],
]);

/** What every policy of a tree is read against. */
export type PolicyScope = Omit<RuleScope, "object" | "namespace"> & {
  readonly tiers: Tiers;
  readonly hosts: readonly AddressSource[];
};

/** Reads one NetworkPolicy or GlobalNetworkPolicy: at most one policy a direction. */
export function readPolicy(given: ManifestObject, scope: PolicyScope): void {
  const global = given.ref.kind === "GlobalNetworkPolicy";
  const object = global ? clusterScoped(given) : inNamespace(given, scope.context.options.namespace);
  const findings = noFindings();
  const field = root(object.node);
  const reading = read(field, object, { ...scope, findings });
  const rejected = faultIssue(object, field.faults);
  if (rejected !== undefined) {
    scope.findings.issues.push(rejected);
    return;
  }
  keep(scope.findings, findings);
  const tier = scope.tiers.byName.get(reading.tier);
  if (tier === undefined) {
    noteIssue(scope.findings, object, {
      code: "NOT_ANALYSED",
      severity: "error",
      line: member(member(field, "spec"), "tier").line,
      text: `is not evaluated: the tree declares no Tier \`${reading.tier}\`, so its order and default action are not known`,
      hides: true,
    });
    return;
  }
  if (reading.hostOnly) return;
  for (const { direction, rules } of reading.directions) {
    scope.findings.policies.push({
      object: object.ref,
      source: object.source,
      direction,
      tier: tier.name,
      rank: tier.rank,
      order: [reading.order, tieKey(object.ref)],
      subject: reading.subject,
      isolates: tier.isolates,
      rules,
    });
  }
}

type Reading = {
  readonly tier: string;
  readonly order: number;
  readonly subject: Predicate;
  readonly directions: readonly Pick<Policy, "direction" | "rules">[];
  /** It concerns the traffic of nodes alone. */
  readonly hostOnly: boolean;
};

function read(field: Field, object: ManifestObject, scope: PolicyScope): Reading {
  const global = object.ref.kind === "GlobalNetworkPolicy";
  checkMap(field, POLICY);
  checkMetadata(field);
  checkPolicyName(field, object);
  const spec = member(field, "spec");
  checkMap(spec, global ? GLOBAL_SPEC : SPEC);
  const namespace = global ? undefined : object.ref.namespace;
  const selector = readSubject(spec, namespace);
  const hostOnly = readHostFlags(spec, { object, selector, global }, scope);
  const ruleScope: RuleScope = { ...scope, object, namespace };
  const types = readTypes(spec, object, scope);
  const directions = [...DIRECTIONS.values()].flatMap((direction) => {
    const rules = readRules(member(spec, direction), direction, ruleScope);
    if (types.has(direction)) return [{ direction, rules }];
    if (rules.length > 0) noteInert(spec, direction, object, scope);
    return [];
  });
  for (const hint of items(member(spec, "performanceHints"))) text(hint);
  const tier = text(member(spec, "tier")) ?? "";
  return {
    tier: tier === "" ? "default" : tier,
    order: float(member(spec, "order")) ?? Number.POSITIVE_INFINITY,
    subject: matchPods(selector, scope),
    directions,
    hostOnly,
  };
}

/**
 * Names have at most one dot; Calico's stored form was never checked.
 * Source: projectcalico/calico libcalico-go/lib/validator/v3, networkPolicyNameRegex.
 */
function checkPolicyName(field: Field, object: ManifestObject): void {
  const name = member(member(field, "metadata"), "name");
  const value = name.node?.kind === "scalar" ? name.node.text : "";
  if (object.ref.group === STORED_GROUP || value === "" || field.faults.some(({ path }) => path === name.path)) return;
  if (!NAME.test(value))
    fault(name, `must be lower case letters, digits and \`-\` with one dot at most, not \`${value}\``);
}

/** Who the policy governs: all selectors at once, and in a policy of a namespace nobody else's pods. */
function readSubject(spec: Field, namespace: string | undefined): Selector {
  const namespaces = readSelector(member(spec, "namespaceSelector"));
  const accounts = readSelector(member(spec, "serviceAccountSelector"));
  const parts = [
    namespace === undefined ? undefined : ofNamespace(namespace),
    namespaces === undefined ? undefined : onNamespaces(namespaces),
    accounts === undefined ? undefined : onServiceAccounts(accounts),
    readSelector(member(spec, "selector")),
  ];
  return { op: "and", of: parts.flatMap((part) => part ?? []) };
}

/**
 * Directions that the policy governs. Calico's API defaults them by the rules that there are; nothing defaults the
 * stored form, and Felix reads no types as both.
 * Source: projectcalico/calico api/pkg/defaults/networkpolicy.go; felix/calc/policy_sorter.go, ExtractPolicyMetadata.
 */
function readTypes(spec: Field, object: ManifestObject, scope: PolicyScope): ReadonlySet<Direction> {
  const field = member(spec, "types");
  const types = new Set<Direction>();
  const entries = items(field);
  for (const item of entries) {
    const value = text(item) ?? "";
    const direction = DIRECTIONS.get(value);
    if (direction === undefined) fault(item, `must be \`Ingress\` or \`Egress\`, not \`${value}\``);
    else if (types.has(direction)) fault(item, `names \`${value}\` twice`);
    else types.add(direction);
  }
  if (entries.length > 0) return types;
  const count = (name: Direction) => items({ ...member(spec, name), faults: [] }).length;
  const suspect = (reading: string) =>
    noteIssue(scope.findings, object, { code: "SUSPECT", line: field.line, text: reading });
  if (object.ref.group === STORED_GROUP) {
    suspect("is Calico's stored form and names no `types`: it governs ingress and egress");
    return new Set<Direction>(["ingress", "egress"]);
  }
  if (field.node !== undefined)
    suspect("has an empty list of `types`, which newer API servers reject: read as if it were absent");
  if (count("egress") === 0) return new Set<Direction>(["ingress"]);
  return new Set<Direction>(count("ingress") === 0 ? ["egress"] : ["ingress", "egress"]);
}

function noteInert(spec: Field, direction: Direction, object: ManifestObject, scope: PolicyScope): void {
  const name = direction === "ingress" ? "Ingress" : "Egress";
  noteIssue(scope.findings, object, {
    code: "INERT_RULES",
    line: member(spec, direction).line,
    text: `has ${direction} rules without effect: \`types\` does not name \`${name}\``,
  });
}

type HostFlags = { readonly object: ManifestObject; readonly selector: Selector; readonly global: boolean };

/**
 * Fields that only concern host endpoints; true where the policy says nothing about the traffic of pods.
 * Source: projectcalico/calico api/pkg/apis/projectcalico/v3/globalnetworkpolicy.go.
 */
function readHostFlags(spec: Field, { object, selector, global }: HostFlags, scope: PolicyScope): boolean {
  if (!global) return false;
  const doNotTrack = flag(member(spec, "doNotTrack")) === true;
  const preDnat = flag(member(spec, "preDNAT")) === true;
  const forwarded = flag(member(spec, "applyOnForward")) === true;
  if (doNotTrack && preDnat) fault(member(spec, "preDNAT"), "cannot be true beside `doNotTrack`");
  if ((doNotTrack || preDnat) && !forwarded) {
    fault(member(spec, doNotTrack ? "doNotTrack" : "preDNAT"), "needs `applyOnForward: true`");
  }
  if (preDnat) checkNoEgress(spec);
  const kinds = [doNotTrack ? "`doNotTrack`" : "", preDnat ? "`preDNAT`" : ""].filter((each) => each !== "");
  const hosts = scope.hosts.filter(({ labels }) => matchesLabels(selector, labels));
  const note = (line: number, reading: string, hides = true) =>
    noteIssue(scope.findings, object, { code: "NOT_ANALYSED", line, text: reading, hides });
  if (kinds.length > 0)
    note(spec.line, `sets ${kinds.join(" and ")}: it governs host endpoints, which are not evaluated`);
  else if (forwarded)
    note(
      member(spec, "applyOnForward").line,
      "governs forwarded traffic of host endpoints too, which is not evaluated",
    );
  else if (hosts.length > 0) {
    const names = hosts.map(({ name }) => `\`${name}\``).join(", ");
    note(object.source.line, `governs ${names} too: host endpoints are not evaluated`, false);
  }
  return kinds.length > 0;
}

function checkNoEgress(spec: Field): void {
  const egress = member(spec, "egress");
  if (egress.node !== undefined && (egress.node.kind !== "seq" || egress.node.items.length > 0)) {
    const found = egress.node.kind === "seq" ? "egress rules" : describe(egress.node);
    fault(egress, `must be empty beside \`preDNAT\`, not hold ${found}`);
  }
  for (const item of items(member(spec, "types"))) {
    if (item.node?.kind === "scalar" && item.node.value === "Egress")
      fault(item, "cannot be `Egress` beside `preDNAT`");
  }
}
