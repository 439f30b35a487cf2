import type { Block, Cause, Change, Group, Witness } from "../diff/flow-diff.ts";
import type { Issue, Severity } from "../errors.ts";
import type { Finding } from "../gate/finding.ts";
import type { End } from "../model/peer.ts";
import { podOf } from "../model/peer.ts";
import { formatAddress } from "../sets/address-text.ts";
import { type Conn, NONE } from "../sets/conn.ts";
import { formatConn } from "../sets/conn-text.ts";
import { byCause, sortedUnique } from "./order.ts";
import type { ChangeRow, Effect, GroupRow, IssueRow, WitnessRow } from "./report.ts";

type Changed = Pick<Block, "base" | "head" | "opened" | "closed" | "narrowed">;

/** A connection in words. */
export type ConnText = (conn: Conn) => string;

/** `formatConn` over one universe, each connection once: there are few, in very many rows. */
export function connText(universe: Conn): ConnText {
  const known = new Map<Conn, string>();
  return (conn) => {
    const text = known.get(conn) ?? formatConn(conn, universe);
    known.set(conn, text);
    return text;
  };
}

/** Puts ordered pairs in words; neighbours mostly share the change. */
export function rowWriter(text: ConnText): (change: Change) => ChangeRow {
  let last: Change | undefined;
  let words: ReturnType<typeof connections> | undefined;
  return (change) => {
    if (words === undefined || last === undefined || !isSameFlow(last, change)) words = connections(change, text);
    last = change;
    const { base, head, opened, closed, effect } = words;
    const [src, dst] = [change.src.text, change.dst.text];
    const { type, note } = change;
    const causes = causeRows(change.causes);
    return { src, dst, base, head, opened, closed, type, note, effect, causes, witness: witnessRow(change.witness) };
  };
}

function isSameFlow(a: Changed, b: Changed): boolean {
  const isSame = a.base === b.base && a.head === b.head && a.opened === b.opened;
  return isSame && a.closed === b.closed && a.narrowed === b.narrowed;
}

/** A group in words; `objections` are the findings that object to some of it. */
export function groupRow(group: Group, text: ConnText, objections: readonly Finding[]): GroupRow {
  const { block } = group;
  return {
    src: group.src,
    dst: group.dst,
    ...connections(block, text),
    type: group.type,
    note: group.note,
    causes: causeRows(group.causes),
    witness: witnessRow(group.witness),
    pairs: block.pairs,
    rules: [...new Set(objections.map((finding) => finding.rule))].sort(),
    protected: gravest(objections),
    comes: comes(block),
    srcNamespace: namespaceOf(block.src),
    dstNamespace: namespaceOf(block.dst),
  };
}

function connections(
  change: Changed,
  text: ConnText,
): Pick<ChangeRow, "base" | "head" | "opened" | "closed" | "effect"> {
  return {
    base: text(change.base),
    head: text(change.head),
    opened: text(change.opened),
    closed: text(change.closed),
    effect: effectOf(change),
  };
}

function effectOf({ opened, closed, narrowed }: Changed): Effect {
  if (opened !== NONE) return closed === NONE ? "opened" : "both";
  if (closed !== NONE) return "closed";
  if (narrowed === "opened") return "loosened";
  return narrowed === "closed" ? "tightened" : "altered";
}

function gravest(objections: readonly Finding[]): Severity | undefined {
  if (objections.some((finding) => finding.severity === "error")) return "error";
  return objections.length > 0 ? "warning" : undefined;
}

/** Whether the flows exist on one side only because all peers of one end do. */
function comes(block: Block): Change["type"] | undefined {
  if (onlyOn(block.src, "head") || onlyOn(block.dst, "head")) return "added";
  return onlyOn(block.src, "base") || onlyOn(block.dst, "base") ? "removed" : undefined;
}

function onlyOn(end: End, side: "base" | "head"): boolean {
  const other = side === "base" ? "head" : "base";
  return end.kind === "peers" && end.peers.every((peer) => peer.kind === "workload" && peer[other] === undefined);
}

function namespaceOf(end: End): string {
  if (end.kind === "addresses") return "";
  const names = new Set(end.peers.map((peer) => (peer.kind === "representative" ? peer.namespace : workloadOf(peer))));
  const [only] = names;
  return names.size === 1 ? (only ?? "") : "";
}

function workloadOf(peer: Parameters<typeof podOf>[0]): string | undefined {
  return (podOf(peer, "head") ?? podOf(peer, "base"))?.namespace;
}

const sortedCauses = new WeakMap<readonly Cause[], readonly Cause[]>();

/** Causes in order, each once. Very many rows share one list. */
export function causeRows(causes: readonly Cause[]): readonly Cause[] {
  const known = sortedCauses.get(causes) ?? sortedUnique(causes, byCause);
  sortedCauses.set(causes, known);
  return known;
}

/** A witness in words. */
export function witnessRow(witness: Witness): WitnessRow {
  const { src, dst, protocol, port, srcAddress, dstAddress } = witness;
  if (srcAddress === undefined && dstAddress === undefined) return { src, dst, protocol, port };
  return {
    src,
    dst,
    protocol,
    port,
    ...(srcAddress === undefined ? {} : { srcAddress: formatAddress(srcAddress) }),
    ...(dstAddress === undefined ? {} : { dstAddress: formatAddress(dstAddress) }),
  };
}

/** An issue as every format shows it. */
export function issueRow(issue: Issue, standing: boolean): IssueRow {
  return { code: issue.code, severity: issue.severity, at: issue.at, message: issue.message, standing };
}
