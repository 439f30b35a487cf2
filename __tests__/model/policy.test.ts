import { describe, expect, it } from "vitest";
import type { Endpoint, Pod } from "../../src/model/endpoint.ts";
import { type ConnTerm, type PortName, possible, resolve } from "../../src/model/policy.ts";
import { type Conn, EVERYTHING, NONE, namedPort, numeric, ports, union, wholeProtocol } from "../../src/sets/conn.ts";

const POD: Pod = {
  namespace: "shop",
  labels: new Map(),
  namespaceLabels: new Map(),
  serviceAccount: "default",
  serviceAccountLabels: new Map(),
  ports: [
    { name: "web", protocol: "TCP", port: 8080 },
    { name: "web", protocol: "UDP", port: 9090 },
    { name: "dns", protocol: "UDP", port: 53 },
  ],
  hostNetwork: false,
};
const declared: Endpoint = { kind: "pod", pod: POD };
const undeclared: Endpoint = { kind: "pod", pod: { ...POD, ports: undefined } };
const address: Endpoint = { kind: "address", address: { family: 4, value: 1 } };

const named = (names: readonly PortName[], rest: Partial<ConnTerm> = {}): ConnTerm => ({
  conn: NONE,
  names,
  notConn: NONE,
  notNames: [],
  ...rest,
});
const web = (protocol: PortName["protocol"]): PortName => ({ name: "web", protocol });
const all = (...conns: readonly Conn[]): Conn => conns.reduce(union, NONE);

describe("a port name", () => {
  it.each<[string, ConnTerm, Endpoint, Conn]>([
    ["with a protocol, at a declared pod", named([web("TCP")]), declared, ports("TCP", 8080)],
    ["without one, at a declared pod", named([web(undefined)]), declared, all(ports("TCP", 8080), ports("UDP", 9090))],
    ["that the pod lacks", named([{ name: "ssh", protocol: "TCP" }]), declared, NONE],
    ["with a protocol, at an undeclared pod", named([web("TCP")]), undeclared, namedPort("TCP", "web")],
    [
      "without one, at an undeclared pod",
      named([web(undefined)]),
      undeclared,
      all(namedPort("SCTP", "web"), namedPort("TCP", "web"), namedPort("UDP", "web")),
    ],
    ["at an address", named([web("TCP")], { conn: ports("TCP", 22) }), address, ports("TCP", 22)],
    [
      "that is taken away",
      named([], { conn: all(ports("TCP", 8080), ports("UDP", 53)), notNames: [web("TCP")] }),
      declared,
      ports("UDP", 53),
    ],
  ])("%s", (_, term, dst, expected) => {
    expect(resolve(term, dst)).toBe(expected);
  });

  it("can be told apart from its number at undeclared pods only", () => {
    const conn = wholeProtocol("TCP");
    expect(possible(conn, undeclared)).toBe(conn);
    expect(possible(conn, declared)).toBe(numeric(conn));
    expect(possible(EVERYTHING, address)).toBe(numeric(EVERYTHING));
  });
});
