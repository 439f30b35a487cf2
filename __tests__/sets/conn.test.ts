import { describe, expect, it } from "vitest";
import {
  ALL,
  covers,
  EVERYTHING,
  includes,
  intersect,
  NONE,
  namedPort,
  numeric,
  ports,
  subtract,
  union,
  wholeProtocol,
  withoutIdleNames,
} from "../../src/sets/conn.ts";
import { FIRST_NAME, numbered } from "../../src/sets/protocol.ts";

describe("sets of connections", () => {
  it("every port of a protocol is the protocol, port names included", () => {
    expect(ports("TCP", 1, 65535)).toBe(wholeProtocol("TCP"));
    expect(covers(ports("TCP", 1, 65535), namedPort("TCP", "http"))).toBe(true);
    expect(covers(ports("TCP", 1, 65534), namedPort("TCP", "http"))).toBe(false);
    expect(ports("TCP", 2, 65535)).not.toBe(wholeProtocol("TCP"));
  });

  it("everything is the neutral element of an intersection, on either side", () => {
    const some = ports("UDP", 53);
    expect(intersect(EVERYTHING, some)).toBe(some);
    expect(intersect(some, EVERYTHING)).toBe(some);
    expect(subtract(some, EVERYTHING)).toBe(NONE);
    expect(union(NONE, some)).toBe(some);
  });

  it("many pairs of sets keep their own intersections", () => {
    const ranges = Array.from({ length: 60 }, (_, i) => ports("TCP", 100 * i + 1, 100 * i + 150));
    for (const [i, a] of ranges.entries()) {
      for (const [j, b] of ranges.entries()) {
        const common =
          i === j
            ? a
            : Math.abs(i - j) === 1
              ? ports("TCP", 100 * Math.max(i, j) + 1, 100 * Math.max(i, j) + 50)
              : NONE;
        expect(intersect(a, b)).toBe(common);
      }
    }
  });

  it("where ports are numbers no name is left", () => {
    expect(numeric(namedPort("TCP", "http"))).toBe(NONE);
    expect(includes(numeric(ALL), "TCP", FIRST_NAME)).toBe(false);
    expect(includes(numeric(ALL), "TCP", 65535)).toBe(true);
  });

  it("names are idle where all of a protocol's are in or none, and told where only some are", () => {
    const some = union(ports("TCP", 80), namedPort("TCP", "http"));
    expect(withoutIdleNames(some)).toBe(some);
    expect(withoutIdleNames(ALL)).toBe(numeric(ALL));
    expect(withoutIdleNames(union(wholeProtocol("UDP"), some))).toBe(union(numeric(wholeProtocol("UDP")), some));
  });

  it("a protocol has one slot by its name and by its number", () => {
    const byName = [1, 6, 17, 58, 132, 136].map(numbered);
    expect(byName).toEqual(["ICMP", "TCP", "UDP", "ICMPv6", "SCTP", "UDPLite"]);
    expect(numbered(47)).toBe(47);
  });
});
