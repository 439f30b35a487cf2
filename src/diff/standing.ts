import { type Kind, kindsOf } from "../engine/kinds.ts";
import type { Universe } from "../engine/universe.ts";
import type { Peer } from "../model/peer.ts";
import type { Predicate } from "../model/predicate.ts";
import { type AddressSet, intersectAddresses, NO_ADDRESS } from "../sets/addresses.ts";
import { NONE } from "../sets/conn.ts";
import { blocksOf } from "./blocks.ts";
import { type Row, survey } from "./cells.ts";
import { type Explanation, explainStanding } from "./explain.ts";
import type { Block } from "./flow-diff.ts";
import type { Stage } from "./pair-causes.ts";
import { redundantPeers } from "./redundant.ts";

/** One end of the flows that somebody asks for. */
type Sought = { readonly peers: (peer: Peer) => boolean; readonly addresses: AddressSet };

/** What base and head allow, changed or not. */
export type StandingFlows = {
  /** Every flow from `src` to `dst` that base or head allows, each pair in one block. */
  readonly blocks: (sought: { readonly src: Sought; readonly dst: Sought }) => readonly Block[];
  /** Why head allows (else base) the first pair of a block, and one such flow. */
  readonly explain: (block: Block) => Explanation;
};

/** Asks the engine for flows that need not have changed; `spoken` are the selectors of protected paths. */
export function standingFlows(universe: Universe, stage: Stage, spoken: readonly Predicate[]): StandingFlows {
  return {
    blocks: ({ src, dst }) => {
      const sources = kindsWhere(universe, src.peers);
      const targets = kindsWhere(universe, dst.peers);
      const shared = shareKinds(universe, sources, targets);
      const rows = survey(shared.sources, shared.targets, universe.whole().reach, universe.conns);
      const redundant = redundantPeers(universe.peers, shared.all, rows, spoken);
      const blocks = blocksOf(
        rows.map((row) => within(row, src, dst)),
        redundant,
      );
      return blocks.filter(({ base, head }) => base !== NONE || head !== NONE);
    },
    explain: (block) => explainStanding(stage, block),
  };
}

function kindsWhere(universe: Universe, wanted: (peer: Peer) => boolean): ReadonlySet<Peer> {
  return new Set(universe.peers.filter(wanted));
}

type Shared = { readonly all: readonly Kind[]; readonly sources: readonly Kind[]; readonly targets: readonly Kind[] };

/** Kinds cut so that every kind is wanted as a whole at each end, or not at all. */
function shareKinds(universe: Universe, sources: ReadonlySet<Peer>, targets: ReadonlySet<Peer>): Shared {
  const all: Kind[] = [];
  for (const kind of kindsOf(universe.peers, universe.whole().view)) {
    const parts = new Map<string, Peer[]>();
    for (const peer of kind.members) {
      const key = `${sources.has(peer)}${targets.has(peer)}`;
      const part = parts.get(key);
      if (part === undefined) parts.set(key, [peer]);
      else part.push(peer);
    }
    for (const members of parts.values()) all.push({ ...kind, id: all.length, members });
  }
  const chosen = (wanted: ReadonlySet<Peer>) =>
    all.filter(({ members }) => members[0] !== undefined && wanted.has(members[0]));
  return { all, sources: chosen(sources), targets: chosen(targets) };
}

function within(row: Row, src: Sought, dst: Sought): Row {
  const cut = (sets: Row["toAddresses"], wanted: AddressSet): Row["toAddresses"] =>
    new Map(
      [...sets]
        .map(([delta, set]) => [delta, intersectAddresses(set, wanted)] as const)
        .filter(([, set]) => set !== NO_ADDRESS),
    );
  return {
    ...row,
    toAddresses: cut(row.toAddresses, dst.addresses),
    fromAddresses: cut(row.fromAddresses, src.addresses),
  };
}
