import type { Issue } from "../errors.ts";
import { formatWorkload, type Namespace, type Workload } from "../model/cluster.ts";
import type { LabelSet } from "../model/labels.ts";
import { NO_LABELS } from "../model/labels.ts";
import type { Policy } from "../model/policy.ts";
import { type Predicate, podRequirements } from "../model/predicate.ts";
import { memberAt, root, textMap } from "./fields.ts";
import { clip } from "./metadata.ts";
import type { Decoded, ManifestObject } from "./object.ts";
import { networksOfNamespace } from "./other-networks.ts";
import type { OwnedDraft } from "./owners.ts";
import { settledDraft } from "./settle.ts";
import { decodeWorkload, type WorkloadDraft } from "./workloads.ts";

const decoded = new WeakMap<ManifestObject, Decoded<WorkloadDraft>>();
const accountLabels = new WeakMap<ManifestObject, LabelSet>();

/** As `decodeWorkload`; each object is decoded once, however often it is asked for. */
export function draftOf(object: ManifestObject): Decoded<WorkloadDraft> {
  const known = decoded.get(object);
  if (known !== undefined) return known;
  const settled = settledDraft(object);
  const result = settled === undefined ? decodeWorkload(object) : { value: settled, issues: [] };
  decoded.set(object, result);
  return result;
}

/** Labels of the service accounts that a tree declares, by `namespace/name`. */
export function serviceAccountLabels(objects: readonly ManifestObject[]): ReadonlyMap<string, LabelSet> {
  const out = new Map<string, LabelSet>();
  for (const object of objects) {
    out.set(`${object.ref.namespace}/${object.ref.name}`, labelsOfAccount(object));
  }
  return out;
}

/** The same labels for the same object, so that its pods are the same on both sides. */
function labelsOfAccount(object: ManifestObject): LabelSet {
  const known = accountLabels.get(object);
  if (known !== undefined) return known;
  const labels = textMap(memberAt(root(object.node), ["metadata", "labels"]), "labels", "ignore");
  const made = labels.size === 0 ? NO_LABELS : new Map([...labels].map(([key, { value }]) => [key, value]));
  accountLabels.set(object, made);
  return made;
}

/** What the same draft depends on in another cluster. */
type Surroundings = {
  readonly namespaceLabels: LabelSet;
  readonly accountLabels: LabelSet;
  /** Init containers that end before the others start count with their named ports, too. */
  readonly initPorts: boolean;
};
type Known = Surroundings & { readonly workload: Workload };

const assembled = new WeakMap<WorkloadDraft, Known>();

/** The workloads of one cluster, sorted by namespace, name and kind. Equal arguments give the same workloads. */
export function assembleWorkloads(
  owned: readonly OwnedDraft[],
  namespaces: ReadonlyMap<string, Namespace>,
  rest: { readonly accounts: ReadonlyMap<string, LabelSet>; readonly initPorts: boolean },
): readonly Workload[] {
  const workloads = owned.map((each) => {
    const account = `${each.namespace}/${each.draft.template.serviceAccount}`;
    return assembledOnce(each, {
      namespaceLabels: namespaces.get(each.namespace)?.labels ?? NO_LABELS,
      accountLabels: rest.accounts.get(account) ?? NO_LABELS,
      initPorts: rest.initPorts,
    });
  });
  return workloads.sort(
    (a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name) || compare(a.kind, b.kind),
  );
}

function assembledOnce(each: OwnedDraft, around: Surroundings): Workload {
  const known = assembled.get(each.draft);
  const same =
    known !== undefined &&
    isSame(known.namespaceLabels, around.namespaceLabels) &&
    isSame(known.accountLabels, around.accountLabels) &&
    known.initPorts === around.initPorts;
  if (same) return known.workload;
  const workload = assemble(each, around);
  assembled.set(each.draft, { ...around, workload });
  return workload;
}

function isSame(a: LabelSet, b: LabelSet): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || b.get(key) !== value) return false;
  return true;
}

function assemble(each: OwnedDraft, around: Surroundings): Workload {
  const { draft, namespace, name, kind } = each;
  const { template } = draft;
  const workload: Workload = {
    namespace,
    name,
    kind,
    pod: {
      namespace,
      labels: template.labels,
      namespaceLabels: around.namespaceLabels,
      serviceAccount: template.serviceAccount,
      serviceAccountLabels: around.accountLabels,
      ports:
        around.initPorts && template.ports !== undefined ? [...template.ports, ...template.initPorts] : template.ports,
      hostNetwork: template.hostNetwork,
    },
    replicas: draft.replicas,
    source: draft.object.source,
    labelLines: template.labelLines,
    protected: draft.protected,
    templateDigest: template.digest,
    declaredPorts: template.declaredPorts,
  };
  const otherNetworks = [...template.otherNetworks, ...networksOfNamespace(around.namespaceLabels)];
  const attached = otherNetworks.length === 0 ? workload : { ...workload, otherNetworks };
  return draft.firstReplica === 0 ? attached : { ...attached, firstReplica: draft.firstReplica };
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Labels whose values, or whose presence, some policy asks for. */
type Asked = { readonly values: Set<string>; readonly presence: Set<string> };

/** An error for each workload whose pods differ in a label that some policy asks for. */
export function gapIssues(owned: readonly OwnedDraft[], policies: readonly Policy[]): readonly Issue[] {
  const uneven = owned.filter(({ gaps }) => gaps.size > 0);
  if (uneven.length === 0) return [];
  const asked: Asked = { values: new Set(), presence: new Set() };
  for (const { subject, rules } of policies) {
    collectKeys(subject, asked);
    for (const { peer } of rules) collectKeys(peer, asked);
  }
  return uneven.flatMap(({ gaps, namespace, name, kind, draft }) => {
    const labels = [...gaps].filter(
      ([label, gap]) => asked.values.has(label) || (gap === "presence" && asked.presence.has(label)),
    );
    if (labels.length === 0) return [];
    const subject = formatWorkload({ namespace, name, kind });
    const list = labels.map(([label]) => `\`${label}\``).sort();
    const message = `the pods of \`${clip(subject)}\` differ in ${list.join(", ")}, which policies ask for: read as an unknown value`;
    return [{ code: "SUSPECT", severity: "error", at: draft.object.source, message, subject, hides: true }];
  });
}

function collectKeys(predicate: Predicate, asked: Asked): void {
  for (const { key, operator } of podRequirements(predicate)) {
    const exists = operator === "Exists" || operator === "DoesNotExist";
    (exists ? asked.presence : asked.values).add(key);
  }
}
