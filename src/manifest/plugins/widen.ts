import type { Policy, Rule } from "../../model/policy.ts";
import { and, or, PODS, type Predicate } from "../../model/predicate.ts";
import { intersect, NONE, union, wholeProtocol } from "../../sets/conn.ts";
import type { Protocol } from "../../sets/protocol.ts";

/**
 * The rule with every port of a protocol for which it has names and no number.
 * Source: ovn-kubernetes go-controller/pkg/ovn/gress_policy.go, addPortPolicy.
 */
export function widenProtocol(rule: Rule): Rule {
  const { conn, names } = rule.conn;
  const protocols = new Set(names.flatMap(({ protocol }): Protocol[] => (protocol === undefined ? [] : [protocol])));
  const open = [...protocols].filter((protocol) => intersect(conn, wholeProtocol(protocol)) === NONE);
  if (open.length === 0) return rule;
  return { ...rule, conn: { ...rule.conn, conn: open.map(wholeProtocol).reduce(union, conn) } };
}

/**
 * The rule with the whole namespace in place of each pod selector, and the policy's own in place of each block.
 * Source: romana/core listener/translate.go, makeNextIngressPeer.
 */
export function widenNamespace(rule: Rule, { object }: Policy): Rule {
  const peer = widen(rule.peer, { op: "namespace", name: object.namespace });
  return peer === rule.peer ? rule : { ...rule, peer };
}

function widen(predicate: Predicate, own: Predicate): Predicate {
  if (predicate.op === "addresses") return and(PODS, own);
  if (predicate.op === "podLabels") return PODS;
  if (predicate.op !== "and" && predicate.op !== "or") return predicate;
  const parts = predicate.of.map((part) => widen(part, own));
  if (parts.every((part, i) => part === predicate.of[i])) return predicate;
  return predicate.op === "and" ? and(...parts) : or(...parts);
}
