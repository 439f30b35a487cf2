/**
 * Protocols that a rule can name. A number is an IP protocol number without a name here;
 * `other` stands for every number that no rule names.
 */
export type Protocol = "SCTP" | "TCP" | "UDP" | "UDPLite" | "ICMP" | "ICMPv6" | "other" | number;

/** Points that one protocol occupies on the connection line. */
export const SLOT = 1 << 18;

/** First point of a slot that stands for the name of a port and not for a number. */
export const FIRST_NAME = 1 << 16;

const NAMED: readonly Protocol[] = ["SCTP", "TCP", "UDP", "UDPLite", "ICMP", "ICMPv6"];
const OTHER_SLOT = NAMED.length + 256;

/** Number of protocol slots on the connection line. */
export const SLOTS = OTHER_SLOT + 1;

const NUMBERS: ReadonlyMap<number, Protocol> = new Map<number, Protocol>([
  [1, "ICMP"],
  [6, "TCP"],
  [17, "UDP"],
  [58, "ICMPv6"],
  [132, "SCTP"],
  [136, "UDPLite"],
]);

/** The protocol with IP protocol number `n` (0–255): by name where it has one here. */
export function numbered(n: number): Protocol {
  return NUMBERS.get(n) ?? n;
}

/** Position of a protocol's slot on the connection line. */
export function slotOf(protocol: Protocol): number {
  if (typeof protocol === "number") return NAMED.length + protocol;
  return protocol === "other" ? OTHER_SLOT : NAMED.indexOf(protocol);
}

/** The protocol of a slot. */
export function protocolAt(slot: number): Protocol {
  if (slot === OTHER_SLOT) return "other";
  return NAMED[slot] ?? slot - NAMED.length;
}

/** True of the protocols whose points are ports (1–65535). */
export function hasPorts(protocol: Protocol): boolean {
  return protocol === "SCTP" || protocol === "TCP" || protocol === "UDP" || protocol === "UDPLite";
}
