import type { Kind } from "../engine/kinds.ts";
import type { Pod } from "../model/endpoint.ts";
import type { LabelSet } from "../model/labels.ts";
import { type Peer, podOf, type RepresentativePeer } from "../model/peer.ts";
import { holds, type Predicate } from "../model/predicate.ts";
import { NONE } from "../sets/conn.ts";
import type { Delta, Row } from "./cells.ts";

/**
 * Representatives that say nothing of their own: one of the nearest more general ones has the same changes to and from
 * everybody, and no protected path tells the two apart. Leaving them out loses no change, it only says it once. One
 * whose nearest general ones all change in another way stays: it is the exception to them.
 */
export function redundantPeers(
  peers: readonly Peer[],
  kinds: readonly Kind[],
  rows: readonly Row[],
  spoken: readonly Predicate[],
): ReadonlySet<Peer> {
  const signatures = signaturesOf(kinds, rows);
  const all = peers.flatMap((peer) => {
    if (peer.kind !== "representative") return [];
    return [{ peer, key: `${signatures.get(peer) ?? UNCHANGED}#${bits(peer, spoken)}` }];
  });
  const redundant = new Set<Peer>();
  const kept = new Map<string | undefined, typeof all>();
  for (const one of all.sort((a, b) => generality(a.peer) - generality(b.peer))) {
    const { namespace } = one.peer;
    const wider = [...(kept.get(undefined) ?? []), ...(namespace === undefined ? [] : (kept.get(namespace) ?? []))];
    const general = wider.filter(({ peer }) => subsumes(peer, one.peer));
    const nearest = general.filter(
      (each) => !general.some((other) => other !== each && subsumes(each.peer, other.peer)),
    );
    if (nearest.some(({ key }) => key === one.key)) redundant.add(one.peer);
    else kept.set(namespace, [...(kept.get(namespace) ?? []), one]);
  }
  return redundant;
}

/** What stands for a peer that nothing changes for. */
const UNCHANGED = "|";

/** Equal for undeclared peers with the same changes in both directions. */
function signaturesOf(kinds: readonly Kind[], rows: readonly Row[]): ReadonlyMap<Peer, string> {
  const interesting = new Set(kinds.filter((kind) => kind.members.some((peer) => peer.kind === "representative")));
  const out = new Map<Kind, string[]>();
  const into = new Map<Kind, string[]>();
  for (const row of rows) {
    const own: string[] = [];
    for (const [delta, list] of row.to) {
      own.push(`${delta.id}>${list.map((kind) => kind.id).join()}`);
      for (const kind of list) {
        if (!interesting.has(kind)) continue;
        const parts = into.get(kind) ?? [];
        into.set(kind, parts);
        parts.push(`${row.kind.id}:${delta.id}`);
      }
    }
    for (const [delta, set] of row.toAddresses) own.push(`${delta.id}a${set.id}`);
    for (const [delta, set] of row.fromAddresses) own.push(`${delta.id}b${set.id}`);
    if (interesting.has(row.kind)) out.set(row.kind, own.sort());
  }
  const signatures = new Map<Peer, string>();
  for (const kind of interesting) {
    const signature = `${out.get(kind)?.join(" ") ?? ""}${UNCHANGED}${into.get(kind)?.join(" ") ?? ""}`;
    for (const peer of kind.members) if (peer.kind === "representative") signatures.set(peer, signature);
  }
  return signatures;
}

function bits(peer: RepresentativePeer, spoken: readonly Predicate[]): string {
  const both = [peer.base, peer.head].map((pod) => ({ kind: "pod", pod }) as const);
  return spoken.map((predicate) => both.map((end) => (holds(predicate, end) ? 1 : 0)).join("")).join("");
}

function generality(peer: RepresentativePeer): number {
  const labels = peer.head.labels.size + (peer.head.serviceAccount === "" ? 0 : 1);
  return (peer.namespace === undefined ? peer.head.namespaceLabels.size * 100 : 10_000) + labels;
}

function subsumes(general: RepresentativePeer, special: RepresentativePeer): boolean {
  if (general.namespace !== undefined && general.namespace !== special.namespace) return false;
  if (general.head.serviceAccount !== "" && general.head.serviceAccount !== special.head.serviceAccount) return false;
  const wider = general.namespace !== undefined || within(general.head.namespaceLabels, special.head.namespaceLabels);
  return wider && within(general.head.labels, special.head.labels);
}

function within(few: LabelSet, many: LabelSet): boolean {
  for (const [key, value] of few) if (!many.has(key) || (value !== undefined && many.get(key) !== value)) return false;
  return true;
}

/**
 * Undeclared pods with labels of a declared workload, to or from which flows only close: what closes is said of the
 * workload that has these labels. What opens is said of both, and so is what a protected path tells apart.
 */
export function closingTwins(
  kinds: readonly Kind[],
  rows: readonly Row[],
  spoken: readonly Predicate[],
): ReadonlySet<Peer> {
  const roles = rolesOf(rows);
  const workloads = new Map<string, { readonly pod: Pod; readonly roles: Roles }[]>();
  for (const kind of kinds) {
    const own = roles.get(kind);
    if (own === undefined) continue;
    for (const peer of kind.members) {
      const pod = peer.kind === "workload" ? (podOf(peer, "head") ?? podOf(peer, "base")) : undefined;
      if (pod === undefined) continue;
      const list = workloads.get(pod.namespace) ?? [];
      workloads.set(pod.namespace, list);
      list.push({ pod, roles: own });
    }
  }
  const twins = new Set<Peer>();
  for (const kind of kinds) {
    const own = roles.get(kind);
    if (own === undefined || own.opens) continue;
    for (const peer of kind.members) {
      if (peer.kind !== "representative" || peer.podTerms === "" || peer.namespace === undefined) continue;
      const named = (workloads.get(peer.namespace) ?? []).filter(({ pod }) => isTwin(peer, pod, spoken));
      const covers = (role: "sends" | "receives") => !own[role] || named.some((each) => each.roles[role]);
      if (covers("sends") && covers("receives")) twins.add(peer);
    }
  }
  return twins;
}

/** At which ends of changes a kind stands, and whether any of them lets through more than before. */
type Roles = { sends: boolean; receives: boolean; opens: boolean };

function rolesOf(rows: readonly Row[]): ReadonlyMap<Kind, Roles> {
  const roles = new Map<Kind, Roles>();
  const note = (kind: Kind, role: "sends" | "receives", { opened, narrowed }: Delta) => {
    const own = roles.get(kind) ?? { sends: false, receives: false, opens: false };
    roles.set(kind, own);
    own[role] = true;
    own.opens ||= opened !== NONE || narrowed === "opened" || narrowed === "changed";
  };
  for (const { kind, to, toAddresses, fromAddresses } of rows) {
    for (const [delta, targets] of to) {
      note(kind, "sends", delta);
      for (const target of targets) note(target, "receives", delta);
    }
    for (const delta of toAddresses.keys()) note(kind, "sends", delta);
    for (const delta of fromAddresses.keys()) note(kind, "receives", delta);
  }
  return roles;
}

/** True of a pod that has all labels of the undeclared one, and of which the same predicates hold. */
function isTwin(peer: RepresentativePeer, pod: Pod, spoken: readonly Predicate[]): boolean {
  const ends = [peer.base, peer.head].map((each) => ({ kind: "pod", pod: each }) as const);
  const own = { kind: "pod", pod } as const;
  return (
    within(peer.head.labels, pod.labels) &&
    spoken.every((predicate) => ends.every((end) => holds(predicate, end) === holds(predicate, own)))
  );
}
