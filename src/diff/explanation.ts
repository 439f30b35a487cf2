import type { Cluster } from "../model/cluster.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { Side } from "../model/peer.ts";
import { type Direction, formatObject, type Policy } from "../model/policy.ts";
import { holds } from "../model/predicate.ts";
import { type Conn, intersect, NONE } from "../sets/conn.ts";
import { fixFor } from "./fix.ts";
import type { Cause } from "./flow-diff.ts";
import { type FlowPart, flowParts, type HalfPart } from "./flow-parts.ts";

/** Why one end lets a part of the connections through, or does not. */
export type ExplainedEnd = {
  readonly allowed: boolean;
  /** Policies that select this end in this direction, as `NetworkPolicy production/db`. */
  readonly selecting: readonly string[];
  readonly causes: readonly Cause[];
  /** One plain sentence without a period. */
  readonly text: string;
};

export type ExplainedSide = {
  readonly allowed: boolean;
  readonly egress: ExplainedEnd;
  readonly ingress: ExplainedEnd;
};

/** Connections with the same answer for the same reasons, on one tree or on two. */
export type ExplainedPart = {
  readonly conn: Conn;
  readonly head: ExplainedSide;
  readonly base: ExplainedSide | undefined;
  /** The smallest change that would allow a blocked part; empty where it is allowed. */
  readonly fix: string;
};

/** Both ends as one cluster knows them; `undefined`: not there. */
export type ExplainEnds = { readonly src: Endpoint | undefined; readonly dst: Endpoint | undefined };

export type ExplainInput = {
  readonly head: Cluster;
  readonly headEnds: ExplainEnds;
  readonly base: Cluster | undefined;
  readonly baseEnds: ExplainEnds;
  /** Everything that is told apart, or the ports that somebody asks about. */
  readonly universe: Conn;
};

/** Every part of the connections between two ends, each with what decided it. */
export function explainFlow(input: ExplainInput): readonly ExplainedPart[] {
  const head = partsOf(input.head, input.headEnds, input.universe);
  if (input.base === undefined) return head.map(({ part, conn }) => explained(input, part, undefined, conn));
  const base = partsOf(input.base, input.baseEnds, input.universe);
  return head.flatMap((after) =>
    base.flatMap((before): readonly ExplainedPart[] => {
      const conn = intersect(after.conn, before.conn);
      return conn === NONE ? [] : [explained(input, after.part, before.part, conn)];
    }),
  );
}

type Part = { readonly conn: Conn; readonly part: FlowPart | undefined };

function partsOf(cluster: Cluster, { src, dst }: ExplainEnds, universe: Conn): readonly Part[] {
  if (src === undefined || dst === undefined) return [{ conn: universe, part: undefined }];
  return flowParts(cluster, src, dst, universe).map((part) => ({ conn: part.conn, part }));
}

function explained(
  input: ExplainInput,
  head: FlowPart | undefined,
  base: FlowPart | undefined,
  conn: Conn,
): ExplainedPart {
  const after = sideOf(input.head, input.headEnds, head, "head");
  const before = input.base === undefined ? undefined : sideOf(input.base, input.baseEnds, base, "base");
  const { src, dst } = input.headEnds;
  const fix =
    head === undefined || src === undefined || dst === undefined ? "" : fixFor({ part: head, src, dst, conn });
  return { conn, head: after, base: before, fix };
}

function sideOf(cluster: Cluster, { src, dst }: ExplainEnds, part: FlowPart | undefined, side: Side): ExplainedSide {
  if (part === undefined) {
    const end: ExplainedEnd = { allowed: false, selecting: [], causes: [], text: "one end is not there" };
    return { allowed: false, egress: end, ingress: end };
  }
  return {
    allowed: part.allowed,
    egress: endOf(cluster, "egress", src, part.egress, side),
    ingress: endOf(cluster, "ingress", dst, part.ingress, side),
  };
}

function endOf(
  cluster: Cluster,
  direction: Direction,
  subject: Endpoint | undefined,
  half: HalfPart,
  side: Side,
): ExplainedEnd {
  const selecting = cluster.policies.filter(
    (policy) => policy.direction === direction && subject !== undefined && holds(policy.subject, subject),
  );
  return {
    allowed: half.allowed,
    selecting: half.by.kind === "ungoverned" ? [] : selecting.map(({ object }) => formatObject(object)),
    causes: causesOf(half, side),
    text: sentence(half, direction),
  };
}

function causesOf({ by }: HalfPart, side: Side): readonly Cause[] {
  switch (by.kind) {
    case "rule": {
      const text = by.rule.action === "allow" ? "allows" : by.rule.action === "deny" ? "denies" : "passes";
      const object = formatObject(by.policy.object);
      return [{ object, at: by.rule.source, side, rule: by.rule.path, kind: "rule", text }];
    }
    case "isolated":
      return by.policies.map((policy) => isolation(policy, side));
    case "default":
    case "ungoverned":
      return [];
  }
}

function isolation(policy: Policy, side: Side): Cause {
  return { object: formatObject(policy.object), at: policy.source, side, rule: "", kind: "policy", text: "isolates" };
}

function sentence({ by }: HalfPart, direction: Direction): string {
  switch (by.kind) {
    case "rule":
      return `${by.rule.path} ${by.rule.action === "allow" ? "allows it" : "denies it"}`;
    case "isolated":
      return `isolated for ${direction}, and no rule allows it`;
    case "default":
      return `no policy has a say about this ${direction}: allowed by default`;
    case "ungoverned":
      return "not governed by network policies";
  }
}
