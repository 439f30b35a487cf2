import type { Cluster } from "../model/cluster.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { End, Peer, Side } from "../model/peer.ts";
import { comparePolicies, formatObject, type Policy } from "../model/policy.ts";
import { holds } from "../model/predicate.ts";
import type { Flow } from "../pointwise/judge.ts";
import { formatAddress } from "../sets/address-text.ts";
import type { Address } from "../sets/addresses.ts";
import { includes, NONE } from "../sets/conn.ts";
import { pairsOfBlock } from "./blocks.ts";
import { workloadCause } from "./cause-words.ts";
import { distinct } from "./causes.ts";
import type { Block, Cause, Witness } from "./flow-diff.ts";
import { causesOfPair, type Ends, replayAt, replayOn, type Stage } from "./pair-causes.ts";
import { endpointFor, portHints, portText, somePort } from "./witness.ts";

export type Explanation = { readonly causes: readonly Cause[]; readonly witness: Witness };

/**
 * Witness of a block's pair that people recognise, two declared workloads before anything else, and the causes at every
 * end of the block, as far as it has few. A witness that does not replay is a fault of this program.
 */
export function explainBlock(stage: Stage, block: Block, quick: Quick = () => () => undefined): Explanation {
  let best: { readonly pair: Pair; readonly score: number } | undefined;
  let seen = 0;
  for (const pair of pairsOfBlock(block)) {
    const score = familiarity(pair.src) + familiarity(pair.dst) - Number(pair.src === pair.dst);
    if (best === undefined || score > best.score) best = { pair, score };
    if (score === MOST_FAMILIAR || ++seen > MOST_PAIRS) break;
  }
  if (best === undefined) throw new Error("a block without a pair has no witness");
  const { causes, witness } = explainPair(stage, block, best.pair);
  const quickly = quick(block);
  const others = sampleOf(block, best.pair).map((pair) => quickly(pair)?.causes ?? causesAt(stage, block, pair));
  return { causes: distinct([causes, ...new Set(others)].flat()), witness };
}

/** Explains pairs of a block by what is known of others like them; `undefined` where it cannot. */
export type Quick = (block: Block) => (pair: Pair) => Explanation | undefined;

type Pair = { readonly src: End | Peer; readonly dst: End | Peer };

const MOST_FAMILIAR = 4;
const MOST_PAIRS = 500;
const MOST_ENDS = 12;

function familiarity(end: End | Peer): number {
  if (end.kind === "workload") return 2;
  return end.kind === "addresses" ? 1 : 0;
}

/** Pairs in which the first peers of both ends of a block meet the peers of `known`. */
function sampleOf(block: Block, known: Pair): readonly Pair[] {
  if (block.selfOnly) return [];
  const some = (end: End): readonly (End | Peer)[] =>
    end.kind === "addresses" ? [end] : end.peers.slice(0, MOST_ENDS);
  const pairs = [
    ...some(block.src).map((src): Pair => ({ src, dst: known.dst })),
    ...some(block.dst).map((dst): Pair => ({ src: known.src, dst })),
  ];
  return pairs.filter(({ src, dst }) => src !== dst && (src !== known.src || dst !== known.dst));
}

/** Causes and witness of one pair of a block. */
export function explainPair(stage: Stage, block: Block, pair: Pair): Explanation {
  const ends = endsOf(stage, pair);
  const wanted = block.opened !== NONE ? block.opened : block.closed !== NONE ? block.closed : block.head;
  const known = ends.head.dst ?? ends.base.dst;
  const hints = portHints(known, known === undefined ? [] : stage.policies(known, ends.head.dst ? "head" : "base"));
  const at = somePort(wanted, hints);
  if (at === undefined) throw new Error("a change without a connection has no witness");
  const replay = replayAt(stage, ends, at);
  const allowed = { base: replay.base?.verdict.allowed ?? false, head: replay.head?.verdict.allowed ?? false };
  if (!block.selfOnly) confirm(block, allowed, at);
  const [src, dst] = [addressOf(ends.head.src), addressOf(ends.head.dst)];
  const witness = witnessOf(textOf(pair.src, src), textOf(pair.dst, dst), at, { src, dst });
  return { causes: causesAt(stage, block, pair), witness };
}

function causesAt(stage: Stage, block: Block, pair: Pair): readonly Cause[] {
  const peer = (of: End | Peer) => (of.kind === "peers" || of.kind === "addresses" ? undefined : of);
  if (block.selfOnly) return replicaCauses(peer(pair.src));
  return causesOfPair(stage, block, { src: peer(pair.src), dst: peer(pair.dst) }, endsOf(stage, pair));
}

function endsOf(stage: Stage, { src, dst }: Pair): Ends {
  const end = (of: End | Peer, side: Side) => endpointFor(of, (peer) => stage.endpoint(peer, side)).endpoint;
  const on = (side: Side) => ({ src: end(src, side), dst: end(dst, side) });
  return { base: on("base"), head: on("head") };
}

function addressOf(endpoint: Endpoint | undefined): Address | undefined {
  return endpoint?.kind === "address" ? endpoint.address : undefined;
}

/** A flow between two pods of one workload that only their number makes possible, or no longer does. */
function replicaCauses(peer: Peer | undefined): readonly Cause[] {
  if (peer?.kind !== "workload" || peer.base === undefined || peer.head === undefined) return [];
  const count = (replicas: number | undefined) => (replicas === undefined ? "one a node" : String(replicas));
  const text = `replicas changed from ${count(peer.base.replicas)} to ${count(peer.head.replicas)}`;
  return [workloadCause(peer.head, "head", text)];
}

/** Which rules let the first pair of a block through, in head if it allows anything there. */
export function explainStanding(stage: Stage, block: Block): Explanation {
  const side: Side = block.head === NONE ? "base" : "head";
  for (const pair of pairsOfBlock(block)) {
    const src = endpointFor(pair.src, (peer) => stage.endpoint(peer, side));
    const dst = endpointFor(pair.dst, (peer) => stage.endpoint(peer, side));
    const hints = portHints(dst.endpoint, dst.endpoint === undefined ? [] : stage.policies(dst.endpoint, side));
    const at = somePort(block.opened !== NONE ? block.opened : block[side], hints);
    if (at === undefined) break;
    const verdict = replayOn(stage, side, { src: src.endpoint, dst: dst.endpoint }, at)?.verdict;
    const causes = [verdict?.egress, verdict?.ingress].flatMap((decision): Cause[] => {
      if (decision?.rule === undefined) return [];
      const { policy, rule } = decision.rule;
      return [
        { object: formatObject(policy.object), at: rule.source, side, rule: rule.path, kind: "rule", text: "allows" },
      ];
    });
    const [from, into] = [src.address, dst.address];
    return { causes, witness: witnessOf(textOf(pair.src, from), textOf(pair.dst, into), at, { src: from, dst: into }) };
  }
  throw new Error("a block without a pair has no witness");
}

function textOf(of: End | Peer, address: Address | undefined): string {
  if (address !== undefined) return formatAddress(address);
  return of.kind === "peers" || of.kind === "addresses" ? "" : of.text;
}

type Addresses = { readonly src: Address | undefined; readonly dst: Address | undefined };

/** A flow as the report names it. */
export function witnessOf(
  src: string,
  dst: string,
  at: Pick<Flow, "protocol" | "port">,
  addresses: Addresses = { src: undefined, dst: undefined },
): Witness {
  return {
    src,
    dst,
    protocol: at.protocol,
    port: portText(at.port),
    ...(addresses.src === undefined ? {} : { srcAddress: addresses.src }),
    ...(addresses.dst === undefined ? {} : { dstAddress: addresses.dst }),
  };
}

/** Throws where the replays are not what the block says of the port: a fault of this program. */
export function confirm(
  block: Block,
  { base, head }: Readonly<Record<Side, boolean>>,
  at: { readonly protocol: Flow["protocol"]; readonly port: number },
): void {
  const isIn = (conn: Block["opened"]) => includes(conn, at.protocol, at.port);
  if (block.narrowed !== undefined) return;
  if ((isIn(block.opened) && (base || !head)) || (isIn(block.closed) && (!base || head))) {
    const said = `${base ? "allowed" : "blocked"} in base, ${head ? "allowed" : "blocked"} in head`;
    throw new Error(`a witness does not replay: ${String(at.protocol)} ${at.port} is ${said}`);
  }
}

/**
 * Every policy of the cluster that selects an endpoint, found by asking each that does not name another namespace:
 * slower than the engine's index, and independent of it.
 */
export function selectingOneByOne(cluster: Cluster): (endpoint: Endpoint) => readonly Policy[] {
  let byNamespace: ByNamespace | undefined;
  return (endpoint) => {
    byNamespace ??= policiesByNamespace(cluster);
    const here = endpoint.kind === "pod" ? byNamespace.get(endpoint.pod.namespace) : undefined;
    return [...(byNamespace.get(undefined) ?? []), ...(here ?? [])]
      .filter(({ policy }) => holds(policy.subject, endpoint))
      .sort((a, b) => comparePolicies(a.policy, b.policy) || a.place - b.place)
      .map(({ policy }) => policy);
  };
}

type ByNamespace = ReadonlyMap<string | undefined, readonly { readonly policy: Policy; readonly place: number }[]>;

/** Policies by the one namespace that their subject asks for; `undefined`: it asks for none. */
function policiesByNamespace({ policies }: Cluster): ByNamespace {
  const out = new Map<string | undefined, { policy: Policy; place: number }[]>();
  for (const [place, policy] of policies.entries()) {
    const parts = policy.subject.op === "and" ? policy.subject.of : [policy.subject];
    const named = parts.find((part) => part.op === "namespace");
    const namespace = named?.op === "namespace" ? named.name : undefined;
    const list = out.get(namespace);
    if (list === undefined) out.set(namespace, [{ policy, place }]);
    else list.push({ policy, place });
  }
  return out;
}
