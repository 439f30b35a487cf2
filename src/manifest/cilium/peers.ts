import { NOTHING, or, type Predicate } from "../../model/predicate.ts";
import { noteIssue, placeIn } from "../dialects/findings.ts";
import { type Field, fault, items, member, text } from "../fields.ts";
import { type MissingGroup, outside, readCidrSet, readCidrs } from "./cidr.ts";
import { noteLeftOut } from "./left-out.ts";
import { ENTITIES, matchPeers, namesCluster, OCCASIONAL_ENTITIES, READINGS } from "./match.ts";
import { readName } from "./names.ts";
import type { PeerPlace, RuleScope } from "./scope.ts";
import { type Condition, NAMESPACE_LABELS, POD_NAMESPACE, readSelectors } from "./selector.ts";
import { readServices } from "./services.ts";

type Reader = (field: Field, place: PeerPlace, scope: RuleScope) => Predicate;

/** The lists of peers; only one of them may have an entry. */
const LISTS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["Endpoints", readEndpoints],
  ["CIDR", (field) => outside(readCidrs(field))],
  ["CIDRSet", readCidrSets],
  ["Entities", readEntities],
  ["Services", readServices],
  ["FQDNs", readNames],
  ["Nodes", readNodes],
  ["Groups", readGroups],
]);

/**
 * The peers of a rule; `undefined` where it has no list of them. An empty list is nobody.
 * Source: cilium/cilium pkg/policy/api/rule_validation.go, IngressCommonRule.Validate, EgressCommonRule.Validate.
 */
export function readPeers(field: Field, place: PeerPlace, scope: RuleScope): Predicate | undefined {
  const prefix = place.direction === "ingress" ? "from" : "to";
  const requires = member(field, `${prefix}Requires`);
  if (items(requires).length > 0) fault(requires, "must be empty: it is no longer supported");
  const found: Predicate[] = [];
  const filled: string[] = [];
  for (const [name, read] of LISTS) {
    const list = member(field, prefix + name);
    if (list.node === undefined || (name === "FQDNs" && place.direction === "ingress")) continue;
    found.push(read(list, place, scope));
    if (list.node.kind === "seq" && list.node.items.length > 0) filled.push(prefix + name);
  }
  if (filled.length > 1)
    fault(field, `cannot combine ${filled.map((name) => `\`${name}\``).join(" and ")}; write a rule for each`);
  return found.length === 0 ? undefined : or(...found);
}

function readEndpoints(field: Field, place: PeerPlace, scope: RuleScope): Predicate {
  return or(
    ...readSelectors(field).map((conditions) => {
      const scoped = inScope(conditions, scope);
      if (scoped.some(namesCluster)) noteCluster(field, place, scope);
      const reading = place.action === "deny" ? "deny" : "allow";
      noteLeftOut(scoped, field.line, reading, scope);
      return matchPeers(scoped, READINGS[reading]);
    }),
  );
}

/**
 * The conditions with the namespace that Cilium adds: the policy's own, unless they speak of namespaces or of reserved
 * labels; any namespace in a clusterwide policy.
 * Source: cilium/cilium pkg/k8s/apis/cilium.io/utils/utils.go, getEndpointSelector.
 */
function inScope(conditions: readonly Condition[], { namespace, initial }: RuleScope): readonly Condition[] {
  const labels = conditions.filter(({ source }) => source === "any" || source === "k8s");
  if (conditions.some(({ source }) => source === "reserved") || labels.some(({ key }) => key === POD_NAMESPACE)) {
    return conditions;
  }
  if (namespace === undefined) {
    if (initial) return conditions;
    return [...conditions, { source: "k8s", key: POD_NAMESPACE, operator: "Exists", values: [] }];
  }
  if (labels.some(({ key }) => key.startsWith(NAMESPACE_LABELS))) return conditions;
  return [...conditions, { source: "k8s", key: POD_NAMESPACE, operator: "In", values: [namespace] }];
}

function noteCluster(field: Field, { action }: PeerPlace, { object, findings }: RuleScope): void {
  const reading = action === "deny" ? "this deny is taken for no pod" : "every pod is taken to be in it";
  findings.assumptions.push({
    at: placeIn(object, field.line),
    text: `the name of the cluster (\`io.cilium.k8s.policy.cluster\`) is not known: ${reading}`,
  });
}

function readCidrSets(field: Field, _place: PeerPlace, { object, groups, findings }: RuleScope): Predicate {
  const missing: MissingGroup[] = [];
  const set = readCidrSet(field, groups, missing);
  for (const { name, field: at } of missing) {
    noteIssue(findings, object, {
      code: "SUSPECT",
      line: at.line,
      text: `names the CiliumCIDRGroup \`${name}\`, which the tree does not declare: it holds no address here`,
    });
  }
  return outside(set);
}

function readEntities(field: Field, _place: PeerPlace, scope: RuleScope): Predicate {
  const found = items(field).map((item) => {
    const name = text(item) ?? "";
    const entity = ENTITIES.get(name);
    if (entity === undefined) fault(item, `is no entity: \`${name}\`; there are ${entityNames()}`);
    if (OCCASIONAL_ENTITIES.includes(name)) scope.findings.entities.add(name);
    return entity ?? NOTHING;
  });
  return or(...found);
}

function entityNames(): string {
  return [...ENTITIES.keys()].map((name) => `\`${name}\``).join(", ");
}

function readNames(field: Field, _place: PeerPlace, scope: RuleScope): Predicate {
  const patterns = items(field).flatMap((item) => readName(item) ?? []);
  for (const pattern of patterns) scope.findings.fqdns.add(pattern);
  return or(...patterns.map((pattern): Predicate => ({ op: "fqdn", pattern })));
}

/** Labels of nodes stand in no manifest: an allow is taken for every node, a deny for none. */
function readNodes(field: Field, { action }: PeerPlace, { object, findings }: RuleScope): Predicate {
  if (readSelectors(field).length === 0) return NOTHING;
  const reading = action === "deny" ? "this deny is taken for no node" : "every node is taken to match";
  noteIssue(findings, object, {
    code: "NOT_ANALYSED",
    line: field.line,
    text: `selects nodes by labels, which no manifest tells (and needs \`enable-node-selector-labels\`): ${reading}`,
  });
  return action === "deny" ? NOTHING : or(ENTITIES.get("host") ?? NOTHING, ENTITIES.get("remote-node") ?? NOTHING);
}

function readGroups(field: Field, _place: PeerPlace, { object, findings }: RuleScope): Predicate {
  if (items(field).length > 0) {
    noteIssue(findings, object, {
      code: "NOT_ANALYSED",
      severity: "error",
      line: field.line,
      text: "names groups of a cloud provider, which are not evaluated: they match nobody here",
      hides: true,
    });
  }
  return NOTHING;
}
