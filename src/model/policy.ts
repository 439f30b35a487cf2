import type { SourceRef } from "../errors.ts";
import { type Conn, intersect, NONE, namedPort, numeric, ports, subtract, union } from "../sets/conn.ts";
import type { Protocol } from "../sets/protocol.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Predicate } from "./predicate.ts";

export type Direction = "ingress" | "egress";

/** Identity of an object: API group, kind, namespace (empty for cluster-scoped) and name. */
export type ObjectRef = {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
};

/** A port by name; without a protocol it has the one that the pod declares. */
export type PortName = { readonly name: string; readonly protocol: Protocol | undefined };

/** Connections that a rule speaks of: `conn` and `names`, less `notConn` and `notNames`; names resolve on the destination. */
export type ConnTerm = {
  readonly conn: Conn;
  readonly names: readonly PortName[];
  readonly notConn: Conn;
  readonly notNames: readonly PortName[];
};

export type Action = "allow" | "deny" | "pass";

export type Rule = {
  readonly action: Action;
  /** Narrows the subject for this rule alone. */
  readonly local?: Predicate;
  readonly peer: Predicate;
  readonly conn: ConnTerm;
  /** Digest of a restriction above layer 4 (HTTP, DNS, …) that holds on the ports of this rule. */
  readonly narrowed?: string;
  /** The line of the rule (`- from:`). */
  readonly source: SourceRef;
  /** Where the rule stands in its object: `ingress[0]`. */
  readonly path: string;
};

/** One direction of one policy object, in the one shape that every dialect converts into. */
export type Policy = {
  readonly object: ObjectRef;
  /** The line of the object's `kind`. */
  readonly source: SourceRef;
  readonly direction: Direction;
  /** Name of the tier, for people: `networkpolicy`, `admin`, `default`, … */
  readonly tier: string;
  /** Position of the tier in evaluation order; lower decides first. */
  readonly rank: number;
  /** Position in the tier: by number, then by text. */
  readonly order: readonly [number, string];
  readonly subject: Predicate;
  /** Traffic of the subject that no rule of the tier decides is denied. */
  readonly isolates: boolean;
  /** In order; the first that matches decides. */
  readonly rules: readonly Rule[];
};

export const NO_TERM: ConnTerm = { conn: NONE, names: [], notConn: NONE, notNames: [] };

/** A term of numbers only. */
export function term(conn: Conn): ConnTerm {
  return { conn, names: [], notConn: NONE, notNames: [] };
}

/**
 * The connections of `term` at the destination `dst`: names become the numbers that the pod declares under the name
 * and protocol, on an undeclared pod a point of their own, and nothing at all outside the cluster.
 */
export function resolve(termOf: ConnTerm, dst: Endpoint): Conn {
  const positive = resolveNames(termOf.conn, termOf.names, dst);
  return subtract(positive, resolveNames(termOf.notConn, termOf.notNames, dst));
}

/** The part of `conn` that can exist at `dst`: named points belong to undeclared pods only. */
export function possible(conn: Conn, dst: Endpoint): Conn {
  return dst.kind === "pod" && dst.pod.ports === undefined ? conn : numeric(conn);
}

function resolveNames(conn: Conn, names: readonly PortName[], dst: Endpoint): Conn {
  let result = conn;
  if (dst.kind !== "pod") return result;
  for (const { name, protocol } of names) {
    if (dst.pod.ports === undefined) {
      const protocols: readonly Protocol[] = protocol === undefined ? ["SCTP", "TCP", "UDP"] : [protocol];
      for (const each of protocols) result = union(result, namedPort(each, name));
      continue;
    }
    for (const declared of dst.pod.ports) {
      if (declared.name !== name || (protocol !== undefined && declared.protocol !== protocol)) continue;
      result = union(result, ports(declared.protocol, declared.port));
    }
  }
  return result;
}

/** True where `a` and `b` have a connection in common. */
export function meets(a: Conn, b: Conn): boolean {
  return intersect(a, b) !== NONE;
}

/** Order in which policies are asked: tier, number, then text. */
export function comparePolicies(a: Policy, b: Policy): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.order[0] !== b.order[0]) return a.order[0] < b.order[0] ? -1 : 1;
  if (a.order[1] !== b.order[1]) return a.order[1] < b.order[1] ? -1 : 1;
  return 0;
}

/** `NetworkPolicy production/db`, or without the namespace for a cluster-scoped object. */
export function formatObject(object: ObjectRef): string {
  return `${object.kind} ${object.namespace === "" ? "" : `${object.namespace}/`}${object.name}`;
}
