import type { Endpoint } from "../model/endpoint.ts";
import { type Peer, SIDES, type Side } from "../model/peer.ts";
import { type Policy, resolve } from "../model/policy.ts";
import { holds } from "../model/predicate.ts";
import { type Flow, judge } from "../pointwise/judge.ts";
import { type Conn, intersect, NONE, subtract } from "../sets/conn.ts";
import type { Surroundings } from "./cause-words.ts";
import { causesOf, distinct, type Replay } from "./causes.ts";
import { formsAt } from "./differences.ts";
import type { Block, Cause } from "./flow-diff.ts";
import { flowBetween, somePort } from "./witness.ts";

/** What a replay needs: both clusters, who a peer is on each side, and which policies can matter for a pod. */
export type Stage = Surroundings & {
  readonly endpoint: (peer: Peer, side: Side) => Endpoint | undefined;
  readonly policies: (endpoint: Endpoint, side: Side) => readonly Policy[];
  readonly changed: (policy: Policy) => boolean;
};

/** Two ends on both sides; `undefined` where one is not there. */
export type Ends = Readonly<Record<Side, { readonly src: Endpoint | undefined; readonly dst: Endpoint | undefined }>>;

export type At = Pick<Flow, "protocol" | "port">;

/** The flow at one port, replayed on both sides. */
export function replayAt(stage: Stage, ends: Ends, at: At): Replay {
  return { base: replayOn(stage, "base", ends.base, at), head: replayOn(stage, "head", ends.head, at) };
}

/** The flow at one port, replayed on one side; `undefined` where an end is not there. */
export function replayOn(stage: Stage, side: Side, ends: Ends[Side], at: At): Replay[Side] {
  const flow = flowBetween(ends.src, ends.dst, at);
  if (flow === undefined) return undefined;
  const policies = [...stage.policies(flow.src, side), ...stage.policies(flow.dst, side)];
  return { flow, verdict: judge(policies, flow) };
}

type Peers = { readonly src: Peer | undefined; readonly dst: Peer | undefined };

/** Parts of a change that are replayed one by one at most. */
const PARTS = 8;

/** Why all of a pair's change came about: ports that different rules speak of have causes of their own. */
export function causesOfPair(stage: Stage, block: Block, peers: Peers, ends: Ends): readonly Cause[] {
  const changed = [block.opened, block.closed].filter((conn) => conn !== NONE);
  const parts = changed.length === 0 ? [block.head] : partsOf(changed, rulesAbout(stage, peers, ends));
  const causes = parts.flatMap((part) => {
    const at = somePort(part, []);
    return at === undefined ? [] : causesOf({ replay: replayAt(stage, ends, at), ...peers, ...stage });
  });
  return distinct(causes);
}

/** Connections of the rules about one end that speak of the other; first those of policies that changed. */
function rulesAbout(stage: Stage, peers: Peers, ends: Ends): readonly Conn[] {
  const dst = ends.head.dst ?? ends.base.dst;
  if (dst === undefined) return [];
  const forms = formsOf(peers, ends);
  const conns: { readonly changed: boolean; readonly conn: Conn }[] = [];
  for (const [subject, peer, direction] of SPEAKING) {
    const others = forms[peer];
    const policies = SIDES.flatMap((side) => forms[subject].flatMap((form) => stage.policies(form, side)));
    for (const policy of new Set(policies)) {
      if (policy.direction !== direction) continue;
      const changed = stage.changed(policy);
      for (const { peer: predicate, conn } of policy.rules) {
        if (others.some((other) => holds(predicate, other))) conns.push({ changed, conn: resolve(conn, dst) });
      }
    }
  }
  const sorted = conns.sort((a, b) => Number(b.changed) - Number(a.changed));
  return [...new Set(sorted.map(({ conn }) => conn))];
}

/** Who may stand at each end: on either side, and with one difference more or less. */
function formsOf(peers: Peers, { base, head }: Ends): Readonly<Record<"src" | "dst", readonly Endpoint[]>> {
  const [before, after] = [flowBetween(base.src, base.dst, ANY), flowBetween(head.src, head.dst, ANY)];
  if (before !== undefined && after !== undefined) return formsAt({ ...peers, flow: { base: before, head: after } });
  const there = (end: "src" | "dst") => [head[end], base[end]].filter((form) => form !== undefined);
  return { src: there("src"), dst: there("dst") };
}

const ANY: At = { protocol: "TCP", port: 1 };

const SPEAKING = [
  ["dst", "src", "ingress"],
  ["src", "dst", "egress"],
] as const;

/** `whole` cut so that each rule speaks of all of a part or of nothing in it, as far as there is room. */
function partsOf(whole: readonly Conn[], rules: readonly Conn[]): readonly Conn[] {
  let parts = whole;
  for (const rule of rules) {
    const cut = parts.flatMap((part) => [intersect(part, rule), subtract(part, rule)].filter((conn) => conn !== NONE));
    if (cut.length > PARTS) break;
    parts = cut;
  }
  return parts;
}
