import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blocksOf, meetsItself } from "../../src/diff/blocks.ts";
import { compare } from "../../src/diff/cells.ts";
import { diffFlows } from "../../src/diff/diff.ts";
import type { FlowDiff } from "../../src/diff/flow-diff.ts";
import { reachableOf } from "../../src/diff/reachable.ts";
import { answer } from "../../src/engine/effects.ts";
import { type Kind, kindsOf } from "../../src/engine/kinds.ts";
import { endpointOf, type Space, type Universe, universe } from "../../src/engine/universe.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import type { Peer, Side } from "../../src/model/peer.ts";
import { includesAddress } from "../../src/sets/addresses.ts";
import { type Conn, includes, intersect, NONE } from "../../src/sets/conn.ts";
import { FIRST_NAME } from "../../src/sets/protocol.ts";
import { clusters, type Features } from "./clusters.ts";
import { edited } from "./edits.ts";
import { ADDRESSES, allowed, EVERY, NAMED, OPTIONS, PROBES, pairsOf } from "./flows.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";

const SIDES = ["base", "head"] as const;
const few = { ...OPTIONS, limit: 12 };

/** Two trees: one half the second is something else, one half the first with some edits. */
const twoOf = (features: Features) =>
  fc.oneof(fc.tuple(clusters(features), clusters(features)), edited(features, clusters(features)));

describe.each(EVERY)("%s", { timeout: TIMEOUT_MS }, (_, features) => {
  it("the engine's answer for every pair is pointwise's on every port that a rule mentions and its neighbours", () => {
    fc.assert(
      fc.property(twoOf(features), ([base, other]) => {
        const head = { ...other, namespaces: base.namespaces };
        const space = universe(base, head, few);
        for (const side of SIDES) {
          const cluster = side === "base" ? base : head;
          for (const [i, src] of space.peers.entries()) {
            for (const [j, dst] of space.peers.entries()) {
              const conn = space.whole().reach.conn(viewAt(space, side, i), viewAt(space, side, j));
              const ends = { src: endpointOf(src, side), dst: endpointOf(dst, side) };
              agree({ conn, cluster, ends, shown: space.conns, what: `${src.text} => ${dst.text} in ${side}` });
            }
            addressesAgree(space, cluster, side, i);
          }
        }
      }),
      runs(1 / 2),
    );
  });

  it("the diff is what pointwise says of every declared pair, no more and no less", () => {
    fc.assert(
      fc.property(twoOf(features), ([base, head]) => {
        diffAgrees(base, head, diffFlows(universe(base, head, OPTIONS), []));
      }),
      runs(1),
    );
  });

  it("sorting peers into classes, and policies into effects, changes no answer", () => {
    fc.assert(
      fc.property(twoOf(features), ([base, head]) => {
        const space = universe(base, head, few);
        for (const side of SIDES) {
          for (const i of space.peers.keys()) {
            for (const j of space.peers.keys()) {
              const [src, dst] = [viewAt(space, side, i), viewAt(space, side, j)];
              if (src.egress === undefined || dst.ingress === undefined) continue;
              if (src.endpoint === undefined || dst.endpoint === undefined) continue;
              const plain = intersect(answer(src.egress, dst.endpoint).conn, answer(dst.ingress, src.endpoint).conn);
              if (plain !== space.whole().reach.conn(src, dst)) throw new Error(`${i} => ${j} in ${side}`);
            }
          }
        }
      }),
      runs(1 / 2),
    );
  });

  it("everything that is allowed on either side is between a source and one of its reachable targets", () => {
    fc.assert(
      fc.property(twoOf(features), ([base, head]) => {
        const space = universe(base, head, few);
        const { reach, view } = space.whole();
        const kinds = kindsOf(space.peers, view);
        const reachable = reachableOf(kinds, kinds);
        for (const src of kinds) {
          const targets = reachable(src);
          expect(targets).toEqual(kinds.filter((kind) => targets.includes(kind)));
          const others = kinds.filter((kind) => !targets.includes(kind));
          for (const side of SIDES) for (const dst of others) expect(reach.conn(src[side], dst[side])).toBe(NONE);
        }
      }),
      runs(1),
    );
  });

  it("comparing the affected peers alone is comparing everybody", () => {
    fc.assert(
      fc.property(edited(features, clusters(features)), ([base, head]) => {
        const space = universe(base, head, few);
        const changes = (peers: readonly Peer[], { reach, view }: Space) => {
          const blocks = blocksOf(compare(kindsOf(peers, view), reach, space.conns), new Set());
          return [...pairsOf(blocks)].map(([pair, { opened, closed }]) => `${pair}: ${opened.id} ${closed.id}`).sort();
        };
        const near = changes(space.affected, space.near).join("\n");
        const whole = changes(space.peers, space.whole()).join("\n");
        if (near !== whole) throw new Error(`${near}\ninstead of\n${whole}`);
      }),
      runs(1),
    );
  });

  it("comparing kinds of peers is comparing each peer", () => {
    fc.assert(
      fc.property(twoOf(features), ([base, head]) => {
        const space = universe(base, head, few);
        const kinds = kindsOf(space.peers, space.whole().view);
        const alone = kinds.flatMap((kind) => kind.members.map((peer): Kind => ({ ...kind, members: [peer] })));
        const changes = (of: readonly Kind[]) => {
          const blocks = blocksOf(compare(of, space.whole().reach, space.conns), new Set());
          return [...pairsOf(blocks)].map(([pair, { opened, closed }]) => `${pair}: ${opened.id} ${closed.id}`).sort();
        };
        const one = changes(kinds).join("\n");
        const other = changes(alone.map((kind, id) => ({ ...kind, id }))).join("\n");
        if (one !== other) throw new Error(`${one}\ninstead of\n${other}`);
      }),
      runs(1 / 2),
    );
  });
});

function viewAt(space: Universe, side: Side, i: number) {
  const peer = space.peers[i];
  if (peer === undefined) throw new Error("there is no such peer");
  return space.whole().view(peer, side);
}

type Agreement = {
  readonly conn: Conn;
  readonly cluster: Cluster;
  readonly ends: Parameters<typeof allowed>[1];
  readonly shown: Conn;
  readonly what: string;
};

function agree({ conn, cluster, ends, shown, what }: Agreement): void {
  const undeclared = ends.dst?.kind === "pod" && ends.dst.pod.ports === undefined;
  for (const [protocol, port] of undeclared ? [...PROBES, ...NAMED] : PROBES) {
    if (!includes(shown, protocol, port) && port < FIRST_NAME) continue;
    const expected = allowed(cluster, ends, protocol, port);
    if (includes(conn, protocol, port) !== expected) {
      throw new Error(`${what}: ${String(protocol)} ${port} should be ${expected ? "allowed" : "blocked"}`);
    }
  }
}

function addressesAgree(space: Universe, cluster: Cluster, side: Side, i: number): void {
  const view = viewAt(space, side, i);
  const { endpoint } = view;
  if (endpoint?.kind !== "pod") return;
  for (const direction of ["egress", "ingress"] as const) {
    const effect = view[direction];
    if (effect === undefined) continue;
    for (const address of ADDRESSES) {
      const cells = space
        .whole()
        .reach.addresses(effect)
        .filter(({ set }) => includesAddress(set, address));
      if (cells.length !== 1) throw new Error(`${cells.length} answers for one address`);
      const outside: Endpoint = { kind: "address", address };
      const ends = direction === "egress" ? { src: endpoint, dst: outside } : { src: outside, dst: endpoint };
      const what = `${address.value} ${direction} of ${i} in ${side}`;
      agree({ conn: cells[0]?.answer.conn ?? NONE, cluster, ends, shown: space.conns, what });
    }
  }
}

function diffAgrees(base: Cluster, head: Cluster, diff: FlowDiff): void {
  const pairs = pairsOf(diff.groups.map(({ block }) => block));
  const workloads = diff.peers.filter((peer) => peer.kind === "workload");
  for (const src of workloads) {
    for (const dst of workloads) {
      if (src === dst && !meetsItself(src)) continue;
      const key = `${src.text} > ${dst.text}`;
      const change = pairs.get(key);
      for (const [protocol, port] of PROBES) {
        if (!includes(diff.universe, protocol, port)) continue;
        const before = allowed(base, { src: endpointOf(src, "base"), dst: endpointOf(dst, "base") }, protocol, port);
        const after = allowed(head, { src: endpointOf(src, "head"), dst: endpointOf(dst, "head") }, protocol, port);
        const opens = includes(change?.opened ?? NONE, protocol, port);
        const closes = includes(change?.closed ?? NONE, protocol, port);
        if (opens !== (!before && after) || closes !== (before && !after)) {
          throw new Error(`${key} ${String(protocol)} ${port}: ${before} before, ${after} after`);
        }
      }
    }
  }
}
