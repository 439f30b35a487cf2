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
import { type Reasons, reasons, type Views } from "./reasons.ts";
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
  const texts = new Map<End | Peer, EndText>();
  const textOf = (end: End | Peer): EndText => {
    const known = texts.get(end) ?? endText(end);
    texts.set(end, known);
    return known;
  };
  for (const block of input.blocks) {
    const type = typeOf(block);
    const { base, head, opened, closed, narrowed } = block;
    const quick = input.quick(block);
    for (const pair of pairsOfBlock(block)) {
      if (changes.length >= input.limit) return { changes, truncated: true };
      const { causes, witness } = quick(pair) ?? explainPair(input.stage, block, pair);
      const note = noteOf(pair, input.arrivals);
      const [src, dst] = [textOf(pair.src), textOf(pair.dst)];
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
  const known: Known = {
    stage,
    views: sharedViews(universe),
    ports: portChooser(stage),
    reasonsOf: reasons(universe),
    tables: new Map(),
  };
  return (block) => (block.narrowed !== undefined || block.selfOnly ? () => undefined : explainerOf(block, known));
}

type Known = {
  readonly stage: Stage;
  readonly views: ReadonlyMap<Peer, Views>;
  readonly ports: (conn: Conn, dst: View) => At | undefined;
  readonly reasonsOf: Reasons;
  readonly tables: Map<string, CauseTable>;
};

/** Causes by the reasons at both ends. */
type CauseTable = Map<number, readonly Cause[]>;

/** What is known of a source, and of a destination in a block. */
type Source = { readonly peer: Peer; readonly from: Views; readonly reasons: ReturnType<Reasons> };
type Target = {
  readonly into: Views;
  readonly at: At;
  readonly reasons: ReturnType<Reasons>;
  readonly table: CauseTable;
};

function explainerOf(block: Block, known: Known): ReturnType<Quick> {
  const targets = new Map<Peer, Target | undefined>();
  let source: Source | undefined;
  return ({ src, dst }) => {
    if (!isPeer(src) || !isPeer(dst)) return undefined;
    if (source?.peer !== src) source = sourceOf(src, known);
    let target = targets.get(dst);
    if (target === undefined && !targets.has(dst)) {
      target = targetOf(block, dst, known);
      targets.set(dst, target);
    }
    if (source === undefined || target === undefined) return undefined;
    const { at, table } = target;
    const why = source.reasons(target.into.head) * PAIR + target.reasons(source.from.head);
    let causes = table.get(why);
    if (causes === undefined) {
      causes = causesBetween(block, { source, target, dst }, known.stage);
      table.set(why, causes);
    }
    return { causes, witness: witnessOf(src.text, dst.text, at) };
  };
}

function causesBetween(
  block: Block,
  { source, target, dst }: { readonly source: Source; readonly target: Target; readonly dst: Peer },
  stage: Stage,
): readonly Cause[] {
  const ends = { base: endsOn("base", source.from, target.into), head: endsOn("head", source.from, target.into) };
  const { base, head } = replayAt(stage, ends, target.at);
  confirm(block, { base: base?.verdict.allowed === true, head: head?.verdict.allowed === true }, target.at);
  return causesOfPair(stage, block, { src: source.peer, dst }, ends);
}

function sourceOf(peer: Peer, { views, reasonsOf }: Known): Source | undefined {
  const from = views.get(peer);
  return from && { peer, from, reasons: reasonsOf("egress", from) };
}

function targetOf(block: Block, peer: Peer, { views, ports, reasonsOf, tables }: Known): Target | undefined {
  const into = views.get(peer);
  const at = into && ports(block.opened === NONE ? block.closed : block.opened, into.head);
  if (into === undefined || at === undefined) return undefined;
  const key = `${block.opened.id} ${block.closed.id} ${String(at.protocol)} ${at.port}`;
  const table: CauseTable = tables.get(key) ?? new Map();
  tables.set(key, table);
  return { into, at, reasons: reasonsOf("ingress", into), table };
}

/** Views of the pods that are the same on both sides. */
function sharedViews({ affected, near }: Universe): ReadonlyMap<Peer, Views> {
  const views = new Map<Peer, Views>();
  for (const peer of affected) {
    const pod = podOf(peer, "base");
    if (pod === undefined || pod !== podOf(peer, "head")) continue;
    views.set(peer, { base: near.view(peer, "base"), head: near.view(peer, "head") });
  }
  return views;
}

function isPeer(end: End | Peer): end is Peer {
  return end.kind !== "peers" && end.kind !== "addresses";
}

/** More reasons than there can be: two of them make one number. */
const PAIR = 2 ** 26;

function endsOn(side: Side, from: Views, into: Views): Ends[Side] {
  return { src: from[side].endpoint, dst: into[side].endpoint };
}

function portChooser(stage: Stage): (conn: Conn, dst: View) => At | undefined {
  const known = new Map<View, Map<Conn, At | undefined>>();
  const hints = new Map<View, readonly number[]>();
  const places = new Map<string, At>();
  return (conn, dst) => {
    const own = known.get(dst) ?? new Map<Conn, At | undefined>();
    known.set(dst, own);
    if (own.has(conn)) return own.get(conn);
    const { endpoint } = dst;
    const mine = hints.get(dst) ?? portHints(endpoint, endpoint === undefined ? [] : stage.policies(endpoint, "head"));
    hints.set(dst, mine);
    const found = somePort(conn, mine);
    const key = found === undefined ? "" : `${String(found.protocol)} ${found.port}`;
    const at = places.get(key) ?? found;
    if (at !== undefined) places.set(key, at);
    own.set(conn, at);
    return at;
  };
}
