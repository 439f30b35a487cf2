import type { View } from "../engine/reach.ts";
import type { Universe } from "../engine/universe.ts";
import { type End, type Peer, podOf, type Side } from "../model/peer.ts";
import { formatAddresses } from "../sets/address-text.ts";
import { type Conn, NONE } from "../sets/conn.ts";
import { pairsOfBlock } from "./blocks.ts";
import { confirm, explainPair, type Quick, witnessOf } from "./explain.ts";
import type { Arrival, Block, Cause, Change, EndText } from "./flow-diff.ts";
import { noteOf, typeOf } from "./groups.ts";
import { type At, causesOfPair, type Ends, replayAt, type Stage } from "./pair-causes.ts";
import { reasons, type Views } from "./reasons.ts";
import { portHints, somePort } from "./witness.ts";

export type RowInput = {
  readonly blocks: readonly Block[];
  readonly arrivals: readonly Arrival[];
  readonly stage: Stage;
  readonly quick: Quick;
  readonly limit: number;
};

/** The ordered pairs of blocks one by one, at most `limit`, each with its causes and a replayed witness. */
export function rowsOf(input: RowInput): { readonly changes: readonly Change[]; readonly truncated: boolean } {
  const changes: Change[] = [];
  for (const block of input.blocks) {
    const type = typeOf(block);
    const { base, head, opened, closed, narrowed } = block;
    for (const pair of pairsOfBlock(block)) {
      if (changes.length >= input.limit) return { changes, truncated: true };
      const { causes, witness } = input.quick(block, pair) ?? explainPair(input.stage, block, pair);
      const note = noteOf(pair, input.arrivals);
      const [src, dst] = [endText(pair.src), endText(pair.dst)];
      changes.push({ src, dst, base, head, opened, closed, narrowed, type, note, causes, witness });
    }
  }
  return { changes, truncated: false };
}

function endText(end: End | Peer): EndText {
  if (end.kind === "addresses") return { text: formatAddresses(end.addresses), peer: undefined };
  return end.kind === "peers" ? { text: "", peer: undefined } : { text: end.text, peer: end };
}

/**
 * Explains pairs of pods that are the same on both sides. Pairs with the same change for the same reasons have the same
 * causes: the first of them is explained and replayed for all.
 */
export function quickExplainer(universe: Universe, stage: Stage): Quick {
  const views = new Map<Peer, Views>();
  for (const peer of universe.affected) {
    const pod = podOf(peer, "base");
    if (pod === undefined || pod !== podOf(peer, "head")) continue;
    views.set(peer, { base: universe.near.view(peer, "base"), head: universe.near.view(peer, "head") });
  }
  const ports = portChooser(stage);
  const reasonsOf = reasons(universe);
  const causes = new Map<string, readonly Cause[]>();
  return (block, { src, dst }) => {
    if (src.kind === "peers" || src.kind === "addresses" || dst.kind === "peers" || dst.kind === "addresses")
      return undefined;
    const from = views.get(src);
    const into = views.get(dst);
    if (from === undefined || into === undefined || block.narrowed !== undefined || block.selfOnly) return undefined;
    const at = ports(block.opened === NONE ? block.closed : block.opened, into.head);
    if (at === undefined) return undefined;
    const why = `${reasonsOf("egress", from, into.head)}>${reasonsOf("ingress", into, from.head)}`;
    const key = `${block.opened.id} ${block.closed.id} ${String(at.protocol)} ${at.port} ${why}`;
    let found = causes.get(key);
    if (found === undefined) {
      const ends = { base: endsOn("base", from, into), head: endsOn("head", from, into) };
      const { base, head } = replayAt(stage, ends, at);
      confirm(block, { base: base?.verdict.allowed === true, head: head?.verdict.allowed === true }, at);
      found = causesOfPair(stage, block, { src, dst }, ends);
      causes.set(key, found);
    }
    return { causes: found, witness: witnessOf(src.text, dst.text, at) };
  };
}

function endsOn(side: Side, from: Views, into: Views): Ends[Side] {
  return { src: from[side].endpoint, dst: into[side].endpoint };
}

function portChooser(stage: Stage): (conn: Conn, dst: View) => At | undefined {
  const known = new Map<View, Map<Conn, At | undefined>>();
  const hints = new Map<View, readonly number[]>();
  return (conn, dst) => {
    const own = known.get(dst) ?? new Map<Conn, At | undefined>();
    known.set(dst, own);
    if (own.has(conn)) return own.get(conn);
    const { endpoint } = dst;
    const mine = hints.get(dst) ?? portHints(endpoint, endpoint === undefined ? [] : stage.policies(endpoint, "head"));
    hints.set(dst, mine);
    const at = somePort(conn, mine);
    own.set(conn, at);
    return at;
  };
}
