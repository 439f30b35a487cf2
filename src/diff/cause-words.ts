import type { SourceRef } from "../errors.ts";
import type { Cluster, Workload } from "../model/cluster.ts";
import type { Peer, Side } from "../model/peer.ts";
import { type Direction, formatObject, type ObjectRef, type Policy, type Rule } from "../model/policy.ts";
import type { Difference } from "./differences.ts";
import type { Cause } from "./flow-diff.ts";

/** Where a policy object stands on one side, and in which directions it says something. */
export type Place = { readonly source: SourceRef; readonly directions: ReadonlySet<Direction> };

/** What the words about a cause depend on. */
export type Surroundings = {
  readonly base: Cluster;
  readonly head: Cluster;
  readonly find: Readonly<Record<Side, (object: ObjectRef) => Place | undefined>>;
};

/** A rule that decides on one side. */
export function ruleCause({ find }: Surroundings, policy: Policy, rule: Rule, side: Side): Cause {
  const object = formatObject(policy.object);
  const verb = rule.action === "allow" ? "allows" : rule.action === "deny" ? "denies" : "passes";
  const words = find.head(policy.object) === undefined ? "is gone with its policy" : `no longer ${verb}`;
  const text = side === "head" ? `now ${verb}` : words;
  return { object, at: rule.source, side, rule: rule.path, kind: "rule", text };
}

/** A policy that isolates on one side, whatever its rules. */
export function policyCause({ find }: Surroundings, policy: Policy, side: Side): Cause {
  const { object, direction } = policy;
  const cause = { object: formatObject(object), rule: "", kind: "policy" } as const;
  const other = find[side === "head" ? "base" : "head"](object);
  const speaks = other?.directions.has(direction) === true;
  if (side === "head") {
    const text = other === undefined ? "is new and selects" : speaks ? "now selects" : `now isolates for ${direction}`;
    return { ...cause, at: policy.source, side, text };
  }
  if (other === undefined) return { ...cause, at: policy.source, side, text: "is gone" };
  const text = speaks ? "no longer selects" : `no longer isolates for ${direction}`;
  return { ...cause, at: other.source, side: "head", text };
}

/** A policy that matters in some other way: a rule that passes, an order that changed. */
export function changedCause({ object, base, head }: Extract<Difference, { kind: "policy" }>): Cause {
  const now = head[0];
  const at = now?.source ?? base[0]?.source ?? { file: "", line: 0 };
  const side: Side = now === undefined ? "base" : "head";
  const text = now === undefined ? "is gone" : base.length === 0 ? "is new" : "changed";
  return { object: formatObject(object), at, side, rule: "", kind: "policy", text };
}

/** A workload as a whole. */
export function workloadCause(workload: Workload, side: Side, text: string): Cause {
  const object = `${workload.kind} ${workload.namespace}/${workload.name}`;
  return { object, at: workload.source, side, rule: "", kind: "workload", text };
}

/** What differs in a pod; nothing where nobody declares the pod. */
export function podCauses(difference: Exclude<Difference, { kind: "policy" | "namespace" }>): readonly Cause[] {
  const { peer, before, after, key } = difference;
  const workload = workloadOf(peer);
  if (workload === undefined) return [];
  const cause = (text: string) => workloadCause(workload, "head", text);
  switch (difference.kind) {
    case "label": {
      const at = { file: workload.source.file, line: workload.labelLines.get(key) ?? workload.source.line };
      return [{ ...cause(labelText(key, before.labels, after.labels)), kind: "labels", at }];
    }
    case "hostNetwork":
      return [cause(after.hostNetwork ? "now uses the network of its node" : "has an address of its own again")];
    case "serviceAccount":
      return [cause(`service account ${change(before.serviceAccount, after.serviceAccount)}`)];
    case "ports":
      return [cause("named ports changed")];
    case "home":
      return [cause(`was in namespace \`${before.namespace}\``)];
  }
}

/** A label of a namespace; nothing where no manifest says it. */
export function namespaceCauses(
  { base, head }: Surroundings,
  { namespace: name, key }: Extract<Difference, { kind: "namespace" }>,
): readonly Cause[] {
  const before = base.namespaces.get(name);
  const after = head.namespaces.get(name);
  const at = after?.source ?? before?.source;
  if (at === undefined) return [];
  const side: Side = after?.source === undefined ? "base" : "head";
  const text = labelText(key, before?.labels ?? new Map(), after?.labels ?? new Map());
  return [{ object: `Namespace ${name}`, at, side, rule: "", kind: "namespace", text }];
}

function workloadOf(peer: Peer | undefined): Workload | undefined {
  return peer?.kind === "workload" ? (peer.head ?? peer.base) : undefined;
}

type Labels = ReadonlyMap<string, string | undefined>;

function labelText(key: string, before: Labels, after: Labels): string {
  if (!before.has(key)) return `label \`${key}\` is new (${value(after.get(key))})`;
  if (!after.has(key)) return `label \`${key}\` is gone (was ${value(before.get(key))})`;
  return `label \`${key}\` changed from ${value(before.get(key))} to ${value(after.get(key))}`;
}

function value(text: string | undefined): string {
  return text === undefined ? "some value" : `\`${text}\``;
}

function change(before: string, after: string): string {
  return before === after ? "has other labels" : `changed from \`${before}\` to \`${after}\``;
}
