import type { Action, ConnTerm, Direction } from "../../model/policy.ts";
import { intersect, wholeProtocol } from "../../sets/conn.ts";
import type { Protocol } from "../../sets/protocol.ts";
import { checkMap, type Field, fault, items, member, shape, text } from "../fields.ts";
import type { YamlNode } from "../yaml/node.ts";

const HTTP = shape("an HTTP match", ["methods", "paths"]);
const PATH = shape("an HTTP path", ["exact", "prefix"]);

/** An HTTP match, and what it leaves of a rule's connections at layer 4. */
export type Http = { readonly node: YamlNode; readonly narrow: (term: ConnTerm) => ConnTerm };

/**
 * The HTTP match of the rule at `rule`. Only an allow of ingress over TCP can have one.
 * Source: projectcalico/calico api/pkg/apis/projectcalico/v3/policy_common.go; libcalico-go/lib/validator/v3, validateHTTPRule.
 */
export function readHttp(
  rule: Field,
  {
    action,
    direction,
    protocol,
  }: { action: Action | "log" | undefined; direction: Direction; protocol: Protocol | undefined },
): Http | undefined {
  const field = member(rule, "http");
  if (!checkMap(field, HTTP) || field.node === undefined) return undefined;
  if (action !== "allow") fault(field, "needs the action `Allow`");
  if (direction === "egress") fault(field, "is not valid in an egress rule");
  if (protocol !== undefined && protocol !== "TCP") fault(field, "needs the `protocol` of the rule to be `TCP`");
  const methods = items(member(field, "methods")).map((item) => text(item) ?? "");
  if (new Set(methods).size < methods.length) fault(member(field, "methods"), "names a method twice");
  for (const item of items(member(field, "paths"))) checkPath(item);
  const tcp = wholeProtocol("TCP");
  return { node: field.node, narrow: (term) => ({ ...term, conn: intersect(term.conn, tcp) }) };
}

function checkPath(field: Field): void {
  checkMap(field, PATH);
  const exact = text(member(field, "exact")) ?? "";
  const prefix = text(member(field, "prefix")) ?? "";
  if ((exact === "") === (prefix === "")) fault(field, "must have one of `exact` and `prefix`");
  const path = exact === "" ? prefix : exact;
  if (path !== "" && (!path.startsWith("/") || /[?# ]/.test(path))) {
    fault(field, `must start with \`/\` and hold no \`?\`, \`#\` or blank, not \`${path}\``);
  }
}
