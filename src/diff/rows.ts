import type { View } from "../engine/reach.ts";
import type { Universe } from "../engine/universe.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { type End, type Peer, podOf, type Side } from "../model/peer.ts";
import type { Direction, Policy } from "../model/policy.ts";
import { type Decision, decide, type Flow } from "../pointwise/judge.ts";
import { formatAddresses } from "../sets/address-text.ts";
import { type Conn, NONE } from "../sets/conn.ts";
import { pairsOfBlock } from "./blocks.ts";
import { confirm, type Explanation, explainPair, witnessOf } from "./explain.ts";
import type { Arrival, Block, Cause, Change, EndText } from "./flow-diff.ts";
import { noteOf, typeOf } from "./groups.ts";
import { type At, causesOfPair, type Stage } from "./pair-causes.ts";
import { portHints, somePort } from "./witness.ts";

export type RowInput = {
  readonly blocks: readonly Block[];
  readonly arrivals: readonly Arrival[];
  readonly universe: Universe;
  readonly stage: Stage;
  readonly limit: number;
};

/** The ordered pairs of blocks one by one, at most `limit`, each with its causes and a replayed witness. */
export function rowsOf(input: RowInput): { readonly changes: readonly Change[]; readonly truncated: boolean } {
  const changes: Change[] = [];
  const quick = quickExplainer(input.universe, input.stage);
  for (const block of input.blocks) {
    const type = typeOf(block);
    const { base, head, opened, closed, narrowed } = block;
    for (const pair of pairsOfBlock(block)) {
      if (changes.length >= input.limit) return { changes, truncated: true };
      const { causes, witness } = quick(block, pair) ?? explainPair(input.stage, block, pair);
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

type Pair = { readonly src: End | Peer; readonly dst: End | Peer };
type Views = Readonly<Record<Side, View>>;

/**
 * Explains pairs of pods that are the same on both sides. Many pairs share what governs one end and how the other end
 * is seen: each such half is replayed once for a port, and equal decisions have equal causes.
 */
function quickExplainer(universe: Universe, stage: Stage): (block: Block, pair: Pair) => Explanation | undefined {
  const views = new Map<Peer, Views>();
  for (const [i, peer] of universe.peers.entries()) {
    const base = universe.views.base[i];
    const head = universe.views.head[i];
    const isSame = podOf(peer, "base") !== undefined && podOf(peer, "base") === podOf(peer, "head");
    if (base !== undefined && head !== undefined && isSame) views.set(peer, { base, head });
  }
  const ports = portChooser(stage);
  const decided = decisions(universe);
  const causes = new Map<string, readonly Cause[]>();
  return (block, { src, dst }) => {
    if (src.kind === "peers" || src.kind === "addresses" || dst.kind === "peers" || dst.kind === "addresses")
      return undefined;
    const from = views.get(src);
    const into = views.get(dst);
    if (from === undefined || into === undefined || block.narrowed !== undefined || block.selfOnly) return undefined;
    const at = ports(block.opened === NONE ? block.closed : block.opened, into.head);
    if (at === undefined) return undefined;
    const half = (side: Side) => ({
      egress: decided("egress", { subject: from[side], peer: into[side], side, at }),
      ingress: decided("ingress", { subject: into[side], peer: from[side], side, at }),
    });
    const base = half("base");
    const head = half("head");
    const allowed = ({ egress, ingress }: typeof base) => egress.decision.allowed && ingress.decision.allowed;
    confirm(block, { base: allowed(base), head: allowed(head) }, at);
    // Only an end that may decide differently has a say: many pairs share it, whatever the other end is.
    const part = (direction: Direction) =>
      base[direction].id === head[direction].id ? "=" : `${base[direction].id},${head[direction].id}`;
    const key = `${part("egress")} ${part("ingress")} ${block.opened.id} ${block.closed.id}`;
    let found = causes.get(key);
    if (found === undefined) {
      const ends = (side: Side) => ({ src: from[side].endpoint, dst: into[side].endpoint });
      found = causesOfPair(stage, block, { src, dst }, { base: ends("base"), head: ends("head") });
      causes.set(key, found);
    }
    return { causes: found, witness: witnessOf(src.text, dst.text, at) };
  };
}

function portChooser(stage: Stage): (conn: Conn, dst: View) => At | undefined {
  const known = new Map<View, Map<Conn, At | undefined>>();
  const hints = new Map<View, readonly number[]>();
  const same = new Map<string, At>();
  /** One object for equal ports: what was decided is found by it. */
  const once = (at: At | undefined): At | undefined => {
    if (at === undefined) return undefined;
    const key = `${String(at.protocol)} ${at.port}`;
    const found = same.get(key) ?? at;
    same.set(key, found);
    return found;
  };
  return (conn, dst) => {
    const own = known.get(dst) ?? new Map<Conn, At | undefined>();
    known.set(dst, own);
    if (own.has(conn)) return own.get(conn);
    const { endpoint } = dst;
    const mine = hints.get(dst) ?? portHints(endpoint, endpoint === undefined ? [] : stage.policies(endpoint, "head"));
    hints.set(dst, mine);
    const at = once(somePort(conn, mine));
    own.set(conn, at);
    return at;
  };
}

type Decided = { readonly id: number; readonly decision: Decision };

type Ends = { readonly subject: View; readonly peer: View; readonly side: Side; readonly at: At };

/** One decision for each list of policies, effect of theirs, class of peers and port. */
function decisions(universe: Universe): (direction: Direction, ends: Ends) => Decided {
  const known = new Map<string, Decided>();
  const governing = governors(universe);
  return (direction, ends) => {
    const { id, policies, decided } = governing(direction, ends);
    const { protocol, port } = ends.at;
    const own = decided.get(ends.at) ?? [];
    decided.set(ends.at, own);
    const quick = own[ends.peer.peerClass];
    if (quick !== undefined) return quick;
    const key = `${id}|${ends.subject[direction]?.id}|${ends.peer.peerClass}|${protocol}|${port}`;
    let found = known.get(key);
    if (found === undefined) {
      found = { id: known.size, decision: replay(direction, policies, ends) };
      known.set(key, found);
    }
    own[ends.peer.peerClass] = found;
    return found;
  };
}

type Governing = {
  readonly id: number;
  readonly policies: readonly Policy[];
  /** What was decided for the view, by port and class of peers. */
  readonly decided: Map<At, Decided[]>;
};

/** The policies themselves, not others of the same meaning: a cause names an object. Equal lists have one number. */
function governors(universe: Universe): (direction: Direction, ends: Ends) => Governing {
  const byView = { ingress: new Map<View, Governing>(), egress: new Map<View, Governing>() };
  const numbers = new Map<Policy, number>();
  const lists = new Map<string, Omit<Governing, "decided">>();
  return (direction, { subject, side }) => {
    const known = byView[direction].get(subject);
    if (known !== undefined) return known;
    const { endpoint } = subject;
    const policies = endpoint?.kind === "pod" ? universe.reach.selecting(endpoint.pod, side, direction) : [];
    for (const policy of policies) if (!numbers.has(policy)) numbers.set(policy, numbers.size);
    const key = `${direction} ${policies.map((policy) => numbers.get(policy)).join()}`;
    const list = lists.get(key) ?? { id: lists.size, policies };
    lists.set(key, list);
    const made = { ...list, decided: new Map<At, Decided[]>() };
    byView[direction].set(subject, made);
    return made;
  };
}

function replay(direction: Direction, policies: readonly Policy[], ends: Ends): Decision {
  return decide(policies, direction, flowOf(direction, ends));
}

function flowOf(direction: Direction, { subject, peer, at }: Pick<Ends, "subject" | "peer" | "at">): Flow {
  const nobody: Endpoint = { kind: "entity", name: "" };
  const own = subject.endpoint ?? nobody;
  const other = peer.endpoint ?? nobody;
  const ends = direction === "egress" ? { src: own, dst: other } : { src: other, dst: own };
  return { ...ends, ...at };
}
