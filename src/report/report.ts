import type { Cause, Change } from "../diff/flow-diff.ts";
import type { IssueCode, Severity, SourceRef } from "../errors.ts";
import type { Conclusion, FindingKind } from "../gate/finding.ts";
import type { Counts, Plugin } from "../model/cluster.ts";
import type { Side } from "../model/peer.ts";

/** One side of a review as people call it: a branch or folder, and the commit where there is one. */
export type Revision = { readonly label: string; readonly commit: string | undefined };

/** Where files of both sides can be looked at: `https://github.com`, `owner/name`, and a full commit a side. */
export type Links = {
  readonly server: string;
  readonly repository: string;
  readonly base: string;
  readonly head: string;
};

/** What a review was asked, and in which surroundings; decides words, never the verdict. */
export type Context = {
  readonly version: string;
  readonly mode: "enforce" | "warn";
  readonly setting: "pull-request" | "merge-group" | "push" | "local";
  readonly base: Revision;
  readonly head: Revision;
  /** Number of rules that are configured, annotations included. */
  readonly rules: number;
  /** Path of the configuration that judges, for "add an exception to". */
  readonly config: string;
  /** The command that gives the same answer on somebody's own machine. */
  readonly reproduce: string;
  readonly links: Links | undefined;
  /** The one cluster that was asked for; absent for all of them. */
  readonly cluster?: string;
};

/** A change to what pull requests are judged by: the configuration, or a workflow that runs the review. */
export type ConfigChange = {
  readonly severity: Severity;
  /** One plain sentence, names in backticks. */
  readonly message: string;
  readonly at: SourceRef | undefined;
};

/** The lines of a manifest that a change is made of, as unified diff lines (`-`, `+` and blank); `line` is that of the cause. */
export type Excerpt = { readonly file: string; readonly line: number; readonly text: string };

/** One concrete flow, in words. */
export type WitnessRow = {
  readonly src: string;
  readonly dst: string;
  readonly protocol: string | number;
  readonly port: number | string;
  readonly srcAddress?: string;
  readonly dstAddress?: string;
};

/** What happens to the flows of a row. `loosened`, `tightened`, `altered`: only a restriction above layer 4 changes. */
export type Effect = "opened" | "closed" | "both" | "loosened" | "tightened" | "altered";

/** One row of flows with the same change; connections are words already. */
export type ChangeRow = {
  readonly src: string;
  readonly dst: string;
  readonly base: string;
  readonly head: string;
  readonly opened: string;
  readonly closed: string;
  readonly type: Change["type"];
  readonly note: string;
  readonly effect: Effect;
  readonly causes: readonly Cause[];
  readonly witness: WitnessRow;
};

/** One ordered pair with something allowed. */
export type FlowRow = { readonly src: string; readonly dst: string; readonly conn: string };

/** A row under a readable name that covers many pairs. */
export type GroupRow = ChangeRow & {
  readonly pairs: number;
  /** Rules that object to some of it, exceptions apart. */
  readonly rules: readonly string[];
  /** The gravest of these objections. */
  readonly protected: Severity | undefined;
  /** The row is there only because a workload came or went. */
  readonly comes: Change["type"] | undefined;
  /** The one namespace that all of an end lies in, for counting by namespace; empty for none. */
  readonly srcNamespace: string;
  readonly dstNamespace: string;
};

export type FindingRow = {
  readonly rule: string;
  /** The end that the rule protects: `to` from what comes in, `from` as to where it goes; of both, `to`. */
  readonly side: "from" | "to" | undefined;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly description: string;
  readonly owner: string;
  readonly message: string;
  readonly at: SourceRef | undefined;
  /** Where the rule stands in the configuration of the base. */
  readonly ruleAt: SourceRef | undefined;
  readonly causes: readonly Cause[];
  readonly witness: WitnessRow | undefined;
  /** One of those at the other end whom people know by name, else an address; empty for none. */
  readonly example: string;
  readonly allowedBefore: string;
  /** What somebody might fear and did not happen: `other ports`, `addresses outside the cluster`. */
  readonly notOpened: readonly string[];
  /** Its flows come from, or lead to, pods that nobody declares. */
  readonly broad: boolean;
  readonly excepted: { readonly reason: string; readonly until: string } | undefined;
  /** The `exceptions:` to paste, without a trailing line end; empty for none. */
  readonly exception: string;
  /** Indices into the cluster's `changes`, ascending. */
  readonly changes: readonly number[];
};

/** A workload that came or went. */
export type ArrivalRow = {
  readonly workload: string;
  readonly side: Side;
  readonly namespace: string;
  readonly at: SourceRef;
  readonly governed: { readonly ingress: boolean; readonly egress: boolean };
  /** `TCP 8080`, or empty. */
  readonly declaredPorts: string;
  readonly successor: string;
  /** Nothing selects it in a namespace that has policies. */
  readonly exposed: boolean;
  /** The other workloads of its namespace, and how many of them a policy selects. */
  readonly others: { readonly total: number; readonly governed: number };
  /** Protected peers that this workload may not connect to. */
  readonly refusedBy: readonly string[];
};

export type IssueRow = {
  readonly code: IssueCode;
  readonly severity: Severity;
  readonly at: SourceRef | undefined;
  readonly message: string;
  /** The same on both sides: stays out of the comment. */
  readonly standing: boolean;
};

/** Counts of `changes`, taken before truncation, and of findings without the excepted ones. */
export type Summary = {
  readonly opened: number;
  readonly closed: number;
  readonly findings: number;
  readonly workloadsAdded: number;
  readonly workloadsRemoved: number;
};

export type DeviationRow = { readonly object: string; readonly text: string; readonly at: SourceRef };

export type AssumptionRow = { readonly text: string; readonly at: SourceRef | undefined };

/** The answer for one cluster, in the order in which it is shown. */
export type ClusterReport = {
  readonly name: string;
  readonly conclusion: Conclusion;
  readonly summary: Summary;
  readonly findings: readonly FindingRow[];
  readonly groups: readonly GroupRow[];
  readonly changes: readonly ChangeRow[];
  readonly truncated: boolean;
  readonly arrivals: readonly ArrivalRow[];
  readonly issues: readonly IssueRow[];
  /** Those that a row rests on. */
  readonly assumptions: readonly AssumptionRow[];
  readonly deviations: readonly DeviationRow[];
  readonly plugin: Plugin;
  readonly counts: Counts;
  /** One line about what was read and rendered; empty where the counts say it all. */
  readonly read: string;
  readonly excerpts: readonly Excerpt[];
  /** `namespace/name` that workloads of several kinds share: their kind is always shown. */
  readonly ambiguous: readonly string[];
};

/** What there is to tell a person, from least to most; `changes` only where somebody would want to read of it. */
export type News = "nothing" | "changes" | "findings" | "error";

/** A report before its verdict is put into words. */
export type Draft = Omit<Report, "title" | "news">;

/** Everything that any format says, sorted: equal inputs give equal reports. `check` has no base. */
export type Report = {
  readonly shape: "diff" | "check";
  readonly context: Context;
  readonly conclusion: Conclusion;
  /** The verdict in words, without mark and name: `merge blocked, 1 protected path widened`. */
  readonly title: string;
  readonly news: News;
  readonly configChanges: readonly ConfigChange[];
  /** Those that belong to no cluster. */
  readonly issues: readonly IssueRow[];
  readonly clusters: readonly ClusterReport[];
};
