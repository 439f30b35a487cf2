import type { PortName } from "../../model/policy.ts";
import type { Conn } from "../../sets/conn.ts";
import { canonical } from "../canonical.ts";
import { checkMap, type Field, fault, items, member, shape, text } from "../fields.ts";
import { readName } from "./names.ts";

const RULES = shape("the rules of a port", ["http", "dns", "kafka", "l7proto", "l7"]);
const HTTP = shape("an HTTP rule", ["path", "method", "host", "headers", "headerMatches"]);
const KINDS = ["http", "dns", "kafka", "l7"] as const;

/** One port of an entry. `protocol` is `ANY` where it names none; `zero`: it means every port; `range`: more than one. */
export type ReadPort = {
  readonly conn: Conn;
  readonly names: readonly PortName[];
  readonly protocol: string;
  readonly zero: boolean;
  readonly range: boolean;
};

/** What the ports of an entry are, for the checks of the rules on them. */
export type Layer7Place = { readonly direction: "ingress" | "egress"; readonly ports: readonly ReadPort[] };

/**
 * A digest of what the entry of `toPorts` at `field` asks above layer 4: HTTP, DNS or Kafka rules, TLS server names, a
 * listener. `undefined` where it asks nothing.
 * Source: cilium/cilium pkg/policy/api/rule_validation.go, L7Rules.Validate.
 */
export function readLayer7(field: Field, place: Layer7Place): string | undefined {
  const rules = member(field, "rules");
  checkMap(rules, RULES);
  const given = KINDS.filter((kind) => member(rules, kind).node !== undefined);
  const named = items(member(field, "serverNames")).map((item) => text(item) ?? "");
  const listener = member(field, "listener");
  checkRules(rules, given, place);
  if (named.includes("")) fault(member(field, "serverNames"), "must not hold an empty name");
  if (named.length > 0 && given.length > 0 && member(field, "terminatingTLS").node === undefined) {
    fault(member(field, "serverNames"), "needs `terminatingTLS` beside `rules`");
  }
  if (listener.node !== undefined) {
    if (place.direction === "ingress") fault(listener, "is not allowed in an ingress rule");
    if (given.length > 0) fault(listener, "cannot stand beside `rules`");
  }
  const parts: string[] = given.flatMap((kind) => {
    const { node } = member(rules, kind);
    return node?.kind === "seq" && node.items.length > 0 ? [`${kind} ${canonical(node) ?? ""}`] : [];
  });
  if (named.length > 0) parts.push(`serverNames ${named.sort().join(" ")}`);
  if (listener.node !== undefined) parts.push(`listener ${canonical(listener.node) ?? ""}`);
  return parts.length === 0 ? undefined : parts.join("; ");
}

function checkRules(rules: Field, given: readonly (typeof KINDS)[number][], place: Layer7Place): void {
  if (given.length > 1) fault(rules, `must be of one kind, not ${given.map((kind) => `\`${kind}\``).join(" and ")}`);
  const proto = text(member(rules, "l7proto")) ?? "";
  if (given.includes("l7") && proto === "") fault(member(rules, "l7"), "needs `l7proto` beside it");
  for (const item of items(member(rules, "http"))) checkMap(item, HTTP);
  const dns = items(member(rules, "dns"));
  for (const item of dns) readName(item);
  if (dns.length > 0 && place.direction === "ingress") fault(member(rules, "dns"), "is not allowed in an ingress rule");
  if (given.length === 0) return;
  for (const port of place.ports) {
    if (port.zero) fault(rules, "cannot stand beside port `0`");
    else if (dns.length > 0 && port.range) fault(rules, "of DNS cannot stand beside a range of ports");
    else if (dns.length === 0 && port.protocol !== "TCP") fault(rules, `can only apply to TCP, not ${port.protocol}`);
  }
  if (given.includes("dns") && place.ports.length === 0) fault(rules, "of DNS needs a port");
}
