import type { ConnTerm, Direction, Rule } from "../../model/policy.ts";
import { and, NOTHING } from "../../model/predicate.ts";
import { intersect, NONE, wholeProtocol } from "../../sets/conn.ts";
import { noteIssue } from "../dialects/findings.ts";
import { readService, type Service, type ServicePort } from "../dialects/services.ts";
import type { ServiceName } from "./entity.ts";
import type { RuleScope } from "./scope.ts";

/**
 * `rule` for the pods behind a Service: on egress one rule a target port, on ingress one for every port of theirs.
 * Source: projectcalico/calico felix/calc/rule_scanner.go, ServiceIncludePorts.
 */
export function expandServices(
  rule: Rule,
  named: ServiceName,
  direction: Direction,
  scope: RuleScope,
): readonly Rule[] {
  const service = findService(named, scope);
  if (service?.pods === undefined) return [{ ...rule, peer: NOTHING }];
  const peer = and(rule.peer, service.pods);
  if (direction === "ingress") return [{ ...rule, peer }];
  const rules = service.ports.map((port): Rule => ({ ...rule, peer, conn: onPort(rule.conn, port) }));
  return rules.length === 0 ? [{ ...rule, peer: NOTHING }] : rules;
}

function findService({ namespace, name, field }: ServiceName, scope: RuleScope): Service | undefined {
  const home = namespace === "" ? (scope.namespace ?? "") : namespace;
  const note = (text: string) => noteIssue(scope.findings, scope.object, { code: "SUSPECT", line: field.line, text });
  if (namespace === "") {
    note(
      `names the Service \`${name}\` without a namespace: taken from \`${home}\`, though Calico itself may find nothing`,
    );
  }
  const object = scope.context.services.find(({ ref }) => ref.namespace === home && ref.name === name);
  if (object === undefined) {
    note(`names the Service \`${home}/${name}\`, which the tree does not declare: its rule matches nothing here`);
    return undefined;
  }
  const service = readService(object);
  if (service.pods === undefined) {
    note(
      `names the Service \`${home}/${name}\`, which selects no pods: endpoints are not read, its rule matches nothing here`,
    );
  }
  return service;
}

/** The part of a rule without ports of its own that goes to one target port. */
function onPort(term: ConnTerm, { conn, names, protocol }: ServicePort): ConnTerm {
  const open = intersect(term.conn, wholeProtocol(protocol)) !== NONE;
  return { ...term, conn: intersect(term.conn, conn), names: open ? names : [] };
}
