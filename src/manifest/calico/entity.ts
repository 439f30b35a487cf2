import type { Action } from "../../model/policy.ts";
import { ANYTHING, and, not, type Predicate } from "../../model/predicate.ts";
import { NO_ADDRESS, subtractAddresses } from "../../sets/addresses.ts";
import type { Protocol } from "../../sets/protocol.ts";
import { checkMap, type Field, fault, items, member, shape, text } from "../fields.ts";
import {
  type Endpoints,
  matchOthers,
  matchPeers,
  ofNamespace,
  ofServiceAccounts,
  onNamespaces,
  onServiceAccounts,
} from "./match.ts";
import { type Nets, readNets } from "./nets.ts";
import type { Selector } from "./selector.ts";
import { readSelector } from "./selector-field.ts";
import { type PortList, readPorts } from "./traffic.ts";

const ENTITY = shape(
  "the source or destination of a rule",
  [
    "nets",
    "notNets",
    "selector",
    "notSelector",
    "namespaceSelector",
    "ports",
    "notPorts",
    "serviceAccounts",
    "services",
  ],
  { net: "perhaps `nets`", serviceAccountSelector: "write `serviceAccounts: {selector: …}`" },
);
const SERVICE_ACCOUNTS = shape("serviceAccounts", ["names", "selector"]);
const SERVICES = shape("services", ["name", "namespace"]);

/** A Service that a rule names; the namespace is empty where the rule gives none. */
export type ServiceName = { readonly namespace: string; readonly name: string; readonly field: Field };

/** What one side of a rule says. */
export type Entity = {
  /** Bound to the namespaces that it can reach. */
  readonly selector: Selector | undefined;
  readonly notSelector: Selector | undefined;
  readonly nets: Nets;
  readonly notNets: Nets;
  readonly ports: PortList;
  readonly notPorts: PortList;
  readonly services: ServiceName | undefined;
};

/**
 * One side of a rule. In a policy of a namespace any selector binds the side to that namespace, unless there is a
 * namespaceSelector.
 * Source: projectcalico/calico updateprocessors/rules.go, getEndpointSelector.
 */
export function readEntity(field: Field, namespace: string | undefined, protocol: Protocol | undefined): Entity {
  checkMap(field, ENTITY);
  const selector = readSelector(member(field, "selector"));
  const notSelector = readSelector(member(field, "notSelector"));
  const namespaces = readSelector(member(field, "namespaceSelector"), { global: true });
  const accounts = readServiceAccounts(member(field, "serviceAccounts"));
  const services = readServices(field);
  const entity = {
    notSelector,
    nets: readNets(member(field, "nets"), false),
    notNets: readNets(member(field, "notNets"), true),
    ports: readPorts(member(field, "ports"), protocol),
    notPorts: readPorts(member(field, "notPorts"), protocol),
    services,
  };
  const parts = [accounts, selector].flatMap((part) => part ?? []);
  const home = namespaces === undefined ? homeOf(namespace) : onNamespaces(namespaces);
  const bound = parts.length > 0 || notSelector !== undefined || namespaces !== undefined;
  const all = home !== undefined && bound ? [home, ...parts] : parts;
  return { ...entity, selector: all.length === 0 ? undefined : { op: "and", of: all } };
}

/** Everybody who can stand on this side, services aside. */
export function matchEntity(entity: Entity, action: Action, endpoints: Endpoints): Predicate {
  return and(
    entity.selector === undefined ? ANYTHING : matchPeers(entity.selector, action, endpoints),
    entity.notSelector === undefined ? ANYTHING : matchOthers(entity.notSelector, action, endpoints),
    matchNets(entity, action, endpoints),
  );
}

/** True where the side says nothing about who stands on it. */
export function isAnybody({ selector, notSelector, nets, notNets, services }: Entity): boolean {
  const named = selector !== undefined || notSelector !== undefined || services !== undefined;
  return !named && !nets.given && !notNets.given;
}

function matchNets({ nets, notNets }: Entity, action: Action, endpoints: Endpoints): Predicate {
  if (nets.given) {
    const set = subtractAddresses(nets.set, notNets.set);
    return { op: "addresses", set, pods: endpoints.coversPods(set, action) };
  }
  if (notNets.set === NO_ADDRESS) return ANYTHING;
  const opposite = action === "allow" ? "deny" : "allow";
  return not({ op: "addresses", set: notNets.set, pods: endpoints.coversPods(notNets.set, opposite) });
}

function homeOf(namespace: string | undefined): Selector | undefined {
  return namespace === undefined ? undefined : ofNamespace(namespace);
}

function readServiceAccounts(field: Field): Selector | undefined {
  if (!checkMap(field, SERVICE_ACCOUNTS)) return undefined;
  const selector = readSelector(member(field, "selector"));
  const names = items(member(field, "names")).flatMap((item) => text(item) ?? []);
  const parts: Selector[] = [];
  if (selector !== undefined) parts.push(onServiceAccounts(selector));
  if (names.length > 0) parts.push(ofServiceAccounts(names));
  return parts.length === 0 ? undefined : { op: "and", of: parts };
}

function readServices(field: Field): ServiceName | undefined {
  const services = member(field, "services");
  if (!checkMap(services, SERVICES)) return undefined;
  for (const other of ["selector", "notSelector", "namespaceSelector", "serviceAccounts", "nets", "notNets"]) {
    const beside = member(field, other);
    if (!isBlank(beside)) fault(beside, "cannot stand beside `services`");
  }
  const name = text(member(services, "name")) ?? "";
  if (name === "") fault(member(services, "name"), "is required");
  return { name, namespace: text(member(services, "namespace")) ?? "", field: services };
}

function isBlank({ node }: Field): boolean {
  if (node === undefined) return true;
  return node.kind === "scalar" ? node.value === "" : node.kind === "seq" && node.items.length === 0;
}
