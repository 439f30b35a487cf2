import { canonical } from "./canonical.ts";
import { kindRow } from "./kinds.ts";
import { type NetworkPolicySpec, readNetworkPolicy } from "./networkpolicy-spec.ts";
import type { ManifestObject } from "./object.ts";
import { decodeWorkload, type WorkloadDraft } from "./workloads.ts";
import type { YamlMap } from "./yaml/node.ts";

/** What was decoded of objects whose text is not kept, by the stub that stands for the text. */
const specs = new WeakMap<YamlMap, NetworkPolicySpec>();
const drafts = new WeakMap<YamlMap, WorkloadDraft>();

/**
 * The object with its text replaced by what was decoded of it, where that is all there is to say; the object itself
 * where something about it must still be told, where another object decides what it means, or where it shows which
 * network plugin a cluster has (DaemonSets). A tree of ten thousand files keeps a third of its memory in this way.
 */
export function settle(object: ManifestObject): ManifestObject {
  switch (kindRow(object.ref.group, object.ref.kind)?.role) {
    case "networkpolicy": {
      const { spec, faults, remarks } = readNetworkPolicy(object);
      const told = faults.length > 0 || remarks.length > 0 || object.node.entries.has("status");
      if (told || usesRanges(spec)) return object;
      const stub = stubOf(object);
      specs.set(stub, spec);
      return { ...object, node: stub };
    }
    case "workload":
    case "operator": {
      const { value, issues } = decodeWorkload(object);
      if (value === undefined || issues.length > 0 || object.ref.kind === "DaemonSet") return object;
      const settled = { ...object, node: stubOf(object) };
      drafts.set(settled.node, { ...value, object: settled });
      return settled;
    }
    default:
      return object;
  }
}

/** Some plugins read over ranges, and want to see where they stand. */
function usesRanges({ ingress, egress }: NetworkPolicySpec): boolean {
  return [...ingress, ...egress].some(({ ports }) => ports.some(({ endPort }) => endPort !== undefined));
}

function stubOf({ node }: ManifestObject): YamlMap {
  return { kind: "map", line: node.line, entries: NO_ENTRIES };
}

const NO_ENTRIES: YamlMap["entries"] = new Map();

/** The spec of a NetworkPolicy that was settled before. */
export function settledSpec(object: ManifestObject): NetworkPolicySpec | undefined {
  return specs.get(object.node);
}

/** The pods of a workload that was settled before. */
export function settledDraft(object: ManifestObject): WorkloadDraft | undefined {
  const draft = drafts.get(object.node);
  return draft === undefined ? undefined : { ...draft, object };
}

/** One text for objects that say the same; `undefined` where that is too long to tell. */
export function meaningOf(object: ManifestObject): string | undefined {
  const draft = drafts.get(object.node);
  if (draft !== undefined) {
    const { template, replicas, firstReplica, owner } = draft;
    return JSON.stringify([template, replicas, firstReplica, draft.protected, owner], plain);
  }
  const spec = specs.get(object.node);
  return spec === undefined ? canonical(object.node) : JSON.stringify(spec, plain);
}

/** Lines say nothing; maps and large numbers need words. */
function plain(key: string, value: unknown): unknown {
  if (key === "line" || key === "labelLines") return undefined;
  if (typeof value === "bigint") return String(value);
  return value instanceof Map ? [...value] : value;
}
