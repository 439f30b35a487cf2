import type { Block, Cause, Witness } from "../diff/flow-diff.ts";
import type { Issue, Severity, SourceRef } from "../errors.ts";
import type { Peer } from "../model/peer.ts";
import type { Exception, Rule } from "./rule.ts";

export type FindingKind =
  | "widened"
  | "violated"
  | "joined"
  | "ungoverned"
  | "subject-lost"
  | "subject-removed"
  | "not-judged"
  | "unenforced"
  | "private-block"
  | "expired";

/** Something that a rule objects to. */
export type Finding = {
  /** Name of the rule, or `annotation NS/NAME[Kind]`. */
  readonly rule: string;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly description: string;
  readonly owner: string;
  /** One plain sentence, names in backticks. */
  readonly message: string;
  readonly at: SourceRef | undefined;
  /**
   * What the rule objects to (`opened`), cut down to its subject and to whom it does not allow; empty where no flow is
   * meant. In `violated` and `expired` findings `opened` is what stands open, also where base allowed it.
   */
  readonly blocks: readonly Block[];
  /** Whom a finding is about that means no flow, or more than its flows. */
  readonly about: { readonly side: "from" | "to"; readonly peers: readonly Peer[] } | undefined;
  readonly causes: readonly Cause[];
  readonly witness: Witness | undefined;
  /** Who was allowed all along, in words, for "On `main` only … could". */
  readonly allowedBefore: string;
  readonly excepted: { readonly reason: string; readonly until: string } | undefined;
};

export type Conclusion = "success" | "changed" | "failure" | "error";

/** What the gate makes of one cluster's diff. */
export type Judgement = {
  readonly conclusion: Conclusion;
  readonly findings: readonly Finding[];
  readonly issues: readonly Issue[];
  /** What the configuration holds and this cluster has no use for; several clusters are joined by `idleIssues`. */
  readonly idle: Idle;
};

/** Rules that protect nothing, and exceptions that cover nothing or ended with nothing open. */
export type Idle = { readonly rules: readonly Rule[]; readonly exceptions: readonly Exception[] };
