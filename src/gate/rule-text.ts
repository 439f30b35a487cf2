import { formatRequirements } from "../model/labels.ts";
import type { ConnTerm } from "../model/policy.ts";
import { formatAddresses } from "../sets/address-text.ts";
import { EVERYTHING, pointsOf } from "../sets/conn.ts";
import type { Protocol } from "../sets/protocol.ts";
import type { Clause, NamespaceMatch, PeerSelector, PodMatch } from "./rule.ts";

/** A selector of a rule in words: `production/[pod with {app=db}]`, `any namespace/db[StatefulSet]`, `10.0.0.0/8`. */
export function formatSelector(selector: PeerSelector): string {
  switch (selector.kind) {
    case "pods":
      return `${formatNamespace(selector.namespace)}/${formatPods(selector.pods)}`;
    case "cidr":
      return formatAddresses(selector.set);
    case "external":
      return "any address outside the cluster";
    case "anywhere":
      return "anything";
    case "entity":
      return `entity:${selector.name}`;
    case "fqdn":
      return `fqdn:${selector.pattern}`;
  }
}

function formatNamespace(match: NamespaceMatch): string {
  switch (match.kind) {
    case "any":
      return "[any namespace]";
    case "name":
      return match.name;
    case "labels":
      return match.requirements.length === 0
        ? "[any namespace]"
        : `[namespace with {${formatRequirements(match.requirements)}}]`;
  }
}

function formatPods(match: PodMatch): string {
  switch (match.kind) {
    case "any":
      return "[all pods]";
    case "labels":
      return match.requirements.length === 0 ? "[all pods]" : `[pod with {${formatRequirements(match.requirements)}}]`;
    case "workload":
      return match.workloadKind === undefined ? match.name : `${match.name}[${match.workloadKind}]`;
  }
}

const PROTOCOLS: readonly Protocol[] = ["SCTP", "TCP", "UDP", "UDPLite", "ICMP", "ICMPv6"];
const LAST_PORT = 65535;

/** The entries of `ports:` that mean `ports`: `TCP/80`, `TCP/8000-8100`, `TCP/http`, `UDP`; empty for every port. */
function formatPorts(ports: ConnTerm | undefined): readonly string[] {
  if (ports === undefined || ports.conn === EVERYTHING) return [];
  const out: string[] = [];
  for (const protocol of PROTOCOLS) {
    for (const [first, last] of pointsOf(ports.conn, protocol)) {
      if (first <= 1 && last >= LAST_PORT) out.push(String(protocol));
      else out.push(`${protocol}/${first === last ? first : `${first}-${last}`}`);
    }
  }
  for (const { name, protocol } of ports.names) out.push(`${protocol ?? "TCP"}/${name}`);
  return out;
}

/** A clause in words, for comparing and for people: `from X to Y on TCP/80`. */
export function formatClause(clause: Clause): string {
  const parts: string[] = [];
  if (clause.from !== undefined) parts.push(`from ${formatSelector(clause.from)}`);
  if (clause.to !== undefined) parts.push(`to ${formatSelector(clause.to)}`);
  const ports = formatPorts(clause.ports);
  if (ports.length > 0) parts.push(`on ${ports.join(", ")}`);
  return parts.length === 0 ? "every flow" : parts.join(" ");
}
