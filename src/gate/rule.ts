import type { Severity, SourceRef } from "../errors.ts";
import type { Requirement } from "../model/labels.ts";
import { type ConnTerm, term } from "../model/policy.ts";
import type { AddressSet } from "../sets/addresses.ts";
import { EVERYTHING } from "../sets/conn.ts";

export type NamespaceMatch =
  | { readonly kind: "any" }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "labels"; readonly requirements: readonly Requirement[] };

export type PodMatch =
  | { readonly kind: "any" }
  | { readonly kind: "labels"; readonly requirements: readonly Requirement[] }
  | { readonly kind: "workload"; readonly name: string; readonly workloadKind: string | undefined };

/** Whom a rule speaks of at one end of a flow. */
export type PeerSelector =
  | { readonly kind: "pods"; readonly namespace: NamespaceMatch; readonly pods: PodMatch }
  | { readonly kind: "cidr"; readonly set: AddressSet }
  | { readonly kind: "external" }
  | { readonly kind: "anywhere" }
  | { readonly kind: "entity"; readonly name: string }
  | { readonly kind: "fqdn"; readonly pattern: string };

/** A set of flows; what is `undefined` is not restricted. */
export type Clause = {
  readonly from: PeerSelector | undefined;
  readonly to: PeerSelector | undefined;
  readonly ports: ConnTerm | undefined;
};

/** A protected path. At least one of `to` and `from` is there: its subject. */
export type Rule = Clause & {
  /** `annotation NS/NAME[Kind]` where a workload's annotation is the rule. */
  readonly name: string;
  readonly description: string;
  readonly allowed: readonly Clause[];
  /** Judge what the change opens, or the head tree as it is. */
  readonly on: "widen" | "violate";
  readonly severity: Severity;
  readonly owner: string;
  /** What happens when a workload comes to match `allowed`; `undefined`: severity of the rule, `warning` for a new one. */
  readonly join: "error" | "warning" | "allow" | undefined;
  /** `elsewhere`: the tree is not expected to declare the subject. */
  readonly declared: "here" | "elsewhere";
  readonly at: SourceRef;
};

/** Flows that a rule lets pass for a while. */
export type Exception = Clause & {
  readonly rule: string;
  /** The last day, `YYYY-MM-DD`, in UTC. */
  readonly until: string;
  readonly reason: string;
  readonly at: SourceRef;
};

/** Every port of every protocol. */
export const EVERY_PORT: ConnTerm = term(EVERYTHING);

/** True on the last day of the exception and before; `today` is `YYYY-MM-DD` in UTC. */
export function isActive(exception: Exception, today: string): boolean {
  return today <= exception.until;
}

/** The ends that a rule protects: `to` stands for what comes in, `from` for what goes out. */
export function subjectEnds(rule: Clause): readonly ("to" | "from")[] {
  const ends: ("to" | "from")[] = [];
  if (rule.to !== undefined) ends.push("to");
  if (rule.from !== undefined) ends.push("from");
  return ends;
}
