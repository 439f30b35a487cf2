import type { Action, Direction, Rule } from "../../model/policy.ts";
import { ANYTHING, and, not, type Predicate } from "../../model/predicate.ts";
import { type AddressSet, intersectAddresses, NO_ADDRESS } from "../../sets/addresses.ts";
import { coversPods } from "../blocks.ts";
import { canonical } from "../canonical.ts";
import { noteIssue, placeIn } from "../dialects/findings.ts";
import { checkMap, type Field, fault, integer, items, member, shape, text, textMap } from "../fields.ts";
import { type Entity, isAnybody, matchEntity, readEntity } from "./entity.ts";
import { readHttp } from "./http.ts";
import type { Endpoints } from "./match.ts";
import { type Family, wholeFamily } from "./nets.ts";
import type { RuleScope } from "./scope.ts";
import { expandServices } from "./services.ts";
import { readProtocol, readTraffic } from "./traffic.ts";

const RULE = shape(
  "a rule",
  ["action", "ipVersion", "protocol", "icmp", "notProtocol", "notICMP", "source", "destination", "http", "metadata"],
  { from: "perhaps `source`", to: "perhaps `destination`", ports: "they stand under `destination`" },
);
const METADATA = shape("the metadata of a rule", ["annotations"]);
const ACTIONS: ReadonlyMap<string, Action | "log"> = new Map<string, Action | "log">([
  ["Allow", "allow"],
  ["Deny", "deny"],
  ["Pass", "pass"],
  ["Log", "log"],
]);

/** The rules of one direction, in order; `Log` decides nothing and is left out. */
export function readRules(field: Field, direction: Direction, scope: RuleScope): readonly Rule[] {
  return items(field).flatMap((item, i) => readRule(item, { direction, path: `${direction}[${i}]` }, scope));
}

type Place = { readonly direction: Direction; readonly path: string };

function readRule(field: Field, place: Place, scope: RuleScope): readonly Rule[] {
  if (!checkMap(field, RULE)) fault(field, "must be a rule with an `action`");
  const { direction } = place;
  const action = readAction(member(field, "action"));
  const version = readVersion(member(field, "ipVersion"));
  const protocol = readProtocol(member(field, "protocol"));
  const source = readEntity(member(field, "source"), scope.namespace, protocol);
  const destination = readEntity(member(field, "destination"), scope.namespace, protocol);
  const conn = readTraffic({
    rule: field,
    protocol,
    version,
    ports: destination.ports,
    notPorts: destination.notPorts,
  });
  const http = readHttp(field, { action, direction, protocol });
  checkAnnotations(member(field, "metadata"));
  checkServices(field, direction, scope);
  const family = readFamily(field, [source, destination], version);
  if (action === undefined || action === "log") return [];
  if (noteSourcePorts(field, source, action, scope)) return [];
  const [peer, local] = direction === "ingress" ? [source, destination] : [destination, source];
  const endpoints = endpointsAt(field, scope);
  const base: Rule = {
    action,
    ...(isAnybody(local) ? {} : { local: matchEntity(local, action, endpoints) }),
    peer: and(matchEntity(peer, action, endpoints), matchFamily(family, peer, action, scope)),
    conn: http === undefined ? conn : http.narrow(conn),
    ...(http === undefined ? {} : { narrowed: `http ${canonical(http.node) ?? ""}` }),
    source: placeIn(scope.object, field.line),
    path: place.path,
  };
  return peer.services === undefined ? [base] : expandServices(base, peer.services, direction, scope);
}

function readAction(field: Field): Action | "log" | undefined {
  const value = text(field) ?? "";
  const action = ACTIONS.get(value);
  if (action === undefined) {
    fault(field, value === "" ? "is required" : `must be \`Allow\`, \`Deny\`, \`Pass\` or \`Log\`, not \`${value}\``);
  }
  return action;
}

function readVersion(field: Field): Family | undefined {
  const version = integer(field, { min: 4, max: 6 });
  if (version === 5) fault(field, "must be 4 or 6");
  return version === 4 || version === 6 ? version : undefined;
}

/**
 * The one address family that the rule speaks of, if it does: by `ipVersion` or by any block, even one that is taken
 * away. A rule for one family says nothing about the other.
 * Source: projectcalico/calico felix/rules/policy.go, FilterRuleToIPVersion.
 */
function readFamily(field: Field, sides: readonly Entity[], version: Family | undefined): Family | undefined {
  const families = new Set(sides.flatMap(({ nets, notNets }) => [...nets.families, ...notNets.families]));
  if (families.size > 1) fault(field, "holds both IPv4 and IPv6 blocks; write one rule for each");
  const [family] = families;
  if (version !== undefined && family !== undefined && version !== family) {
    fault(field, `has \`ipVersion: ${version}\` and IPv${family} blocks`);
  }
  return version ?? family;
}

/**
 * Whoever has an address of the family. A pod in both families is matched by an allow; a deny or pass for one of them
 * leaves the other, and is taken not to match.
 */
function matchFamily(family: Family | undefined, peer: Entity, action: Action, scope: RuleScope): Predicate {
  if (family === undefined || peer.nets.given) return ANYTHING;
  const { podFamilies } = scope;
  const pods = podFamilies.has(family) && (action === "allow" || podFamilies.size === 1);
  if (family === 6) return { op: "addresses", set: wholeFamily(6), pods };
  return not({ op: "addresses", set: wholeFamily(6), pods: !pods });
}

/** True where the rule must be left out: source ports cannot be told apart, and only an allow is read without them. */
function noteSourcePorts(field: Field, source: Entity, action: Action, scope: RuleScope): boolean {
  if (!source.ports.given && !source.notPorts.given) return false;
  const reading =
    action === "allow" ? "every source port is taken to be allowed" : `this ${action} is taken not to match`;
  noteIssue(scope.findings, scope.object, {
    code: "NOT_ANALYSED",
    line: member(field, "source").line,
    text: `names source ports, which are not evaluated: ${reading}`,
  });
  return action !== "allow";
}

function checkServices(field: Field, direction: Direction, scope: RuleScope): void {
  const wrong = member(member(field, direction === "ingress" ? "destination" : "source"), "services");
  if (wrong.node !== undefined) {
    fault(
      wrong,
      direction === "ingress"
        ? "can stand only under `source` in an ingress rule"
        : "can stand only under `destination` in an egress rule",
    );
  }
  const destination = member(field, "destination");
  for (const name of ["ports", "notPorts"]) {
    const beside = member(destination, name);
    if (member(destination, "services").node !== undefined && items(beside).length > 0) {
      fault(beside, "cannot stand beside `services` in a destination");
    }
  }
  const services = member(member(field, direction === "ingress" ? "source" : "destination"), "services");
  if (
    scope.namespace === undefined &&
    services.node !== undefined &&
    (text(member(services, "namespace")) ?? "") === ""
  ) {
    fault(member(services, "namespace"), "is required in a global policy");
  }
}

function checkAnnotations(field: Field): void {
  if (checkMap(field, METADATA)) textMap(member(field, "annotations"), "annotations");
}

function endpointsAt(field: Field, scope: RuleScope): Endpoints {
  const at = placeIn(scope.object, field.line);
  return {
    sources: scope.sources,
    serviceAccounts: scope.serviceAccounts,
    coversPods: (set: AddressSet, action: Action) => {
      const { pods, assumption } = coversPods(set, action, at, scope.context);
      if (assumption !== undefined) scope.findings.assumptions.push(assumption);
      return pods;
    },
  };
}

/** The families that pods have: those of `podCIDRs`; without them IPv4, and IPv6 too where a rule names all of it. */
export function podFamilies(podCidrs: AddressSet, namesAllIpv6: boolean): ReadonlySet<Family> {
  if (podCidrs === NO_ADDRESS) return new Set<Family>(namesAllIpv6 ? [4, 6] : [4]);
  const families: readonly Family[] = [4, 6];
  return new Set(families.filter((family) => intersectAddresses(podCidrs, wholeFamily(family)) !== NO_ADDRESS));
}
