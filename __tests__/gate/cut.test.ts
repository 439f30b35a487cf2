import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Block } from "../../src/diff/flow-diff.ts";
import { cut } from "../../src/gate/cut.ts";
import { addressesOf } from "../../src/gate/ends.ts";
import { viewsOf } from "../../src/gate/peer-view.ts";
import type { Clause, Exception, PeerSelector, Rule } from "../../src/gate/rule.ts";
import { hasTwins } from "../../src/model/cluster.ts";
import type { End, Peer } from "../../src/model/peer.ts";
import type { ConnTerm } from "../../src/model/policy.ts";
import { parseAddress, parseCidr } from "../../src/sets/address-text.ts";
import {
  type Address,
  type AddressSet,
  includesAddress,
  NO_ADDRESS,
  unionAddresses,
} from "../../src/sets/addresses.ts";
import {
  type Conn,
  EVERYTHING,
  includes,
  NONE,
  namedPort,
  pointsOf,
  ports,
  union,
  wholeProtocol,
} from "../../src/sets/conn.ts";
import { rulesOf } from "./rules.ts";
import { cluster, pods, workload } from "./world.ts";

/** Six workloads, each on both sides, in one of two namespaces, with labels that may change; two undeclared pods. */
const APPS = ["a", "b", "c"];
const appOf = fc.constantFrom(...APPS);
const workloadArbitrary = (i: number) =>
  fc
    .record({
      base: fc.option(appOf, { nil: undefined }),
      head: appOf,
      replicas: fc.constantFrom(1, 2),
      port: fc.constantFrom(80, 81),
    })
    .map(({ base, head, replicas, port }): Peer => {
      const path = `${i % 2 === 0 ? "x" : "y"}/w${i}`;
      const make = (app: string) =>
        workload(path, { labels: { app }, replicas, ports: [{ name: "http", protocol: "TCP", port }] });
      return { kind: "workload", text: path, base: base === undefined ? undefined : make(base), head: make(head) };
    });
const peersArbitrary = fc
  .tuple(...Array.from({ length: 6 }, (_, i) => workloadArbitrary(i)))
  .map((all): readonly Peer[] => [...all, pods("x", { app: "a" }), pods("")]);

const labels = appOf.map((app) => [{ key: "app", operator: "In", values: [app] } as const]);
const cidrs = fc
  .uniqueArray(fc.constantFrom("10.0.0.0/30", "10.0.0.0/29", "10.0.0.4/31", "10.0.0.2/32"), {
    minLength: 1,
    maxLength: 2,
  })
  .map((texts) => texts.map((text) => parseCidr(text)?.set ?? NO_ADDRESS).reduce(unionAddresses));
const selector: fc.Arbitrary<PeerSelector> = fc.oneof(
  fc.constant<PeerSelector>({ kind: "anywhere" }),
  fc.constant<PeerSelector>({ kind: "external" }),
  cidrs.map((set): PeerSelector => ({ kind: "cidr", set })),
  labels.map(
    (requirements): PeerSelector => ({
      kind: "pods",
      namespace: { kind: "any" },
      pods: { kind: "labels", requirements },
    }),
  ),
  fc
    .constantFrom("x", "y")
    .map((name): PeerSelector => ({ kind: "pods", namespace: { kind: "name", name }, pods: { kind: "any" } })),
  fc.constantFrom("w0", "w1").map(
    (name): PeerSelector => ({
      kind: "pods",
      namespace: { kind: "any" },
      pods: { kind: "workload", name, workloadKind: undefined },
    }),
  ),
);
const portTerm: fc.Arbitrary<ConnTerm> = fc
  .record({
    conn: fc.constantFrom(NONE, ports("TCP", 80), ports("TCP", 80, 81), wholeProtocol("TCP"), ports("UDP", 80)),
    named: fc.boolean(),
  })
  .map(({ conn, named }) => ({
    conn,
    names: named ? [{ name: "http", protocol: "TCP" }] : [],
    notConn: NONE,
    notNames: [],
  }));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const clause = fc.record({ from: maybe(selector), to: maybe(selector), ports: maybe(portTerm) });
const ruleArbitrary = fc
  .record({ own: clause, allowed: fc.array(clause, { maxLength: 3 }), join: fc.constantFrom(undefined, "allow") })
  .map(
    ({ own, allowed, join }): Rule => ({
      ...own,
      allowed,
      join: join === "allow" ? "allow" : undefined,
      name: "rule",
      description: "",
      on: "widen",
      severity: "error",
      owner: "",
      declared: "here",
      at: { file: "", line: 0 },
    }),
  );
const exceptionArbitrary = clause.map(
  (own): Exception => ({ ...own, rule: "rule", until: "2030-01-01", reason: "", at: { file: "", line: 0 } }),
);

/** The point that stands for the name. */
const HTTP = pointsOf(namedPort("TCP", "http"), "TCP")[0]?.[0] ?? 0;

/** Points that tell every connection above apart. */
const POINTS = [
  ["TCP", 79],
  ["TCP", 80],
  ["TCP", 81],
  ["TCP", HTTP],
  ["UDP", 80],
  ["SCTP", 1],
] as const;

const openedArbitrary = fc.constantFrom<Conn>(
  EVERYTHING,
  ports("TCP", 80),
  union(ports("TCP", 79, 81), namedPort("TCP", "http")),
  union(wholeProtocol("TCP"), ports("UDP", 80)),
);

type Point = { readonly peer: Peer } | { readonly address: Address };

const ADDRESSES = Array.from({ length: 10 }, (_, i) => parseAddress(`10.0.0.${i}`)).filter(
  (each) => each !== undefined,
);

function pointsIn(end: End): readonly Point[] {
  if (end.kind === "peers") return end.peers.map((peer) => ({ peer }));
  return ADDRESSES.filter((address) => includesAddress(end.addresses, address)).map((address) => ({ address }));
}

function key(point: Point): string {
  return "peer" in point ? point.peer.text : String(point.address.value);
}

/** The definition, point by point and as plain as it can be. */
function isAt(asked: PeerSelector | undefined, point: Point, side: "base" | "head"): boolean {
  if (asked === undefined || asked.kind === "anywhere") return true;
  if ("address" in point)
    return asked.kind === "external" || (asked.kind === "cidr" && includesAddress(asked.set, point.address));
  if (asked.kind !== "pods" || point.peer.kind === "entity" || point.peer.kind === "fqdn") return false;
  const { peer } = point;
  const pod = peer.kind === "workload" ? peer[side]?.pod : peer[side];
  if (pod === undefined) return false;
  const inSpace = asked.namespace.kind !== "name" || pod.namespace === asked.namespace.name;
  if (asked.pods.kind === "workload")
    return inSpace && peer.kind === "workload" && peer[side]?.name === asked.pods.name;
  if (asked.pods.kind === "any") return inSpace;
  return inSpace && asked.pods.requirements.every((each) => each.values.includes(pod.labels.get(each.key) ?? ""));
}

const exists = (point: Point) => "address" in point || point.peer.kind !== "workload" || point.peer.base !== undefined;
const isSubject = (asked: PeerSelector | undefined, point: Point) =>
  isAt(asked, point, "base") || isAt(asked, point, "head");
const isGranted = (asked: PeerSelector | undefined, point: Point) =>
  isAt(asked, point, "head") && (!exists(point) || isAt(asked, point, "base"));

function inPorts(asked: ConnTerm | undefined, dst: Point, [protocol, port]: (typeof POINTS)[number]): boolean {
  if (asked === undefined || includes(asked.conn, protocol, port)) return true;
  if (protocol !== "TCP" || asked.names.length === 0 || !("peer" in dst)) return false;
  if (dst.peer.kind === "representative") return port === HTTP;
  return dst.peer.kind === "workload" && (dst.peer.head ?? dst.peer.base)?.pod.ports?.[0]?.port === port;
}

function isProtected(rule: Rule, dst: Point, point: (typeof POINTS)[number]): boolean {
  if (inPorts(rule.ports, dst, point)) return true;
  const byNumber =
    rule.ports !== undefined &&
    POINTS.some((each) => each[0] === point[0] && includes(rule.ports?.conn ?? NONE, each[0], each[1]));
  const isName = point[1] === HTTP;
  return isName && byNumber && "peer" in dst && dst.peer.kind === "representative";
}

function covers(
  each: Clause,
  src: Point,
  dst: Point,
  point: (typeof POINTS)[number],
  granted: typeof isGranted,
): boolean {
  return granted(each.from, src) && granted(each.to, dst) && inPorts(each.ports, dst, point);
}

/** `objection exception` for one flow; empty where the rule has nothing to say. */
function expected(
  block: Block,
  src: Point,
  dst: Point,
  point: (typeof POINTS)[number],
  rule: Rule,
  exceptions: readonly Exception[],
): string {
  const self =
    "peer" in src && "peer" in dst && src.peer === dst.peer && src.peer.kind === "workload" ? src.peer.head : undefined;
  if (self !== undefined && !hasTwins(self)) return "";
  if (!includes(block.opened, point[0], point[1]) || !isSubject(rule.from, src) || !isSubject(rule.to, dst)) return "";
  if (!isProtected(rule, dst, point)) return "";
  const settled = (asked: PeerSelector | undefined, one: Point) =>
    isAt(asked, one, "head") && (asked === undefined || (exists(one) ? isAt(asked, one, "base") : !needsBase(asked)));
  const inHead = (asked: PeerSelector | undefined, one: Point) => isAt(asked, one, "head");
  if (rule.allowed.some((each) => covers(each, src, dst, point, rule.join === "allow" ? inHead : settled))) return "";
  const objection = rule.allowed.some((each) => covers(each, src, dst, point, isGranted))
    ? "arrived"
    : rule.allowed.some((each) => covers(each, src, dst, point, inHead))
      ? "joined"
      : "widened";
  return `${objection} ${exceptions.findIndex((each) => covers(each, src, dst, point, isGranted))}`;
}

/** A newcomer arrives by what it is, not by selectors that hold for everything. */
function needsBase(asked: PeerSelector): boolean {
  return asked.kind === "pods";
}

describe("cutting a block to what a rule objects to", () => {
  test("is exact: flow by flow it is the definition, no flow is told twice", () => {
    const endArbitrary = (peers: readonly Peer[]): fc.Arbitrary<End> =>
      fc.oneof(
        fc.subarray([...peers], { minLength: 1 }).map((some): End => ({ kind: "peers", peers: some })),
        fc.constant<End>({ kind: "addresses", addresses: parseCidr("10.0.0.0/28")?.set ?? NO_ADDRESS }),
      );
    const scene = peersArbitrary.chain((peers) =>
      fc.record({
        peers: fc.constant(peers),
        src: endArbitrary(peers),
        dst: endArbitrary(peers),
        opened: openedArbitrary,
      }),
    );
    fc.assert(
      fc.property(
        scene,
        ruleArbitrary,
        fc.array(exceptionArbitrary, { maxLength: 2 }),
        ({ src, dst, opened }, rule, exceptions) => {
          const block = blockOf(src, dst, opened);
          const trees = cluster({ workloads: [], namespaces: ["x", "y"] });
          const cuts = cut(block, opened, { rule, exceptions, views: viewsOf([], trees, trees), marked: new Set() });
          const told = new Map<string, string>();
          const wrong: string[] = [];
          for (const each of cuts) {
            if (each.block.pairs < 1) wrong.push("empty");
            for (const one of pointsIn(each.block.src))
              for (const two of pointsIn(each.block.dst))
                for (const point of POINTS) {
                  if (!includes(each.block.opened, point[0], point[1])) continue;
                  if (
                    one !== two &&
                    "peer" in one &&
                    "peer" in two &&
                    one.peer === two.peer &&
                    one.peer.kind === "workload" &&
                    one.peer.head !== undefined &&
                    !hasTwins(one.peer.head)
                  )
                    continue;
                  const flow = `${key(one)} ${key(two)} ${point}`;
                  if (told.has(flow)) wrong.push(`twice: ${flow}`);
                  told.set(
                    flow,
                    `${each.objection} ${each.exception === undefined ? -1 : exceptions.indexOf(each.exception)}`,
                  );
                }
          }
          for (const one of pointsIn(src))
            for (const two of pointsIn(dst))
              for (const point of POINTS) {
                const flow = `${key(one)} ${key(two)} ${point}`;
                const meant = expected(block, one, two, point, rule, exceptions);
                if ((told.get(flow) ?? "") !== meant) wrong.push(`${flow}: ${told.get(flow)}, meant ${meant}`);
              }
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 1500, seed: 20260615 },
    );
  });
});

function blockOf(src: End, dst: End, opened: Conn): Block {
  return { src, dst, base: NONE, head: opened, opened, closed: NONE, narrowed: undefined, selfOnly: false, pairs: 1 };
}

describe("cutting, by hand", () => {
  const trees = cluster({ workloads: [] });
  const views = viewsOf([], trees, trees);
  const cutBy = (text: string, src: End, dst: End, opened: Conn) => {
    const rule = rulesOf(`protected: [${text}]`).rules[0];
    return rule === undefined
      ? []
      : cut(blockOf(src, dst, opened), opened, { rule, exceptions: [], views, marked: new Set() });
  };
  const both = (path: string): Peer => ({ kind: "workload", text: path, base: workload(path), head: workload(path) });
  const ends = (...peers: readonly Peer[]): End => ({ kind: "peers", peers });
  const addresses = (set: AddressSet): End => ({ kind: "addresses", addresses: set });
  const db = both("production/db");

  test("allowed addresses are taken out of the opened ones", () => {
    const text = "{ name: a, to: { workload: db }, allowed: [{ from: { cidr: [10.1.0.0/16] } }] }";
    const cuts = cutBy(text, addresses(parseCidr("10.0.0.0/15")?.set ?? NO_ADDRESS), ends(db), ports("TCP", 80));
    expect(cuts.map(({ block }) => block.src)).toEqual([addresses(parseCidr("10.0.0.0/16")?.set ?? NO_ADDRESS)]);
  });

  test("sources with the same answer stay one block", () => {
    const many = Array.from({ length: 50 }, (_, i) => both(`production/w${i}`));
    const cuts = cutBy(
      "{ name: a, to: { workload: db }, allowed: [{ from: { workload: w7 } }] }",
      ends(...many),
      ends(db),
      EVERYTHING,
    );
    expect(cuts.map(({ block }) => block.pairs)).toEqual([49]);
  });

  test("a name outside the cluster may be any address that a rule protects, and none that it allows", () => {
    const name: Peer = { kind: "fqdn", text: "fqdn:a.example.com", pattern: "a.example.com" };
    const rule = (more: string) => `{ name: a, from: { workload: db }${more} }`;
    const opened = (more: string) => cutBy(rule(more), ends(db), ends(name), ports("TCP", 443)).length;
    expect(opened(", to: { cidr: [10.0.0.0/8] }")).toBe(1);
    expect(opened(", allowed: [{ to: { cidr: [10.0.0.0/8] } }]")).toBe(1);
    expect(opened(", allowed: [{ to: { cidr: [0.0.0.0/0] } }]")).toBe(0);
    expect(opened(", allowed: [{ to: { external: true } }]")).toBe(0);
    expect(opened(", allowed: [{ to: { fqdn: '*.example.com' } }]")).toBe(0);
  });

  test("a port that an undeclared pod knows by name may be the protected number", () => {
    const mysql = namedPort("TCP", "mysql");
    const opened = (more: string) =>
      cutBy(`{ name: a, to: { namespace: production }${more} }`, ends(both("x/web")), ends(pods("production")), mysql);
    expect(opened(", ports: [TCP/3306]").map(({ block }) => block.opened)).toEqual([mysql]);
    expect(opened(", ports: [UDP/3306]")).toEqual([]);
    expect(opened(", allowed: [{ ports: [TCP/3306] }]")).toHaveLength(1);
    expect(opened(", allowed: [{ ports: [TCP/mysql] }]")).toEqual([]);
    expect(opened(", allowed: [{ ports: [TCP] }]")).toEqual([]);
  });

  test("an entity is nobody's pod and no address", () => {
    const host: Peer = { kind: "entity", text: "entity:host", name: "host" };
    const opened = (allowed: string) =>
      cutBy(`{ name: a, to: { workload: db }, allowed: [{ from: ${allowed} }] }`, ends(host), ends(db), EVERYTHING)
        .length;
    expect(["{ external: true }", "{ namespaceSelector: {} }", "{ entity: remote-node }"].map(opened)).toEqual([
      1, 1, 1,
    ]);
    expect(["{ anywhere: true }", "{ entity: host }"].map(opened)).toEqual([0, 0]);
  });

  test("a subject that is anywhere holds every address", () => {
    expect(addressesOf({ kind: "anywhere" })).toBe(addressesOf(undefined));
  });
});
