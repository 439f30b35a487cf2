import type { Block, Cause, FlowDiff, Witness } from "../diff/flow-diff.ts";
import type { Severity, SourceRef } from "../errors.ts";
import type { Cluster } from "../model/cluster.ts";
import type { Peer } from "../model/peer.ts";
import type { Finding, FindingKind } from "./finding.ts";
import { excepts } from "./matching.ts";
import type { Views } from "./peer-view.ts";
import type { Exception, Rule } from "./rule.ts";
import type { Standing } from "./standing.ts";
import type { Ungoverned } from "./subjects.ts";
import type { Words } from "./words.ts";

/** Everything that all rules of one judgement share. */
export type Scene = {
  readonly diff: FlowDiff;
  readonly base: Cluster;
  readonly head: Cluster;
  readonly standing: Standing;
  readonly views: Views;
  /** The peers of the diff of which a selector can say one thing in base and another in head. */
  readonly shifting: readonly Peer[];
  readonly words: Words;
};

/** One rule, and what is known of it before its flows are asked. */
export type Case = {
  readonly rule: Rule;
  readonly active: readonly Exception[];
  readonly expired: readonly Exception[];
  readonly ungoverned: readonly Ungoverned[];
};

type Told = {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly message: string;
  readonly at?: SourceRef | undefined;
  readonly blocks?: readonly Block[];
  readonly about?: Finding["about"];
  readonly why?: { readonly causes: readonly Cause[]; readonly witness: Witness | undefined };
  readonly allowedBefore?: string;
  readonly exception?: Exception | undefined;
};

/** A finding of `rule`; its place is its first cause, else the rule. */
export function finding(rule: Rule, told: Told): Finding {
  const causes = told.why?.causes ?? [];
  return {
    rule: rule.name,
    kind: told.kind,
    severity: told.severity,
    description: rule.description,
    owner: rule.owner,
    message: told.message,
    at: told.at ?? (causes.find((cause) => cause.side === "head") ?? causes[0])?.at ?? rule.at,
    blocks: told.blocks ?? [],
    about: told.about,
    causes,
    witness: told.why?.witness,
    allowedBefore: told.allowedBefore ?? "",
    excepted: told.exception === undefined ? undefined : { reason: told.exception.reason, until: told.exception.until },
  };
}

/**
 * The first of the active exceptions that together cover a finding about `peers`: they restrict neither ports nor the
 * other end. `undefined` where a peer is left.
 */
export function exceptionOn(
  { side, peers }: { readonly side: "from" | "to"; readonly peers: readonly Peer[] },
  active: readonly Exception[],
  views: Views,
): Exception | undefined {
  const other = side === "from" ? "to" : "from";
  const whole = active.filter((exception) => exception.ports === undefined && exception[other] === undefined);
  const covering = peers.map((peer) =>
    whole.find(({ [side]: selector }) => selector === undefined || excepts(selector, views(peer))),
  );
  return covering.includes(undefined) ? undefined : covering[0];
}
