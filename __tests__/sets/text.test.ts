import { describe, expect, it } from "vitest";
import { formatAddresses, parseAddress, parseCidr } from "../../src/sets/address-text.ts";
import { ALL_ADDRESSES, NO_ADDRESS, subtractAddresses, unionAddresses } from "../../src/sets/addresses.ts";
import {
  ALL,
  type Conn,
  EVERYTHING,
  NONE,
  namedPort,
  ports,
  subtract,
  union,
  wholeProtocol,
} from "../../src/sets/conn.ts";
import { formatConn } from "../../src/sets/conn-text.ts";

const cases: readonly (readonly [string, Conn, Conn?])[] = [
  ["No Connections", NONE],
  ["All Connections", ALL],
  ["All Connections", EVERYTHING],
  ["All Connections", EVERYTHING, EVERYTHING],
  ["TCP 80", ports("TCP", 80)],
  ["TCP 80-82", union(ports("TCP", 80, 81), ports("TCP", 82))],
  [
    "SCTP 1-65535,TCP 80,443,UDP 53",
    [ports("TCP", 80), ports("TCP", 443), ports("UDP", 53), wholeProtocol("SCTP")].reduce(union),
  ],
  ["SCTP 1-65535,TCP 1-3305,3307-65535,UDP 1-65535", subtract(ALL, ports("TCP", 3306))],
  ["TCP http", namedPort("TCP", "http")],
  ["TCP 80,http", union(ports("TCP", 80), namedPort("TCP", "http"))],
  ["All Connections except ICMP", subtract(EVERYTHING, wholeProtocol("ICMP")), EVERYTHING],
  ["TCP 80,ICMP", union(ports("TCP", 80), wholeProtocol("ICMP")), EVERYTHING],
  ["ICMP [type 8]", ports("ICMP", 8 * 256, 8 * 256 + 255), EVERYTHING],
  [
    "ICMP [type 3 code 4; type 8]",
    union(ports("ICMP", 8 * 256, 8 * 256 + 255), ports("ICMP", 3 * 256 + 4)),
    EVERYTHING,
  ],
  ["UDPLite 80", ports("UDPLite", 80), EVERYTHING],
  ["protocol 47", wholeProtocol(47), EVERYTHING],
];

describe("connections as text", () => {
  for (const [text, conn, universe = ALL] of cases) {
    it(`${text} (${conn.id} of ${universe.id})`, () => {
      expect(formatConn(conn, universe)).toBe(text);
    });
  }

  it("are one object where they are equal", () => {
    expect(union(ports("TCP", 1, 100), ports("TCP", 101, 200))).toBe(ports("TCP", 1, 200));
    expect(subtract(union(ports("UDP", 53), ports("TCP", 53)), ports("UDP", 53))).toBe(ports("TCP", 53));
  });
});

describe("addresses as text", () => {
  const set = (...blocks: string[]) => blocks.map((text) => parseCidr(text)?.set ?? NO_ADDRESS).reduce(unionAddresses);

  it.each([
    ["0.0.0.0/0,::/0", ALL_ADDRESSES],
    ["10.0.0.0/8", set("10.0.0.0/8")],
    ["192.0.2.7", set("192.0.2.7/32")],
    ["0.0.0.0-9.255.255.255,11.0.0.0-255.255.255.255", subtractAddresses(set("0.0.0.0/0"), set("10.0.0.0/8"))],
    ["10.0.0.0/7", set("10.0.0.0/8", "11.0.0.0/8")],
    ["192.0.2.1-192.0.2.2", set("192.0.2.1/32", "192.0.2.2/32")],
    ["2001:db8::/32", set("2001:db8::/32")],
    ["2001:db8::1", set("2001:db8::1/128")],
  ])("%s", (text, addresses) => {
    expect(formatAddresses(addresses)).toBe(text);
  });

  it.each([
    "10.0.0.1",
    "1.2.3",
    "010.0.0.1/8x",
    "10.0.0.0/33",
    "::1",
    "::/129",
    "fe80::1%eth0/64",
    "10.0.0.0/",
    "/8",
    "256.0.0.0/8",
  ])("%s is no CIDR", (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  it("say where a block names an address inside itself", () => {
    expect(parseCidr("10.0.0.7/24")).toMatchObject({ hostBits: true, family: 4, prefix: 24 });
    expect(parseCidr("10.0.0.0/24")).toMatchObject({ hostBits: false });
    expect(parseAddress("2001:db8::1")).toMatchObject({ family: 6 });
    expect(parseAddress("300.0.0.1")).toBeUndefined();
  });
});
