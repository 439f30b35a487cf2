import type { LabelSet } from "../model/labels.ts";
import { CONTROLLER_LABELS } from "./workload-kinds.ts";
import type { WorkloadDraft } from "./workloads.ts";

/** A draft and the namespace that it stands in. */
export type PlacedDraft = { readonly draft: WorkloadDraft; readonly namespace: string };

/** A workload with its identity: its own, or that of the owner of its pods. */
export type OwnedDraft = PlacedDraft & {
  readonly kind: string;
  readonly name: string;
  /** Labels in which the pods of one owner differ: in their values, or some have them and some do not. */
  readonly gaps: ReadonlyMap<string, "value" | "presence">;
  /** The labels of each pod of the owner, where they differ. */
  readonly pods: readonly LabelSet[];
};

/** What may have made objects of a kind; nothing else can claim them, and so nothing can hide them. */
const MAKERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["ReplicaSet", ["Deployment", "Rollout"]],
  ["ReplicationController", ["DeploymentConfig"]],
  ["Job", ["CronJob", "ScaledJob"]],
]);

/**
 * What a declared owner made is left to the owner, if its pods are those of the owner's template; pods of an owner
 * that the tree does not declare become one workload with the owner's name.
 * Source: `docs/semantics.md`, W06.
 */
export function groupByOwner(placed: readonly PlacedDraft[]): readonly OwnedDraft[] {
  const declared = new Map(placed.map((each) => [key(each.namespace, each.draft.object.ref), each.draft]));
  const groups = new Map<string, PlacedDraft[]>();
  const out: OwnedDraft[] = [];
  for (const each of placed) {
    const { owner, object } = each.draft;
    const maker = owner === undefined ? undefined : declared.get(key(each.namespace, owner));
    if (owner !== undefined && maker !== undefined) {
      if (!isMadeBy(each.draft, maker)) out.push(itself(each));
      continue;
    }
    if (owner === undefined || object.ref.kind !== "Pod") {
      out.push(itself(each));
      continue;
    }
    const group = groups.get(key(each.namespace, owner));
    if (group === undefined) groups.set(key(each.namespace, owner), [each]);
    else group.push(each);
  }
  for (const group of groups.values()) out.push(...together(group));
  return out;
}

function itself({ draft, namespace }: PlacedDraft): OwnedDraft {
  const { kind, name } = draft.object.ref;
  return { draft, namespace, kind, name, gaps: new Map(), pods: [] };
}

function isMadeBy(made: WorkloadDraft, maker: WorkloadDraft): boolean {
  const { kind } = made.object.ref;
  const makerKind = maker.object.ref.kind;
  const possible = kind === "Pod" ? makerKind !== "Pod" : (MAKERS.get(kind) ?? []).includes(makerKind);
  if (!possible || made.template.hostNetwork !== maker.template.hostNetwork) return false;
  const keys = new Set([...made.template.labels.keys(), ...maker.template.labels.keys()]);
  for (const label of keys) {
    if (CONTROLLER_LABELS.has(label)) continue;
    const expected = maker.template.labels.get(label);
    const unknown = maker.template.labels.has(label) && expected === undefined;
    if (!unknown && !sameLabel(made.template.labels, maker.template.labels, label)) return false;
  }
  return true;
}

/** The pods of one owner as one workload. */
function together(group: readonly PlacedDraft[]): readonly OwnedDraft[] {
  const first = group[0];
  const owner = first?.draft.owner;
  if (first === undefined || owner === undefined) return [];
  const drafts = group.map((each) => each.draft);
  const labels = new Map<string, string | undefined>();
  const gaps = new Map<string, "value" | "presence">();
  for (const label of new Set(drafts.flatMap((each) => [...each.template.labels.keys()]))) {
    const { template } = first.draft;
    const same = drafts.every((each) => sameLabel(each.template.labels, template.labels, label));
    labels.set(label, same ? template.labels.get(label) : undefined);
    if (same || CONTROLLER_LABELS.has(label)) continue;
    gaps.set(label, drafts.every((each) => each.template.labels.has(label)) ? "value" : "presence");
  }
  const draft: WorkloadDraft = {
    ...first.draft,
    template: { ...first.draft.template, labels, ...portsOf(drafts) },
    replicas: owner.kind === "DaemonSet" ? undefined : drafts.length,
    protected: [...new Set(drafts.flatMap((each) => each.protected))],
  };
  const pods = drafts.map(({ template }) => template.labels);
  return [{ draft, namespace: first.namespace, kind: owner.kind, name: owner.name, gaps, pods }];
}

/** Named ports of all the pods, each once; the network of the node only where all of them share it. */
function portsOf(drafts: readonly WorkloadDraft[]): Pick<WorkloadDraft["template"], "ports" | "hostNetwork"> {
  const ports = new Map(
    drafts.flatMap(({ template }) =>
      (template.ports ?? []).map((port) => [`${port.name}/${port.protocol}/${port.port}`, port] as const),
    ),
  );
  return { ports: [...ports.values()], hostNetwork: drafts.every(({ template }) => template.hostNetwork) };
}

function sameLabel(a: LabelSet, b: LabelSet, label: string): boolean {
  return a.has(label) === b.has(label) && a.get(label) === b.get(label);
}

function key(namespace: string, object: { readonly kind: string; readonly name: string }): string {
  return `${namespace}/${object.kind}/${object.name}`;
}
