import type { SourceRef } from "../errors.ts";
import type { Assumption, Workload } from "../model/cluster.ts";
import type { End, Peer, Side } from "../model/peer.ts";
import type { Address } from "../sets/addresses.ts";
import type { Conn } from "../sets/conn.ts";
import type { Protocol } from "../sets/protocol.ts";

/**
 * Flows with one and the same change: every ordered pair of `src` × `dst`, except a workload with itself where that
 * cannot mean two pods. `opened` and `closed` are what head allows and base did not, and the reverse.
 */
export type Block = {
  readonly src: End;
  readonly dst: End;
  readonly base: Conn;
  readonly head: Conn;
  readonly opened: Conn;
  readonly closed: Conn;
  /** A restriction above layer 4 that went (`opened`), came (`closed`) or became another one on ports that stay open. */
  readonly narrowed: "opened" | "closed" | "changed" | undefined;
  /** The flow exists only because the number of replicas changed. */
  readonly selfOnly: boolean;
  /** How many pairs the block covers; all outside addresses count as one. */
  readonly pairs: number;
};

/** One concrete flow, replayed by the pointwise evaluator on both sides. */
export type Witness = {
  readonly src: string;
  readonly dst: string;
  readonly protocol: Protocol;
  /** 1–65535, for ICMP `type * 256 + code`; the name of the port on an undeclared pod. */
  readonly port: number | string;
  readonly srcAddress?: Address;
  readonly dstAddress?: Address;
};

/** Why a flow opened or closed. */
export type Cause = {
  /** `NetworkPolicy production/db`, `Deployment production/web`, `Namespace production`. */
  readonly object: string;
  readonly at: SourceRef;
  /** Head, or base where the thing is gone. */
  readonly side: Side;
  /** `ingress[0]`, or empty where the whole object is the cause. */
  readonly rule: string;
  readonly kind: "rule" | "policy" | "labels" | "workload" | "namespace" | "plugin";
  /** A sentence fragment for people: `rule now allows`, `no longer selects`, `label app changed from db to database`. */
  readonly text: string;
};

/** One ordered pair with a change: a row of the JSON report. */
export type Change = {
  readonly src: EndText;
  readonly dst: EndText;
  readonly base: Conn;
  readonly head: Conn;
  readonly opened: Conn;
  readonly closed: Conn;
  readonly type: "added" | "removed" | "changed";
  readonly note: string;
  readonly narrowed: Block["narrowed"];
  readonly causes: readonly Cause[];
  readonly witness: Witness;
};

export type EndText = { readonly text: string; readonly peer: Peer | undefined };

/** Rows with the same change under one readable name; together the groups are the diff, no more and no less. */
export type Group = {
  /** Shortest true names: `any pod in the cluster`, `every workload in production`, `production/db[StatefulSet]`. */
  readonly src: string;
  readonly dst: string;
  readonly block: Block;
  readonly note: string;
  readonly type: Change["type"];
  readonly causes: readonly Cause[];
  readonly witness: Witness;
};

/** A workload that one side only has. */
export type Arrival = {
  readonly workload: Workload;
  readonly side: Side;
  /** Policies of its side select it, per direction. */
  readonly governed: { readonly ingress: boolean; readonly egress: boolean };
  /** The workload of the other side with the same pod template but for labels and names. */
  readonly successor: Workload | undefined;
};

/** What changes between two trees of one cluster. */
export type FlowDiff = {
  readonly groups: readonly Group[];
  /** What the gate judges: like the groups' blocks, but a workload that only head has is held against what base's policies give the same pod, and one that moved against its predecessor. */
  readonly judged: readonly Block[];
  readonly peers: readonly Peer[];
  readonly arrivals: readonly Arrival[];
  /** Everything that this run tells apart: TCP, UDP and SCTP, or every protocol where a rule names others. */
  readonly universe: Conn;
  /** Entries of `rows` with something opened, with something closed. */
  readonly opened: number;
  readonly closed: number;
  /** The ordered pairs one by one, in no particular order; at most `limit`. */
  readonly rows: (limit: number) => { readonly changes: readonly Change[]; readonly truncated: boolean };
  /** Causes and witness of the first pair of a block, for a finding. */
  readonly explain: (block: Block) => { readonly causes: readonly Cause[]; readonly witness: Witness };
  readonly assumptions: readonly Assumption[];
};
