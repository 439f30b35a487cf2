import type { Endpoint } from "../model/endpoint.ts";
import type { End, Peer } from "../model/peer.ts";
import type { Policy } from "../model/policy.ts";
import type { Flow } from "../pointwise/judge.ts";
import { parseAddress } from "../sets/address-text.ts";
import { type Address, type AddressSet, includesAddress, someAddress } from "../sets/addresses.ts";
import { type Conn, includes, pointsOf, portName } from "../sets/conn.ts";
import { FIRST_NAME, hasPorts, type Protocol, protocolAt, SLOTS } from "../sets/protocol.ts";

/** Addresses that people know to be examples or the internet. */
const FAMILIAR = ["203.0.113.10", "198.51.100.10", "8.8.8.8", "10.0.0.10", "192.168.0.10", "2001:db8::10"];
const FAMILIAR_PORTS = [80, 443, 8080, 53, 5432, 3306];

const PROTOCOLS: readonly Protocol[] = [
  ...new Set<Protocol>(["TCP", "UDP", "SCTP", ...Array.from({ length: SLOTS }, (_, slot) => protocolAt(slot))]),
];

/** One protocol and port of `conn` that people recognise: TCP before UDP before SCTP, a port that `hints` name. */
export function somePort(conn: Conn, hints: readonly number[]): { protocol: Protocol; port: number } | undefined {
  for (const protocol of PROTOCOLS) {
    const points = pointsOf(conn, protocol);
    if (points.length === 0) continue;
    const wanted = hasPorts(protocol) ? [...hints, ...FAMILIAR_PORTS] : [];
    const port = wanted.find((each) => includes(conn, protocol, each));
    if (port !== undefined) return { protocol, port };
    const first = points[0]?.[0];
    if (first !== undefined) return { protocol, port: first };
  }
  return undefined;
}

/** The port as people read it: its number, or the name that the point stands for. */
export function portText(port: number): number | string {
  return port < FIRST_NAME ? port : (portName(port) ?? port);
}

/** One address of the set that people recognise. */
function familiarAddress(set: AddressSet): Address | undefined {
  for (const text of FAMILIAR) {
    const address = parseAddress(text);
    if (address !== undefined && includesAddress(set, address)) return address;
  }
  return someAddress(set);
}

/** Ports that a reader of the two ends expects: what the destination declares, then what rules about it name. */
export function portHints(dst: Endpoint | undefined, policies: readonly Policy[]): readonly number[] {
  const hints = dst?.kind === "pod" ? (dst.pod.ports ?? []).map(({ port }) => port) : [];
  for (const policy of policies) {
    for (const rule of policy.rules) {
      for (const protocol of ["TCP", "UDP", "SCTP"] as const) {
        const points = pointsOf(rule.conn.conn, protocol);
        if (points.length < 8) for (const [first, last] of points) if (last < FIRST_NAME) hints.push(first);
      }
    }
  }
  return hints;
}

/** The endpoint for one end of a block: the peer itself, or one address of the set. */
export function endpointFor(
  end: End | Peer,
  of: (peer: Peer) => Endpoint | undefined,
): { readonly endpoint: Endpoint | undefined; readonly address: Address | undefined } {
  if (end.kind === "peers") return { endpoint: undefined, address: undefined };
  if (end.kind !== "addresses") return { endpoint: of(end), address: undefined };
  const address = familiarAddress(end.addresses);
  return { endpoint: address === undefined ? undefined : { kind: "address", address }, address };
}

/** A flow, where both ends are there. */
export function flowBetween(
  src: Endpoint | undefined,
  dst: Endpoint | undefined,
  at: { readonly protocol: Protocol; readonly port: number },
): Flow | undefined {
  return src === undefined || dst === undefined ? undefined : { src, dst, ...at };
}
