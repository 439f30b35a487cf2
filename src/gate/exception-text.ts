import type { Block } from "../diff/flow-diff.ts";
import type { End } from "../model/peer.ts";
import { type Conn, EVERYTHING, pointsOf, portName } from "../sets/conn.ts";
import { FIRST_NAME, type Protocol, SLOT } from "../sets/protocol.ts";
import { endKey, joinEnds } from "./ends.ts";
import { selectorsOf } from "./exception-peers.ts";
import type { Finding } from "./finding.ts";
import type { Rule } from "./rule.ts";

const MAX_ENTRIES = 20;

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

function flowEntries(blocks: readonly Block[], rule: Rule): readonly Entry[] {
  const full = entriesOf(blocks, () => true);
  if (full.length <= MAX_ENTRIES) return full;
  const free = rule.to === undefined ? "from" : "to";
  const half = entriesOf(blocks, (side) => side !== free);
  return half.length <= MAX_ENTRIES ? half : entriesOf(blocks, () => false);
}

type Merged = { readonly ports: readonly string[]; readonly from: readonly (string | undefined)[]; readonly to: End };

/** Blocks with one destination are joined, then what has the same selectors of sources. */
function entriesOf(blocks: readonly Block[], names: (side: "from" | "to") => boolean): readonly Entry[] {
  const byDestination = new Map<string, { ports: readonly string[]; src: End; dst: End }>();
  for (const { src, dst, opened } of blocks) {
    const ports = portsOf(opened);
    const key = `${ports} ${src.kind} ${endKey(dst)}`;
    const known = byDestination.get(key);
    if (known === undefined) byDestination.set(key, { ports, src, dst });
    else known.src = joinEnds(known.src, src);
  }
  const bySources = new Map<string, Merged>();
  for (const { ports, src, dst } of byDestination.values()) {
    const from = names("from") ? selectorsOf(src, MAX_ENTRIES) : [undefined];
    const key = `${ports} ${dst.kind} ${from.join("\n")}`;
    const known = bySources.get(key);
    bySources.set(key, { ports, from, to: known === undefined ? dst : joinEnds(known.to, dst) });
  }
  const found = new Map<string, Entry>();
  for (const { ports, from, to } of bySources.values())
    for (const source of from)
      for (const destination of names("to") ? selectorsOf(to, MAX_ENTRIES) : [undefined]) {
        const entry = [
          ...(source === undefined ? [] : [`from: ${source}`]),
          ...(destination === undefined ? [] : [`to: ${destination}`]),
          ...(ports.length === 0 ? [] : [`ports: [${ports.join(", ")}]`]),
        ];
        found.set(entry.join("\n"), entry);
      }
  return [...found.values()];
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
