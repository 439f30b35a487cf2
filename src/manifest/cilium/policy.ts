import type { Direction, Policy, Rule } from "../../model/policy.ts";
import { and, type Predicate } from "../../model/predicate.ts";
import { clusterScoped, type Findings, inNamespace, keep, noFindings, noteIssue } from "../dialects/findings.ts";
import { checkMap, type Field, fault, flag, items, member, root, shape, text } from "../fields.ts";
import { checkMetadata, faultIssue } from "../metadata.ts";
import type { ManifestObject } from "../object.ts";
import { noteLeftOut } from "./left-out.ts";
import { matchPods, namesCluster, READINGS } from "./match.ts";
import { readRules } from "./rule.ts";
import type { RuleScope } from "./scope.ts";
import { type Condition, POD_NAMESPACE, readSelector } from "./selector.ts";

const POLICY = shape("a Cilium policy", ["apiVersion", "kind", "metadata", "spec", "specs", "status"]);
const SPEC = shape(
  "a rule of a Cilium policy",
  [
    "endpointSelector",
    "nodeSelector",
    "ingress",
    "ingressDeny",
    "egress",
    "egressDeny",
    "enableDefaultDeny",
    "labels",
    "description",
    "log",
  ],
  { podSelector: "perhaps `endpointSelector`", policyTypes: "a section with a rule isolates by itself" },
);
const DEFAULT_DENY = shape("enableDefaultDeny", ["ingress", "egress"]);
const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];

/** Names and ranks of the tiers that Cilium's own policies stand in. */
const DENY_TIER = { tier: "cilium-deny", rank: 1 } as const;
export const ALLOW_TIER = { tier: "policy", rank: 2 } as const;

/** What every policy of a tree is read against. */
export type PolicyScope = Omit<RuleScope, "object" | "namespace" | "initial">;

/**
 * Reads one CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy: for each of its rules and directions one policy of
 * denials, which nothing overrides, and one of allowances, which isolates.
 * Source: cilium/cilium Documentation/security/policy/deny.rst, intro.rst.
 */
export function readPolicy(given: ManifestObject, scope: PolicyScope): void {
  const clusterwide = given.ref.kind === "CiliumClusterwideNetworkPolicy";
  const object = clusterwide ? clusterScoped(given) : inNamespace(given, scope.context.options.namespace);
  const findings = noFindings();
  const field = root(object.node);
  checkMap(field, POLICY);
  checkMetadata(field);
  const spec = member(field, "spec");
  const specs = items(member(field, "specs"));
  if (spec.node === undefined && specs.length === 0) fault(field, "must have a `spec` or `specs`");
  const read = { ...scope, object, findings, namespace: clusterwide ? undefined : object.ref.namespace };
  if (spec.node !== undefined) readSpec(spec, "", read);
  for (const [i, each] of specs.entries()) readSpec(each, `specs[${i}].`, read);
  const rejected = faultIssue(object, field.faults);
  if (rejected === undefined) keep(scope.findings, findings);
  else scope.findings.issues.push(rejected);
}

type SpecScope = Omit<RuleScope, "initial"> & { readonly findings: Findings };

function readSpec(spec: Field, prefix: string, scope: SpecScope): void {
  checkMap(spec, SPEC);
  const subject = readSelector(member(spec, "endpointSelector"));
  const nodes = readSelector(member(spec, "nodeSelector"));
  checkSubject(spec, { subject, nodes }, scope);
  const defaults = member(spec, "enableDefaultDeny");
  checkMap(defaults, DEFAULT_DENY);
  text(member(spec, "description"));
  const initial = subject?.some(({ source, key }) => source === "reserved" && key === "init") === true;
  const ruleScope: RuleScope = { ...scope, initial };
  for (const direction of DIRECTIONS) {
    const path = prefix + direction;
    const denied = readRules(
      member(spec, `${direction}Deny`),
      { direction, action: "deny", path: `${path}Deny` },
      ruleScope,
    );
    const allowed = readRules(member(spec, direction), { direction, action: "allow", path }, ruleScope);
    const isolates = flag(member(defaults, direction)) ?? true;
    if (subject === undefined || !hasEntries(spec, direction)) continue;
    pushPolicies(scope, { direction, subject: matchSubject(subject, scope), denied, allowed, isolates });
  }
}

type Section = {
  readonly direction: Direction;
  readonly subject: Predicate;
  readonly denied: readonly Rule[];
  readonly allowed: readonly Rule[];
  readonly isolates: boolean;
};

function pushPolicies(
  { object, findings }: SpecScope,
  { direction, subject, denied, allowed, isolates }: Section,
): void {
  const { ref, source } = object;
  const order: Policy["order"] = [0, `${ref.namespace}/${ref.name}/${ref.kind}`];
  const common = { object: ref, source, direction, order, subject };
  if (denied.length > 0) findings.policies.push({ ...common, ...DENY_TIER, isolates: false, rules: denied });
  findings.policies.push({ ...common, ...ALLOW_TIER, isolates, rules: allowed });
}

/** A section counts only with an entry: an empty list does nothing. */
function hasEntries(spec: Field, direction: Direction): boolean {
  return [direction, `${direction}Deny`].some((name) => {
    const { node } = member(spec, name);
    return node?.kind === "seq" && node.items.length > 0;
  });
}

type Subjects = {
  readonly subject: readonly Condition[] | undefined;
  readonly nodes: readonly Condition[] | undefined;
};

function checkSubject(spec: Field, { subject, nodes }: Subjects, scope: SpecScope): void {
  if (subject === undefined && nodes === undefined) fault(spec, "must have an `endpointSelector` or a `nodeSelector`");
  if (subject !== undefined && nodes !== undefined) {
    fault(member(spec, "nodeSelector"), "cannot stand beside `endpointSelector`");
  }
  if (!DIRECTIONS.some((direction) => hasEntries(spec, direction))) {
    fault(spec, "must have a rule in `ingress`, `ingressDeny`, `egress` or `egressDeny`");
  }
  if (nodes === undefined) return;
  if (scope.namespace !== undefined) {
    fault(member(spec, "nodeSelector"), "is only allowed in a CiliumClusterwideNetworkPolicy");
  }
  noteIssue(scope.findings, scope.object, {
    code: "NOT_ANALYSED",
    line: member(spec, "nodeSelector").line,
    text: "governs nodes (`nodeSelector`), which are not evaluated",
    hides: true,
  });
}

/**
 * The pods that the policy governs. In a policy of a namespace a foreign namespace is overridden by the own one.
 * Source: cilium/cilium pkg/k8s/apis/cilium.io/utils/utils.go, ParseToCiliumRule.
 */
function matchSubject(conditions: readonly Condition[], { namespace, object, findings }: SpecScope): Predicate {
  if (conditions.some(namesCluster)) {
    const reading = "every pod is taken to be in it";
    const text = `the name of the cluster (\`io.cilium.k8s.policy.cluster\`) is not known: ${reading}`;
    findings.assumptions.push({ at: object.source, text });
  }
  noteLeftOut(conditions, object.source.line, "subject", { object, findings });
  if (namespace === undefined) return matchPods(conditions, READINGS.subject);
  const named = conditions.filter(
    ({ key, operator, source }) => key === POD_NAMESPACE && operator === "In" && source !== "other",
  );
  if (named.some(({ values }) => !values.includes(namespace))) {
    noteIssue(findings, object, {
      code: "SUSPECT",
      text: `names another namespace in its \`endpointSelector\`: Cilium takes \`${namespace}\` all the same`,
    });
  }
  const rest = conditions.filter((each) => !named.includes(each));
  return and({ op: "namespace", name: namespace }, matchPods(rest, READINGS.subject));
}
