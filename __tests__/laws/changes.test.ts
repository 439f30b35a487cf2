import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffFlows } from "../../src/diff/diff.ts";
import type { Change, FlowDiff } from "../../src/diff/flow-diff.ts";
import { endpointOf, universe } from "../../src/engine/universe.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import type { Side } from "../../src/model/peer.ts";
import { includes, NONE, namedPort } from "../../src/sets/conn.ts";
import { SLOT, slotOf } from "../../src/sets/protocol.ts";
import { clusters, withParts } from "./clusters.ts";
import { edited } from "./edits.ts";
import { allowed, EVERY, OPTIONS, pairsOf } from "./flows.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";

describe.each(EVERY)("%s", { timeout: TIMEOUT_MS }, (_, features) => {
  const twoTrees = fc.oneof(fc.tuple(clusters(features), clusters(features)), edited(features, clusters(features)));

  it("a tree compared with itself has no difference", () => {
    fc.assert(
      fc.property(clusters(features), (cluster) => {
        const copy = withParts({ ...cluster, policies: cluster.policies.map((policy) => ({ ...policy })) });
        const diff = diffFlows(universe(cluster, copy, OPTIONS), []);
        expect(diff.groups).toEqual([]);
        expect(diff.arrivals).toEqual([]);
      }),
      runs(1),
    );
  });

  it("comparing the other way round swaps opened and closed", () => {
    fc.assert(
      fc.property(twoTrees, ([base, head]) => {
        const there = changesOf(diffFlows(universe(base, head, OPTIONS), []), "opened", "closed");
        const back = changesOf(diffFlows(universe(head, base, OPTIONS), []), "closed", "opened");
        expect(there.filter(isDeclared)).toEqual(back.filter(isDeclared));
      }),
      runs(1),
    );
  });

  it("grouping loses nothing and invents nothing: the rows add up to the counts, and the groups cover the same pairs", () => {
    fc.assert(
      fc.property(twoTrees, ([base, head]) => {
        const diff = diffFlows(universe(base, head, OPTIONS), []);
        const { changes } = diff.rows(100_000);
        expect(changes.filter(({ opened }) => opened !== NONE).length).toBe(diff.opened);
        expect(changes.filter(({ closed }) => closed !== NONE).length).toBe(diff.closed);
        expect(diff.groups.reduce((sum, { block }) => sum + block.pairs, 0)).toBe(changes.length);
        const rows = changes.map(({ src, dst, opened, closed }) =>
          line(`${src.text} > ${dst.text}`, opened.id, closed.id),
        );
        expect(changesOf(diff, "opened", "closed")).toEqual(rows.sort());
      }),
      runs(1 / 2),
    );
  });

  it("every witness replays against all policies of both trees", () => {
    fc.assert(
      fc.property(twoTrees, ([base, head]) => {
        const diff = diffFlows(universe(base, head, OPTIONS), []);
        for (const change of diff.rows(100_000).changes) replay(change, base, head);
      }),
      runs(1 / 2),
    );
  });
});

function changesOf(diff: FlowDiff, first: "opened" | "closed", second: "opened" | "closed"): readonly string[] {
  const pairs = pairsOf(diff.groups.map(({ block }) => block));
  return [...pairs].map(([pair, block]) => line(pair, block[first].id, block[second].id)).sort();
}

function line(pair: string, opened: number, closed: number): string {
  return `${pair} : ${opened} ${closed}`;
}

/** True of a line about declared ends: which undeclared pods are spoken of may depend on the side. */
function isDeclared(text: string): boolean {
  return !text.includes("entire-cluster") && !/\[(all|pod|namespace)/.test(text);
}

function replay({ src, dst, witness, opened, closed, note, narrowed }: Change, base: Cluster, head: Cluster): void {
  if (narrowed !== undefined) return;
  const { protocol } = witness;
  const port =
    typeof witness.port === "number"
      ? witness.port
      : (namedPort(protocol, witness.port).points[0] ?? 0) - slotOf(protocol) * SLOT;
  const end = (of: Change["src"], address: Change["witness"]["srcAddress"], side: Side): Endpoint | undefined =>
    of.peer === undefined
      ? address === undefined
        ? undefined
        : { kind: "address", address }
      : endpointOf(of.peer, side);
  const on = (side: Side, cluster: Cluster) =>
    allowed(
      cluster,
      { src: end(src, witness.srcAddress, side), dst: end(dst, witness.dstAddress, side) },
      protocol,
      port,
    );
  const isOpened = includes(opened, protocol, port);
  const isClosed = includes(closed, protocol, port);
  const isReplica = src.peer === dst.peer && note === "";
  const before = on("base", base);
  const after = on("head", head);
  if (!isOpened && !isClosed) throw new Error(`${src.text} > ${dst.text}: the witness is no part of the change`);
  if (isReplica) return;
  if (before === after || after !== isOpened)
    throw new Error(`${src.text} > ${dst.text}: ${before} before, ${after} after`);
}
