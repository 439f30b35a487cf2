import type { Issue } from "../errors.ts";
import { formatWorkload, type Namespace, type Workload } from "../model/cluster.ts";
import { formatObject, type ObjectRef, type Policy, type PortName, type Rule } from "../model/policy.ts";
import { holds, type Predicate } from "../model/predicate.ts";
import type { Protocol } from "../sets/protocol.ts";
import { clip } from "./metadata.ts";
import {
  type Indexed,
  indexWorkloads,
  onlyNamespace,
  selected,
  selectsAny,
  type WorkloadIndex,
} from "./workload-index.ts";

/** What is odd about policies and workloads that are each in order: policies that miss their pods, mostly. */
export function checkCluster(
  policies: readonly Policy[],
  workloads: readonly Workload[],
  namespaces: ReadonlyMap<string, Namespace>,
): readonly Issue[] {
  const indexes = indexesOf(workloads);
  return [
    ...hostNetworkIssues(policies, indexes.host),
    ...subjectIssues(policies, indexes),
    ...namedPortIssues(policies, indexes),
    ...namespaceIssues(policies, namespaces),
  ];
}

/** The workloads of a cluster as the checks look them up, and what they found of policies before. */
type Indexes = {
  readonly workloads: readonly Workload[];
  readonly index: WorkloadIndex;
  readonly host: WorkloadIndex;
  readonly subjects: Map<Policy, Issue | undefined>;
  readonly ports: Map<Policy, readonly Issue[]>;
};

let last: Indexes | undefined;

/** Base and head mostly have the same workloads: what was found of a policy beside them stands. */
function indexesOf(workloads: readonly Workload[]): Indexes {
  const isSame =
    last?.workloads.length === workloads.length && workloads.every((each, i) => each === last?.workloads[i]);
  if (last !== undefined && isSame) return last;
  const hosted = workloads.filter(({ pod }) => pod.hostNetwork);
  const made = { workloads, index: indexWorkloads(workloads), host: indexWorkloads(hosted, true) };
  last = { ...made, subjects: new Map(), ports: new Map() };
  return last;
}

/** One warning for each workload in its node's network that a policy appears to select. */
function hostNetworkIssues(policies: readonly Policy[], host: WorkloadIndex): readonly Issue[] {
  const issues: Issue[] = [];
  const told = new Set<Indexed>();
  for (const policy of policies) {
    if (told.size === host.all.length) return issues;
    for (const entry of selected(host, policy.subject)) {
      if (told.has(entry)) continue;
      told.add(entry);
      const subject = formatWorkload(entry.workload);
      const name = formatObject(policy.object);
      const message = `\`${clip(name)}\` appears to select \`${clip(subject)}\`, which has \`hostNetwork: true\`: no policy governs it`;
      issues.push({ code: "HOST_NETWORK", severity: "warning", at: policy.source, message, subject });
    }
  }
  return issues;
}

/** A warning for each policy that selects none of the workloads that its namespace has. */
function subjectIssues(policies: readonly Policy[], indexes: Indexes): readonly Issue[] {
  const issues: Issue[] = [];
  const asked = new Set<ObjectRef>();
  for (const policy of policies) {
    const namespace = onlyNamespace(policy.subject);
    if (namespace === undefined || !indexes.index.byNamespace.has(namespace) || asked.has(policy.object)) continue;
    asked.add(policy.object);
    if (!indexes.subjects.has(policy)) indexes.subjects.set(policy, subjectIssue(policy, namespace, indexes));
    const issue = indexes.subjects.get(policy);
    if (issue !== undefined) issues.push(issue);
  }
  return issues;
}

function subjectIssue(
  { object, subject: pods, source }: Policy,
  namespace: string,
  { index, host }: Indexes,
): Issue | undefined {
  if (selectsAny(index, pods) || selectsAny(host, pods)) return undefined;
  const subject = formatObject(object);
  const message = `\`${clip(subject)}\` selects none of the workloads that are declared in \`${clip(namespace)}\``;
  return { code: "UNMATCHED_SELECTOR", severity: "warning", at: source, message, subject };
}

/** A warning for each port name that none of the pods declares that the rule leads to. */
function namedPortIssues(policies: readonly Policy[], { index, ports }: Indexes): readonly Issue[] {
  const issues: Issue[] = [];
  let declaring: ReadonlyMap<string, readonly Indexed[]> | undefined;
  for (const policy of policies) {
    let found = ports.get(policy);
    if (found === undefined) {
      const own: Issue[] = [];
      for (const rule of policy.rules) {
        for (const port of rule.conn.names) {
          declaring ??= byPortName(index);
          const issue = namedPortIssue(policy, { rule, port }, { index, declaring });
          if (issue !== undefined) own.push(issue);
        }
      }
      found = own.length === 0 ? NOTHING_ODD : own;
      ports.set(policy, found);
    }
    issues.push(...found);
  }
  return issues;
}

const NOTHING_ODD: readonly Issue[] = [];

function namedPortIssue(
  policy: Policy,
  at: { readonly rule: Rule; readonly port: PortName },
  where: { readonly index: WorkloadIndex; readonly declaring: ReadonlyMap<string, readonly Indexed[]> },
): Issue | undefined {
  const { rule, port } = at;
  const destinations: Predicate = policy.direction === "ingress" ? policy.subject : rule.peer;
  const entries = where.declaring.get(port.name) ?? [];
  let near: Indexed | undefined;
  for (const entry of leading(destinations, entries, where.index)) {
    const protocols = protocolsOf(entry, port.name);
    if (protocols.some((each) => matches(port, each))) return undefined;
    if (protocols.length > 0) near ??= entry;
  }
  if (near === undefined && !selectsAny(where.index, destinations)) return undefined;
  const hint =
    near === undefined
      ? ""
      : `; \`${formatWorkload(near.workload)}\` declares it for ${protocolsOf(near, port.name)[0]}`;
  const protocol = port.protocol === undefined ? "" : ` for ${port.protocol}`;
  const subject = formatObject(policy.object);
  const message = `in \`${clip(subject)}\`, no declared pod that \`${rule.path}\` leads to has a port named \`${port.name}\`${protocol}${hint}`;
  return { code: "UNMATCHED_NAMED_PORT", severity: "warning", at: rule.source, message, subject };
}

/** Workloads that a rule leads to, by whichever index is shorter; asked one by one, since the first often settles it. */
function* leading(destinations: Predicate, declaring: readonly Indexed[], index: WorkloadIndex): Generator<Indexed> {
  if (onlyNamespace(destinations) !== undefined) yield* selected(index, destinations);
  else for (const entry of declaring) if (holds(destinations, entry.endpoint)) yield entry;
}

function matches(port: PortName, protocol: Protocol): boolean {
  return port.protocol === undefined || port.protocol === protocol;
}

function protocolsOf({ workload }: Indexed, name: string): readonly Protocol[] {
  return (workload.pod.ports ?? []).filter((port) => port.name === name).map((port) => port.protocol);
}

function byPortName(index: WorkloadIndex): ReadonlyMap<string, readonly Indexed[]> {
  const out = new Map<string, Indexed[]>();
  for (const entry of index.all) {
    for (const name of new Set((entry.workload.pod.ports ?? []).map((port) => port.name))) {
      const list = out.get(name);
      if (list === undefined) out.set(name, [entry]);
      else list.push(entry);
    }
  }
  return out;
}

/** A warning for each namespace that policies stand in and that is not declared, where others are. */
function namespaceIssues(policies: readonly Policy[], namespaces: ReadonlyMap<string, Namespace>): readonly Issue[] {
  if (![...namespaces.values()].some(({ declared }) => declared)) return [];
  const issues: Issue[] = [];
  const told = new Set<string>();
  for (const { object, source } of policies) {
    const { namespace } = object;
    if (namespace === "" || told.has(namespace) || namespaces.get(namespace)?.declared !== false) continue;
    told.add(namespace);
    const subject = formatObject(object);
    const message = `\`${clip(subject)}\` stands in the namespace \`${clip(namespace)}\`, which is not declared, though others are`;
    issues.push({ code: "SUSPECT", severity: "warning", at: source, message, subject: `namespace ${namespace}` });
  }
  return issues;
}
