import type { Peer, Side } from "../model/peer.ts";
import type { View } from "./reach.ts";

/** Peers that no policy of either side tells apart, at either end. `base` and `head` are the views they share. */
export type Kind = {
  readonly id: number;
  readonly members: readonly Peer[];
  readonly base: View;
  readonly head: View;
};

/** Sorts peers into kinds, in the order of their first members. */
export function kindsOf(peers: readonly Peer[], view: (peer: Peer, side: Side) => View): readonly Kind[] {
  const found = new Map<string, { id: number; members: Peer[]; base: View; head: View }>();
  for (const peer of peers) {
    const base = view(peer, "base");
    const head = view(peer, "head");
    const key = `${viewKey(base)}|${viewKey(head)}`;
    const kind = found.get(key);
    if (kind === undefined) found.set(key, { id: found.size, members: [peer], base, head });
    else kind.members.push(peer);
  }
  return [...found.values()];
}

/** Lists that are in order each, as one. */
export function kindsInOrder(lists: readonly (readonly Kind[])[]): readonly Kind[] {
  const [first = [], ...others] = lists.filter(({ length }) => length > 0);
  return others.length === 0 ? first : [...new Set([first, ...others].flat())].sort((a, b) => a.id - b.id);
}

function viewKey(view: View): string {
  return `${view.egress?.id ?? "-"},${view.ingress?.id ?? "-"},${view.peerClass}`;
}

/** True where something that decides flows from these peers differs between base and head. */
export function sendsDifferently(kind: Kind): boolean {
  return kind.base.egress !== kind.head.egress || kind.base.peerClass !== kind.head.peerClass;
}

/** True where something that decides flows to these peers differs between base and head. */
export function receivesDifferently(kind: Kind): boolean {
  return kind.base.ingress !== kind.head.ingress || kind.base.peerClass !== kind.head.peerClass;
}
