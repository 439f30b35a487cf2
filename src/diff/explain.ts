import type { Cluster } from "../model/cluster.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { End, Peer, Side } from "../model/peer.ts";
import { comparePolicies, formatObject, type Policy } from "../model/policy.ts";
import { holds } from "../model/predicate.ts";
import { type Flow, judge } from "../pointwise/judge.ts";
import { formatAddress } from "../sets/address-text.ts";
import type { Address } from "../sets/addresses.ts";
import { includes, NONE } from "../sets/conn.ts";
import { pairsOfBlock } from "./blocks.ts";
import { type Surroundings, workloadCause } from "./cause-words.ts";
import { causesOf, type Replay } from "./causes.ts";
import type { Block, Cause, Witness } from "./flow-diff.ts";
import { endpointFor, flowBetween, portHints, portText, somePort } from "./witness.ts";

/** What a replay needs: both clusters, who a peer is on each side, and which policies can matter for a pod. */
export type Stage = Surroundings & {
  readonly endpoint: (peer: Peer, side: Side) => Endpoint | undefined;
  readonly policies: (endpoint: Endpoint, side: Side) => readonly Policy[];
  readonly changed: (policy: Policy) => boolean;
};

export type Explanation = { readonly causes: readonly Cause[]; readonly witness: Witness };

/**
 * Causes and witness of one pair of a block, one that people recognise: two declared workloads before anything else. A
 * witness that does not replay is a fault of this program.
 */
export function explainBlock(stage: Stage, block: Block): Explanation {
  let best: { readonly pair: Pair; readonly score: number } | undefined;
  let seen = 0;
  for (const pair of pairsOfBlock(block)) {
    const score = familiarity(pair.src) + familiarity(pair.dst) - Number(pair.src === pair.dst);
    if (best === undefined || score > best.score) best = { pair, score };
    if (score === MOST_FAMILIAR || ++seen > MOST_PAIRS) break;
  }
  if (best === undefined) throw new Error("a block without a pair has no witness");
  return explainPair(stage, block, best.pair);
}

type Pair = { readonly src: End | Peer; readonly dst: End | Peer };

const MOST_FAMILIAR = 4;
const MOST_PAIRS = 500;

function familiarity(end: End | Peer): number {
  if (end.kind === "workload") return 2;
  return end.kind === "addresses" ? 1 : 0;
}

/** Causes and witness of one pair of a block. */
export function explainPair(
  stage: Stage,
  block: Block,
  pair: { readonly src: End | Peer; readonly dst: End | Peer },
): Explanation {
  const end = (of: End | Peer, side: Side) => endpointFor(of, (peer) => stage.endpoint(peer, side));
  const ends = {
    base: { src: end(pair.src, "base"), dst: end(pair.dst, "base") },
    head: { src: end(pair.src, "head"), dst: end(pair.dst, "head") },
  };
  const wanted = block.opened !== NONE ? block.opened : block.closed !== NONE ? block.closed : block.head;
  const known = ends.head.dst.endpoint ?? ends.base.dst.endpoint;
  const hints = portHints(
    known,
    known === undefined ? [] : stage.policies(known, ends.head.dst.endpoint ? "head" : "base"),
  );
  const at = somePort(wanted, hints);
  if (at === undefined) throw new Error("a change without a connection has no witness");
  const replay: Replay = {
    base: replayOn(stage, "base", flowBetween(ends.base.src.endpoint, ends.base.dst.endpoint, at)),
    head: replayOn(stage, "head", flowBetween(ends.head.src.endpoint, ends.head.dst.endpoint, at)),
  };
  const allowed = { base: replay.base?.verdict.allowed ?? false, head: replay.head?.verdict.allowed ?? false };
  if (!block.selfOnly) confirm(block, allowed, at);
  const peer = (of: End | Peer) => (of.kind === "peers" || of.kind === "addresses" ? undefined : of);
  const causes = block.selfOnly
    ? replicaCauses(peer(pair.src))
    : causesOf({ replay, src: peer(pair.src), dst: peer(pair.dst), ...stage });
  const [src, dst] = [ends.head.src.address, ends.head.dst.address];
  return { causes, witness: witnessOf(textOf(pair.src, src), textOf(pair.dst, dst), at, { src, dst }) };
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
    const verdict = replayOn(stage, side, flowBetween(src.endpoint, dst.endpoint, at))?.verdict;
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

function replayOn(stage: Stage, side: Side, flow: Flow | undefined): Replay["base"] {
  if (flow === undefined) return undefined;
  const policies = [...stage.policies(flow.src, side), ...stage.policies(flow.dst, side)];
  return { flow, verdict: judge(policies, flow) };
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
