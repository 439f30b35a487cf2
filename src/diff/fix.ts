import { place } from "../errors.ts";
import type { Endpoint, Pod } from "../model/endpoint.ts";
import { type LabelSet, NAME_LABEL } from "../model/labels.ts";
import { type Direction, formatObject, type Policy } from "../model/policy.ts";
import { formatAddress } from "../sets/address-text.ts";
import { type Conn, pointsOf, portName } from "../sets/conn.ts";
import { FIRST_NAME } from "../sets/protocol.ts";
import type { FlowPart, HalfPart } from "./flow-parts.ts";

export type FixInput = {
  readonly part: FlowPart;
  readonly src: Endpoint;
  readonly dst: Endpoint;
  readonly conn: Conn;
};

const NETWORK_POLICY = "NetworkPolicy";

/** The smallest change that would allow a blocked part, each side that blocks it named; empty where nothing blocks. */
export function fixFor({ part, src, dst, conn }: FixInput): string {
  const steps: string[] = [];
  if (!part.egress.allowed) steps.push(step("egress", part.egress, { subject: src, peer: dst, conn }));
  if (!part.ingress.allowed) steps.push(step("ingress", part.ingress, { subject: dst, peer: src, conn }));
  return steps.join("\n");
}

type Wanted = { readonly subject: Endpoint; readonly peer: Endpoint; readonly conn: Conn };

function step(direction: Direction, { by }: HalfPart, wanted: Wanted): string {
  if (by.kind === "rule") {
    const { policy, rule } = by;
    return `${direction}: ${rule.path} of ${formatObject(policy.object)} (${place(rule.source)}) denies it: change that rule, or allow it in an earlier one`;
  }
  const policy = by.kind === "isolated" ? closest(by.policies) : undefined;
  if (policy === undefined) return "";
  const where = `${formatObject(policy.object)} (${place(policy.source)})`;
  if (policy.object.kind !== NETWORK_POLICY || policy.object.group !== "networking.k8s.io") {
    return `${direction}: add a rule to ${where} that allows it`;
  }
  const isSubject = wanted.subject.kind === "pod" ? wanted.subject.pod.namespace : "";
  return `${direction}: add to ${where}, under spec.${direction}:\n${ruleText(direction, wanted, isSubject)}`;
}

/** The policy with the narrowest subject: the one that is about this workload. */
function closest(policies: readonly Policy[]): Policy | undefined {
  const width = (policy: Policy) => (policy.subject.op === "and" ? policy.subject.of.length : 0);
  return [...policies].sort((a, b) => width(b) - width(a))[0];
}

function ruleText(direction: Direction, { peer, conn }: Wanted, namespace: string): string {
  const ports = portLines(conn);
  const from = peerLines(peer, namespace);
  const list = direction === "ingress" ? "from" : "to";
  return [
    `  - ${list}:`,
    ...from.map((line) => `      ${line}`),
    ...(ports.length > 0 ? ["    ports:"] : []),
    ...ports.map((line) => `      ${line}`),
  ].join("\n");
}

function peerLines(peer: Endpoint, namespace: string): readonly string[] {
  switch (peer.kind) {
    case "address": {
      const bits = peer.address.family === 4 ? 32 : 128;
      return [`- ipBlock: { cidr: ${JSON.stringify(`${formatAddress(peer.address)}/${bits}`)} }`];
    }
    case "pod":
      return podLines(peer.pod, namespace);
    case "entity":
    case "fqdn":
      return [`# ${peer.kind === "entity" ? peer.name : peer.pattern} cannot be named in a NetworkPolicy`];
  }
}

function podLines(pod: Pod, namespace: string): readonly string[] {
  const pods = `podSelector: ${selectorText(pod.labels)}`;
  if (pod.namespace !== "" && pod.namespace === namespace) return [`- ${pods}`];
  const home = pod.namespace === "" ? pod.namespaceLabels : new Map([[NAME_LABEL, pod.namespace]]);
  return [`- namespaceSelector: ${selectorText(home)}`, `  ${pods}`];
}

/** The selector that asks for all that is known of the labels; the name of a namespace that nobody knows is no condition. */
function selectorText(labels: LabelSet): string {
  const equal: string[] = [];
  const present: string[] = [];
  for (const [key, value] of labels) {
    if (value !== undefined) equal.push(`${JSON.stringify(key)}: ${JSON.stringify(value)}`);
    else if (key !== NAME_LABEL) present.push(`{ key: ${JSON.stringify(key)}, operator: Exists }`);
  }
  const parts = [
    ...(equal.length === 0 ? [] : [`matchLabels: { ${equal.join(", ")} }`]),
    ...(present.length === 0 ? [] : [`matchExpressions: [${present.join(", ")}]`]),
  ];
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

function portLines(conn: Conn): readonly string[] {
  const lines: string[] = [];
  let isEverything = true;
  for (const protocol of ["SCTP", "TCP", "UDP"] as const) {
    for (const [first, last] of pointsOf(conn, protocol)) {
      const end = Math.min(last, FIRST_NAME - 1);
      const isWhole = first === 1 && end === FIRST_NAME - 1;
      isEverything &&= isWhole;
      if (isWhole) lines.push(`- { protocol: ${protocol} }`);
      else if (first >= FIRST_NAME) lines.push(`- { protocol: ${protocol}, port: ${portName(first) ?? ""} }`);
      else
        lines.push(
          first === end
            ? `- { protocol: ${protocol}, port: ${first} }`
            : `- { protocol: ${protocol}, port: ${first}, endPort: ${end} }`,
        );
    }
  }
  return isEverything && lines.length === 3 ? [] : lines;
}
