import type { Block } from "../diff/flow-diff.ts";
import type { LabelSet } from "../model/labels.ts";
import type { End, Peer, RepresentativePeer } from "../model/peer.ts";
import { ALL_ADDRESSES } from "../sets/addresses.ts";
import { cidrsOf } from "../sets/cidrs.ts";
import { type Conn, EVERYTHING, pointsOf, portName } from "../sets/conn.ts";
import { FIRST_NAME, type Protocol, SLOT } from "../sets/protocol.ts";
import type { Finding } from "./finding.ts";
import type { Rule } from "./rule.ts";

const MAX_CIDRS = 20;
const MAX_ENTRIES = 20;
const EVERY_POD = "{ namespaceSelector: {} }";

/**
 * The `exceptions:` to paste that cover `finding`, with a reason to be written; `undefined` where no exception can
 * help. They are as narrow as selectors can be; beyond 20 of them the end that the rule fixes anyway is left open.
 */
export function exceptionFor(finding: Finding, rule: Rule, until: string): string | undefined {
  const entries = entriesFor(finding, rule);
  if (entries.length === 0) return undefined;
  const text = entries.map((lines) =>
    [
      `  - rule: ${JSON.stringify(rule.name)}`,
      ...lines.map((line) => `    ${line}`),
      `    until: ${until}`,
      "    reason: say why, and name the ticket",
    ].join("\n"),
  );
  return `exceptions:\n${text.join("\n")}\n`;
}

function entriesFor({ about, blocks, kind }: Finding, rule: Rule): readonly Entry[] {
  if (about !== undefined)
    return selectorsOf({ kind: "peers", peers: about.peers }).map((selector) => [`${about.side}: ${selector}`]);
  if (blocks.length > 0) return flowEntries(blocks, rule);
  return kind === "unenforced" ? [[]] : [];
}

type Entry = readonly string[];

function flowEntries(blocks: readonly Block[], rule: Rule): Entry[] {
  const full = entriesOf(blocks, () => true);
  if (full.length <= MAX_ENTRIES) return full;
  const free = rule.to === undefined ? "from" : "to";
  const half = entriesOf(blocks, (side) => side !== free);
  return half.length <= MAX_ENTRIES ? half : entriesOf(blocks, () => false);
}

function entriesOf(blocks: readonly Block[], names: (side: "from" | "to") => boolean): Entry[] {
  const found = new Map<string, Entry>();
  for (const block of blocks) {
    const ports = portsOf(block.opened);
    for (const from of names("from") ? selectorsOf(block.src) : [undefined]) {
      for (const to of names("to") ? selectorsOf(block.dst) : [undefined]) {
        const entry = [
          ...(from === undefined ? [] : [`from: ${from}`]),
          ...(to === undefined ? [] : [`to: ${to}`]),
          ...(ports.length === 0 ? [] : [`ports: [${ports.join(", ")}]`]),
        ];
        found.set(entry.join("\n"), entry);
      }
    }
  }
  return [...found.values()];
}

/** Selectors that together hold every peer or address of the end. */
function selectorsOf(end: End): readonly string[] {
  if (end.kind === "addresses") {
    const cidrs = end.addresses === ALL_ADDRESSES ? [] : cidrsOf(end.addresses, MAX_CIDRS + 1);
    const listed = cidrs.length > 0 && cidrs.length <= MAX_CIDRS;
    return [listed ? `{ cidr: [${cidrs.map((cidr) => JSON.stringify(cidr)).join(", ")}] }` : "{ external: true }"];
  }
  const wide = end.peers.some((peer) => peer.text === "entire-cluster");
  const namespaces = new Set(end.peers.flatMap((peer) => (isWholeNamespace(peer) ? [peer.namespace] : [])));
  const out = new Set<string>();
  for (const peer of end.peers) {
    const isPod = peer.kind === "workload" || peer.kind === "representative";
    out.add(wide && isPod ? EVERY_POD : selectorOf(peer, namespaces));
  }
  return [...out];
}

function isWholeNamespace(peer: Peer): peer is RepresentativePeer {
  return peer.kind === "representative" && peer.namespace !== undefined && peer.podTerms === "";
}

function selectorOf(peer: Peer, namespaces: ReadonlySet<string | undefined>): string {
  switch (peer.kind) {
    case "entity":
      return `{ entity: ${JSON.stringify(peer.name)} }`;
    case "fqdn":
      return `{ fqdn: ${JSON.stringify(peer.pattern)} }`;
    case "workload": {
      const workload = peer.head ?? peer.base;
      if (workload === undefined) return EVERY_POD;
      const { namespace, name, kind } = workload;
      if (namespaces.has(namespace)) return inNamespace(namespace);
      return `{ namespace: ${JSON.stringify(namespace)}, workload: ${JSON.stringify(`${name}[${kind}]`)} }`;
    }
    case "representative": {
      if (peer.namespace !== undefined && namespaces.has(peer.namespace)) return inNamespace(peer.namespace);
      const pods = peer.podTerms === "" ? "" : `, podSelector: ${selectorText(peer.head.labels)}`;
      const where =
        peer.namespace === undefined
          ? `namespaceSelector: ${selectorText(peer.head.namespaceLabels)}`
          : `namespace: ${JSON.stringify(peer.namespace)}`;
      return `{ ${where}${pods} }`;
    }
  }
}

function inNamespace(namespace: string): string {
  return `{ namespace: ${JSON.stringify(namespace)} }`;
}

/** A selector that these labels satisfy: each with its value, or merely there where no manifest tells the value. */
function selectorText(labels: LabelSet): string {
  const known: string[] = [];
  const present: string[] = [];
  for (const [key, value] of labels) {
    if (value !== undefined) known.push(`${JSON.stringify(key)}: ${JSON.stringify(value)}`);
    else present.push(`{ key: ${JSON.stringify(key)}, operator: Exists }`);
  }
  const parts: string[] = [];
  if (known.length > 0) parts.push(`matchLabels: { ${known.join(", ")} }`);
  if (present.length > 0) parts.push(`matchExpressions: [${present.join(", ")}]`);
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

const PROTOCOLS: readonly Protocol[] = ["TCP", "UDP", "SCTP", "UDPLite"];
const BARE: readonly Protocol[] = ["ICMP", "ICMPv6"];

/** Entries of `ports:` that hold every connection; none where only the whole will do. */
function portsOf(conn: Conn): readonly string[] {
  if (conn === EVERYTHING) return [];
  const out: string[] = [];
  for (const protocol of PROTOCOLS) {
    for (const [first, last] of pointsOf(conn, protocol)) {
      const isWhole = first <= 1 && last >= FIRST_NAME - 1;
      if (isWhole || last >= SLOT - 1) out.push(String(protocol));
      else out.push(...numbersOf(protocol, first, last), ...namesOf(protocol, first, last));
    }
  }
  for (const protocol of BARE) if (pointsOf(conn, protocol).length > 0) out.push(String(protocol));
  const numbered = Array.from({ length: 256 }, (_, n): Protocol => n);
  return [...numbered, "other" as const].some((protocol) => pointsOf(conn, protocol).length > 0) ? [] : out;
}

function numbersOf(protocol: Protocol, first: number, last: number): readonly string[] {
  if (first >= FIRST_NAME) return [];
  const end = Math.min(last, FIRST_NAME - 1);
  return [`${protocol}/${first === end ? first : `${first}-${end}`}`];
}

function namesOf(protocol: Protocol, first: number, last: number): readonly string[] {
  const out: string[] = [];
  for (let point = Math.max(first, FIRST_NAME); point <= last; point++) {
    const name = portName(point);
    if (name === undefined) break;
    out.push(`${protocol}/${name}`);
  }
  return out;
}
