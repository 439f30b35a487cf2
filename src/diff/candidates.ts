import { type Effect, hasNames } from "../engine/effects.ts";
import { type Kind, kindsInOrder, receivesDifferently, sendsDifferently } from "../engine/kinds.ts";
import type { Reach, View } from "../engine/reach.ts";
import type { Pod } from "../model/endpoint.ts";
import type { Direction, Policy } from "../model/policy.ts";
import { holds } from "../model/predicate.ts";

/** Pairs of kinds whose flows may differ between the sides: all others cannot. */
export type Candidates = (src: Kind) => readonly Kind[];

/**
 * Finds the pairs by what differs between the effects of one end: peers that no rule of a changed policy speaks of are
 * treated as before, unless the end isolates in another way than before.
 */
export function candidatesOf(kinds: readonly Kind[], reach: Reach): Candidates {
  const touchedBy = touching(kinds, reach);
  const everywhere: Kind[] = [];
  const into = new Map<Kind, Set<Kind>>();
  for (const dst of kinds) {
    if (!receivesDifferently(dst)) continue;
    const sources = dst.base.peerClass === dst.head.peerClass ? touchedBy(dst, "ingress") : undefined;
    if (sources === undefined) everywhere.push(dst);
    else for (const src of sources) add(into, src, dst);
  }
  return (src) => {
    const specific = into.get(src);
    if (!sendsDifferently(src)) return specific === undefined ? everywhere : kindsInOrder([everywhere, [...specific]]);
    const targets = src.base.peerClass === src.head.peerClass ? touchedBy(src, "egress") : undefined;
    return targets === undefined ? kinds : kindsInOrder([everywhere, [...(specific ?? [])], targets]);
  };
}

function add(table: Map<Kind, Set<Kind>>, src: Kind, dst: Kind): void {
  const set = table.get(src);
  if (set === undefined) table.set(src, new Set([dst]));
  else set.add(dst);
}

type Touching = (end: Kind, direction: Direction) => readonly Kind[] | undefined;

/** The kinds that the changed policies of an end speak of; `undefined`: everybody. One answer a set of changed policies. */
function touching(kinds: readonly Kind[], reach: Reach): Touching {
  const known = new Map<string, readonly Kind[]>();
  return (end, direction) => {
    const before = end.base[direction];
    const after = end.head[direction];
    if (before === after) return [];
    if (before === undefined || after === undefined || shape(before) !== shape(after)) return undefined;
    const changed = difference(end, direction, { before, after }, reach);
    const key = changed.map(reach.meanings.of).sort().join();
    let found = known.get(key);
    if (found === undefined) {
      found = kinds.filter((kind) => isSpokenOf(kind, changed));
      known.set(key, found);
    }
    return found;
  };
}

/** The tiers of an effect and whether they isolate: where these are equal only rules can make a difference. */
function shape(effect: Effect): string {
  return effect.tiers.map(({ rank, isolates }) => `${rank}${isolates ? "!" : ""}`).join();
}

/**
 * Policies that only one of the two effects has. Where the pod itself differs, also those whose rules look at it: at its
 * named ports, or at its labels once more.
 */
function difference(
  end: Kind,
  direction: Direction,
  { before, after }: { readonly before: Effect; readonly after: Effect },
  reach: Reach,
): readonly Policy[] {
  const id = reach.meanings.of;
  const was = new Set(before.policies.map(id));
  const is = new Set(after.policies.map(id));
  const isSamePod = podAt(end.base) === podAt(end.head);
  const looksAtPod = ({ rules }: Policy) =>
    !isSamePod && rules.some((rule) => rule.local !== undefined || (direction === "ingress" && hasNames(rule.conn)));
  return [
    ...before.policies.filter((policy) => !is.has(id(policy)) || looksAtPod(policy)),
    ...after.policies.filter((policy) => !was.has(id(policy)) || looksAtPod(policy)),
  ];
}

function podAt({ endpoint }: View): Pod | undefined {
  return endpoint?.kind === "pod" ? endpoint.pod : undefined;
}

function isSpokenOf(kind: Kind, policies: readonly Policy[]): boolean {
  const ends = [kind.base.endpoint, kind.head.endpoint].filter((end) => end !== undefined);
  return policies.some((policy) => policy.rules.some((rule) => ends.some((end) => holds(rule.peer, end))));
}
