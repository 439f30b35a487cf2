import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meetsItself, pairsOfBlock } from "../../src/diff/blocks.ts";
import { diffFlows } from "../../src/diff/diff.ts";
import type { FlowDiff } from "../../src/diff/flow-diff.ts";
import { endpointOf, type Universe, universe } from "../../src/engine/universe.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import type { Peer } from "../../src/model/peer.ts";
import { judge } from "../../src/pointwise/judge.ts";
import { parseAddress } from "../../src/sets/address-text.ts";
import { includesAddress } from "../../src/sets/addresses.ts";
import { type Conn, includes, NONE, namedPort } from "../../src/sets/conn.ts";
import { FIRST_NAME, type Protocol, SLOT, slotOf } from "../../src/sets/protocol.ts";
import { anyPod, clusters, type Features, withParts } from "./clusters.ts";

const RUNS = Number(process.env["LAW_RUNS"] ?? 300);
const SEED = Number(process.env["LAW_SEED"] ?? 20261125);
const options = { representatives: true, spoken: [], limit: 5000 };
const every: readonly [string, Features][] = [
  ["NetworkPolicy alone", { tiers: false, dialects: false }],
  ["all tiers", { tiers: true, dialects: false }],
  ["all tiers and mixed dialects", { tiers: true, dialects: true }],
];

const PROBES: readonly (readonly [Protocol, number])[] = [
  ...[1, 19, 20, 21, 23, 24, 39, 40, 41, 43, 44, 60, 63, 64, 80, 83, 84, 65535].flatMap(
    (port) =>
      [
        ["TCP", port],
        ["UDP", port],
      ] as const,
  ),
  ["SCTP", 20],
  ["ICMP", 8 * 256],
  ["ICMP", 0],
  ["other", 0],
];
const ADDRESSES = [
  "9.255.255.255",
  "10.0.0.0",
  "10.1.0.5",
  "10.2.0.0",
  "192.0.2.7",
  "192.0.2.8",
  "2001:db8::1",
  "2001:db9::",
];

function named(name: string, protocol: Protocol): readonly [Protocol, number] {
  const first = namedPort(protocol, name).points[0] ?? 0;
  return [protocol, first - slotOf(protocol) * SLOT];
}
const NAMED = [named("http", "TCP"), named("dns", "UDP")];

function agree(
  conn: Conn,
  cluster: Cluster,
  src: Endpoint | undefined,
  dst: Endpoint | undefined,
  shown: Conn,
  what: string,
): void {
  const undeclared = dst?.kind === "pod" && dst.pod.ports === undefined;
  for (const [protocol, port] of [...PROBES, ...(undeclared ? NAMED : [])]) {
    if (!includes(shown, protocol, port) && port < FIRST_NAME) continue;
    const expected =
      src !== undefined && dst !== undefined && judge(cluster.policies, { src, dst, protocol, port }).allowed;
    if (includes(conn, protocol, port) !== expected) {
      throw new Error(`${what}: ${String(protocol)} ${port} should be ${expected ? "allowed" : "blocked"}`);
    }
  }
}

describe.each(every)("%s", (_, features) => {
  it("the engine's answer for every pair is pointwise's on every port that a rule mentions and its neighbours", () => {
    fc.assert(
      fc.property(clusters(features), clusters(features), (base, other) => {
        const head = { ...other, namespaces: base.namespaces };
        const space = universe(base, head, { ...options, limit: 12 });
        for (const side of ["base", "head"] as const) {
          const cluster = side === "base" ? base : head;
          for (const [i, src] of space.peers.entries()) {
            for (const [j, dst] of space.peers.entries()) {
              const from = space.views[side][i];
              const into = space.views[side][j];
              if (from === undefined || into === undefined) throw new Error("a peer has no view");
              const conn = space.reach.conn(from, into);
              agree(
                conn,
                cluster,
                endpointOf(src, side),
                endpointOf(dst, side),
                space.conns,
                `${src.text} => ${dst.text} in ${side}`,
              );
            }
            addressesAgree(space, cluster, side, i);
          }
        }
      }),
      { numRuns: Math.ceil(RUNS / 3), seed: SEED },
    );
  });

  it("the diff is what pointwise says of every declared pair, no more and no less", () => {
    fc.assert(
      fc.property(clusters(features), clusters(features), (base, head) => {
        const diff = diffFlows(universe(base, head, options), []);
        diffAgrees(base, head, diff);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it("a tree compared with itself has no difference", () => {
    fc.assert(
      fc.property(clusters(features), (cluster) => {
        const copy = withParts({ ...cluster, policies: cluster.policies.map((policy) => ({ ...policy })) });
        const diff = diffFlows(universe(cluster, copy, options), []);
        expect(diff.groups).toEqual([]);
        expect(diff.arrivals).toEqual([]);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it("comparing the other way round swaps opened and closed", () => {
    fc.assert(
      fc.property(clusters(features), clusters(features), (base, head) => {
        const there = rows(diffFlows(universe(base, head, options), []));
        const back = rows(diffFlows(universe(head, base, options), []));
        const swapped = back.map(([pair, opened, closed]) => [pair, closed, opened]);
        expect(there.filter(declared).sort()).toEqual(swapped.filter(declared).sort());
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it("the rows add up to the counts, and the groups cover the same pairs as the rows", () => {
    fc.assert(
      fc.property(clusters(features), clusters(features), (base, head) => {
        const diff = diffFlows(universe(base, head, options), []);
        const { changes } = diff.rows(100_000);
        expect(changes.filter(({ opened }) => opened !== NONE).length).toBe(diff.opened);
        expect(changes.filter(({ closed }) => closed !== NONE).length).toBe(diff.closed);
        const grouped = diff.groups.flatMap(({ block }) => [...pairsOfBlock(block)]).length;
        expect(grouped).toBe(changes.length);
        expect(diff.groups.reduce((sum, { block }) => sum + block.pairs, 0)).toBe(changes.length);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});

function addressesAgree(space: Universe, cluster: Cluster, side: "base" | "head", i: number): void {
  const view = space.views[side][i];
  if (view?.endpoint?.kind !== "pod") return;
  for (const direction of ["egress", "ingress"] as const) {
    const effect = view[direction];
    if (effect === undefined) continue;
    for (const text of ADDRESSES) {
      const address = parseAddress(text);
      if (address === undefined) throw new Error(text);
      const cells = space.reach.addresses(effect).filter(({ set }) => includesAddress(set, address));
      expect(cells.length).toBe(1);
      const outside: Endpoint = { kind: "address", address };
      const [src, dst] = direction === "egress" ? [view.endpoint, outside] : [outside, view.endpoint];
      agree(cells[0]?.answer.conn ?? NONE, cluster, src, dst, space.conns, `${text} ${direction} of ${i} in ${side}`);
    }
  }
}

function diffAgrees(base: Cluster, head: Cluster, diff: FlowDiff): void {
  const opened = new Map<string, Conn>();
  const closed = new Map<string, Conn>();
  for (const change of diff.rows(100_000).changes) {
    const key = `${change.src.text}>${change.dst.text}`;
    expect(opened.has(key)).toBe(false);
    opened.set(key, change.opened);
    closed.set(key, change.closed);
  }
  const workloads = diff.peers.filter((peer) => peer.kind === "workload");
  for (const src of workloads) {
    for (const dst of workloads) {
      if (src === dst && !meetsItself(src)) continue;
      const key = `${src.text}>${dst.text}`;
      for (const [protocol, port] of PROBES) {
        if (!includes(diff.universe, protocol, port)) continue;
        const before = allowed(base, endpointOf(src, "base"), endpointOf(dst, "base"), protocol, port);
        const after = allowed(head, endpointOf(src, "head"), endpointOf(dst, "head"), protocol, port);
        expect([key, port, includes(opened.get(key) ?? NONE, protocol, port)]).toEqual([key, port, !before && after]);
        expect([key, port, includes(closed.get(key) ?? NONE, protocol, port)]).toEqual([key, port, before && !after]);
      }
    }
  }
}

function allowed(
  cluster: Cluster,
  src: Endpoint | undefined,
  dst: Endpoint | undefined,
  protocol: Protocol,
  port: number,
): boolean {
  return src !== undefined && dst !== undefined && judge(cluster.policies, { src, dst, protocol, port }).allowed;
}

type Row = readonly [string, number, number];

function rows(diff: FlowDiff): Row[] {
  return diff
    .rows(100_000)
    .changes.map(({ src, dst, opened, closed }) => [`${src.text}>${dst.text}`, opened.id, closed.id]);
}

function declared([pair]: readonly unknown[]): boolean {
  return typeof pair === "string" && !pair.includes("entire-cluster") && !/\[(all|pod|namespace)/.test(pair);
}

describe("representatives", () => {
  it("cover every flow that opens for a pod that nobody declares", () => {
    fc.assert(
      fc.property(
        clusters({ tiers: false, dialects: false }),
        clusters({ tiers: false, dialects: false }),
        anyPod,
        (base, other, pod) => {
          const head = { ...other, namespaces: base.namespaces, workloads: base.workloads };
          const diff = diffFlows(universe(base, head, options), []);
          const labels =
            base.namespaces.get(pod.namespace)?.labels ?? new Map([["kubernetes.io/metadata.name", pod.namespace]]);
          const stranger: Endpoint = {
            kind: "pod",
            pod: {
              ...pod,
              namespaceLabels: labels,
              serviceAccount: "default",
              serviceAccountLabels: new Map(),
              ports: [],
              hostNetwork: false,
            },
          };
          for (const workload of base.workloads) {
            const known: Endpoint = { kind: "pod", pod: workload.pod };
            for (const [src, dst, far] of [
              [stranger, known, "dst"],
              [known, stranger, "src"],
            ] as const) {
              for (const [protocol, port] of PROBES) {
                if (!includes(diff.universe, protocol, port)) continue;
                const opens = !allowed(base, src, dst, protocol, port) && allowed(head, src, dst, protocol, port);
                if (opens && !isCovered(diff, stranger, workload.name, far, protocol, port)) {
                  throw new Error(`${far} ${workload.name} ${String(protocol)} ${port} opens unseen`);
                }
              }
            }
          }
        },
      ),
      { numRuns: RUNS * 3, seed: SEED },
    );
  });
});

/** True where some opened row speaks of the workload and of undeclared pods that the stranger is one of. */
function isCovered(
  diff: FlowDiff,
  stranger: Endpoint,
  workload: string,
  far: "src" | "dst",
  protocol: Protocol,
  port: number,
): boolean {
  return diff.groups.some(({ block }) => {
    const [near, other] = far === "dst" ? [block.src, block.dst] : [block.dst, block.src];
    if (near.kind === "addresses" || other.kind === "addresses" || !includes(block.opened, protocol, port))
      return false;
    const speaks = other.peers.some((peer) => peer.kind === "workload" && peer.head?.name === workload);
    return speaks && near.peers.some((peer) => matches(peer, stranger));
  });
}

function matches(peer: Peer, stranger: Endpoint): boolean {
  if (peer.kind !== "representative" || stranger.kind !== "pod") return false;
  const within = (few: ReadonlyMap<string, string | undefined>, many: ReadonlyMap<string, string | undefined>) =>
    [...few].every(([key, value]) => many.has(key) && (value === undefined || many.get(key) === value));
  const { pod } = stranger;
  if (peer.namespace !== undefined && peer.namespace !== pod.namespace) return false;
  if (peer.namespace === undefined && !within(peer.head.namespaceLabels, pod.namespaceLabels)) return false;
  return [...peer.head.labels].every(([key, value]) => {
    const listed = new RegExp(`(?:^|,)${key} in \\(([^)]*)\\)`).exec(peer.podTerms)?.[1]?.split(",");
    return pod.labels.has(key) && (value === undefined || (listed ?? [value]).includes(pod.labels.get(key) ?? ""));
  });
}
