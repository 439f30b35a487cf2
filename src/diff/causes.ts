import type { SourceRef } from "../errors.ts";
import { type Cluster, formatWorkload, type Workload } from "../model/cluster.ts";
import type { Peer, Side } from "../model/peer.ts";
import { formatObject, type ObjectRef, type Policy, type Rule } from "../model/policy.ts";
import type { Decision, Verdict } from "../pointwise/judge.ts";
import type { Cause } from "./flow-diff.ts";

/** Both replays of one flow; `undefined` on a side where one end is not there. */
export type Replay = { readonly base: Verdict | undefined; readonly head: Verdict | undefined };

export type CauseInput = {
  readonly replay: Replay;
  readonly src: Peer | undefined;
  readonly dst: Peer | undefined;
  readonly base: Cluster;
  readonly head: Cluster;
  /** True of a policy that only one side has in this form. */
  readonly changed: (policy: Policy) => boolean;
  readonly find: Readonly<Record<Side, (object: ObjectRef) => SourceRef | undefined>>;
};

/** Why the two replays differ: the rule that decides now, the policy that is gone, the labels that changed. */
export function causesOf(input: CauseInput): readonly Cause[] {
  const { base, head } = input.replay;
  if (base === undefined || head === undefined) return arrivals(input);
  const causes: Cause[] = [];
  if (base.ingress.allowed !== head.ingress.allowed)
    causes.push(...endCauses(input, base.ingress, head.ingress, input.dst));
  if (base.egress.allowed !== head.egress.allowed)
    causes.push(...endCauses(input, base.egress, head.egress, input.src));
  if (causes.length === 0) causes.push(...restrictionCauses(input, base, head));
  return distinct(causes);
}

function arrivals({ src, dst, replay }: CauseInput): readonly Cause[] {
  const side: Side = replay.base === undefined ? "head" : "base";
  const other: Side = side === "head" ? "base" : "head";
  return [src, dst].flatMap((peer): Cause[] => {
    if (peer?.kind !== "workload" || peer[other] !== undefined) return [];
    const workload = peer[side];
    return workload === undefined ? [] : [workloadCause(workload, side, side === "head" ? "added" : "removed")];
  });
}

function workloadCause(workload: Workload, side: Side, text: string): Cause {
  const object = `${workload.kind} ${workload.namespace}/${workload.name}`;
  return { object, at: workload.source, side, rule: "", kind: "workload", text };
}

function endCauses(input: CauseInput, before: Decision, after: Decision, subject: Peer | undefined): readonly Cause[] {
  const direct = [...deciding(input, after, "head", before), ...deciding(input, before, "base", after)];
  if (direct.length > 0) return direct;
  const peers = [input.src, input.dst].sort((a, b) => Number(b === subject) - Number(a === subject));
  const relabelled = peers.flatMap((peer) => (peer === undefined ? [] : podCauses(input, peer)));
  return relabelled.length > 0 ? relabelled : fallback(after, before);
}

/** The thing that decided on one side, where the other side does not have it in this form. */
function deciding(input: CauseInput, decision: Decision, side: Side, other: Decision): readonly Cause[] {
  if (decision.rule !== undefined) {
    const { policy, rule } = decision.rule;
    return input.changed(policy) ? [ruleCause(input, policy, rule, side)] : [];
  }
  if (decision.allowed) return [];
  const isolatesThere = (policy: Policy) =>
    other.selecting.some((each) => each.isolates && sameObject(each.object, policy.object));
  return decision.isolating
    .filter((policy) => input.changed(policy) && !isolatesThere(policy))
    .map((policy) => policyCause(input, policy, side));
}

function ruleCause(input: CauseInput, policy: Policy, rule: Rule, side: Side): Cause {
  const object = formatObject(policy.object);
  const verb = rule.action === "allow" ? "allows" : rule.action === "deny" ? "denies" : "passes";
  if (side === "head") return { object, at: rule.source, side, rule: rule.path, kind: "rule", text: `now ${verb}` };
  const gone = input.find.head(policy.object) === undefined;
  const text = gone ? "is gone with its policy" : `no longer ${verb}`;
  return { object, at: rule.source, side, rule: rule.path, kind: "rule", text };
}

function policyCause(input: CauseInput, policy: Policy, side: Side): Cause {
  const object = formatObject(policy.object);
  const base = { object, rule: "", kind: "policy" } as const;
  if (side === "head") {
    const existed = input.find.base(policy.object) !== undefined;
    return { ...base, at: policy.source, side, text: existed ? "now selects" : "is new and selects" };
  }
  const now = input.find.head(policy.object);
  if (now !== undefined) return { ...base, at: now, side: "head", text: "no longer selects" };
  return { ...base, at: policy.source, side, text: "is gone" };
}

function sameObject(a: ObjectRef, b: ObjectRef): boolean {
  return a.group === b.group && a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

/** Labels, namespace labels or the network of a pod that differ between the sides. */
function podCauses(input: CauseInput, peer: Peer): readonly Cause[] {
  const causes: Cause[] = [];
  if (peer.kind === "workload" && peer.base !== undefined && peer.head !== undefined) {
    causes.push(...workloadChanges(peer.base, peer.head));
  }
  const namespace =
    peer.kind === "workload"
      ? (peer.head ?? peer.base)?.namespace
      : peer.kind === "representative"
        ? peer.namespace
        : undefined;
  if (namespace !== undefined) causes.push(...namespaceCauses(input, namespace));
  return causes;
}

function workloadChanges(base: Workload, head: Workload): readonly Cause[] {
  const causes: Cause[] = [];
  for (const key of new Set([...base.pod.labels.keys(), ...head.pod.labels.keys()])) {
    const before = base.pod.labels.get(key);
    const after = head.pod.labels.get(key);
    if (before === after && base.pod.labels.has(key) === head.pod.labels.has(key)) continue;
    const line = head.labelLines.get(key) ?? head.source.line;
    const text = `label \`${key}\` ${difference(before, after)}`;
    causes.push({ ...workloadCause(head, "head", text), kind: "labels", at: { file: head.source.file, line } });
  }
  if (base.pod.hostNetwork !== head.pod.hostNetwork) {
    causes.push(
      workloadCause(
        head,
        "head",
        head.pod.hostNetwork ? "now uses the network of its node" : "has an address of its own again",
      ),
    );
  }
  if (base.pod.serviceAccount !== head.pod.serviceAccount) {
    causes.push(
      workloadCause(head, "head", `service account ${difference(base.pod.serviceAccount, head.pod.serviceAccount)}`),
    );
  }
  if (JSON.stringify(base.pod.ports) !== JSON.stringify(head.pod.ports))
    causes.push(workloadCause(head, "head", "named ports changed"));
  if (formatWorkload(base) !== formatWorkload(head))
    causes.push(workloadCause(head, "head", `was ${formatWorkload(base)}`));
  return causes;
}

function difference(before: string | undefined, after: string | undefined): string {
  if (before === undefined) return `is new (\`${after ?? ""}\`)`;
  return after === undefined ? `is gone (was \`${before}\`)` : `changed from \`${before}\` to \`${after}\``;
}

function namespaceCauses(input: CauseInput, name: string): readonly Cause[] {
  const before = input.base.namespaces.get(name);
  const after = input.head.namespaces.get(name);
  const keys = new Set([...(before?.labels.keys() ?? []), ...(after?.labels.keys() ?? [])]);
  const causes: Cause[] = [];
  for (const key of keys) {
    const was = before?.labels.get(key);
    const is = after?.labels.get(key);
    if (was === is || key === "kubernetes.io/metadata.name") continue;
    const at = after?.source ?? before?.source;
    if (at === undefined) continue;
    const side: Side = after?.source === undefined ? "base" : "head";
    causes.push({
      object: `Namespace ${name}`,
      at,
      side,
      rule: "",
      kind: "namespace",
      text: `label \`${key}\` ${difference(was, is)}`,
    });
  }
  return causes;
}

/** Where nothing that decided changed by itself: name what decides now. */
function fallback(after: Decision, before: Decision): readonly Cause[] {
  const now = after.rule ?? before.rule;
  if (now !== undefined) {
    const { policy, rule } = now;
    const side: Side = after.rule === undefined ? "base" : "head";
    return [
      { object: formatObject(policy.object), at: rule.source, side, rule: rule.path, kind: "rule", text: "decides" },
    ];
  }
  return before.isolating.map((policy) => ({
    object: formatObject(policy.object),
    at: policy.source,
    side: "base" as const,
    rule: "",
    kind: "policy" as const,
    text: "no longer isolates",
  }));
}

/** A restriction above layer 4 came or went: the rules that carry or lack it. */
function restrictionCauses(input: CauseInput, base: Verdict, head: Verdict): readonly Cause[] {
  const rules = [
    { side: "head" as const, decision: head.ingress },
    { side: "head" as const, decision: head.egress },
    { side: "base" as const, decision: base.ingress },
    { side: "base" as const, decision: base.egress },
  ];
  return rules.flatMap(({ side, decision }) => {
    if (decision.rule === undefined || !input.changed(decision.rule.policy)) return [];
    const { policy, rule } = decision.rule;
    const text = rule.narrowed === undefined ? "allows without a restriction above layer 4" : "restricts above layer 4";
    return [
      { object: formatObject(policy.object), at: rule.source, side, rule: rule.path, kind: "rule" as const, text },
    ];
  });
}

function distinct(causes: readonly Cause[]): readonly Cause[] {
  const seen = new Map<string, Cause>();
  for (const cause of causes) seen.set(`${cause.object}|${cause.at.file}|${cause.at.line}|${cause.rule}`, cause);
  return [...seen.values()];
}
